import { customers, Message, readForm, send, type Answer, type CertifiedKey, type FapiClient, type Prepared, type Visitor } from '@assent/testing/fapi';
import { compactVerify, createRemoteJWKSet, customFetch, decodeJwt, SignJWT, FlattenedSign, type JWTPayload } from 'jose';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import * as oauth from 'oauth4webapi';
import { fetching, requestObject, type SignedChange } from '../support/signed.js';
import type { Sites } from '../support/sites.js';
import type { Stack } from '../support/stack.js';

/* A third party in a market whose API is of the Read/Write family, and its customer. */

export type JsonObject = Readonly<Record<string, unknown>>;
export type Parameters = Readonly<Record<string, string | undefined>>;

export interface BankCall {
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  /** Another certificate; `null`: none. */
  readonly identity?: CertifiedKey | null;
  /** The whole message, right before it is sent. */
  readonly message?: (message: Message) => void;
}

/** A request to the market's API at the bank, as the client with its certificate. */
export async function atBank(stack: Stack, client: FapiClient, method: string, url: string, token: string | undefined, { headers = {}, body, identity = client.test.identity, message: change }: BankCall = {}): Promise<Answer> {
  const all = { accept: 'application/json', authorization: token === undefined ? undefined : `Bearer ${token}`, 'x-fapi-interaction-id': randomUUID(), 'content-type': body === undefined ? undefined : 'application/json', ...headers };
  const sent = Object.entries(all).filter((header): header is [string, string] => header[1] !== undefined);
  const message = new Message({ method, url, headers: sent, body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body), identity: identity ?? undefined });
  change?.(message);
  return send(message, { ca: stack.ca });
}

/** The client's own token. */
export async function clientToken(client: FapiClient, scope: string): Promise<string> {
  const { status, json } = await client.clientCredentials(scope);
  if (status !== 200) throw new Error(`no token for ${scope}: ${JSON.stringify(json)}`);
  return json['access_token'] as string;
}

/** What came back through the browser, in the fragment. */
export const fragmentOf = (callback: URL): URLSearchParams => new URLSearchParams(callback.hash.slice(1));

/** A signed request by value, with what OpenID Connect Core section 6.1 repeats outside. */
export async function byValue(client: FapiClient, parameters: Parameters, change: SignedChange = {}): Promise<{ readonly prepared: Prepared; readonly url: URL }> {
  const prepared = await client.prepare({ response_type: 'code id_token', code_challenge: undefined, code_challenge_method: undefined, ...parameters });
  const url = new URL(client.as.authorization_endpoint!);
  const { response_type, scope } = prepared.parameters;
  url.search = new URLSearchParams({ client_id: client.id, response_type: response_type!, scope: scope!, request: await requestObject(client, prepared, change) }).toString();
  return { prepared, url };
}

/** From the address to the consent page, signed in. Where the request comes by value, the server first keeps it. */
export async function toConsent(visitor: Visitor, url: URL, person: { readonly login: string; readonly password: string } = customers.ana): Promise<{ readonly answer: Answer; readonly url: URL }> {
  const first = await visitor.open(url);
  const next = first.headers.get('location');
  return next !== null && new URL(next, url).origin === url.origin ? visitor.signIn(new URL(next, url), person) : { answer: first, url };
}

/** Says yes on the consent page; the callback's address. */
export async function allow(visitor: Visitor, url: URL, { accounts, person = customers.ana }: { readonly accounts?: readonly string[]; readonly person?: { readonly login: string; readonly password: string } } = {}): Promise<URL> {
  const first = await visitor.open(url);
  const next = first.headers.get('location');
  if (next === null) throw new Error(`no way to the consent page: ${first.status} ${first.text.slice(0, 300)}`);
  return visitor.approve(new URL(next, url), { ...person, ...(accounts && { accounts }) });
}

/** The ID token beside the code, judged as the response's detached signature by oauth4webapi. */
export async function hybridResponse(stack: Stack, client: FapiClient, prepared: Prepared, callback: URL): Promise<{ readonly code: string; readonly idToken: JWTPayload }> {
  const response = await oauth.validateDetachedSignatureResponse(client.as, client.metadata, callback, prepared.nonce!, prepared.state, undefined, fetching(stack.ca));
  return { code: response.get('code')!, idToken: decodeJwt(fragmentOf(callback).get('id_token')!) };
}

/** PKCE goes along where the request had a challenge. */
export function redeem(client: FapiClient, prepared: Prepared, code: string): Promise<Answer> {
  return prepared.parameters['code_challenge'] === undefined ? client.token('authorization_code', { code, redirect_uri: client.redirectUri }) : client.redeem(prepared, code);
}

export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
  readonly idToken: JWTPayload;
  readonly json: JsonObject;
}

export function tokensOf({ status, json }: Answer): Tokens {
  if (status !== 200) throw new Error(`no tokens: ${JSON.stringify(json)}`);
  return { accessToken: json['access_token'] as string, refreshToken: json['refresh_token'] as string | undefined, idToken: decodeJwt(json['id_token'] as string), json };
}

/** Milliseconds until the call is refused; throws after a second. */
export async function refusedWithin(call: () => Promise<Answer>, statuses: readonly number[] = [401, 403]): Promise<number> {
  const since = performance.now();
  for (;;) {
    const { status } = await call();
    if (statuses.includes(status)) return performance.now() - since;
    if (performance.now() - since > 1000) throw new Error(`still ${status} a second later`);
    await sleep(10);
  }
}

/** The grant behind a consent. */
export async function grantOf(stack: Stack, client: FapiClient, name: string): Promise<string> {
  const consent = await stack.database.stores.consents.find({ issuer: client.as.issuer, clientId: client.id, name, now: new Date() });
  if (!consent) throw new Error(`no consent ${name}`);
  return consent.grantId;
}

/** The customer stops it at the bank's own dashboard. */
export async function stopAtDashboard({ stack, dashboard }: Sites, grantId: string, person: { readonly login: string; readonly password: string } = customers.ana): Promise<void> {
  const who = stack.visitor();
  const sent = await who.open(`${dashboard}/sign-in`);
  const back = await who.open(await who.approve(new URL(sent.headers.get('location')!, dashboard), person));
  if (back.status !== 303) throw new Error(`not signed in at the dashboard: ${back.status}`);
  const at = new URL(`${dashboard}/apps/${grantId}/stop`);
  const stopped = await who.submit(readForm(await who.open(at, (message) => void message.setHeader('sec-fetch-site', 'same-origin')), at, 'stop-yes'));
  if (stopped.status !== 303) throw new Error(`not stopped: ${stopped.status}`);
}

/** A member of the bank's staff ends it, as the console does. */
export async function revokeAsStaff(stack: Stack, client: FapiClient, grantId: string): Promise<void> {
  const outcome = await stack.database.stores.grants.revoke({ grantId, actor: { kind: 'staff', id: 'staff-noor' }, reason: 'fraud', now: new Date(), audit: { type: 'grant.revoked', issuer: client.as.issuer, clientId: client.id, grantId } });
  if (outcome !== 'revoked') throw new Error(outcome);
}

/** A JWS of the client over some claims. */
export const signedJwt = (client: FapiClient, claims: JWTPayload, { alg = 'PS256', key = client.test.signing.key, ...header }: { readonly alg?: string; readonly key?: CryptoKey; readonly typ?: string } = {}): Promise<string> =>
  new SignJWT(claims).setProtectedHeader({ alg, kid: client.test.signing.kid!, ...header }).sign(key);

/** A detached signature over a body, with this protected header (RFC 7515 appendix F). */
export async function detached(client: FapiClient, body: string, header: JsonObject, key: CryptoKey = client.test.signing.key): Promise<string> {
  const critical = Object.fromEntries(((header['crit'] as string[] | undefined) ?? []).map((name) => [name, true]));
  const { protected: head, signature } = await new FlattenedSign(Buffer.from(body)).setProtectedHeader({ alg: 'PS256', kid: client.test.signing.kid!, ...header }).sign(key, { crit: critical });
  return `${head}..${signature}`;
}

/** The issuer's published keys, over the test's own connection. */
export const keysOf = (stack: Stack, client: FapiClient) =>
  createRemoteJWKSet(new URL(client.as.jwks_uri!), {
    [customFetch]: async (url: string) => {
      const { status, text } = await send(new Message({ method: 'GET', url }), { ca: stack.ca });
      return new Response(text, { status, headers: { 'content-type': 'application/json' } });
    },
  });

/** The protected header of a detached signature of the issuer over the answer's body. */
export async function detachedHeader(stack: Stack, client: FapiClient, answer: Answer, header: string): Promise<JsonObject> {
  const [head, , signature] = (answer.headers.get(header) ?? '').split('.');
  const { crit = [] } = JSON.parse(Buffer.from(head!, 'base64url').toString()) as { crit?: string[] };
  const { protectedHeader } = await compactVerify(`${head}.${Buffer.from(answer.text).toString('base64url')}.${signature}`, keysOf(stack, client), { crit: Object.fromEntries(crit.map((name) => [name, true])), algorithms: ['PS256'] });
  return protectedHeader as unknown as JsonObject;
}
