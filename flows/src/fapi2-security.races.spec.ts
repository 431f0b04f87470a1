import { rotateKeys } from '@assent/signing-keys';
import { systemClock } from '@assent/protocol';
import { customers, headingOf, readJws, type Answer, type Change, type FapiClient, type Visitor } from '@assent/testing/fapi';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { authorize, matrix, obtainTokens, startStack, type Stack } from './support/stack.js';

/* What happens once must happen once, however many ask at the same moment; what may happen often must not get lost. */

let stack: Stack;
let client: FapiClient;
let ana: Visitor;
beforeAll(async () => {
  stack = await startStack({ clients: matrix });
  [client, ana] = [await stack.party('jwt-dpop'), stack.visitor()];
}, 60_000);
afterAll(() => stack?.stop());

const racers = <T>(count: number, run: (index: number) => Promise<T>): Promise<T[]> => Promise.all(Array.from({ length: count }, (_, index) => run(index)));
const codesOf = (answers: readonly Answer[]): Record<string, number> => tally(answers.map(({ status, json }) => `${status} ${String(json['error'] ?? '')}`.trim()));
const tally = (values: readonly string[]): Record<string, number> => values.reduce<Record<string, number>>((counts, value) => ({ ...counts, [value]: (counts[value] ?? 0) + 1 }), {});

it('F2-AZ-10: of 100 redemptions of one code one succeeds, and the others take its tokens back', async () => {
  const { prepared, code } = await authorize(client, ana);
  const answers = await racers(100, () => client.redeem(prepared, code));
  expect(codesOf(answers)).toEqual({ '200': 1, '400 invalid_grant': 99 });
  const { access_token: access, refresh_token: refresh } = answers.find(({ status }) => status === 200)!.json as Record<string, string>;
  expect((await client.refresh(refresh!)).json).toMatchObject({ error: 'invalid_grant' });
  expect((await client.introspect(access!)).json).toEqual({ active: false });
  expect((await client.userinfo(access!)).status).toBe(401);
  await untilRefused(() => client.call(`${stack.resource}/accounts`, access!));
});

it('F2-AZ-16: of 100 answers to one consent page one wins, and its code is the only one', async () => {
  const { prepared, url } = await client.begin();
  const form = ana.consentForm(await ana.open(url), url);
  const answers = await racers(100, () => ana.submit(form));
  expect(tally(answers.map(({ status }) => String(status)))).toEqual({ '303': 1, '400': 99 });
  for (const answer of answers.filter(({ status }) => status === 400)) expect(headingOf(answer)).toMatch(/already|decided|answered/i);
  const callback = new URL(answers.find(({ status }) => status === 303)!.headers.get('location')!);
  expect((await client.redeem(prepared, client.callback(callback, prepared).get('code')!)).status).toBe(200);
});

it('of yes and no at the same moment one counts', async () => {
  const { prepared, url } = await client.begin();
  const page = await ana.open(url);
  const form = ana.consentForm(page, url);
  const answers = await racers(40, (index) => (index % 2 === 0 ? ana.submit(form) : ana.cancel(page, url).then((to) => ({ status: 303, to }), () => ({ status: 400 }))) as Promise<Answer & { to?: URL }>);
  const won = answers.filter(({ status }) => status === 303);
  expect(won).toHaveLength(1);
  const to = won[0]!.to ?? new URL(won[0]!.headers.get('location')!);
  expect([to.searchParams.has('code'), to.searchParams.get('error') === 'access_denied'].filter(Boolean)).toHaveLength(1);
  expect(to.searchParams.get('state')).toBe(prepared.state);
});

it('F2-CA-05: of 50 requests with one assertion one is served', async () => {
  const prepared = await client.prepare();
  const jti = randomUUID();
  const answers = await racers(50, () => client.push(prepared, { assertion: (_, claims) => void (claims['jti'] = jti) }));
  expect(codesOf(answers)).toEqual({ '201': 1, '401 invalid_client': 49 });
});

it('F2-DP-10: of 50 requests with one proof one is served, at the token endpoint, at UserInfo and at the resource server', async () => {
  const { accessToken } = await obtainTokens(client, ana);
  const places: readonly (readonly [string, (change: Change) => Promise<Answer>, number])[] = [
    ['token', (change) => client.clientCredentials('accounts', change), 400],
    ['userinfo', (change) => client.userinfo(accessToken, change), 401],
    ['accounts', (change) => client.call(`${stack.resource}/accounts`, accessToken, change), 401],
  ];
  for (const [place, call, refused] of places) {
    const jti = randomUUID();
    const answers = await racers(50, () => call({ proof: (_, claims) => void (claims['jti'] = jti) }));
    expect([place, codesOf(answers)]).toEqual([place, { '200': 1, [`${refused} invalid_dpop_proof`]: 49 }]);
  }
});

it('F2-AS-09: one refresh token serves 50 requests at once', async () => {
  const { refreshToken } = await obtainTokens(client, ana);
  const answers = await racers(50, () => client.refresh(refreshToken));
  expect(codesOf(answers)).toEqual({ '200': 50 });
  expect(new Set(answers.map(({ json }) => json['access_token'])).size).toBe(50);
});

it('REV-04: what a refresh issues while its family is revoked is dead as well', async () => {
  for (let round = 0; round < 5; round += 1) {
    const { refreshToken } = await obtainTokens(client, ana);
    const [answers] = await Promise.all([racers(10, () => client.refresh(refreshToken)), sleep(round * 2).then(() => client.revoke(refreshToken))]);
    for (const { status, json } of answers) {
      expect([200, 400]).toContain(status);
      if (status === 200) expect((await client.introspect(json['access_token'] as string)).json).toEqual({ active: false });
    }
  }
});

it('20 customers’ browsers at once get 20 grants of their own', async () => {
  const results = await racers(20, async (index) => {
    const visitor = stack.visitor();
    const { prepared, url } = await client.begin();
    const who = index % 2 === 0 ? customers.ana : customers.ben;
    const callback = await visitor.approve(url, who);
    const token = (await client.redeem(prepared, client.callback(callback, prepared).get('code')!)).json['access_token'] as string;
    const { json } = await client.call(`${stack.resource}/accounts`, token);
    const ids = (json['accounts'] as { accountId: string }[]).map(({ accountId }) => accountId.split('-')[0]);
    return [who.login, [...new Set(ids)]];
  });
  for (const [login, owners] of results) expect(owners).toEqual([login]);
});

describe('signing keys', () => {
  it('rotate while requests run, and no verification fails', async () => {
    const tokens = await obtainTokens(client, ana);
    const kids = new Set<string>();
    let running = true;
    const failures: string[] = [];
    const work = racers(4, async () => {
      while (running) {
        const refreshed = await client.refresh(tokens.refreshToken);
        const token = refreshed.json['access_token'] as string;
        kids.add(readJws(token).header['kid'] as string);
        for (const call of [() => client.userinfo(token), () => client.call(`${stack.resource}/accounts`, token), () => client.introspect(token)]) {
          const answer = await call();
          if (answer.status !== 200 || answer.json['active'] === false) failures.push(`${answer.status} ${answer.text}`);
        }
      }
    });
    for (let turn = 0; turn < 2; turn += 1) {
      await sleep(300);
      await rotateKeys(stack.database.stores.signingKeys, stack.config, systemClock, { alg: 'ES256' });
    }
    await sleep(400);
    running = false;
    await work;
    expect(failures).toEqual([]);
    expect(kids.size).toBe(3);
    // Signed two keys ago and still good everywhere.
    expect((await client.call(`${stack.resource}/accounts`, tokens.accessToken)).status).toBe(200);
    expect((await client.userinfo(tokens.accessToken)).status).toBe(200);
  });
});

async function untilRefused(call: () => Promise<Answer>): Promise<void> {
  const since = performance.now();
  while ((await call()).status !== 401) {
    if (performance.now() - since > 1000) throw new Error('still accepted after a second');
    await sleep(10);
  }
}
