import type { Answer, Send, Shot } from './load.js';
import { readForm } from './page-form.js';
import { ask, form, json, push } from './requests.js';
import type { Target } from './target.js';

/*
 * A customer's browser and a client, together: what a whole FAPI 2.0 flow sends.
 */

/** Everything of one flow that is signed beforehand. */
export interface PreparedFlow {
  readonly pushed: Shot;
  readonly verifier: string;
  readonly authentication: Record<string, string>;
  readonly proof: string;
}

export async function prepareFlow(target: Target): Promise<PreparedFlow> {
  const { shot, verifier } = await push(target);
  return { pushed: shot, verifier, authentication: await target.client.authentication(), proof: await target.client.proof('POST', target.endpoints.token) };
}

/** Signs the customer in and returns the cookies that say so. */
export async function signIn(send: Send, target: Target): Promise<string> {
  const { customer } = target;
  if (!customer) throw new Error('this target has no customer');
  const { shot } = await push(target);
  const { request_uri = '' } = json(await ask(send, shot, 201));
  const page = await ask(send, openRequest(target, request_uri), 200);
  const { action, fields } = readForm(page.body, 'login-submit');
  fields.set('login', customer.login);
  fields.set('password', customer.password);
  const answer = await ask(send, postForm(target, action, fields, cookiesOf(page)), 303);
  return [cookiesOf(page), cookiesOf(answer)].filter(Boolean).join('; ');
}

/** PAR, authorization, consent, token: four requests, of a customer who is signed in. Returns the token response. */
export async function flow(send: Send, target: Target, cookie: string, { pushed, verifier, authentication, proof }: PreparedFlow): Promise<Record<string, string>> {
  const { request_uri = '' } = json(await ask(send, pushed, 201));
  const page = await ask(send, openRequest(target, request_uri, cookie), 200);
  const { action, fields } = readForm(page.body, 'consent-allow', 'account');
  const allowed = await ask(send, postForm(target, action, fields, cookie), 303);
  const code = codeIn(new URL(String(allowed.headers.location)));
  const redemption = { grant_type: 'authorization_code', code, redirect_uri: target.redirectUri, code_verifier: verifier, ...authentication };
  const bound = target.boundTo === 'certificate' ? { ...target.certificateHeaders } : { dpop: proof };
  return json(await ask(send, form(target.endpoints.token, redemption, bound), 200));
}

/** In the query, in the fragment, or in a signed response, which a client of the bench takes at its word. */
function codeIn({ searchParams, hash }: URL): string {
  const response = searchParams.get('response');
  if (response === null) return searchParams.get('code') ?? new URLSearchParams(hash.slice(1)).get('code') ?? '';
  return (JSON.parse(Buffer.from(response.split('.')[1] ?? '', 'base64url').toString('utf8')) as { code?: string }).code ?? '';
}

const cookiesOf = (answer: Answer): string => [answer.headers['set-cookie'] ?? []].flat().map((cookie) => cookie.split(';')[0]).join('; ');

const openRequest = ({ client, endpoints }: Target, requestUri: string, cookie = ''): Shot => ({
  method: 'GET',
  path: `${new URL(endpoints.authorization).pathname}?${new URLSearchParams({ client_id: client.clientId, request_uri: requestUri }).toString()}`,
  headers: cookie === '' ? {} : { cookie },
});

const postForm = ({ endpoints }: Target, action: string, fields: URLSearchParams, cookie: string): Shot => ({
  method: 'POST',
  path: new URL(action, endpoints.authorization).pathname,
  headers: { 'content-type': 'application/x-www-form-urlencoded', origin: new URL(endpoints.authorization).origin, 'sec-fetch-site': 'same-origin', cookie },
  body: fields.toString(),
});
