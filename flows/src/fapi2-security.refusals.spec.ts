import type { Answer, Change } from '@assent/testing/fapi';
import { assertionRows, certificateRows, everywhereRows, selfSignedRows } from './refusals/client-authentication.js';
import { proofRows } from './refusals/dpop.js';
import { pushRows } from './refusals/pushed-request.js';
import { expectAnswer, openScene, type Row, type Scene } from './support/refusal.js';
import { matrix, startStack, type Stack } from './support/stack.js';

/* Every "refuse" of FAPI 2.0 SP as a message that is really sent: the good request with exactly one step changed. */

let stack: Stack;
let scene: Scene;
beforeAll(async () => {
  stack = await startStack({ clients: [...matrix, { id: 'other', auth: 'private_key_jwt', constraint: 'dpop' }] });
  scene = await openScene(stack);
}, 60_000);
afterAll(() => stack?.stop());

type Step = (scene: Scene, change: Change) => Promise<Answer>;

/** One good step, proved good as it stands; then each row changes it in one place. */
function table(name: string, step: Step, rows: readonly Row<void>[]): void {
  describe(name, () => {
    it('is accepted as it stands', async () => {
      expectAnswer(await step(scene, {}), { status: [200, 201], error: null });
    });
    it.each(rows.map((row) => [`${row.rule}: ${row.title}`, row] as const))('%s', async (_, row) => {
      const change = await row.mutate(scene);
      const answer = await step(scene, change);
      expectAnswer(answer, row.expect);
      // Refused for this reason, and not for another that happens to look the same.
      expect(await stack.asLog.ruleOf(answer)).toBe(row.expect.error === null ? undefined : (row.by ?? row.rule));
    });
  });
}

const push: Step = async ({ client }, change) => client.push(await client.prepare(), change);

table('a pushed request by private_key_jwt', push, assertionRows);
table('a pushed request by tls_client_auth', async ({ tls }, change) => tls.push(await tls.prepare(), change), certificateRows);
table('a pushed request by self_signed_tls_client_auth', async ({ selfSigned }, change) => selfSigned.push(await selfSigned.prepare(), change), selfSignedRows);
table('a client_credentials request', ({ client }, change) => client.clientCredentials('accounts', change), everywhereRows);
table('an introspection request', ({ client }, change) => client.introspect('unknown', change), everywhereRows);
table('a revocation request', ({ client }, change) => client.revoke('unknown', change), everywhereRows);
table('the parameters of a pushed request', push, pushRows);
table('the DPoP proof of a token request', ({ client }, change) => client.clientCredentials('accounts', change), proofRows());
