import { readForm } from './consent-form.js';
import { load, type Answer, type Measured, type Send, type Shot } from './load.js';
import { read } from './meter.js';
import type { Row } from './report.js';
import { prepared, verifierAndChallenge } from './signer.js';
import type { Target } from './target.js';

export interface Scenario {
  readonly name: string;
  readonly title: string;
  readonly budget?: string;
  readonly possible: (target: Target) => boolean;
  /** Whose metrics are read; the authorization server's when absent. */
  readonly metrics?: (target: Target) => string | undefined;
  /** `times` is the wish; the work is prepared first and only then timed. */
  readonly run: (target: Target, times: number, concurrency: number) => Promise<Measured>;
}

const form = (url: string, fields: Record<string, string>, headers: Record<string, string> = {}): Shot => ({
  method: 'POST',
  path: new URL(url).pathname,
  headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
  body: new URLSearchParams(fields).toString(),
});

function expectStatus(answer: Answer, status: number): Answer {
  if (answer.status !== status) throw new Error(`status ${answer.status} instead of ${status}: ${answer.body.slice(0, 300)}`);
  return answer;
}

const json = (answer: Answer): Record<string, string> => JSON.parse(answer.body) as Record<string, string>;

/** Sends prepared requests, one after the other per connection. */
async function shoot(target: Target, shots: readonly Shot[], concurrency: number, status: number, origin = target.origin): Promise<Measured> {
  const work = async (send: Send, index: number): Promise<void> => void expectStatus(await send(shots[index] as Shot), status);
  return load(work, { origin, concurrency, times: shots.length, ...(target.connect ? { connect: target.connect } : {}) });
}

/** One thing done once, outside the clock. */
async function once<T>(target: Target, work: (send: Send) => Promise<T>, origin = target.origin): Promise<T> {
  let result: T | undefined;
  const measured = await load(async (send) => void (result = await work(send)), { origin, concurrency: 1, times: 1, ...(target.connect ? { connect: target.connect } : {}) });
  if (measured.firstFailure !== undefined) throw new Error(measured.firstFailure);
  return result as T;
}

async function clientCredentials(target: Target, times: number, concurrency: number, proved: 'certificate' | 'dpop'): Promise<Measured> {
  const { client, endpoints } = target;
  const shots = await prepared(times, async () => {
    const headers = proved === 'certificate' ? target.certificateHeaders : { dpop: await client.proof('POST', endpoints.token) };
    return form(endpoints.token, { grant_type: 'client_credentials', scope: 'accounts', ...(await client.authentication()) }, headers);
  });
  return shoot(target, shots, concurrency, 200);
}

async function pushShot(target: Target): Promise<{ readonly shot: Shot; readonly verifier: string }> {
  const { client, endpoints, redirectUri, scope } = target;
  const { verifier, challenge } = verifierAndChallenge();
  const request = { response_type: 'code', redirect_uri: redirectUri, scope, state: 'bench', nonce: 'bench', code_challenge: challenge, code_challenge_method: 'S256' };
  return { shot: form(endpoints.pushed, { ...request, ...(await client.authentication()) }), verifier };
}

/** Signs in once and returns the cookie that says so. */
async function signIn(target: Target): Promise<string> {
  const { customer } = target;
  if (!customer) throw new Error('this target has no customer');
  return once(target, async (send) => {
    const { shot } = await pushShot(target);
    const { request_uri } = json(expectStatus(await send(shot), 201));
    const page = expectStatus(await send(open(target, request_uri ?? '')), 200);
    const { action, fields } = readForm(page.body, 'login-submit');
    fields.set('login', customer.login);
    fields.set('password', customer.password);
    const answer = expectStatus(await send(post(target, action, fields, cookiesOf(page))), 303);
    return [cookiesOf(page), cookiesOf(answer)].filter(Boolean).join('; ');
  });
}

const cookiesOf = (answer: Answer): string => [answer.headers['set-cookie'] ?? []].flat().map((cookie) => cookie.split(';')[0]).join('; ');

const open = ({ client, endpoints }: Target, requestUri: string, cookie = ''): Shot => ({
  method: 'GET',
  path: `${new URL(endpoints.authorization).pathname}?${new URLSearchParams({ client_id: client.clientId, request_uri: requestUri }).toString()}`,
  headers: cookie === '' ? {} : { cookie },
});

const post = ({ endpoints }: Target, action: string, fields: URLSearchParams, cookie: string): Shot => ({
  method: 'POST',
  path: new URL(action, endpoints.authorization).pathname,
  headers: { 'content-type': 'application/x-www-form-urlencoded', origin: new URL(endpoints.authorization).origin, 'sec-fetch-site': 'same-origin', cookie },
  body: fields.toString(),
});

interface Prepared {
  readonly shot: Shot;
  readonly verifier: string;
  readonly authentication: Record<string, string>;
  readonly proof: string;
}

async function prepareFlow(target: Target): Promise<Prepared> {
  return { ...(await pushShot(target)), authentication: await target.client.authentication(), proof: await target.client.proof('POST', target.endpoints.token) };
}

/** PAR, authorization, consent, token: four requests of client and browser. */
async function flow(send: Send, target: Target, cookie: string, { shot, verifier, authentication, proof }: Prepared): Promise<Record<string, string>> {
  const { request_uri } = json(expectStatus(await send(shot), 201));
  const page = expectStatus(await send(open(target, request_uri ?? '', cookie)), 200);
  const { action, fields } = readForm(page.body, 'consent-allow', 'account');
  const allowed = expectStatus(await send(post(target, action, fields, cookie)), 303);
  const code = new URL(String(allowed.headers.location)).searchParams.get('code') ?? '';
  const token = form(target.endpoints.token, { grant_type: 'authorization_code', code, redirect_uri: target.redirectUri, code_verifier: verifier, ...authentication }, { dpop: proof });
  return json(expectStatus(await send(token), 200));
}

async function oneFlow(target: Target): Promise<Record<string, string>> {
  const cookie = await signIn(target);
  return once(target, async (send) => flow(send, target, cookie, await prepareFlow(target)));
}

const canSignIn = (target: Target): boolean => target.customer !== undefined;
const always = (): boolean => true;

export const scenarios: readonly Scenario[] = [
  {
    name: 'client-credentials', title: 'client_credentials, private_key_jwt, certificate-bound', budget: '0.7 ms, 1 commit',
    possible: (target) => target.certificateHeaders !== undefined, run: (target, times, concurrency) => clientCredentials(target, times, concurrency, 'certificate'),
  },
  { name: 'client-credentials-dpop', title: 'client_credentials, private_key_jwt, DPoP', possible: always, run: (target, times, concurrency) => clientCredentials(target, times, concurrency, 'dpop') },
  {
    name: 'par', title: 'pushed authorization request', possible: always,
    run: async (target, times, concurrency) => shoot(target, (await prepared(times, () => pushShot(target))).map(({ shot }) => shot), concurrency, 201),
  },
  {
    name: 'flow', title: 'whole FAPI 2.0 flow (PAR, authorize, consent, DPoP token)', budget: '3 ms, 8 statements, 4 commits', possible: canSignIn,
    run: async (target, times, concurrency) => {
      const flows = Math.ceil(times / 4);
      const cookie = await signIn(target);
      const ready = await prepared(flows, () => prepareFlow(target));
      const work = async (send: Send, index: number): Promise<void> => void (await flow(send, target, cookie, ready[index] as Prepared));
      return load(work, { origin: target.origin, concurrency, times: flows, ...(target.connect ? { connect: target.connect } : {}) });
    },
  },
  {
    name: 'refresh', title: 'refresh with DPoP', budget: '1.3 ms, 1 commit', possible: canSignIn,
    run: async (target, times, concurrency) => {
      const { client, endpoints } = target;
      const { refresh_token } = await oneFlow(target);
      const shots = await prepared(times, async () =>
        form(endpoints.token, { grant_type: 'refresh_token', refresh_token: refresh_token ?? '', ...(await client.authentication()) }, { dpop: await client.proof('POST', endpoints.token) }),
      );
      return shoot(target, shots, concurrency, 200);
    },
  },
  {
    name: 'introspection', title: 'introspection of a JWT access token', possible: (target) => canSignIn(target) && target.introspector !== undefined,
    run: async (target, times, concurrency) => {
      const { introspector, endpoints } = target;
      const { access_token } = await oneFlow(target);
      const shots = await prepared(times, async () => form(endpoints.introspection ?? '', { token: access_token ?? '', ...(await introspector?.authentication()) }));
      return shoot(target, shots, concurrency, 200);
    },
  },
  {
    name: 'resource', title: 'protected resource: GET /accounts with DPoP', possible: (target) => canSignIn(target) && target.resource !== undefined, metrics: (target) => target.resource?.metricsUrl,
    run: async (target, times, concurrency) => {
      const { resource, client } = target;
      if (!resource) throw new Error('this target has no resource server');
      const { access_token = '' } = await oneFlow(target);
      const shots = await prepared(times, async () => ({
        method: 'GET' as const, path: new URL(resource.url).pathname, headers: { authorization: `DPoP ${access_token}`, dpop: await client.proof('GET', resource.url, access_token) },
      })); // prettier-ignore
      return shoot(target, shots, concurrency, 200, resource.origin);
    },
  },
];

/** Warms up with a tenth of the requests, then measures between two readings of the server's own metrics. */
export async function measure(scenario: Scenario, target: Target, times: number, concurrency: number): Promise<Row> {
  const metrics = scenario.metrics ? scenario.metrics(target) : target.metricsUrl;
  await scenario.run(target, Math.max(64, Math.floor(times / 10)), concurrency);
  // What a run prepares over the wire (a sign-in, one flow) is counted too: it is spread over all requests.
  const before = await read(metrics);
  const measured = await scenario.run(target, times, concurrency);
  const after = await read(metrics);
  return { name: scenario.title, measured, before, after, budget: scenario.budget };
}
