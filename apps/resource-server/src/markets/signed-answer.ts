import { signDetachedJws, signJws, type SigningKey } from '@assent/crypto';
import type { MarketRoute, MessageFacts } from '@assent/markets';
import { randomUUID } from 'node:crypto';

/** An answer as it goes out. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly content: string | undefined;
}

/** What is to be said, before it is written. */
export interface PlainAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** To whom, and when. */
export type Addressee = Pick<MessageFacts, 'clientId' | 'organisationId' | 'now'>;

export type SignsAnswers = (rules: NonNullable<MarketRoute['signed']>, answer: PlainAnswer, to: Addressee) => Promise<WireAnswer>;

const json = { 'content-type': 'application/json; charset=utf-8' };

export const plainly = ({ status, headers, body }: PlainAnswer): WireAnswer => (body === undefined ? { status, headers, content: undefined } : { status, headers: { ...json, ...headers }, content: JSON.stringify(body) });

/** Signs by the issuer's key: the whole answer as a JWS (RFC 7515), or beside it (appendix F). An answer without a body has nothing to sign. */
export const signsAnswers =
  (issuer: string, key: () => SigningKey): SignsAnswers =>
  async (rules, answer, to) => {
    const plain = plainly(answer);
    if (plain.content === undefined) return plain;
    if (rules.as === 'jwt') {
      const claims = { ...(answer.body as object), ...rules.claims?.({ ...to, issuer, id: randomUUID() }) };
      const jws = await signJws(rules.typ === undefined ? {} : { typ: rules.typ }, claims, key());
      return { ...plain, headers: { ...answer.headers, 'content-type': 'application/jwt' }, content: jws };
    }
    const { claims = {} } = rules;
    const header = typeof claims === 'function' ? claims({ issuer, now: to.now }) : claims;
    return { ...plain, headers: { ...plain.headers, [rules.header]: await signDetachedJws(header, Buffer.from(plain.content), key()) } };
  };
