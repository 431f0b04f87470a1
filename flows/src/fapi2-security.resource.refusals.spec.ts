import { customers, type Answer } from '@assent/testing/fapi';
import { proofRows } from './refusals/dpop.js';
import { certificateRows, dpopInvalidProof, dpopInvalidToken, forgedRows, presentationRows } from './refusals/resource.js';
import { introspectionRows, revocationRows } from './refusals/token-request.js';
import { accepted, expectAnswer, expectRefusedBy, openScene, type Scene } from './support/refusal.js';
import { matrix, obtainTokens, startStack, type Authorized, type Stack, type Tokens } from './support/stack.js';

/* Every "refuse" of FAPI 2.0 SP 5.3.4 and RFC 7662, 7009, 9068, 9728 as a message that is really sent. */

let stack: Stack;
let scene: Scene;
let good: Tokens & Authorized;
beforeAll(async () => {
  stack = await startStack({ clients: [...matrix, { id: 'other', auth: 'private_key_jwt', constraint: 'dpop' }] });
  scene = await openScene(stack);
  good = await obtainTokens(scene.client, scene.ana, { scope: 'openid accounts transactions' });
}, 60_000);
afterAll(() => stack?.stop());

const titled = <T extends { readonly rule: string; readonly title: string }>(rows: readonly T[]): [string, T][] => rows.map((row) => [`${row.rule}: ${row.title}`, row]);
const accounts = (): string => `${stack.resource}/accounts`;

describe('a DPoP-bound access token at the resource server', () => {
  it('is accepted as it stands', async () => {
    const answer = await scene.client.call(accounts(), good.accessToken);
    expectAnswer(answer, accepted);
    expect((answer.json['accounts'] as { accountId: string }[]).map(({ accountId }) => accountId).sort()).toEqual(['ana-everyday', 'ana-savings']);
    expect(answer.headers.get('date')).toBeTruthy();
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it.each(titled(presentationRows))('%s', async (_, row) => {
    await expectRefusedBy(stack.rsLog, await scene.client.call(accounts(), good.accessToken, await row.mutate(scene, good)), row);
  });

  it.each(titled(proofRows(dpopInvalidProof)))('%s', async (_, row) => {
    await expectRefusedBy(stack.rsLog, await scene.client.call(accounts(), good.accessToken, await row.mutate(scene)), row);
  });

  it.each(titled(forgedRows))('%s', async (_, { rule, by, forge }) => {
    const token = await forge(scene, good.accessToken, good);
    await expectRefusedBy(stack.rsLog, await scene.client.call(accounts(), token), { rule, ...(by === undefined ? {} : { by }), expect: dpopInvalidToken });
  });

  it('F2-DP-10: a proof used before', async () => {
    expectAnswer(await scene.client.call(accounts(), good.accessToken), accepted);
    const used = scene.client.last!.message.header('dpop');
    const again = await scene.client.call(accounts(), good.accessToken, { message: (m) => void m.setHeader('dpop', used) });
    await expectRefusedBy(stack.rsLog, again, { rule: 'F2-DP-10', expect: dpopInvalidProof });
  });

  it('F2-RS-01: Accept in every usual form, and the interaction id as it was sent', async () => {
    const id = 'c770aef3-6784-41f7-8e0e-ff5f97bddb3a';
    for (const accept of ['application/json;charset=utf-8', 'application/json', '*/*', undefined]) {
      const answer = await scene.client.call(accounts(), good.accessToken, { message: (m) => void m.setHeader('accept', accept).setHeader('x-fapi-interaction-id', id) });
      expectAnswer(answer, accepted);
      expect(answer.headers.get('x-fapi-interaction-id')).toBe(id);
    }
  });

  it('F2-RS-04: a scope that was not granted', async () => {
    const answer = await scene.client.call(`${stack.resource}/balances`, good.accessToken);
    await expectRefusedBy(stack.rsLog, answer, { rule: 'F2-RS-04', expect: { status: 403, error: 'insufficient_scope', headers: { 'www-authenticate': /DPoP error="insufficient_scope".*scope="balances"/ } } });
  });

  it('F2-RS-04: a token no customer stands behind', async () => {
    const { json } = await scene.client.clientCredentials('accounts');
    const answer = await scene.client.call(accounts(), json['access_token'] as string);
    await expectRefusedBy(stack.rsLog, answer, { rule: 'F2-RS-04', expect: { status: 403, error: 'insufficient_scope' } });
  });

  it('F2-RS-03: a token past its end', async () => {
    await stack.later(3600, async () => expectRefusedBy(stack.rsLog, await scene.client.call(accounts(), good.accessToken), { rule: 'AT-05', expect: dpopInvalidToken }));
    await settled();
  });

  it('F2-AZ-18: other methods', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
      const answer = await scene.client.call(accounts(), good.accessToken, {}, method);
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    }
  });

  it.each(['ben-everyday', 'ana-studio', 'nobody', '..%2Faccounts', "ana-everyday'--", 'ana-everyday%00'])('gives nothing of an account outside the consent: %s', async (id) => {
    for (const path of [`/accounts/${id}`, `/accounts/${id}/transactions`]) {
      const answer = await scene.client.call(stack.resource + path, good.accessToken);
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
      expect(answer.text).not.toMatch(/iban|transactions|GB\d\d/i);
    }
  });
});

/** After time was moved back the revocation feed must be fresh again. */
async function settled(): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    if ((await scene.client.call(accounts(), good.accessToken)).status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('the resource server did not come back');
}

describe('a certificate-bound access token at the resource server', () => {
  let bound: Tokens;
  beforeAll(async () => void (bound = await obtainTokens(scene.bound, scene.ana)));

  it('is accepted as it stands', async () => expectAnswer(await scene.bound.call(accounts(), bound.accessToken), accepted));

  it.each(titled(certificateRows))('%s', async (_, row) => expectRefusedBy(stack.rsLog, await row.send(scene, bound.accessToken, '/accounts'), row));
});

describe('UserInfo', () => {
  it('is given for the token as it stands', async () => {
    const answer = await scene.client.userinfo(good.accessToken);
    expectAnswer(answer, accepted);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  const rows = presentationRows.filter(({ title }) => !title.startsWith('Basic'));
  it.each(titled(rows))('%s', async (_, row) => {
    const answer = await scene.client.userinfo(good.accessToken, await row.mutate(scene, good));
    expectAnswer(answer, row.expect);
  });

  it.each(titled(proofRows(dpopInvalidProof)))('%s', async (_, row) => {
    await expectRefusedBy(stack.asLog, await scene.client.userinfo(good.accessToken, await row.mutate(scene)), row);
  });

  it.each(titled(forgedRows.filter(({ title }) => !['aud of another resource', 'aud of the issuer'].includes(title))))('%s', async (_, { forge }) => {
    expectAnswer(await scene.client.userinfo(await forge(scene, good.accessToken, good)), dpopInvalidToken);
  });

  it('OIDC-08: a token without the scope openid', async () => {
    const plain = await obtainTokens(scene.client, scene.ana, { scope: 'accounts' });
    const answer = await scene.client.userinfo(plain.accessToken);
    await expectRefusedBy(stack.asLog, answer, { rule: 'OIDC-08', expect: { status: 403, error: 'insufficient_scope', headers: { 'www-authenticate': /scope="openid"/ } } });
  });
});

describe('introspection', () => {
  it.each(titled(introspectionRows))('%s', async (_, row) => expectRefusedBy(stack.asLog, await row.send(scene, good), row));

  const nothing = (answer: Answer) => expect([answer.status, answer.json, answer.headers.get('cache-control')]).toEqual([200, { active: false }, 'no-store']);

  it('INT-02: says nothing of tokens that are not the caller’s business', async () => {
    nothing(await scene.other.introspect(good.accessToken));
    nothing(await scene.other.introspect(good.refreshToken));
    nothing(await scene.api.introspect(good.refreshToken));
    nothing(await scene.api.introspect('A'.repeat(43)));
    nothing(await scene.api.introspect('nonsense'));
    nothing(await scene.api.introspect(good.idToken!));
    for (const { forge } of forgedRows.filter(({ rule }) => rule === 'AT-01')) nothing(await scene.api.introspect(await forge(scene, good.accessToken, good)));
  });

  it('INT-02: a token for UserInfo only is not the resource server’s business', async () => {
    const { accessToken } = await obtainTokens(scene.client, scene.ana, { scope: 'openid' });
    nothing(await scene.api.introspect(accessToken));
    expect((await scene.client.introspect(accessToken)).json).toMatchObject({ active: true });
  });

  it('INT-02: an expired and a revoked token', async () => {
    const { accessToken, refreshToken } = await obtainTokens(scene.client, scene.ana);
    await stack.later(3600, async () => nothing(await scene.client.introspect(accessToken)));
    expect((await scene.client.introspect(accessToken)).json).toMatchObject({ active: true });
    await scene.client.revoke(refreshToken);
    nothing(await scene.client.introspect(accessToken));
    nothing(await scene.client.introspect(refreshToken));
    await settled();
  });

  it.each(['access_token', 'refresh_token', 'nonsense'])('INT-04: finds either token under the hint %s', async (hint) => {
    const opaque = await stack.party('ca-dpop');
    const tokens = await obtainTokens(opaque, scene.ana);
    for (const token of [tokens.accessToken, tokens.refreshToken]) {
      expect((await opaque.introspect(token, {}, { token_type_hint: hint })).json).toMatchObject({ active: true, client_id: 'ca-dpop' });
    }
  });

  it('INT-03: tells the resource server what it needs', async () => {
    const { json } = await scene.api.introspect(good.accessToken);
    expect(json).toMatchObject({ active: true, iss: stack.issuer, client_id: 'jwt-dpop', aud: stack.resource, scope: 'openid accounts transactions', token_type: 'DPoP', cnf: { jkt: await scene.client.handle()!.calculateThumbprint() } });
  });
});

describe('revocation', () => {
  it.each(titled(revocationRows))('%s', async (_, row) => {
    await expectRefusedBy(stack.asLog, await row.send(scene, good), row);
    expectAnswer(await scene.client.call(accounts(), good.accessToken), accepted);
    expectAnswer(await scene.client.refresh(good.refreshToken), accepted);
  });

  it('REV-02: a token nobody knows, and one that is dead already', async () => {
    const { refreshToken } = await obtainTokens(scene.client, scene.ana);
    for (const token of ['nonsense', 'A'.repeat(43), refreshToken, refreshToken]) expectAnswer(await scene.client.revoke(token), accepted);
  });

  it.each(['access_token', 'refresh_token', 'nonsense'])('REV-05: ends either token under the hint %s', async (hint) => {
    for (const kind of ['accessToken', 'refreshToken'] as const) {
      for (const client of [scene.client, await stack.party('ca-dpop')]) {
        const tokens = await obtainTokens(client, scene.ana);
        expectAnswer(await client.revoke(tokens[kind], {}, { token_type_hint: hint }), accepted);
        expect((await client.introspect(tokens[kind])).json).toEqual({ active: false });
      }
    }
  });

  it('REV-04: of a refresh token ends every access token of its family, and no other', async () => {
    const first = await obtainTokens(scene.client, scene.ana);
    const second = await obtainTokens(scene.client, scene.ana);
    const refreshed = (await scene.client.refresh(first.refreshToken)).json['access_token'] as string;
    expectAnswer(await scene.client.revoke(first.refreshToken), accepted);
    for (const dead of [first.accessToken, refreshed]) expect((await scene.client.introspect(dead)).json).toEqual({ active: false });
    expectAnswer(await scene.client.refresh(first.refreshToken), { status: 400, error: 'invalid_grant' });
    expect((await scene.client.introspect(second.accessToken)).json).toMatchObject({ active: true });
  });
});

it('a token of Ana never reads Ben, whatever it is asked for', async () => {
  const ben = stack.visitor();
  const { prepared, url } = await scene.client.begin();
  const code = (await ben.approve(url, customers.ben)).searchParams.get('code')!;
  const token = (await scene.client.redeem(prepared, code)).json['access_token'] as string;
  const read = async (accessToken: string) => JSON.stringify((await scene.client.call(accounts(), accessToken)).json);
  expect(await read(token)).toMatch(/ben-everyday/);
  expect(await read(token)).not.toMatch(/ana-/);
  expect(await read(good.accessToken)).not.toMatch(/ben-/);
});
