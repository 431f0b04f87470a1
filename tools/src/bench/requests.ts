import type { Answer, Send, Shot } from './load.js';
import { verifierAndChallenge, type Signer } from './signer.js';
import type { Target } from './target.js';

export const form = (url: string, fields: Record<string, string>, headers: Record<string, string> = {}): Shot => ({
  method: 'POST',
  path: new URL(url).pathname,
  headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
  body: new URLSearchParams(fields).toString(),
});

/** The answer, if it has this status; throws with its body otherwise. */
export function expectStatus(answer: Answer, status: number): Answer {
  if (answer.status !== status) throw new Error(`status ${answer.status} instead of ${status}: ${answer.body.slice(0, 300)}`);
  return answer;
}

export const json = (answer: Answer): Record<string, string> => JSON.parse(answer.body) as Record<string, string>;

/** A token for the client itself, bound to the certificate the headers bring, or to the client's DPoP key. */
export async function clientCredentials(client: Signer, token: string, bound: 'dpop' | Record<string, string>, scope = 'accounts'): Promise<Shot> {
  const headers = bound === 'dpop' ? { dpop: await client.proof('POST', token) } : bound;
  return form(token, { grant_type: 'client_credentials', scope, ...(await client.authentication()) }, headers);
}

/** A pushed authorization request and the PKCE verifier that goes with it. */
export async function push({ client, endpoints, redirectUri, scope, parameters, signsRequests, responseType = 'code' }: Target): Promise<{ readonly shot: Shot; readonly verifier: string }> {
  const { verifier, challenge } = verifierAndChallenge();
  const request = { response_type: responseType, redirect_uri: redirectUri, scope, state: 'bench', nonce: 'bench', code_challenge: challenge, code_challenge_method: 'S256', ...parameters };
  const sent = signsRequests ? { request: await client.requestObject(request) } : request;
  return { shot: form(endpoints.pushed, { ...sent, ...(await client.authentication()) }), verifier };
}

/** A refresh for a new token bound to the client's DPoP key. */
export async function refresh({ client, endpoints }: Target, refreshToken: string): Promise<Shot> {
  const fields = { grant_type: 'refresh_token', refresh_token: refreshToken, ...(await client.authentication()) };
  return form(endpoints.token, fields, { dpop: await client.proof('POST', endpoints.token) });
}

/** A resource server's question about a token. */
export async function introspect({ introspector, endpoints }: Target, token: string): Promise<Shot> {
  return form(endpoints.introspection ?? '', { token, ...(await introspector?.authentication()) });
}

/** Account data with a DPoP-bound token. */
export async function readAccounts({ client, resource }: Target, token: string): Promise<Shot> {
  const url = resource?.url ?? '';
  return { method: 'GET', path: new URL(url).pathname, headers: { authorization: `DPoP ${token}`, dpop: await client.proof('GET', url, token) } };
}

/** Account data with a signed request. */
export async function readAccountsSigned(target: Target, token: string): Promise<Shot> {
  const shot = await readAccounts(target, token);
  return { ...shot, headers: await target.client.signed(shot.method, target.resource?.url ?? '', { ...shot.headers }) };
}

/** One request, answered as it must be. */
export const ask = async (send: Send, shot: Shot, status: number): Promise<Answer> => expectStatus(await send(shot), status);
