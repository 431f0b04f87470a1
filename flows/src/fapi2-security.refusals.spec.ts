import type { Answer, Change } from '@assent/testing/fapi';
import { assertionRows, certificateRows, everywhereRows, selfSignedRows } from './refusals/client-authentication.js';
import { codeRows } from './refusals/code.js';
import { proofRows } from './refusals/dpop.js';
import { pushRows } from './refusals/pushed-request.js';
import { grantRows, refreshRows } from './refusals/token-request.js';
import { accepted, expectAnswer, expectRefusedBy, openScene, type Row, type Scene } from './support/refusal.js';
import { authorize, matrix, obtainTokens, startStack, type Stack, type Tokens } from './support/stack.js';

/* Every "refuse" of FAPI 2.0 SP as a message that is really sent: the good request with exactly one step changed. */

let stack: Stack;
let scene: Scene;
beforeAll(async () => {
  stack = await startStack({ clients: [...matrix, { id: 'other', auth: 'private_key_jwt', constraint: 'either' }] });
  scene = await openScene(stack);
}, 60_000);
afterAll(() => stack?.stop());

type Step = (scene: Scene, change: Change) => Promise<Answer>;

/** One good step, proved good as it stands; then each row changes it in one place. */
function table(name: string, step: Step, rows: readonly Row<void>[]): void {
  describe(name, () => {
    it('is accepted as it stands', async () => expectAnswer(await step(scene, {}), accepted));

    it.each(titled(rows))('%s', async (_, row) => {
      const change = await row.mutate(scene);
      await expectRefusedBy(stack.asLog, await step(scene, change), row);
    });
  });
}

const titled = <T extends { readonly rule: string; readonly title: string }>(rows: readonly T[]): [string, T][] => rows.map((row) => [`${row.rule}: ${row.title}`, row]);

const push: Step = async ({ client }, change) => client.push(await client.prepare(), change);

table('a pushed request by private_key_jwt', push, assertionRows);
table('a pushed request by tls_client_auth', async ({ tls }, change) => tls.push(await tls.prepare(), change), certificateRows);
table('a pushed request by self_signed_tls_client_auth', async ({ selfSigned }, change) => selfSigned.push(await selfSigned.prepare(), change), selfSignedRows);
table('a client_credentials request', ({ client }, change) => client.clientCredentials('accounts', change), everywhereRows);
table('an introspection request', ({ client }, change) => client.introspect('unknown', change), everywhereRows);
table('a revocation request', ({ client }, change) => client.revoke('unknown', change), everywhereRows);
table('the parameters of a pushed request', push, pushRows);
table('the DPoP proof of a token request', ({ client }, change) => client.clientCredentials('accounts', change), proofRows());

describe('a request for the tokens of a code', () => {
  it.each(titled(codeRows))('%s', async (_, row) => {
    const owner = scene[row.of ?? 'client'];
    const good = await authorize(owner, scene.ana, await row.pushed?.(scene));
    await expectRefusedBy(stack.asLog, await row.send(scene, good, owner), row);
    const afterwards = await owner.redeem(good.prepared, good.code);
    expectAnswer(afterwards, row.code === 'kept' ? accepted : { status: 400, error: 'invalid_grant' });
  });

  it('F2-DP-17: another key than the one whose proof was pushed', async () => {
    const { client, other, ana } = scene;
    const prepared = await client.prepare();
    const pushed = await client.push(prepared, { dpop: client.dpop! });
    const code = (await ana.approve(client.authorizationUrl(pushed.json['request_uri'] as string), { login: 'ana', password: '' })).searchParams.get('code')!;
    await expectRefusedBy(stack.asLog, await client.redeem(prepared, code, { dpop: other.dpop! }), { rule: 'F2-DP-17', expect: { status: 400, error: ['invalid_grant', 'invalid_dpop_proof'] } });
    expectAnswer(await client.redeem(prepared, code), { status: 400, error: 'invalid_grant' });
  });

  it('F2-AS-11: a code 61 s old', async () => {
    const { client, ana } = scene;
    const { prepared, code } = await authorize(client, ana);
    await stack.later(61, async () => expectRefusedBy(stack.asLog, await client.redeem(prepared, code), { rule: 'F2-AS-11', expect: { status: 400, error: 'invalid_grant' } }));
  });

  it('F2-AS-11: a code 55 s old is good', async () => {
    const { client, ana } = scene;
    const { prepared, code } = await authorize(client, ana);
    await stack.later(55, async () => expectAnswer(await client.redeem(prepared, code), accepted));
  });

  it.each([0, 1, 70])('F2-AZ-10: a code used again after %i s revokes what came of it', async (seconds) => {
    const { client, ana } = scene;
    const tokens = await obtainTokens(client, ana);
    const second = (await client.refresh(tokens.refreshToken)).json['access_token'] as string;
    const again = await stack.later(seconds, () => client.redeem(tokens.prepared, tokens.code));
    await expectRefusedBy(stack.asLog, again, { rule: 'F2-AZ-10', expect: { status: 400, error: 'invalid_grant' } });
    expectAnswer(await client.refresh(tokens.refreshToken), { status: 400, error: 'invalid_grant' });
    for (const token of [tokens.accessToken, second]) expect((await client.introspect(token)).json).toEqual({ active: false });
  });
});

describe('a refresh request', () => {
  let good: Tokens;
  beforeAll(async () => void (good = await obtainTokens(scene.client, scene.ana)));

  it.each(titled(refreshRows))('%s', async (_, row) => {
    await expectRefusedBy(stack.asLog, await row.send(scene, good), row);
    // F2-AS-09: nothing was rotated, nothing was lost.
    expectAnswer(await scene.client.refresh(good.refreshToken), accepted);
  });

  it('F2-AS-16: client_credentials yields no refresh token', async () => {
    const answer = await scene.client.clientCredentials('accounts');
    expectAnswer(answer, accepted);
    expect(Object.keys(answer.json).sort()).toEqual(['access_token', 'expires_in', 'scope', 'token_type']);
  });
});

describe('a token request of another kind', () => {
  it.each(titled(grantRows))('%s', async (_, row) => expectRefusedBy(stack.asLog, await row.send(scene, { accessToken: '', refreshToken: '', idToken: undefined }), row));
});
