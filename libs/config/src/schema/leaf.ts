import ipaddr from 'ipaddr.js';
import { z } from 'zod';

/*
 * The values of the configuration file. Each says in words what it expects; the same words stand in the error and in
 * docs/configuration.md.
 */

/** A value of which `read` makes the result, or `undefined` when it is not as expected. */
export const leaf = <T>(expected: string, read: (value: unknown) => T | undefined) =>
  z
    .unknown()
    .transform((value, context): T => {
      const result = read(value);
      if (result !== undefined) return result;
      context.addIssue({ code: 'custom', message: expected });
      return z.NEVER;
    })
    .meta({ expected });

const matching = (expected: string, accepts: (text: string) => boolean) =>
  leaf(expected, (value) => (typeof value === 'string' && accepts(value) ? value : undefined));

export const text = matching('text', (value) => value.trim() !== '');
export const file = matching('the path of a file', (value) => value.trim() !== '');

export const choice = <const T extends string>(...allowed: readonly T[]) =>
  leaf(`one of ${allowed.join(', ')}`, (value) => allowed.find((one) => one === value));

export const yesOrNo = leaf('true or false', (value) => (value === true || value === false ? value : undefined));

export const wholeNumber = (least: number, most: number) =>
  leaf(`a whole number from ${least} to ${most}`, (value) => {
    const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
    return typeof number === 'number' && Number.isInteger(number) && number >= least && number <= most ? number : undefined;
  });

export const port = wholeNumber(1, 65535);

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Seconds, from a number or from `90s`, `15m`, `12h`, `90d`. */
function secondsOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value > 0 ? value : undefined;
  const [, amount, unit] = (typeof value === 'string' && /^([1-9]\d{0,8})([smhd])$/.exec(value)) || [];
  return amount && unit ? Number(amount) * (units[unit] ?? 1) : undefined;
}
const aDuration = 'a duration such as 90s, 15m, 12h, 90d or a number of seconds';
export const duration = leaf(aDuration, secondsOf);

/** A duration within what the stores hold; `most` is written like one. */
export const durationUpTo = (most: string) =>
  leaf(`${aDuration}, at most ${most}`, (value) => {
    const seconds = secondsOf(value);
    return seconds !== undefined && seconds <= (secondsOf(most) ?? 0) ? seconds : undefined;
  });

/** Scheme, host and port only, without a trailing slash. */
export const origin = leaf('an https URL without a path', (value) => {
  if (typeof value !== 'string' || !URL.canParse(value)) return undefined;
  const url = new URL(value);
  const bare = (url.protocol === 'https:' || url.protocol === 'http:') && url.pathname === '/' && !/[?#@]/.test(value);
  return bare ? url.origin : undefined;
});

/** An identifier compared character by character: an http(s) URL without query, fragment and trailing slash. */
export const identifier = matching('an https URL without query, fragment or trailing slash', (value) => {
  if (!/^https?:\/\/[^/]/.test(value) || !URL.canParse(value) || /[?#@\s]/.test(value)) return false;
  return !value.endsWith('/');
});

export const postgresUrl = matching('a PostgreSQL URL (postgres://user@host:5432/name)', isPostgresUrl);
export function isPostgresUrl(value: string): boolean {
  return /^postgres(ql)?:\/\//.test(value) && URL.canParse(value);
}

export const addressRange = matching('an IP address or a CIDR block such as 10.0.0.0/8', (value) =>
  // Neither octal nor shortened IPv4 addresses, which read differently elsewhere.
  value.includes('/')
    ? ipaddr.IPv4.isValidCIDRFourPartDecimal(value) || ipaddr.IPv6.isValidCIDR(value)
    : ipaddr.IPv4.isValidFourPartDecimal(value) || ipaddr.IPv6.isValid(value),
);

export const locale = matching('a language tag such as en or pt-BR', (value) => {
  try {
    return Intl.getCanonicalLocales(value)[0] === value;
  } catch {
    return false;
  }
});

/** RFC 6749 section 3.3. */
export const scopeToken = matching('one scope, without spaces', (value) => /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(value));

/** A path segment; no name of a well-known place. */
export const issuerName = matching('a short name of letters a-z, digits and -', (value) =>
  /^[a-z0-9][a-z0-9-]{0,62}$/.test(value),
);

/** `sub` of a public client: at most 255 ASCII characters (OpenID Connect Core section 2). */
export const subject = matching('1 to 255 printable ASCII characters without spaces', (value) => /^[\x21-\x7e]{1,255}$/.test(value));

export const passwordHash = matching('an argon2id hash ($argon2id$…)', (value) =>
  /^\$argon2id\$v=19\$[^$]+\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+$/.test(value),
);

export const tokenHash = matching('the SHA-256 of a token, 64 hexadecimal digits', (value) => /^[0-9a-f]{64}$/.test(value));

export const crlSource = matching('an https URL or the path of a file', (value) => value.trim() !== '' && (!/^[a-z][a-z0-9+.-]+:/i.test(value) || (value.startsWith('https://') && URL.canParse(value))));

export const amount = leaf('an amount in quotes, such as "1250.00"', (value) =>
  typeof value === 'string' && /^-?\d{1,13}\.\d{2}$/.test(value) ? value : undefined,
);
/** What something costs: an amount that is never below zero. */
export const fee = leaf('an amount in quotes, such as "0.35"', (value) => (typeof value === 'string' && /^\d{1,13}\.\d{2}$/.test(value) ? value : undefined));
export const currency = matching('a currency code such as GBP', (value) => /^[A-Z]{3}$/.test(value));

/** ISO 13616: the remainder of the rearranged digits by 97 is 1. Spaces are for people. */
export const iban = leaf('a valid IBAN', (value) => {
  const compact = typeof value === 'string' ? value.replaceAll(' ', '') : '';
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(compact)) return undefined;
  const digits = [...compact.slice(4), ...compact.slice(0, 4)].map((c) => parseInt(c, 36)).join('');
  return BigInt(digits) % 97n === 1n ? compact : undefined;
});

/** A default that is computed, told so that docs/configuration.md can name it. */
export const by = (computed: string, description: string) => ({ computed, description });

export const list = <T extends z.ZodType>(item: T) => z.array(item);
export const metadata = z.record(z.string(), z.unknown());
/** Texts by names of an operator's or a market's own. */
export const namedTexts = z.record(z.string(), z.string().min(1).max(200));
