import { Message, readJws, responseOf, send, type FapiClient, type Visitor } from '@assent/testing/fapi';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as oauth from 'oauth4webapi';
import { addedParameter, repeated } from './refusals/changes.js';
import { expectAnswer, expectRefusedBy, refused } from './support/refusal.js';
import { authorize, obtainTokens, startStack, type Authorized, type Stack, type Tokens } from './support/stack.js';

/* Rich Authorization Requests (RFC 9396): pushed, consented, in tokens and answers, narrowed, and refused. */

const payments = 'https://payments.bank.test';
const every = ['account_information', 'payment_initiation', 'recurring_payment', 'account_statements'];

/** A type of the operator's own that needs no customer. */
const serviceStatus = `export const detailType = {
  type: 'service_status', kind: 'data', withoutCustomer: true,
  schema: { type: 'object', additionalProperties: false, required: ['type'], properties: { type: { const: 'service_status' }, services: { type: 'array', items: { enum: ['cards', 'transfers'] }, maxItems: 2 } } },
  isWithin: () => true, merge: (existing, added) => [...existing, ...added].slice(0, 1), enrich: (detail) => detail, picks: () => 'nothing', withoutAccount: (detail) => detail,
  present: () => ({ kind: 'data', clusters: [], terms: [] }), enforced: [],
};`;

let folder: string;
let stack: Stack;
let client: FapiClient;
let ana: Visitor;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assent-types-'));
  await writeFile(join(folder, 'service-status.mjs'), serviceStatus);
  const party = (id: string, metadata: Record<string, unknown> = {}) => ({ id, auth: 'private_key_jwt', constraint: 'dpop', metadata }) as const;
  stack = await startStack({
    clients: [
      party('rich', { authorization_details_types: [...every, 'service_status'] }),
      party('opaque', { authorization_details_types: every, access_token_format: 'opaque' }),
      party('limited', { authorization_details_types: ['account_information'] }),
      party('plain'),
      party('payments-api', { grant_types: ['client_credentials'], redirect_uris: undefined, scope: undefined, introspection: [payments] }),
    ],
    resource: { authorizationDetailsTypes: ['account_information', 'payment_initiation', 'account_statements', 'service_status'] },
    moreResources: [{ identifier: payments, name: 'Payments API', scopes: [], authorizationDetailsTypes: ['payment_initiation', 'recurring_payment'] }],
    sections: { detailTypes: [fileURLToPath(new URL('../../libs/authorization-details/src/examples/account-statements.ts', import.meta.url)), join(folder, 'service-status.mjs')] },
  });
  [client, ana] = [await stack.party('rich'), stack.visitor()];
}, 60_000);
afterAll(async () => {
  await stack?.stop();
  await rm(folder, { recursive: true, force: true });
});

type Detail = Record<string, unknown>;
const access = (members: Detail = {}): Detail => ({ type: 'account_information', actions: ['list_accounts', 'read_balances', 'read_transactions'], locations: [`${stack.resource}/accounts`], ...members });
const payment = (members: Detail = {}): Detail => ({
  type: 'payment_initiation', instructedAmount: { currency: 'GBP', amount: '123.50' }, creditorName: 'Merchant A', creditorAccount: { iban: 'DE02100100109307118603' }, remittanceInformationUnstructured: 'Ref Number Merchant', locations: [`${payments}/sepa`], ...members,
}); // prettier-ignore
const mandate = (members: Detail = {}): Detail => ({
  type: 'recurring_payment', creditorName: 'Bright Energy', creditorAccount: { iban: 'GB09HBNK40010112344821' }, limits: { perPayment: { currency: 'GBP', amount: '80.00' }, perPeriod: { currency: 'GBP', amount: '120.00' }, period: 'month' }, ...members,
}); // prettier-ignore
const text = (...details: unknown[]): string => JSON.stringify(details);
const asking = (...details: unknown[]) => ({ scope: undefined, authorization_details: text(...details) });

const push = async (value: string, party = client, scope: string | undefined = undefined) => party.push(await party.prepare({ scope, authorization_details: value }));

async function rowsOf(table: string): Promise<number> {
  const { rows } = await stack.database.pool.query<{ count: string }>(`SELECT count(*) FROM ${table}`);
  return Number(rows[0]?.count);
}

const invalid = refused('invalid_authorization_details');

describe('metadata', () => {
  it('RR-14: names the types, of the issuer and of each resource', async () => {
    expect((client.as as Record<string, unknown>)['authorization_details_types_supported']).toEqual(['account_information', 'payment_initiation', 'account_statements', 'service_status', 'recurring_payment']);
    const resource = await fetchJson(`${stack.resource}/.well-known/oauth-protected-resource`);
    expect(resource['authorization_details_types_supported']).toEqual(['account_information', 'payment_initiation', 'account_statements', 'service_status']);
  });

  const fetchJson = async (url: string) => (await send(new Message({ method: 'GET', url }), { ca: stack.ca })).json;
});

describe('a pushed request', () => {
  it.each<[string, () => string, string | undefined]>([
    ['a type of its own by itself', () => text(access()), undefined],
    ['RR-02: one type twice', () => text(access({ actions: ['list_accounts'] }), access({ actions: ['read_balances'] })), undefined],
    ['data and payments', () => text(access(), payment(), mandate()), undefined],
    ['RR-06: beside scopes', () => text(access()), 'openid accounts'],
    ['spaces and escapes', () => ` [ {"\\u0074ype":"account_information","actions":["list_accounts"] } ] `, undefined],
    ['text outside the basic plane', () => text(payment({ creditorName: '𝒮öhne 🧀 متجر' })), undefined],
    ['a type the operator added', () => text({ type: 'account_statements', years: ['2024', '2025'] }), undefined],
  ])('takes %s', async (_, value, scope) => {
    const before = await rowsOf('assent.pushed_request');
    const pushed = await push(value(), client, scope);
    expect(pushed.json).not.toHaveProperty('error');
    await oauth.processPushedAuthorizationResponse(client.as, client.metadata, responseOf(pushed));
    expect(await rowsOf('assent.pushed_request')).toBe(before + 1);
  });

  const tooLong = () => text(access({ accounts: Array.from({ length: 100 }, (_, n) => `account-${n}-${'x'.repeat(100)}`) }));

  it.each<[string, string, () => string]>([
    ['RR-01', 'no JSON', () => 'account_information'],
    ['RR-01', 'JSON cut off', () => text(access()).slice(0, -1)],
    ['RR-01', 'JSON with something behind it', () => `${text(access())};`],
    ['RR-01', 'an object instead of an array', () => JSON.stringify(access())],
    ['RR-01', 'a text instead of an array', () => JSON.stringify(text(access()))],
    ['RR-01', 'null', () => 'null'],
    ['RR-01', 'an empty array', () => '[]'],
    ['RR-01', 'a text in the array', () => text(access(), 'account_information')],
    ['RR-01', 'null in the array', () => text(null)],
    ['RR-01', 'an array in the array', () => text([access()])],
    ['RR-02', 'no type', () => text(access({ type: undefined }))],
    ['RR-02', 'a type that is null', () => text(access({ type: null }))],
    ['RR-02', 'a type that is a list', () => text(access({ type: ['account_information'] }))],
    ['RR-04', 'an unknown type', () => text(access(), { type: 'medical_record', actions: ['read'] })],
    ['RR-04', 'a type in capitals', () => text(access({ type: 'ACCOUNT_INFORMATION' }))],
    ['RR-04', 'a type that only looks the same', () => text(access({ type: 'ассount_information' }))],
    ['RR-04', 'an unknown field', () => text(access({ frequency: 4 }))],
    ['RR-04', 'an unknown field inside', () => text(payment({ creditorAccount: { iban: 'DE02100100109307118603', bic: 'ABCIDEFFXXX' } }))],
    ['RR-04', 'a wrong type', () => text(access({ actions: 'read_balances' }))],
    ['RR-04', 'a value that is none of those allowed', () => text(access({ actions: ['read_everything'] }))],
    ['RR-04', 'a required field missing', () => text(payment({ instructedAmount: undefined }))],
    ['RR-04', 'an invalid value', () => text(payment({ creditorAccount: { iban: 'DE02100100109307118604' } }))],
    ['RR-04', 'an amount of nothing', () => text(payment({ instructedAmount: { currency: 'GBP', amount: '0.00' } }))],
    ['RR-04', 'an amount of decimals the currency has not', () => text(payment({ instructedAmount: { currency: 'JPY', amount: '10.00' } }))],
    ['RR-04', 'an end in the past', () => text(access({ expiresAt: '2020-01-01T00:00:00Z' }))],
    ['RR-04', 'text that turns its direction', () => text(payment({ creditorName: 'Merchant \u202eA' }))],
    ['RR-03', 'a place no resource answers to', () => text(access({ locations: ['https://elsewhere.example/accounts'] }))],
    ['RR-03', 'a place that does not understand the type', () => text(access({ locations: [payments] }))],
    ['RR-04', 'a place over plain http', () => text(access({ locations: ['http://localhost/accounts'] }))],
    ['GM-SE-06', 'an identifier the client made up', () => text(payment({ identifier: 'payment-1' }))],
    ['RR-15', 'NUL', () => text(access({ accounts: ['a\0b'] }))],
    ['RR-15', 'half a surrogate pair', () => '[{"type":"account_information","actions":["list_accounts"],"accounts":["\\ud800"]}]'],
    ['RR-15', 'a member __proto__', () => '[{"type":"account_information","actions":["list_accounts"],"__proto__":{"type":"payment_initiation"}}]'],
    ['RR-04', 'a member constructor', () => '[{"type":"account_information","actions":["list_accounts"],"constructor":{"prototype":{}}}]'],
    ['RR-04', 'the type of a prototype', () => '[{"type":"__proto__","actions":["list_accounts"]}]'],
    ['RR-01', 'a member named twice', () => '[{"type":"account_information","actions":["list_accounts"],"actions":["read_transactions"]}]'],
    ['RR-01', 'a member named twice, once escaped', () => '[{"type":"account_information","\\u0074ype":"payment_initiation","actions":["list_accounts"]}]'],
    ['RR-15', 'depth', () => `[{"type":"account_information","actions":${'['.repeat(2000)}${']'.repeat(2000)}}]`],
    ['RR-15', 'too many objects', () => text(...Array.from({ length: 21 }, () => ({ type: 'account_information', actions: ['list_accounts'] })))],
    ['RR-15', 'too many characters', tooLong],
  ])('%s: is refused with %s, and leaves nothing behind', async (rule, _title, value) => {
    const before = await rowsOf('assent.pushed_request');
    const answer = await push(value());
    await expectRefusedBy(stack.asLog, answer, { rule, expect: invalid });
    expect(await rowsOf('assent.pushed_request')).toBe(before);
  });

  it.each<[string, () => string]>([
    ['limited', () => text(access(), payment())],
    ['plain', () => text(access())],
  ])('RR-05: is refused with a type the client is not registered for (%s)', async (id, value) => {
    const before = await rowsOf('assent.pushed_request');
    await expectRefusedBy(stack.asLog, await push(value(), await stack.party(id)), { rule: 'RR-05', expect: invalid });
    expect(await rowsOf('assent.pushed_request')).toBe(before);
  });

  it('RR-04: is refused whole, with the place and what is expected, and never a value', async () => {
    const { json } = await push(text(access(), payment({ creditorAccount: { iban: 'S3CRET' } })));
    expect(json['error_description']).toBe('authorization_details[1].creditorAccount.iban must be an IBAN in electronic form with correct check digits');
  });

  it('RR-01: is refused when the parameter comes twice', async () => {
    const prepared = await client.prepare(asking(access()));
    expectAnswer(await client.push(prepared, repeated('authorization_details')), refused('invalid_request'));
    expectAnswer(await client.push(prepared, addedParameter('authorization_details', text(payment()))), refused('invalid_request'));
  });

  it('still needs a scope where it has no details', async () => {
    await expectRefusedBy(stack.asLog, await client.push(await client.prepare({ scope: undefined })), { rule: 'ASSENT-SCOPE-04', expect: refused('invalid_scope') });
  });

  it('leaves a line in the audit that names the types and no detail', async () => {
    await push(text(payment()));
    const { rows } = await stack.database.pool.query<{ detail: Detail }>(`SELECT detail FROM assent.audit_event WHERE type = 'par.pushed' ORDER BY at DESC LIMIT 1`);
    expect(rows[0]?.detail).toEqual({ scope: [], authorization_details: ['payment_initiation'] });
  });
});

describe('what was granted', () => {
  let tokens: Tokens & Authorized & { details: Detail[] };
  beforeAll(async () => void (tokens = await granted(client, access(), payment(), mandate())), 60_000);

  async function granted(party: FapiClient, ...details: Detail[]): Promise<Tokens & Authorized & { details: Detail[] }> {
    const authorized = await authorize(party, ana, asking(...details));
    const { json } = await party.redeem(authorized.prepared, authorized.code);
    return { ...authorized, accessToken: json['access_token'] as string, refreshToken: json['refresh_token'] as string, idToken: undefined, details: json['authorization_details'] as Detail[] };
  }

  it('RR-11: stands in the token response, with what the customer chose', () => {
    expect(tokens.details).toEqual([
      { ...access(), accounts: ['ana-everyday', 'ana-savings'] },
      { ...payment(), actions: ['initiate', 'status'], debtorAccount: { accountId: expect.stringMatching(/^ana-/) as string }, identifier: expect.stringMatching(/^[\w-]{20,}$/) as string },
      { ...mandate(), debtorAccount: { accountId: expect.stringMatching(/^ana-/) as string }, identifier: expect.stringMatching(/^[\w-]{20,}$/) as string },
    ]);
  });

  it('RR-08: the callback carries nothing of it, nor is there a scope', () => {
    expect([...tokens.callback.searchParams.keys()].sort()).toEqual(['code', 'iss', 'state']);
    expect(readJws(tokens.accessToken).claims).not.toHaveProperty('scope');
  });

  it('RR-12: stands in a JWT access token for all its audience', () => {
    const { claims } = readJws(tokens.accessToken);
    expect(claims['aud']).toEqual([stack.resource, payments]);
    expect(claims['authorization_details']).toEqual(tokens.details);
  });

  it('RR-12: stands in a JWT for one resource only as far as it is for that', async () => {
    const forOne = async (resource: string) => (await client.refresh(tokens.refreshToken, {}, { resource })).json;
    const [bank, paying] = [await forOne(stack.resource), await forOne(payments)];
    expect(bank['authorization_details']).toEqual([tokens.details[0]]);
    expect(readJws(bank['access_token'] as string).claims).toMatchObject({ aud: stack.resource, authorization_details: [tokens.details[0]] });
    expect(paying['authorization_details']).toEqual([tokens.details[1], tokens.details[2]]);
    expect(readJws(paying['access_token'] as string).claims).toMatchObject({ aud: payments, authorization_details: [tokens.details[1], tokens.details[2]] });
  });

  it.each(['rich', 'opaque'])('RR-12: is told to each resource server that asks, as far as it is for that one (%s)', async (id) => {
    const party = await stack.party(id);
    const { accessToken, refreshToken, details } = id === 'rich' ? tokens : await granted(party, access(), payment(), mandate());
    const asks = async (by: string, token = accessToken) => {
      const asker = await stack.party(by);
      return oauth.processIntrospectionResponse(asker.as, asker.metadata, responseOf(await asker.introspect(token)));
    };
    expect((await asks('test-accounts-api'))['authorization_details']).toEqual([details[0]]);
    expect((await asks('payments-api'))['authorization_details']).toEqual([details[1], details[2]]);
    expect((await asks(id))['authorization_details']).toEqual(details);
    expect(await asks(id, refreshToken)).toMatchObject({ active: true, authorization_details: details });
    expect(await asks('payments-api', refreshToken)).toEqual({ active: false });
  });

  it('RR-12: opens the accounts it names, and no others', async () => {
    const answer = await client.call(`${stack.resource}/accounts`, tokens.accessToken);
    expect([answer.status, (answer.json['accounts'] as Detail[]).map(({ accountId }) => accountId)]).toEqual([200, ['ana-everyday', 'ana-savings']]);
  });

  it('RR-11: stays at refresh', async () => {
    const refreshed = await oauth.processRefreshTokenResponse(client.as, client.metadata, responseOf(await client.refresh(tokens.refreshToken)));
    expect((refreshed as unknown as Detail)['authorization_details']).toEqual(tokens.details);
  });

  describe.each(['rich', 'opaque'])('narrowed at refresh (%s)', (id) => {
    let party: FapiClient;
    let good: Awaited<ReturnType<typeof granted>>;
    beforeAll(async () => {
      party = await stack.party(id);
      good = id === 'rich' ? tokens : await granted(party, access(), payment(), mandate());
    });
    const narrow = (...details: unknown[]) => party.refresh(good.refreshToken, {}, { authorization_details: text(...details) });

    it.each<[string, () => unknown[], () => Detail[]]>([
      ['the request as it was', () => [access(), payment(), mandate()], () => good.details],
      ['the grant as it was told', () => good.details, () => good.details],
      ['fewer actions', () => [{ type: 'account_information', actions: ['read_balances'] }], () => [{ ...good.details[0], actions: ['read_balances'] }]],
      ['fewer accounts', () => [{ type: 'account_information', accounts: ['ana-savings'] }], () => [{ ...good.details[0], accounts: ['ana-savings'] }]],
      ['a window of time', () => [{ type: 'account_information', transactionsFrom: '2026-01-01' }], () => [{ ...good.details[0], transactionsFrom: '2026-01-01' }]],
      ['one type', () => [{ type: 'payment_initiation' }], () => [good.details[1]!]],
      ['one payment by its identifier', () => [{ type: 'payment_initiation', identifier: good.details[1]!['identifier'] }], () => [good.details[1]!]],
      ['less of a mandate', () => [{ type: 'recurring_payment', limits: { perPayment: { currency: 'GBP', amount: '5.00' } } }], () => [{ ...good.details[2], limits: { ...(mandate()['limits'] as Detail), perPayment: { currency: 'GBP', amount: '5.00' } } }]],
    ])('RR-09: gives %s', async (_, asked, wanted) => {
      const { status, json } = await narrow(...asked());
      expect([status, json['authorization_details']]).toEqual([200, wanted()]);
      const told = await party.introspect(json['access_token'] as string);
      expect(told.json).toMatchObject({ active: true, authorization_details: wanted() });
      expect((await party.refresh(good.refreshToken)).json['authorization_details']).toEqual(good.details);
    });

    it.each<[string, () => unknown[]]>([
      ['another account', () => [{ type: 'account_information', accounts: ['ana-everyday', 'ana-studio'] }]],
      ['another place', () => [{ type: 'account_information', locations: [stack.resource] }]],
      ['another amount', () => [{ type: 'payment_initiation', instructedAmount: { currency: 'GBP', amount: '123.51' } }]],
      ['another payee', () => [{ type: 'payment_initiation', creditorAccount: { iban: 'GB15HBNK40010155120937' } }]],
      ['another action', () => [{ type: 'payment_initiation', actions: ['initiate', 'cancel'] }]],
      ['another identifier', () => [{ type: 'payment_initiation', identifier: 'other' }]],
      ['higher limits', () => [{ type: 'recurring_payment', limits: { perPeriod: { currency: 'GBP', amount: '120.01' } } }]],
      ['a type that was not granted', () => [{ type: 'account_statements' }]],
      ['one thing too many', () => [...good.details, { type: 'account_statements', years: ['2025'] }]],
    ])('RR-09: is refused for %s, and nothing changes', async (_, asked) => {
      const [tokensBefore, versions] = [await rowsOf('assent.access_token'), await rowsOf('assent.grant_version')];
      const answer = await narrow(...asked());
      await expectRefusedBy(stack.asLog, answer, { rule: 'RR-09', expect: invalid });
      expect(answer.json['error_description']).toBe(`authorization_details[${asked().length - 1}] must stay within what was granted`);
      expect([await rowsOf('assent.access_token'), await rowsOf('assent.grant_version')]).toEqual([tokensBefore, versions]);
      expect((await party.refresh(good.refreshToken)).json['authorization_details']).toEqual(good.details);
    });

    it.each<[string, string, string]>([
      ['RR-01', 'no JSON', 'x'],
      ['RR-01', 'an object', '{}'],
      ['RR-01', 'nothing at all', '[]'],
      ['RR-01', 'a member twice', '[{"type":"account_information","type":"account_information"}]'],
      ['RR-04', 'an unknown type', '[{"type":"other"}]'],
      ['RR-04', 'an unknown field', '[{"type":"account_information","more":1}]'],
    ])('%s: is refused for %s', async (rule, _title, value) => {
      await expectRefusedBy(stack.asLog, await party.refresh(good.refreshToken, {}, { authorization_details: value }), { rule, expect: invalid });
    });
  });

  describe('narrowed at the code', () => {
    const redeem = (code: Authorized, ...details: unknown[]) => client.token('authorization_code', { code: code.code, redirect_uri: client.redirectUri, code_verifier: code.prepared.verifier, authorization_details: text(...details) });

    it('RR-09: gives less in the access token, and the whole at refresh', async () => {
      const code = await authorize(client, ana, asking(access()));
      const { status, json } = await redeem(code, { type: 'account_information', actions: ['list_accounts'] });
      expect([status, json['authorization_details']]).toEqual([200, [{ ...access(), actions: ['list_accounts'], accounts: ['ana-everyday', 'ana-savings'] }]]);
      expect((await client.call(`${stack.resource}/accounts`, json['access_token'] as string)).status).toBe(200);
      expectAnswer(await client.call(`${stack.resource}/accounts/ana-everyday/balances`, json['access_token'] as string), { status: 403, error: 'insufficient_scope' });
      expect((await client.refresh(json['refresh_token'] as string)).json['authorization_details']).toEqual([{ ...access(), accounts: ['ana-everyday', 'ana-savings'] }]);
    });

    it('RR-09: is refused for more: no grant, no token, and the code is still good', async () => {
      const code = await authorize(client, ana, asking(access({ actions: ['list_accounts'] })));
      const before = [await rowsOf('assent."grant"'), await rowsOf('assent.refresh_token')];
      await expectRefusedBy(stack.asLog, await redeem(code, access()), { rule: 'RR-09', expect: invalid });
      expect([await rowsOf('assent."grant"'), await rowsOf('assent.refresh_token')]).toEqual(before);
      expect((await redeem(code, { type: 'account_information' })).status).toBe(200);
    });
  });

  it('RR-06: joins scopes in one grant', async () => {
    const { accessToken, prepared, code } = await obtainTokens(client, ana, { scope: 'openid accounts', authorization_details: text(payment()) });
    expect([prepared.parameters['scope'], code.length > 0]).toEqual(['openid accounts', true]);
    expect(readJws(accessToken).claims).toMatchObject({ scope: 'openid accounts', aud: [stack.resource, payments], authorization_details: [{ type: 'payment_initiation' }] });
  });

  it('RR-06: whatever resource names, details reach the resource they are for', async () => {
    const { accessToken } = await obtainTokens(client, ana, { ...asking(payment()), resource: stack.resource });
    expect(readJws(accessToken).claims).toMatchObject({ aud: [stack.resource, payments], authorization_details: [{ type: 'payment_initiation' }] });
  });

  it('RR-07: is no more than what the customer chose', async () => {
    const { prepared, url } = await client.begin(asking(access(), payment()));
    const code = (await ana.approve(url, { login: 'ana', password: '', accounts: ['ana-savings'], payFrom: 'ana-everyday' })).searchParams.get('code')!;
    const { json } = await client.redeem(prepared, code);
    expect(json['authorization_details']).toEqual([{ ...access(), accounts: ['ana-savings'] }, expect.objectContaining({ type: 'payment_initiation', debtorAccount: { accountId: 'ana-everyday' } })]);
    // To pay from an account opens none of its data.
    const listed = await client.call(`${stack.resource}/accounts`, json['access_token'] as string);
    expect((listed.json['accounts'] as Detail[]).map(({ accountId }) => accountId)).toEqual(['ana-savings']);
  });

  it('RR-07: is nothing at all where the customer says no to a part', async () => {
    const before = await rowsOf('assent."grant"');
    const { prepared, url } = await client.begin(asking(access(), payment()));
    const data = await ana.signIn(url, { login: 'ana', password: '' });
    const toPay = await ana.submit(ana.consentForm(data.answer, data.url));
    const callback = await ana.cancel(toPay, data.url);
    expect(() => client.callback(callback, prepared)).toThrow(expect.objectContaining({ error: 'access_denied' }));
    expect(await rowsOf('assent."grant"')).toBe(before);
  });

  it('takes types the operator added all the way', async () => {
    const { details } = await granted(client, { type: 'account_statements', years: ['2025', '2024'] });
    expect(details).toEqual([{ type: 'account_statements', years: ['2024', '2025'], accounts: ['ana-everyday', 'ana-savings'] }]);
  });

  it('RR-03: offers only the accounts a request names', async () => {
    const { details } = await granted(client, access({ accounts: ['ana-savings', 'ben-everyday'] }));
    expect(details).toEqual([{ ...access(), accounts: ['ana-savings'] }]);
  });

  it('prompt=none: covers what was agreed to, and nothing more', async () => {
    const silently = async (...details: Detail[]) => {
      const { url } = await client.begin({ ...asking(...details), prompt: 'none' });
      return (await ana.approve(url, { login: 'ana', password: '' })).searchParams;
    };
    await granted(client, { type: 'account_statements', years: ['2020', '2021'] });
    // A newer grant that covers less does not hide it.
    await granted(client, payment({ endToEndIdentification: 'silent' }));
    expect((await silently({ type: 'account_statements', years: ['2020'] })).get('code')).not.toBeNull();
    expect((await silently({ type: 'account_statements', years: ['2019'] })).get('error')).toBe('consent_required');
    expect((await silently(payment({ endToEndIdentification: 'never-asked' }))).get('error')).toBe('consent_required');
  });
});

describe('merged into a grant', () => {
  const managed = (action: string, grantId: string | undefined, ...details: Detail[]) => ({ ...asking(...details), grant_management_action: action, grant_id: grantId });
  const change = async (...asked: Parameters<typeof managed>) => {
    const { prepared, code } = await authorize(client, ana, managed(...asked));
    return (await client.redeem(prepared, code)).json;
  };
  const detailsOf = (json: Detail) => json['authorization_details'] as Detail[];

  it('GM-SE-06: the same request again changes nothing, and makes no second payment of one', async () => {
    const first = await change('create', undefined, payment());
    const again = await change('merge', first['grant_id'] as string, payment());
    expect(again['grant_id']).toBe(first['grant_id']);
    expect(detailsOf(again)).toEqual(detailsOf(first));
    const repeatedWithId = await change('merge', first['grant_id'] as string, detailsOf(first)[0]!);
    expect(detailsOf(repeatedWithId)).toEqual(detailsOf(first));
  });

  it('GM-SE-06: unites what can be one, and keeps apart what cannot', async () => {
    const first = await change('create', undefined, access({ actions: ['list_accounts'] }));
    const more = await change('merge', first['grant_id'] as string, access({ actions: ['read_balances'] }), payment({ endToEndIdentification: 'second' }));
    expect(detailsOf(more)).toEqual([{ ...access(), actions: ['list_accounts', 'read_balances'], accounts: ['ana-everyday', 'ana-savings'] }, expect.objectContaining({ type: 'payment_initiation', endToEndIdentification: 'second' })]);
  });

  it('RR-15: does not grow beyond what a token can carry', async () => {
    const days = (from: number, count: number) => Array.from({ length: count }, (_, n) => access({ transactionsFrom: `2026-01-${String(from + n).padStart(2, '0')}`, transactionsTo: `2026-02-${String(from + n).padStart(2, '0')}` }));
    const full = await change('create', undefined, ...days(1, 20));
    expect(detailsOf(full)).toHaveLength(20);
    const prepared = await client.prepare(managed('merge', full['grant_id'] as string, ...days(21, 1)));
    await expectRefusedBy(stack.asLog, await client.push(prepared), { rule: 'RR-15', expect: invalid });
    // What it has already is no more, and a replacement is only itself.
    expect((await client.push(await client.prepare(managed('merge', full['grant_id'] as string, ...days(3, 2))))).status).toBe(201);
    expect((await client.push(await client.prepare(managed('replace', full['grant_id'] as string, ...days(5, 20))))).status).toBe(201);
  });

  it('GM-SE-06: no identifier of another grant is taken', async () => {
    const [one, other] = [await change('create', undefined, payment()), await change('create', undefined, payment({ creditorName: 'Merchant B' }))];
    const prepared = await client.prepare(managed('merge', one['grant_id'] as string, detailsOf(other)[0]!));
    await expectRefusedBy(stack.asLog, await client.push(prepared), { rule: 'GM-SE-06', expect: invalid });
    const widened = await client.prepare(managed('merge', one['grant_id'] as string, { ...detailsOf(one)[0], instructedAmount: { currency: 'GBP', amount: '999.00' } }));
    await expectRefusedBy(stack.asLog, await client.push(widened), { rule: 'GM-SE-06', expect: invalid });
  });
});

describe('client_credentials', () => {
  const ask = (...details: unknown[]) => client.token('client_credentials', { authorization_details: text(...details) });

  it('RR-09: has what needs no customer, by the word of its type', async () => {
    const { status, json } = await ask({ type: 'service_status', services: ['cards'] });
    expect([status, json['authorization_details'], json['scope']]).toEqual([200, [{ type: 'service_status', services: ['cards'] }], undefined]);
    expect(readJws(json['access_token'] as string).claims).toMatchObject({ aud: stack.resource, authorization_details: [{ type: 'service_status', services: ['cards'] }] });
  });

  it.each<[string, () => Detail]>([
    ['accounts', () => access()],
    ['payments', () => payment()],
  ])('RR-09: has no customer’s %s', async (_, detail) => {
    const answer = await ask({ type: 'service_status' }, detail());
    await expectRefusedBy(stack.asLog, answer, { rule: 'RR-09', expect: invalid });
    expect(answer.json['error_description']).toBe('authorization_details[1].type needs a customer: use the authorization code grant');
  });

  it('RR-05: has no type it is not registered for', async () => {
    const plain = await stack.party('limited');
    await expectRefusedBy(stack.asLog, await plain.token('client_credentials', { authorization_details: text({ type: 'service_status' }) }), { rule: 'RR-05', expect: invalid });
  });
});
