import { rotateKeys } from '@assent/signing-keys';
import { systemClock } from '@assent/protocol';
import { customers, headingOf, Message, readJws, send, Visitor, type Answer } from '@assent/testing/fapi';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { startPair, type Pair, type ServerProcess } from './support/processes.js';

/* Two authorization-server processes share one database: what is spent, signed in, issued or rotated at one holds at the other. */

let pair: Pair;
beforeAll(async () => {
  pair = await startPair({
    clients: [{ id: 'jwt-dpop', auth: 'private_key_jwt', constraint: 'dpop' }],
    issuer: { dpopNonce: 'required' },
    authorizationServer: { loginThrottle: { attempts: 5, window: 300 } },
  });
  // The first proof has no nonce; its refusal brings one.
  expect((await pair.client.clientCredentials('accounts')).json).toMatchObject({ error: 'use_dpop_nonce' });
}, 60_000);
afterAll(() => pair?.stop());

/** Runs `body` with client and browser at one of the processes. */
function at<T>(server: ServerProcess, body: () => Promise<T>): Promise<T> {
  pair.client.route = pair.visitor.route = pair.routeTo(server);
  return body();
}

/** Half of the racers at each process. */
async function race(count: number, run: () => Promise<Answer>): Promise<Record<string, number>> {
  const answers = await Promise.all(Array.from({ length: count }, (_, index) => at(index % 2 === 0 ? pair.one : pair.two, run)));
  return answers.map(({ status, json }) => `${status} ${String(json['error'] ?? '')}`.trim()).reduce<Record<string, number>>((counts, key) => ({ ...counts, [key]: (counts[key] ?? 0) + 1 }), {});
}

const authorize = async () => {
  const { prepared, url } = await at(pair.one, () => pair.client.begin());
  const code = (await at(pair.two, () => pair.visitor.approve(url, customers.ana))).searchParams.get('code')!;
  return { prepared, code };
};

it('one flow goes through both: pushed at one, signed in at the other, answered at the first, redeemed at the second', async () => {
  const { client, visitor, one, two } = pair;
  const { prepared, url } = await at(one, () => client.begin());
  const { answer, url: page } = await at(two, () => visitor.signIn(url, customers.ana));
  const callback = await at(one, () => visitor.submit(visitor.consentForm(answer, page)));
  const code = client.callback(new URL(callback.headers.get('location')!), prepared).get('code')!;
  const tokens = (await at(two, () => client.redeem(prepared, code))).json as Record<string, string>;
  for (const server of [one, two]) {
    expect((await at(server, () => client.userinfo(tokens['access_token']!))).status).toBe(200);
    expect((await at(server, () => client.refresh(tokens['refresh_token']!))).status).toBe(200);
  }
  expect(headingOf(await at(two, () => visitor.open(url)))).toMatch(/already|decided|answered/i);
});

it('F2-CA-05: an assertion spent at one is refused at the other', async () => {
  const { client, one, two } = pair;
  const prepared = await client.prepare();
  expect((await at(one, () => client.push(prepared))).status).toBe(201);
  const used = client.last!.message.parameter('client_assertion');
  const again = await at(two, () => client.push(prepared, { message: (message) => void message.set('client_assertion', used) }));
  expect([again.status, again.json['error']]).toEqual([401, 'invalid_client']);
});

it('F2-DP-10: a proof spent at one is refused at the other', async () => {
  const { client, one, two } = pair;
  expect((await at(one, () => client.clientCredentials('accounts'))).status).toBe(200);
  const used = client.last!.message.header('dpop');
  const again = await at(two, () => client.clientCredentials('accounts', { message: (message) => void message.setHeader('dpop', used) }));
  expect([again.status, again.json['error']]).toEqual([400, 'invalid_dpop_proof']);
});

it('F2-DP-13: a nonce of one is good at the other, a made-up one at neither', async () => {
  const { client, one, two } = pair;
  client.nonce = undefined;
  const challenge = await at(one, () => client.clientCredentials('accounts'));
  expect([challenge.status, challenge.json['error'], challenge.headers.get('dpop-nonce')]).toEqual([400, 'use_dpop_nonce', expect.any(String)]);
  expect((await at(two, () => client.clientCredentials('accounts'))).status).toBe(200);
  for (const server of [one, two]) {
    const answer = await at(server, () => client.clientCredentials('accounts', { proof: (_, claims) => void (claims['nonce'] = 'x'.repeat(32)) }));
    expect(answer.json['error']).toBe('use_dpop_nonce');
  }
});

it('F2-AZ-10: a code redeemed at one is refused at the other, and its tokens die at both', async () => {
  const { client, one, two } = pair;
  const { prepared, code } = await authorize();
  const tokens = (await at(one, () => client.redeem(prepared, code))).json as Record<string, string>;
  expect((await at(two, () => client.redeem(prepared, code))).json).toMatchObject({ error: 'invalid_grant' });
  for (const server of [one, two]) {
    expect((await at(server, () => client.introspect(tokens['access_token']!))).json).toEqual({ active: false });
    expect((await at(server, () => client.refresh(tokens['refresh_token']!))).json).toMatchObject({ error: 'invalid_grant' });
  }
});

it('of 100 redemptions spread over both one succeeds', async () => {
  const { prepared, code } = await authorize();
  expect(await race(100, () => pair.client.redeem(prepared, code))).toEqual({ '200': 1, '400 invalid_grant': 99 });
});

it('of 100 answers to one consent page spread over both one wins', async () => {
  const { url } = await at(pair.one, () => pair.client.begin());
  const { answer, url: page } = await at(pair.one, () => pair.visitor.signIn(url, customers.ana));
  const form = pair.visitor.consentForm(answer, page);
  expect(await race(100, () => pair.visitor.submit(form))).toEqual({ '303': 1, '400': 99 });
});

it('of 50 requests with one jti spread over both one is served', async () => {
  const jti = randomUUID();
  expect(await race(50, () => pair.client.clientCredentials('accounts', { assertion: (_, claims) => void (claims['jti'] = jti) }))).toEqual({ '200': 1, '401 invalid_client': 49 });
});

it('sign-ins that fail are counted over both', async () => {
  const { client, one, two } = pair;
  const { url } = await at(one, () => client.begin());
  const attempt = async (server: ServerProcess, password: string): Promise<number> => {
    const visitor = new Visitor({ ca: pair.ca, route: pair.routeTo(server) });
    return (await visitor.signIn(url, { login: 'ben', password })).answer.status;
  };
  for (const server of [one, two, one, two, one]) expect(await attempt(server, 'wrong')).toBe(422);
  expect(await attempt(two, customers.ben.password)).toBe(429);
});

it('keys rotated in the database sign and verify at both', async () => {
  const { client, one, two } = pair;
  const { prepared, code } = await authorize();
  const before = (await at(one, () => client.redeem(prepared, code))).json as Record<string, string>;
  await rotateKeys(pair.database.stores.signingKeys, pair.config, systemClock, { alg: 'ES256' });
  const keySets = async () => Promise.all([one, two].map((server) => send(new Message({ method: 'GET', url: client.as.jwks_uri! }), { ca: pair.ca, route: pair.routeTo(server) })));
  const oldKid = readJws(before['access_token']!).header['kid'];
  for (const server of [one, two]) {
    const kid = await settled(async () => readJws((await at(server, () => client.refresh(before['refresh_token']!))).json['access_token'] as string).header['kid'], (found) => found !== oldKid);
    for (const { json } of await keySets()) expect((json['keys'] as { kid: string }[]).map((key) => key.kid)).toEqual(expect.arrayContaining([kid, oldKid]));
    expect((await at(server, () => client.userinfo(before['access_token']!))).status).toBe(200);
  }
});

it('one that is told to stop answers what it has begun, and the other goes on', async () => {
  const { client, one, two } = pair;
  const running = Array.from({ length: 20 }, () => at(two, () => client.clientCredentials('accounts')));
  await sleep(5);
  const stopped = two.stop();
  const outcomes = await Promise.allSettled(running);
  expect(await stopped).toBe(0);
  expect(two.errors()).toBe('');
  // A connection that came too late is refused as a whole; none is cut off half-way.
  for (const outcome of outcomes) expect(outcome.status === 'fulfilled' ? outcome.value.status : String(outcome.reason)).toEqual(outcome.status === 'fulfilled' ? 200 : expect.stringMatching(/ECONNREFUSED|ECONNRESET/));
  expect((await at(one, () => client.clientCredentials('accounts'))).status).toBe(200);
});

async function settled<T>(read: () => Promise<T>, done: (value: T) => boolean): Promise<T> {
  for (let tries = 0; tries < 100; tries += 1) {
    const value = await read();
    if (done(value)) return value;
    await sleep(20);
  }
  throw new Error('nothing changed in time');
}
