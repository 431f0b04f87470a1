import type { JourneyFacts } from './journey.js';

/* What several journeys are made of. */

/** A member of an answer by its path, as `Data.Account`; lists by index. */
export function at(answer: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => (typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined), answer);
}

export const textAt = (answer: unknown, path: string): string => {
  const value = at(answer, path);
  if (typeof value !== 'string') throw new Error(`the answer has no ${path}`);
  return value;
};

/** "3 accounts", of a list in an answer. */
export const counted =
  (path: string, what: string) =>
  (answer: unknown): string =>
    `${String((at(answer, path) as readonly unknown[] | undefined)?.length ?? 0)} ${what}`;

/** `x-fapi-interaction-id` and the headers of a customer who is present. */
export const fapiHeaders = ({ uuid, now }: Pick<JourneyFacts, 'uuid' | 'now'>): Readonly<Record<string, string>> => ({
  'x-fapi-interaction-id': uuid(),
  'x-fapi-auth-date': now.toUTCString(),
  'x-fapi-customer-ip-address': '127.0.0.1',
});

/** Days ahead, as ISO 8601 without fractions. */
export const daysAhead = ({ now }: Pick<JourneyFacts, 'now'>, days: number): string => new Date(now.getTime() + days * 86_400_000).toISOString().replace(/\.\d{3}/, '');

export const secondsOf = ({ now }: Pick<JourneyFacts, 'now'>): number => Math.floor(now.getTime() / 1000);
