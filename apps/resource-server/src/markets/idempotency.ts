import { setTimeout as sleep } from 'node:timers/promises';
import { canonical } from '@assent/authorization-details';
import { MarketRefusal, type BodyRules, type MarketAccess, type MarketAnswer } from '@assent/markets';
import { sha256, type IdempotencyKey, type KeptAnswers } from '@assent/protocol';
import type { FoundRoute, MarketCall, MarketSite } from './call.js';

/** An answer counts for this long. */
const keepSeconds = 24 * 3600;
/** Longer than any route takes; after it, whoever began is taken for dead. */
const leaseSeconds = 30;
const lookEveryMs = 50;
const mostLooks = 100;

/** What of a signed body is new each time it is signed, and says nothing of what is asked. */
const perSignature = new Set(['iat', 'exp', 'nbf', 'jti']);

/**
 * The key of a request, scoped to its client and address, and the request it stands for, both hashed. `undefined` where
 * the route knows none or the client sent none. `MarketRefusal` when it is missing, repeated or no such key.
 */
export function idempotencyKeyOf({ issuer }: MarketSite, { clientId, grantId = '' }: Pick<MarketAccess, 'clientId' | 'grantId'>, rules: BodyRules, body: Readonly<Record<string, unknown>>, call: MarketCall, sent: readonly string[]): IdempotencyKey | undefined {
  const { idempotencyKey: wanted } = rules;
  if (!wanted) return undefined;
  const { header, demand, maxLength, blanks, per, missing } = wanted;
  const refuse = (description: string) => new MarketRefusal(missing.status, missing.code, description, 'ASSENT-MK-08', { path: header });
  const [key, ...more] = sent;
  if (key === undefined && demand === 'optional') return undefined;
  if (key === undefined) throw refuse(`the header ${header} is required`);
  if (more.length > 0) throw refuse(`${header} must not be repeated`);
  if (key.length > maxLength || !/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(key)) throw refuse(`${header} must be 1 to ${maxLength} printable ASCII characters that neither begin nor end with a space`);
  if (blanks === 'refused' && key.includes(' ')) throw refuse(`${header} must hold no blanks`);
  const asked = rules.as === 'jwt' ? Object.fromEntries(Object.entries(body).filter(([name]) => !perSignature.has(name))) : body;
  return { hash: sha256(JSON.stringify(['market-key', issuer.issuer, clientId, call.method, call.path, key, ...(per === 'grant' ? [grantId] : [])])), request: sha256(canonical(asked)) };
}

/**
 * Answers once under a key: the same request again, here or in another process, gets the same answer for a day, also when
 * both come at the same moment. What was refused leaves the key free. `MarketRefusal`: the key came with another request,
 * or the first one takes too long.
 */
export async function answeredOnce(answers: KeptAnswers, key: IdempotencyKey, { route: { body } }: FoundRoute, now: Date, answer: () => Promise<MarketAnswer>): Promise<MarketAnswer> {
  const { reused = { status: 422, code: 'invalid_request' }, header = '' } = body?.idempotencyKey ?? {};
  for (let looks = 0; looks < mostLooks; looks += 1) {
    const begun = await answers.begin({ key, now, keepSeconds, leaseSeconds });
    if (begun.outcome === 'answered') return JSON.parse(begun.answer) as MarketAnswer;
    if (begun.outcome === 'reused') throw new MarketRefusal(reused.status, reused.code, `this ${header} was used for another request`, 'ASSENT-MK-09', { path: header });
    if (begun.outcome === 'begun') return keeping(answers, key, begun.lease, answer);
    await sleep(lookEveryMs);
  }
  throw new MarketRefusal(409, 'conflict', 'the same request is being answered: send it again in a moment', 'ASSENT-MK-10', { headers: { 'retry-after': '1' } });
}

async function keeping(answers: KeptAnswers, key: IdempotencyKey, lease: string, answer: () => Promise<MarketAnswer>): Promise<MarketAnswer> {
  try {
    const given = await answer();
    if (given.status < 400) await answers.finish({ key, lease, answer: JSON.stringify(given) });
    else await answers.abandon({ key, lease });
    return given;
  } catch (error) {
    await answers.abandon({ key, lease });
    throw error;
  }
}
