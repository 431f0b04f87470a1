import type { HttpStep, JourneyFacts } from '@assent/markets';
import { createRemoteJWKSet, customFetch, compactVerify, CompactSign, decodeProtectedHeader, jwtVerify, SignJWT, type FetchImplementation } from 'jose';
import { Mismatch } from './mismatch.js';
import type { Tpp } from './tpp.js';

/** What a step is sent with. */
export interface Sending {
  readonly tpp: Tpp;
  /** Of the issuer: what signed answers are proved with. */
  readonly jwksUri: string;
  readonly facts: JourneyFacts;
  /** Members of a form with which the client authenticates, where the step wants no token. */
  readonly form?: Readonly<Record<string, string>>;
  readonly token?: string | undefined;
}

export interface StepAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** JSON, or the claims of a signed answer whose signature held; text otherwise. */
  readonly body: unknown;
}

/** Sends one step of a journey as the market wants it signed, and proves a signed answer. Does not judge the status. */
export async function sendStep(step: HttpStep, sending: Sending): Promise<StepAnswer> {
  const { tpp, facts, token } = sending;
  const { body, headers: own } = await bodyOf(step, sending);
  const headers: Record<string, string> = { accept: step.as === 'jwt' ? 'application/jwt, application/json' : 'application/json', ...own, ...step.headers?.(facts) };
  if (token !== undefined) headers['authorization'] = `Bearer ${token}`;
  const path = step.url(facts);
  const url = path.startsWith('https:') ? path : `${facts.base}${path}`;
  const response = await tpp.fetch(url, { method: step.method, headers, body, redirect: 'manual' } as Parameters<Tpp['fetch']>[1]);
  return { status: response.status, headers: response.headers, body: await readAnswer(step, response, sending) };
}

/** The same, and the status must be the step's. */
export async function expectStep(step: HttpStep, sending: Sending): Promise<StepAnswer> {
  const answer = await sendStep(step, sending);
  if (answer.status !== step.expect) throw new Mismatch(`status ${step.expect}`, `${answer.status} ${JSON.stringify(answer.body)}`);
  return answer;
}

async function bodyOf(step: HttpStep, { tpp, facts, form }: Sending): Promise<{ readonly body: string | undefined; readonly headers: Readonly<Record<string, string>> }> {
  const members = step.body?.(facts);
  if (step.as === 'form' || form !== undefined) {
    const text = new URLSearchParams({ ...form, ...(members as Record<string, string> | undefined) }).toString();
    return { body: text, headers: { 'content-type': 'application/x-www-form-urlencoded' } };
  }
  if (members === undefined) return { body: undefined, headers: {} };
  const { key, kid, alg } = tpp.signing;
  if (step.as === 'jwt') return { body: await new SignJWT(members as Record<string, unknown>).setProtectedHeader({ alg, kid, typ: 'JWT' }).sign(key), headers: { 'content-type': 'application/jwt' } };
  const text = JSON.stringify(members);
  const detached = step.detached?.(facts);
  return { body: text, headers: { 'content-type': 'application/json', ...(detached && { [detached.header]: await signDetached(text, detached.protected, tpp) }) } };
}

/** A compact JWS without its payload (RFC 7515 appendix F). */
async function signDetached(text: string, more: Readonly<Record<string, unknown>>, { signing: { key, kid, alg } }: Tpp): Promise<string> {
  const header = { ...more, alg, kid };
  const crit = Object.fromEntries(((more['crit'] as readonly string[] | undefined) ?? []).map((name) => [name, true]));
  const [head, , signature] = (await new CompactSign(new TextEncoder().encode(text)).setProtectedHeader(header).sign(key, { crit })).split('.');
  return `${head ?? ''}..${signature ?? ''}`;
}

async function readAnswer(step: HttpStep, response: Response, { tpp, jwksUri, facts }: Sending): Promise<unknown> {
  const text = await response.text();
  const keys = () => createRemoteJWKSet(new URL(jwksUri), { [customFetch]: tpp.fetch as unknown as FetchImplementation });
  const detached = step.detached?.(facts).header;
  if (detached !== undefined && response.ok) await verifyDetached(response.headers.get(detached) ?? '', text, keys());
  if (text === '') return undefined;
  const type = response.headers.get('content-type') ?? '';
  if (/^application\/(?:[a-z-]+\+)?jwt\b/.test(type)) return (await jwtVerify(text, keys())).payload;
  return type.includes('json') ? (JSON.parse(text) as unknown) : text;
}

/** The bank signs what it answers, too: a detached signature over these very octets. */
async function verifyDetached(signature: string, text: string, keys: ReturnType<typeof createRemoteJWKSet>): Promise<void> {
  const [head, middle, value] = signature.split('.');
  if (middle !== '' || value === undefined) throw new Mismatch('an answer with a detached signature', signature === '' ? 'none' : 'something else');
  const { crit = [] } = decodeProtectedHeader(`${head ?? ''}.e30.${value}`);
  await compactVerify(`${head ?? ''}.${Buffer.from(text).toString('base64url')}.${value}`, keys, { crit: Object.fromEntries(crit.map((name) => [name, true])) });
}
