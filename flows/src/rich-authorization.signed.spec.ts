import { readJws, type FapiClient, type Visitor } from '@assent/testing/fapi';
import { expectAnswer, expectRefusedBy, refused } from './support/refusal.js';
import { authorizeSigned, jarmResponse, pushSigned, requestObject, type SignedChange } from './support/signed.js';
import { startStack, type Stack } from './support/stack.js';

/* authorization_details in signed request objects: a JSON array, native, and nothing beside it (RFC 9396 section 3, RFC 9101). */

let stack: Stack;
let client: FapiClient;
let ana: Visitor;
beforeAll(async () => {
  stack = await startStack({
    clients: [{ id: 'rich', auth: 'private_key_jwt', constraint: 'dpop', metadata: { authorization_details_types: ['account_information', 'payment_initiation'] } }],
    issuer: { profile: 'fapi2-message-signing' },
  });
  [client, ana] = [await stack.party('rich'), stack.visitor()];
}, 60_000);
afterAll(() => stack?.stop());

const access = { type: 'account_information', actions: ['list_accounts'] };
const asking = { scope: undefined, response_mode: 'jwt', authorization_details: JSON.stringify([access]) };
const claim = (value: unknown): SignedChange => ({ object: (_header, claims) => void (claims['authorization_details'] = value as string) });

it('travels as an array, and is granted', async () => {
  const { prepared, callback } = await authorizeSigned(client, ana, asking);
  const { claims } = readJws(await requestObject(client, prepared));
  expect(claims['authorization_details']).toEqual([access]);
  const response = await jarmResponse(client, stack.ca, callback, prepared.state);
  const { status, json } = await client.redeem(prepared, response.get('code')!);
  expect([status, json['authorization_details']]).toEqual([200, [{ ...access, accounts: ['ana-everyday', 'ana-savings'] }]]);
});

it.each<[string, string, unknown, string]>([
  ['JR-09', 'as text', JSON.stringify([access]), 'invalid_request_object'],
  ['JR-09', 'as one object', access, 'invalid_request_object'],
  ['RR-15', 'nested too deeply', [{ ...access, accounts: JSON.parse(`${'['.repeat(500)}${']'.repeat(500)}`) as unknown }], 'invalid_authorization_details'],
  ['RR-01', 'empty', [], 'invalid_authorization_details'],
  ['RR-02', 'without a type', [{ actions: ['list_accounts'] }], 'invalid_authorization_details'],
  ['RR-04', 'of an unknown type', [{ type: 'medical_record' }], 'invalid_authorization_details'],
  ['RR-04', 'with an unknown member', [{ ...access, more: true }], 'invalid_authorization_details'],
  ['RR-05', 'of a type it may not use', [{ type: 'recurring_payment' }], 'invalid_authorization_details'],
])('%s: is refused %s', async (rule, _title, value, error) => {
  const prepared = await client.prepare(asking);
  await expectRefusedBy(stack.asLog, await pushSigned(client, prepared, claim(value)), { rule, expect: refused(error) });
});

it('MS-JAR-03: counts only inside', async () => {
  const prepared = await client.prepare({ ...asking, scope: 'openid', authorization_details: undefined });
  const outside = await pushSigned(client, prepared, { message: (message) => void message.add('authorization_details', JSON.stringify([{ type: 'medical_record' }])) });
  expectAnswer(outside, { status: 201, error: null });
});
