import { parseHandle } from '@assent/protocol';
import { ecKey, es256Signed, freePorts, Message, readJws, rs256Signed, rsaKey, send, unsigned, withBrokenSignature, type Answer, type Change, type FapiClient, type WantedClient } from '@assent/testing/fapi';
import { SignJWT } from 'jose';
import * as oauth from 'oauth4webapi';
import { setTimeout as sleep } from 'node:timers/promises';
import { acknowledged, ask, asked, askSigned, backchannelClient, backchannelClients, cibaGrant, good, notificationToken, type Parameters } from './support/backchannel.js';
import { NotificationEndpoint } from './support/notified.js';
import { expectAnswer, expectRefusedBy, invalidClient, refused, type Expected } from './support/refusal.js';
import { fetching, requestObject, type SignedChange } from './support/signed.js';
import { startStack, type Stack } from './support/stack.js';
import { atHash } from '@assent/crypto';

/* CIBA under the rules of FAPI 1.0 Advanced (issuer fapi1) and of FAPI 2.0 (issuer fapi2). */

/** Somebody the operator trusts to say whom a hint token means. */
const directory = 'https://directory.example';

let stack: Stack;
let endpoint: NotificationEndpoint;
let poll: FapiClient;
let poll1: FapiClient;
let ping: FapiClient;

beforeAll(async () => {
  const [port] = await freePorts(1);
  const notifications = `https://localhost:${port}/notified`;
  const clients: readonly WantedClient[] = [
    ...backchannelClients('fapi2', 'two', notifications),
    ...backchannelClients('fapi1', 'one', notifications),
    { id: 'two-dpop', at: 'fapi2', auth: 'private_key_jwt', constraint: 'dpop', metadata: backchannelClient('poll') },
    { id: 'two-signs', at: 'fapi2', auth: 'private_key_jwt', constraint: 'mtls', metadata: { ...backchannelClient('poll'), backchannel_authentication_request_signing_alg: 'ES256' } },
    { id: 'two-codes', at: 'fapi2', auth: 'private_key_jwt', constraint: 'mtls' },
    { id: 'two-internal', at: 'fapi2', auth: 'private_key_jwt', constraint: 'mtls', metadata: backchannelClient('ping', 'https://10.1.2.3/notified') },
    { id: 'one-ps256', at: 'fapi1', auth: 'private_key_jwt', constraint: 'mtls', alg: 'PS256', metadata: { ...backchannelClient('poll'), backchannel_authentication_request_signing_alg: 'ES256' } },
    { id: 'hidden', at: 'pretending', auth: 'private_key_jwt', constraint: 'mtls', metadata: backchannelClient('poll') },
    { id: 'coded', at: 'coded', auth: 'private_key_jwt', constraint: 'mtls', metadata: { ...backchannelClient('poll'), backchannel_user_code_parameter: true } },
    { id: 'few', at: 'few', auth: 'private_key_jwt', constraint: 'mtls', metadata: backchannelClient('poll') },
    { id: 'few-too', at: 'few', auth: 'private_key_jwt', constraint: 'mtls', metadata: backchannelClient('poll') },
    { id: 'kept', at: 'fapi1', auth: 'private_key_jwt', constraint: 'mtls', alg: 'PS256', metadata: { ...backchannelClient('poll'), evidence: 'on' } },
    { id: 'patient', at: 'patient', auth: 'private_key_jwt', constraint: 'mtls', metadata: backchannelClient('poll') },
  ];
  const many = { pendingPerCustomer: 1000, refusals: 1000, approvalEndpoint: true };
  stack = await startStack({
    clients,
    grants: true,
    authorizationServer: { loginThrottle: { attempts: 3 } },
    issuer: { profile: 'fapi2-ciba', acrValues: ['urn:assent:acr:password', 'urn:assent:acr:strong'], ciba: { ...many, loginHintIssuers: [{ issuer: directory, jwksUri: `https://localhost:${port}/keys` }] } },
    otherIssuers: [
      { name: 'fapi1', profile: 'fapi-ciba', signingAlgs: ['PS256', 'ES256'], ciba: many },
      { name: 'pretending', ciba: { ...many, unknownUsers: 'pretend', pendingPerCustomer: 3 } },
      { name: 'coded', ciba: { ...many, userCode: 'on' } },
      { name: 'few', ciba: { pendingPerCustomer: 2, refusals: 2, refusalWindow: '10m', approvalEndpoint: true } },
      { name: 'patient', ciba: { ...many, longPolling: '20s' } },
    ],
    sections: {
      customers: [
        { id: 'customer-ana', login: 'ana', password: 'harbour-ana-2026', displayName: 'Ana Duarte', accounts: [{ id: 'ana-everyday', name: 'Everyday account', iban: 'GB09HBNK40010112344821', openingBalance: '1250.00', historyDays: 5 }], userCode: 'blue-7' },
        { id: 'customer-ben', login: 'ben', password: 'harbour-ben-2026', displayName: 'Ben Okafor', accounts: [{ id: 'ben-everyday', name: 'Everyday account', iban: 'GB76HBNK40010100213377', openingBalance: '1250.00', historyDays: 5 }] },
      ],
    },
  });
  endpoint = await NotificationEndpoint.open(port!, stack.server);
  [poll, poll1, ping] = (await Promise.all(['two-jwt-poll', 'one-jwt-poll', 'two-jwt-ping'].map((id) => stack.party(id)))) as [FapiClient, FapiClient, FapiClient];
}, 90_000);
afterAll(async () => {
  await endpoint?.close();
  await stack?.stop();
});

/** As the customer's device would, by the endpoint for automated tests. */
async function decide(client: FapiClient, id: string, action: 'allow' | 'deny' | 'wonder' = 'allow'): Promise<Answer> {
  const url = `${client.as.backchannel_authentication_endpoint}/decide?${new URLSearchParams({ auth_req_id: id, action }).toString()}`;
  return send(new Message({ method: 'GET', url }), { ca: stack.ca });
}
async function decided(client: FapiClient, id: string, action: 'allow' | 'deny' = 'allow'): Promise<void> {
  expect((await decide(client, id, action)).json).toEqual({ outcome: 'decided' });
}

const pending = refused('authorization_pending');
const error = (answer: Answer) => answer.json['error'];

describe.each(['one', 'two'])('FAPI %s', (generation) => {
  describe.each(['jwt', 'mtls'])('%s', (auth) => {
    it.each(['poll', 'ping'])('%s: request, decision, tokens, resource, refresh', async (delivery) => {
      const client = await stack.party(`${generation}-${auth}-${delivery}`);
      const { as, metadata } = client;
      const token = notificationToken();
      const answer = await ask(client, { scope: 'openid accounts balances', ...(delivery === 'ping' ? { client_notification_token: token } : {}) });
      // CB-AK-01 to CB-AK-03
      const { auth_req_id: id, expires_in: lifetime, interval } = await oauth.processBackchannelAuthenticationResponse(as, metadata, new Response(answer.text, answer));
      expect([answer.status, answer.headers.get('cache-control'), lifetime, interval]).toEqual([200, 'no-store', 600, 5]);
      expect(id).toMatch(/^[A-Za-z0-9.\-_]{27,}$/);
      // CB-TK-01, CB-TK-12
      expectAnswer(await client.poll(id), pending);
      await decided(client, id);
      if (delivery === 'ping') {
        // CB-PN-01
        const [notified] = await endpoint.about(id);
        expect(notified).toMatchObject({ path: '/notified', method: 'POST', body: JSON.stringify({ auth_req_id: id }), headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' } });
      }
      const { status, json, headers } = await client.poll(id);
      // CB-TK-09
      expect([status, headers.get('cache-control'), json['token_type'], json['grant_id']]).toEqual([200, 'no-store', 'Bearer', undefined]);
      await expectIdToken(client, json, id);
      const call = (accessToken: unknown) => client.call(`${stack.resource}/accounts`, accessToken as string);
      const response = await call(json['access_token']);
      expect([response.status, (response.json['accounts'] as { accountId: string }[]).map(({ accountId }) => accountId)]).toEqual([200, ['ana-everyday']]);
      expect(response.headers.get('date')).not.toBeNull();
      expectAnswer(await client.poll(id), refused('invalid_grant'));
      const refreshed = await client.refresh(json['refresh_token'] as string);
      expect([refreshed.status, (await call(refreshed.json['access_token'])).status]).toEqual([200, 200]);
      expect(readJws(refreshed.json['id_token'] as string).claims).not.toHaveProperty('urn:openid:params:jwt:claim:auth_req_id');
      expect((await client.call(`${stack.resource}/accounts`, refreshed.json['access_token'] as string, { identity: null })).status).toBe(401);
    });
  });
});

/** CB-TK-13. */
async function expectIdToken(client: FapiClient, json: Answer['json'], id: string): Promise<void> {
  const idToken = json['id_token'] as string;
  const tokens = new Response(JSON.stringify(json), { headers: { 'content-type': 'application/json' } });
  const processed = await oauth.processBackchannelAuthenticationGrantResponse(client.as, client.metadata, tokens);
  await oauth.validateApplicationLevelSignature(client.as, tokens, fetching(stack.ca));
  const { header, claims } = readJws(idToken);
  expect(header).toMatchObject({ alg: 'ES256', kid: expect.any(String) as string });
  expect(claims).toMatchObject({ iss: client.as.issuer, aud: client.id, acr: 'urn:assent:acr:password', auth_time: expect.any(Number) as number, 'urn:openid:params:jwt:claim:auth_req_id': id, at_hash: atHash(processed.access_token, 'ES256') });
  for (const name of ['nonce', 'c_hash', 's_hash']) expect(claims).not.toHaveProperty(name);
}

describe('metadata', () => {
  it('CB-MD-01 to CB-MD-05, CB-MD-09 and what FAPI-CIBA wants beside', () => {
    for (const { as } of [poll, poll1]) {
      expect(as).toMatchObject({
        backchannel_authentication_endpoint: `${as.issuer}/backchannel`,
        backchannel_token_delivery_modes_supported: ['poll', 'ping'],
        backchannel_user_code_parameter_supported: false,
        backchannel_endpoint_login_hint_token_types_supported: ['login-hint+jwt'],
        grant_types_supported: expect.arrayContaining([cibaGrant, 'refresh_token']) as string[],
        scopes_supported: expect.arrayContaining(['openid']) as string[],
        tls_client_certificate_bound_access_tokens: true,
        mtls_endpoint_aliases: { backchannel_authentication_endpoint: expect.stringMatching(/\/backchannel$/) as string, token_endpoint: expect.any(String) as string },
      });
    }
    expect(poll1.as.backchannel_authentication_request_signing_alg_values_supported).toEqual(['PS256', 'ES256']);
    expect(poll.as.backchannel_authentication_request_signing_alg_values_supported).toEqual(['PS256', 'ES256', 'EdDSA', 'Ed25519']);
  });

  it('CB-MD-05: says where customers have codes', async () => expect((await stack.party('coded')).as.backchannel_user_code_parameter_supported).toBe(true));
});

interface Row {
  readonly rule: string;
  readonly title: string;
  readonly changes?: Parameters;
  readonly change?: Change | ((client: FapiClient) => Change | Promise<Change>);
  readonly by?: string;
  readonly expect: Expected;
}

const invalid = refused('invalid_request');
const message = refused('invalid_binding_message');
const good200: Expected = { status: 200, error: null };

/** The good request with one thing changed; `changes` are parameters. */
const rows: readonly Row[] = [
  { rule: 'CB-RQ-01', title: 'no client authentication', by: 'F2-AS-06', change: { message: (m) => void m.set('client_assertion', undefined).set('client_assertion_type', undefined).set('client_id', 'two-jwt-poll') }, expect: invalidClient },
  { rule: 'CB-RQ-01', title: 'no client_id beside the assertion', change: { message: (m) => void m.set('client_id', undefined) }, expect: good200 },
  { rule: 'CB-RQ-01', title: 'another client_id beside the assertion', by: 'F2-CA-02', change: { message: (m) => void m.set('client_id', 'two-dpop') }, expect: invalidClient },
  { rule: 'CB-RQ-01', title: 'an expired assertion', by: 'F2-CA-04', change: { assertion: (_h, c) => Object.assign(c, { exp: (c['iat'] as number) - 60 }) }, expect: invalidClient },
  { rule: 'CB-RQ-01', title: 'an assertion in RS256', by: 'F2-CA-06', change: { message: (m) => void m.set('client_assertion', resign(m.parameter('client_assertion'), (h, c) => rs256Signed(h, c, rsaKey()))) }, expect: invalidClient },
  { rule: 'CB-RQ-02', title: 'FAPI 2: the endpoint as audience', by: 'F2-AS-08', change: (client) => ({ assertion: (_h, c) => void (c['aud'] = client.as.backchannel_authentication_endpoint!) }), expect: invalidClient },
  { rule: 'CB-RQ-02', title: 'FAPI 2: the token endpoint as audience', by: 'F2-AS-08', change: (client) => ({ assertion: (_h, c) => void (c['aud'] = client.as.token_endpoint!) }), expect: invalidClient },
  { rule: 'CB-RQ-02', title: 'FAPI 2: the issuer in a list', by: 'F2-AS-08', change: (client) => ({ assertion: (_h, c) => void (c['aud'] = [client.as.issuer]) }), expect: invalidClient },
  { rule: 'CB-RQ-03', title: 'no scope', changes: { scope: undefined }, expect: invalid },
  { rule: 'CB-RQ-03', title: 'no openid in scope', changes: { scope: 'accounts' }, expect: refused('invalid_scope') },
  { rule: 'CB-RQ-03', title: 'a scope nobody knows', by: 'ASSENT-SCOPE-02', changes: { scope: 'openid everything' }, expect: refused('invalid_scope') },
  { rule: 'CB-RQ-04', title: 'no hint', changes: { login_hint: undefined }, expect: invalid },
  { rule: 'CB-RQ-04', title: 'two hints', changes: { id_token_hint: 'x' }, expect: invalid },
  { rule: 'CB-RQ-04', title: 'three hints', changes: { id_token_hint: 'x', login_hint_token: 'y' }, expect: invalid },
  { rule: 'CB-RQ-04', title: 'a hint without end', changes: { login_hint: 'a'.repeat(5000) }, expect: invalid },
  { rule: 'CB-RQ-05', title: 'an unknown user', changes: { login_hint: 'nobody' }, expect: refused('unknown_user_id') },
  { rule: 'CB-RQ-05', title: 'a login_hint_token that is none', changes: { login_hint: undefined, login_hint_token: 'nonsense' }, expect: invalid },
  { rule: 'CB-RQ-07', title: 'an id_token_hint that is none', by: 'OIDC-07', changes: { login_hint: undefined, id_token_hint: 'nonsense' }, expect: invalid },
  { rule: 'CB-RQ-09', title: 'no binding message', changes: { binding_message: undefined }, expect: message },
  { rule: 'CB-RQ-10', title: 'a message too long', changes: { binding_message: 'x'.repeat(65) }, expect: message },
  { rule: 'CB-RQ-10', title: 'a message of two lines', changes: { binding_message: 'Pay\nMallory' }, expect: message },
  { rule: 'CB-RQ-10', title: 'a message that turns direction around', changes: { binding_message: 'Pay \u202e4321' }, expect: message },
  { rule: 'CB-RQ-10', title: 'a message with isolates', changes: { binding_message: '\u2066 1234' }, expect: message },
  { rule: 'CB-RQ-10', title: 'a message with invisible characters', changes: { binding_message: 'Pay\u200b 12' }, expect: message },
  { rule: 'CB-RQ-10', title: 'a message of piled marks', changes: { binding_message: `a${'\u0301'.repeat(9)}` }, expect: message },
  { rule: 'CB-RQ-10', title: 'a message with NUL', changes: { binding_message: 'a\0b' }, by: 'ASSENT-FORM-03', expect: { status: 400, error: ['invalid_request', 'invalid_binding_message'] } },
  { rule: 'CB-RQ-10', title: 'a message with a space at its end', changes: { binding_message: '1234 ' }, expect: message },
  { rule: 'CB-RQ-10', title: 'a message in any script', changes: { binding_message: 'Até já · ٤٢ – 収支 № 7' }, expect: good200 },
  { rule: 'CB-RQ-10', title: 'a message that looks like markup', changes: { binding_message: '<b>12 & 34</b>' }, expect: good200 },
  { rule: 'CB-RQ-12', title: 'no number', changes: { requested_expiry: 'soon' }, expect: invalid },
  { rule: 'CB-RQ-12', title: 'zero', changes: { requested_expiry: '0' }, expect: invalid },
  { rule: 'CB-RQ-12', title: 'below zero', changes: { requested_expiry: '-5' }, expect: invalid },
  { rule: 'CB-RQ-12', title: 'a fraction', changes: { requested_expiry: '1.5' }, expect: invalid },
  { rule: 'CB-RQ-14', title: 'a parameter nobody knows', changes: { colour: 'blue' }, expect: good200 },
  { rule: 'CB-RQ-14', title: 'a repeated parameter', by: 'ASSENT-FORM-02', change: { message: (m) => void m.add('binding_message', '4321') }, expect: invalid },
  { rule: 'CB-RQ-14', title: 'a repeated unknown parameter', by: 'ASSENT-FORM-02', change: { message: (m) => void m.add('colour', 'blue').add('colour', 'red') }, expect: invalid },
  { rule: 'CB-RQ-17', title: 'an authorization_details that is none', by: 'RR-01', changes: { authorization_details: '{' }, expect: refused('invalid_authorization_details') },
  { rule: 'CB-RQ-17', title: 'a type the client may not use', by: 'RR-05', changes: { authorization_details: JSON.stringify([{ type: 'recurring_payment' }]) }, expect: refused('invalid_authorization_details') },
  { rule: 'CB-RQ-18', title: 'a request_context', changes: { request_context: JSON.stringify({ device: { os: 'till' }, risk: [1, 2] }) }, expect: good200 },
  { rule: 'CB-RQ-18', title: 'a request_context that is a list', changes: { request_context: '[]' }, expect: invalid },
  { rule: 'CB-RQ-18', title: 'a request_context that is no JSON', changes: { request_context: '{' }, expect: invalid },
  { rule: 'CB-RQ-18', title: 'a request_context no database can hold', changes: { request_context: '{"a":"\\u0000"}' }, expect: invalid },
  { rule: 'CB-RQ-18', title: 'a request_context that is too long', changes: { request_context: JSON.stringify({ a: 'x'.repeat(4000) }) }, expect: invalid },
  { rule: 'CB-RQ-19', title: 'a grant_id without an action', by: 'GM-AZ-04', changes: { grant_id: 'x'.repeat(32) }, expect: invalid },
  { rule: 'CB-RQ-19', title: 'an action nobody knows', by: 'GM-AZ-06', changes: { grant_management_action: 'erase' }, expect: invalid },
  { rule: 'CB-RQ-19', title: 'a grant that is not there', by: 'GM-AZ-08', changes: { grant_management_action: 'merge', grant_id: 'A'.repeat(32) }, expect: refused('invalid_grant_id') },
  { rule: 'F2-AZ-18', title: 'by GET', change: { message: (m) => void Object.assign(m, { method: 'GET', body: undefined }) }, expect: { status: 405, error: 'invalid_request' } },
];

function resign(jws: string, sign: (header: Record<string, unknown>, claims: Record<string, unknown>) => string): string {
  const { header, claims } = readJws(jws);
  return sign(header, claims);
}

describe('a request', () => {
  it.each(rows.map((row) => [`${row.rule}: ${row.title}`, row] as const))('%s', async (_says, row) => {
    const before = await waiting();
    const change = typeof row.change === 'function' ? await row.change(poll) : row.change;
    await expectRefusedBy(stack.asLog, await ask(poll, row.changes, change), row);
    expect((await waiting()) - before).toBe(row.expect.error === null ? 1 : 0);
  });

  it('CB-RQ-01: a certificate with the client_id of another', async () => {
    const tls = await stack.party('two-mtls-poll');
    await expectRefusedBy(stack.asLog, await tls.ask(good(tls), { message: (m) => void m.set('client_id', 'two-jwt-poll') }), { rule: 'F2-AS-06', expect: invalidClient });
    await expectRefusedBy(stack.asLog, await tls.ask(good(tls), { identity: stack.client('two-jwt-poll').identity! }), { rule: 'F2-MT-02', expect: invalidClient, by: 'F2-MT-01' });
  });

  it('CB-RQ-01: an assertion used before', async () => {
    const [first, second] = await replayed(poll);
    expectAnswer(first!, good200);
    await expectRefusedBy(stack.asLog, second!, { rule: 'F2-CA-05', expect: invalidClient });
  });

  it('CB-RQ-02: FAPI 1 takes issuer and endpoints as audience, alone or in lists, here and at the token endpoint', async () => {
    const { issuer, token_endpoint: token, backchannel_authentication_endpoint: own, mtls_endpoint_aliases: aliases } = poll1.as;
    for (const aud of [issuer, token, own, aliases!.token_endpoint, aliases!.backchannel_authentication_endpoint, [token], [own, 'https://elsewhere.example']]) {
      const change: Change = { assertion: (_h, c) => void (c['aud'] = aud as string) };
      const { id } = acknowledged(await ask(poll1, {}, change));
      expectAnswer(await poll1.poll(id, change), pending);
    }
    await expectRefusedBy(stack.asLog, await ask(poll1, {}, { assertion: (_h, c) => void (c['aud'] = 'https://elsewhere.example') }), { rule: 'F2-CA-03', expect: invalidClient });
    await expectRefusedBy(stack.asLog, await poll.poll('x', { assertion: (_h, c) => void (c['aud'] = poll.as.backchannel_authentication_endpoint!) }), { rule: 'F2-AS-08', expect: invalidClient });
  });

  it('CB-RQ-08: clients that are notified send a token of enough entropy and the right letters', async () => {
    for (const token of [undefined, 'short', 'x'.repeat(1025), `not a bearer token ${'x'.repeat(20)}`, `ümlaut${'x'.repeat(30)}`]) {
      await expectRefusedBy(stack.asLog, await ask(ping, { client_notification_token: token }), { rule: 'CB-RQ-08', expect: invalid });
    }
    for (const token of ['0123456789abcdef012345', `${'x'.repeat(1020)}a+/=`]) expectAnswer(await ask(ping, { client_notification_token: token }), good200);
    // Clients that poll may send what they like.
    expectAnswer(await ask(poll, { client_notification_token: 'short' }), good200);
  });

  it('CB-RQ-12: lives as long as asked for, at most as long as the policy says', async () => {
    for (const [wanted, given] of [['10', 10], ['600', 600], ['9999999', 600]] as const) {
      const { id, expiresIn } = await asked(poll, { requested_expiry: wanted });
      expect(expiresIn).toBe(given);
      expect(Math.abs(parseHandle(id)!.expiresAt.getTime() - Date.parse((await now()).toISOString()) - given * 1000)).toBeLessThan(60_000);
    }
  });

  it('CB-RQ-13: acr_values come back in the ID token, where they are reached', async () => {
    const { id } = await asked(poll, { acr_values: 'urn:unknown urn:assent:acr:strong' });
    await decided(poll, id);
    expect(readJws((await poll.poll(id)).json['id_token'] as string).claims).toMatchObject({ acr: 'urn:assent:acr:strong' });
  });

  it('CB-RQ-15: a client that has only codes', async () => {
    const codes = await stack.party('two-codes');
    await expectRefusedBy(stack.asLog, await codes.ask(good(poll)), { rule: 'CB-RQ-15', expect: refused('unauthorized_client') });
    await expectRefusedBy(stack.asLog, await codes.poll((await asked(poll)).id), { rule: 'F2-AS-02', expect: refused('unauthorized_client') });
  });

  it('CB-RQ-09, CB-RQ-17: a payment needs no message; the tokens carry it', async () => {
    const payment = { type: 'payment_initiation', instructedAmount: { currency: 'GBP', amount: '12.00' }, creditorName: 'Corner Shop', creditorAccount: { iban: 'GB76HBNK40010100213377' } };
    const { id } = await asked(poll, { scope: 'openid', binding_message: undefined, authorization_details: JSON.stringify([payment]) });
    await decided(poll, id);
    const { json } = await poll.poll(id);
    expect(json['authorization_details']).toMatchObject([{ ...payment, identifier: expect.any(String) as string }]);
  });

  it('CB-RQ-19: grant management, as in any authorization request', async () => {
    const first = await asked(poll, { scope: 'openid accounts', grant_management_action: 'create' });
    await decided(poll, first.id);
    const grantId = (await poll.poll(first.id)).json['grant_id'] as string;
    expect(grantId).toMatch(/^[\w-]{32}$/);
    const merge = await asked(poll, { scope: 'openid balances', grant_management_action: 'merge', grant_id: grantId });
    await decided(poll, merge.id);
    const merged = (await poll.poll(merge.id)).json;
    expect([merged['grant_id'], (merged['scope'] as string).split(' ').sort()]).toEqual([grantId, ['accounts', 'balances', 'openid']]);
    // Another customer's, and another client's.
    await expectRefusedBy(stack.asLog, await ask(poll, { login_hint: 'ben', grant_management_action: 'merge', grant_id: grantId }), { rule: 'GM-AZ-08', expect: refused('invalid_grant_id') });
    await expectRefusedBy(stack.asLog, await ask(await stack.party('two-mtls-poll'), { grant_management_action: 'merge', grant_id: grantId }), { rule: 'GM-AZ-08', expect: refused('invalid_grant_id') });
    const refusedMerge = await asked(poll, { scope: 'openid transactions', grant_management_action: 'merge', grant_id: grantId });
    await decided(poll, refusedMerge.id, 'deny');
    expect((await stack.database.stores.grants.find(grantId))?.scope).not.toContain('transactions');
  });
});

const waiting = async (): Promise<number> => Number((await stack.database.pool.query<{ n: string }>(`SELECT count(*) AS n FROM assent.backchannel_request`)).rows[0]?.n);
const now = async (): Promise<Date> => (await stack.database.pool.query<{ now: Date }>('SELECT now()')).rows[0]!.now;

/** The same assertion twice. */
async function replayed(client: FapiClient): Promise<readonly Answer[]> {
  const first = await client.ask(good(client));
  const assertion = client.last!.message.parameter('client_assertion');
  return [first, await client.ask(good(client), { message: (m) => void m.set('client_assertion', assertion) })];
}

describe('a signed request', () => {
  type SignedRow = readonly [rule: string, title: string, change: SignedChange | ((client: FapiClient) => SignedChange), wanted?: Expected];
  const claim = (name: string, value: unknown): SignedChange => ({ object: (_header, claims) => { if (value === undefined) delete claims[name]; else claims[name] = value as string; } });
  const times = (change: (at: number) => object): SignedChange => ({ object: (_header, claims) => Object.assign(claims, change(claims['iat'] as number)) });
  const resigned = (sign: (header: Record<string, unknown>, claims: Record<string, unknown>) => string): SignedChange => ({ signed: (jws) => resign(jws, sign) });
  const signedRows: readonly SignedRow[] = [
    ['', 'as it stands', {}, good200],
    ...['aud', 'iss', 'exp', 'iat', 'nbf', 'jti'].map((name): SignedRow => ['CB-SR-01', `no ${name}`, claim(name, undefined)]),
    ['CB-SR-01', 'no client_id inside', claim('client_id', undefined), good200],
    ['CB-SR-01', 'the issuer among others as audience', (client) => claim('aud', ['https://elsewhere.example', client.as.issuer]), good200],
    ['CB-SR-01', 'somebody else as audience', claim('aud', 'https://elsewhere.example')],
    ['CB-SR-01', 'typ JWT', { object: (header) => void (header['typ'] = 'JWT') }, good200],
    ['CB-SR-01', 'no typ', { object: (header) => void delete header['typ'] }, good200],
    ['CB-SR-01', 'typ of an access token', { object: (header) => void (header['typ'] = 'at+jwt') }],
    ['CB-SR-01', 'a jti that is no text', claim('jti', 7)],
    ['CB-SR-02', 'a parameter outside', { message: (m) => void m.add('binding_message', '1234') }],
    ['CB-SR-02', 'an unknown parameter outside', { message: (m) => void m.add('colour', 'blue') }],
    ['CB-SR-03', 'a number where text belongs', claim('binding_message', 1234)],
    ['CB-SR-03', 'a list where text belongs', claim('login_hint', ['ana'])],
    ['CB-RQ-12', 'requested_expiry as a number', claim('requested_expiry', 30), good200],
    ['CB-RQ-12', 'requested_expiry as text', claim('requested_expiry', '30'), good200],
    ['CB-SR-03', 'requested_expiry as an object', claim('requested_expiry', {})],
    ['CB-RQ-12', 'requested_expiry below zero', claim('requested_expiry', -1)],
    ['CB-RQ-18', 'request_context as an object', claim('request_context', { till: 7 }), good200],
    ['CB-SR-03', 'request_context as text', claim('request_context', '{}')],
    ['CB-SR-04', 'unsigned', resigned(unsigned)],
    ['CB-SR-04', 'in RS256', resigned((header, claims) => rs256Signed(header, claims, rsaKey()))],
    ['CB-SR-05', 'expired', times((at) => ({ nbf: at - 120, exp: at - 60 }))],
    ['CB-SR-05', 'living 70 minutes', times((at) => ({ nbf: at, exp: at + 4200 }))],
    ['CB-SR-05', 'nbf 70 minutes ago', times((at) => ({ nbf: at - 4200, exp: at + 60 }))],
    ['CB-SR-05', 'nbf ten minutes ahead', times((at) => ({ nbf: at + 600, exp: at + 900 }))],
    ['CB-SR-05', 'iat ten minutes ahead', times((at) => ({ iat: at + 600 }))],
    ['CB-SR-05', 'exp as text', times((at) => ({ exp: String(at + 60) }))],
    ['CB-SR-06', 'another iss', claim('iss', 'one-mtls-poll')],
    ['CB-SR-06', 'another client_id inside', claim('client_id', 'one-mtls-poll')],
    ['CB-SR-06', 'a broken signature', { signed: withBrokenSignature }],
    ['CB-SR-06', 'no JWT', { signed: () => 'nonsense' }],
    ['CB-SR-06', 'a key of somebody else', { objectKey: undefined as never, ...resigned((header, claims) => es256Signed({ ...header, alg: 'ES256' }, claims, ecKey())) }],
    ['JR-03', 'a request in the request', claim('request', 'x')],
    ['CB-RQ-03', 'no scope inside', claim('scope', undefined)],
    ['CB-RQ-10', 'a message that is too long', claim('binding_message', 'x'.repeat(100)), refused('invalid_binding_message')],
  ];

  it.each(signedRows.map((row) => [`${row[0]}: ${row[1]}`, row] as const))('%s', async (_says, [rule, , change, wanted = invalid]) => {
    const before = await waiting();
    const { objectKey: _, ...others } = typeof change === 'function' ? change(poll1) : change;
    await expectRefusedBy(stack.asLog, await askSigned(poll1, {}, others), { rule, expect: wanted });
    expect((await waiting()) - before).toBe(wanted.error === null ? 1 : 0);
  });

  it('CB-SR-06: signed with the key of another client', async () => {
    const { signing: objectKey } = stack.client('one-mtls-poll');
    await expectRefusedBy(stack.asLog, await askSigned(poll1, {}, { objectKey }), { rule: 'CB-SR-06', expect: invalid });
  });

  it('CB-SR-04: an algorithm other than the registered one', async () => {
    const client = await stack.party('one-ps256');
    await expectRefusedBy(stack.asLog, await askSigned(client), { rule: 'CB-SR-04', expect: invalid });
  });

  it('CB-SR-07: used before', async () => {
    const request = await requestObject(poll1, { parameters: good(poll1) });
    expectAnswer(await poll1.ask({ request }), good200);
    await expectRefusedBy(stack.asLog, await poll1.ask({ request }), { rule: 'CB-SR-07', expect: invalid });
  });

  it('CB-SR-08: missing, where it must be there: at the issuer of FAPI 1, or of a client that registered how it signs', async () => {
    await expectRefusedBy(stack.asLog, await poll1.ask(good(poll1)), { rule: 'CB-SR-08', expect: invalid });
    const signs = await stack.party('two-signs');
    await expectRefusedBy(stack.asLog, await signs.ask(good(signs)), { rule: 'CB-SR-08', expect: invalid });
    expectAnswer(await askSigned(signs), good200);
  });

  it('is taken where it need not be there, from all who hold a key', async () => {
    expectAnswer(await askSigned(poll), good200);
    expectAnswer(await askSigned(await stack.party('two-mtls-poll')), good200);
  });

  it('is kept as evidence with the grant it led to', async () => {
    const client = await stack.party('kept');
    const { id } = await asked(client);
    const request = client.last!.message.parameter('request');
    await decided(client, id);
    const { json } = await client.poll(id);
    const { claims } = readJws(json['access_token'] as string);
    const chain = await stack.database.stores.evidence.chain(claims['grant_id'] as string);
    const texts = chain!.artefacts.map(({ text }) => text).join('\n');
    expect([texts.includes(request), texts.includes(json['id_token'] as string)]).toEqual([true, true]);
  });

  it('by certificate, its client named in the request alone', async () => {
    const tls = await stack.party('one-mtls-poll');
    expectAnswer(await askSigned(tls, {}, { message: (m) => void m.set('client_id', undefined), object: (_h, claims) => void delete claims['client_id'] }), good200);
  });
});

describe('hints', () => {
  const tokenFor = (claims: Record<string, unknown>, client = poll, key = client.test.signing.key as oauth.CryptoKey) =>
    new SignJWT({ iss: client.id, aud: client.as.issuer, exp: Math.floor(Date.parse(clock()) / 1000) + 60, sub_id: { format: 'opaque', id: 'ana' }, ...claims }).setProtectedHeader({ alg: 'PS256', typ: 'login-hint+jwt', }).sign(key);
  const clock = () => stack.as.engine.clock.now().toISOString();
  const withToken = async (token: string | Promise<string>) => ask(poll, { login_hint: undefined, login_hint_token: await token });

  it('CB-RQ-05, CB-RQ-06: a login_hint_token the client signed', async () => {
    expectAnswer(await withToken(tokenFor({})), good200);
    await expectRefusedBy(stack.asLog, await withToken(tokenFor({ exp: 1 })), { rule: 'CB-RQ-06', expect: refused('expired_login_hint_token') });
    await expectRefusedBy(stack.asLog, await withToken(tokenFor({ sub_id: { format: 'opaque', id: 'nobody' } })), { rule: 'CB-RQ-05', expect: refused('unknown_user_id') });
    for (const claims of [{ iss: 'somebody' }, { aud: 'https://elsewhere.example' }, { exp: undefined }, { sub_id: undefined }, { sub_id: { format: 'email', email: 'ana@example.test' } }]) {
      await expectRefusedBy(stack.asLog, await withToken(tokenFor(claims)), { rule: 'CB-RQ-05', expect: invalid });
    }
    const other = stack.client('one-jwt-poll').signing.key as oauth.CryptoKey;
    await expectRefusedBy(stack.asLog, await withToken(tokenFor({}, poll, other)), { rule: 'CB-RQ-05', expect: invalid });
  });

  it('CB-RQ-05: a login_hint_token of somebody the operator trusts', async () => {
    const { jwks, signing } = stack.client('one-jwt-poll');
    endpoint.answer = ({ path }, response) => void response.writeHead(200, { 'content-type': 'application/json' }).end(path === '/keys' ? JSON.stringify(jwks) : undefined);
    const token = (key: oauth.CryptoKey) => tokenFor({ iss: directory }, poll, key);
    expectAnswer(await withToken(token(signing.key)), good200);
    await expectRefusedBy(stack.asLog, await withToken(token(poll.test.signing.key)), { rule: 'CB-RQ-05', expect: invalid });
  });

  it('CB-RQ-07: an ID token the client got, of this issuer, for itself, and not too old', async () => {
    const { id } = await asked(poll, { login_hint: 'ben' });
    await decided(poll, id);
    const hint = (await poll.poll(id)).json['id_token'] as string;
    const found = await asked(poll, { login_hint: undefined, id_token_hint: hint });
    expect((await stack.database.stores.backchannelRequests.find(parseHandle(found.id)!))?.request.customerId).toBe('customer-ben');
    const { sub } = readJws(hint).claims;
    expectAnswer(await withToken(tokenFor({ sub_id: { format: 'iss_sub', iss: poll.as.issuer, sub } })), good200);
    // Expired ID tokens are as good (OpenID Connect Core section 3.1.2.1), for as long as a grant may last.
    await stack.later(3600, async () => expectAnswer(await ask(poll, { login_hint: undefined, id_token_hint: hint }), good200));
    await stack.later(200 * 86_400, async () => expectRefusedBy(stack.asLog, await ask(poll, { login_hint: undefined, id_token_hint: hint }), { rule: 'CB-RQ-07', expect: invalid }));
    const dpop = await stack.party('two-dpop');
    await expectRefusedBy(stack.asLog, await ask(dpop, { login_hint: undefined, id_token_hint: hint }), { rule: 'CB-RQ-07', expect: invalid });
    await expectRefusedBy(stack.asLog, await ask(poll1, { login_hint: undefined, id_token_hint: hint }), { rule: 'OIDC-07', expect: invalid });
    await expectRefusedBy(stack.asLog, await ask(poll, { login_hint: undefined, id_token_hint: withBrokenSignature(hint) }), { rule: 'OIDC-07', expect: invalid });
  });

  it('CB-RQ-05: where unknown users are pretended to be known, nothing tells them apart', async () => {
    const client = await stack.party('hidden');
    const answers = [await ask(client, { login_hint: 'nobody' }), await ask(client, { login_hint: 'ana' })];
    for (const answer of answers) expectAnswer(answer, good200);
    expect(Object.keys(answers[0]!.json)).toEqual(Object.keys(answers[1]!.json));
    const { id } = acknowledged(answers[0]!);
    expectAnswer(await client.poll(id), pending);
    await stack.later(601, async () => expectAnswer(await client.poll(id), refused('expired_token')));
    // Limits hold for nobody as for anybody.
    for (const hint of ['nobody', 'ana']) {
      for (let n = 0; n < 2; n++) expectAnswer(await ask(client, { login_hint: hint }), good200);
      await expectRefusedBy(stack.asLog, await ask(client, { login_hint: hint.toUpperCase() }), { rule: 'ASSENT-CIBA-01', expect: refused('access_denied', 403) });
    }
  });

  it('CB-RQ-11: the code of customers who have one', async () => {
    const client = await stack.party('coded');
    await expectRefusedBy(stack.asLog, await ask(client), { rule: 'CB-RQ-11', expect: refused('missing_user_code') });
    await expectRefusedBy(stack.asLog, await ask(client, { user_code: 'red-8' }), { rule: 'CB-RQ-11', expect: refused('invalid_user_code') });
    expectAnswer(await ask(client, { user_code: 'blue-7' }), good200);
    for (let n = 0; n < 3; n++) expectAnswer(await ask(client, { user_code: `guess-${n}` }), refused('invalid_user_code'));
    await expectRefusedBy(stack.asLog, await ask(client, { user_code: 'blue-7' }), { rule: 'ASSENT-CIBA-04', expect: refused('access_denied', 403) });
    for (const changes of [{}, { user_code: 'anything' }]) expectAnswer(await ask(client, { login_hint: 'ben', ...changes }), good200);
  });
});

describe('limits', () => {
  it('CB-RQ-16: on what one customer has waiting, and on what they refuse', async () => {
    const [few, other] = await Promise.all(['few', 'few-too'].map((id) => stack.party(id)));
    const denied = refused('access_denied', 403);
    const [one, two] = [await asked(few!), await asked(few!)];
    await expectRefusedBy(stack.asLog, await ask(few!), { rule: 'ASSENT-CIBA-01', expect: denied });
    await decided(few!, one.id, 'deny');
    await decided(few!, two.id, 'deny');
    await expectRefusedBy(stack.asLog, await ask(few!), { rule: 'ASSENT-CIBA-03', expect: denied });
    expectAnswer(await ask(other!), good200);
    expectAnswer(await ask(few!, { login_hint: 'ben' }), good200);
    const { rows: lines } = await stack.database.pool.query(`SELECT type, detail->>'reason' AS reason, rule FROM assent.audit_event WHERE client_id = 'few' AND type LIKE 'backchannel%' ORDER BY at`);
    expect(lines.map(({ type, reason, rule }: { type: string; reason: string | null; rule: string | null }) => [type, reason ?? rule])).toEqual(expect.arrayContaining([['backchannel.requested', null], ['backchannel.refused', 'customer_busy'], ['backchannel.denied', 'CB-TK-05'], ['backchannel.refused', 'fatigue'], ['backchannelAuthentication.refused', 'ASSENT-CIBA-03']]));
    // Left alone counts as well; and it is forgotten in time.
    await stack.later(605, async () => expectAnswer(await ask(few!), good200));
  });
});

describe('a poll', () => {
  it('CB-TK-01 to CB-TK-06: pending, too soon, refused, expired, unknown, used', async () => {
    const [one, two] = [await asked(poll), await asked(poll)];
    await expectRefusedBy(stack.asLog, await poll.poll(one.id), { rule: 'CB-TK-01', expect: pending });
    await expectRefusedBy(stack.asLog, await poll.poll(one.id), { rule: 'CB-TK-02', expect: refused('slow_down') });
    // Ten seconds now, counted from the last poll.
    await stack.later(7, async () => expectAnswer(await poll.poll(one.id), refused('slow_down')));
    await stack.later(30, async () => expectAnswer(await poll.poll(one.id), pending));
    await decided(poll, one.id, 'deny');
    for (let n = 0; n < 2; n++) await expectRefusedBy(stack.asLog, await poll.poll(one.id), { rule: 'CB-TK-05', expect: refused('access_denied') });
    await stack.later(601, async () => expectRefusedBy(stack.asLog, await poll.poll(two.id), { rule: 'CB-TK-04', expect: refused('expired_token') }));
    for (const id of ['x', 'A'.repeat(43)]) await expectRefusedBy(stack.asLog, await poll.poll(id), { rule: 'CB-TK-06', expect: refused('invalid_grant') });
    expectAnswer(await poll.token(cibaGrant, {}), invalid);
    expect((await decide(poll, two.id, 'wonder')).status).toBe(400);
  });

  it('CB-TK-06: of another client changes nothing for the one that asked', async () => {
    const { id } = await asked(poll);
    const other = await stack.party('two-dpop');
    expectAnswer(await other.poll(id), refused('invalid_grant'));
    expectAnswer(await poll.poll(id), pending);
    await decided(poll, id);
    expectAnswer(await other.poll(id), refused('invalid_grant'));
    expect((await poll.poll(id)).status).toBe(200);
  });

  it('CB-TK-02: once decided, the answer comes whatever the pace', async () => {
    const { id } = await asked(poll);
    expectAnswer(await poll.poll(id), pending);
    expectAnswer(await poll.poll(id), refused('slow_down'));
    await decided(poll, id);
    expect((await poll.poll(id)).status).toBe(200);
  });

  it('CB-TK-08: proves client and key', async () => {
    const { id } = await asked(poll);
    await decided(poll, id);
    expectAnswer(await poll.poll(id, { message: (m) => void m.set('client_assertion', undefined).set('client_assertion_type', undefined) }), { status: 401, error: 'invalid_client' });
    await expectRefusedBy(stack.asLog, await poll.poll(id, { identity: null }), { rule: 'F2-MT-05', expect: invalid });
    const tls = await stack.party('two-mtls-poll');
    const own = await asked(tls);
    expectAnswer(await tls.poll(own.id, { message: (m) => void m.set('client_id', 'two-jwt-poll') }), { status: 401, error: 'invalid_client' });
    const dpop = await stack.party('two-dpop');
    const bound = await asked(dpop);
    await decided(dpop, bound.id);
    await expectRefusedBy(stack.asLog, await dpop.poll(bound.id, { dpop: null }), { rule: 'F2-DP-19', expect: refused('invalid_dpop_proof') });
    const { json } = await dpop.poll(bound.id);
    expect(json['token_type']).toBe('DPoP');
    expect((await dpop.call(`${stack.resource}/accounts`, json['access_token'] as string)).status).toBe(200);
    // None of it had spent the request.
    expect((await poll.poll(id)).status).toBe(200);
  });

  it('redeems once for twenty racers, who leave one grant and one family', async () => {
    const { id } = await asked(poll);
    await decided(poll, id);
    const answers = await Promise.all(Array.from({ length: 20 }, () => poll.poll(id)));
    expect(answers.map(({ status, json }) => (status === 200 ? 'tokens' : json['error'])).sort()).toEqual([...Array.from({ length: 19 }, () => 'invalid_grant'), 'tokens']);
    const winner = answers.find(({ status }) => status === 200)!;
    expect((await poll.refresh(winner.json['refresh_token'] as string)).status).toBe(200);
  });

  it('approve and deny at once: one holds, and the tokens agree', async () => {
    for (let round = 0; round < 3; round++) {
      const { id } = await asked(poll);
      const outcomes = await Promise.all(Array.from({ length: 8 }, (_, n) => decide(poll, id, n % 2 ? 'allow' : 'deny')));
      const won = outcomes.findIndex(({ json }) => json['outcome'] === 'decided');
      expect(outcomes.filter(({ json }) => json['outcome'] === 'decided')).toHaveLength(1);
      expect((await poll.poll(id)).json['error']).toBe(won % 2 ? undefined : 'access_denied');
    }
  });

  it('a decision that comes too late is none', async () => {
    const { id } = await asked(poll, { requested_expiry: '10' });
    await stack.later(11, async () => {
      expect((await decide(poll, id)).json).toEqual({ outcome: 'expired' });
      expectAnswer(await poll.poll(id), refused('expired_token'));
    });
  });

  it('CB-TK-07: no grant of this kind where the profile has none', async () => {
    expectAnswer(await (await stack.party('two-codes')).poll('x'), refused('unauthorized_client'));
  });
});

describe('a poll that may wait', () => {
  it('CB-TK-10: is answered when the decision comes, by tokens or by refusal', async () => {
    const client = await stack.party('patient');
    for (const action of ['allow', 'deny'] as const) {
      const { id } = await asked(client);
      const answer = client.poll(id);
      while (stack.as.engine.longPolls!.size === 0) await sleep(10);
      await decided(client, id, action);
      expect(error(await answer)).toBe(action === 'allow' ? undefined : 'access_denied');
      expect(stack.as.engine.longPolls!.size).toBe(0);
    }
  });

  it('CB-TK-10: gives way to the next of the same request, which came too soon', async () => {
    const client = await stack.party('patient');
    const { id } = await asked(client);
    const first = client.poll(id);
    while (!(await looked(id))) await sleep(10);
    expect([error(await client.poll(id)), error(await first)]).toEqual(['slow_down', 'authorization_pending']);
  });

  const looked = async (id: string): Promise<boolean> => {
    const { rows: found } = await stack.database.pool.query('SELECT 1 FROM assent.backchannel_request WHERE hash = $1 AND polled_at IS NOT NULL', [parseHandle(id)!.hash]);
    return found.length > 0;
  };

  it('does not hold up what is decided already', async () => {
    const client = await stack.party('patient');
    const { id } = await asked(client);
    await decided(client, id);
    expect((await client.poll(id)).status).toBe(200);
  });
});

describe('notifications', () => {
  afterEach(() => (endpoint.answer = (_notified, response) => void response.writeHead(204).end()));

  it('CB-PN-02: come after a refusal too, and not for requests nobody decided', async () => {
    const [one, two] = [await asked(ping), await asked(ping, { requested_expiry: '1' })];
    await decided(ping, one.id, 'deny');
    await endpoint.about(one.id);
    expectAnswer(await ping.poll(one.id), refused('access_denied'));
    await sleep(1500);
    expect(endpoint.received.filter(({ body }) => body.includes(two.id))).toEqual([]);
  });

  it.each<[string, number, string]>([
    ['CB-PN-05: 200 with a body', 200, '{"thanks":true}'],
    ['CB-PN-06: 401', 401, ''],
    ['CB-PN-06: 403', 403, ''],
    ['CB-PN-06: 400', 400, ''],
    ['CB-PN-04: a redirect', 302, ''],
  ])('%s: once', async (_says, status, body) => {
    endpoint.answer = (_notified, response) => void response.writeHead(status, status === 302 ? { location: '/elsewhere' } : { 'content-type': 'application/json' }).end(body);
    const { id } = await asked(ping);
    await decided(ping, id);
    await endpoint.about(id);
    await untilNothingWaits();
    expect(await endpoint.about(id)).toHaveLength(1);
    expect(endpoint.received.filter(({ path }) => path === '/elsewhere')).toEqual([]);
    expect((await ping.poll(id)).status).toBe(200);
  });

  it('CB-PN-06: come again while the client cannot answer', async () => {
    let failures = 0;
    endpoint.answer = (_notified, response) => {
      failures += 1;
      if (failures === 1) return void response.writeHead(503).end();
      if (failures === 2) return void response.destroy();
      response.writeHead(204).end();
    };
    const { id } = await asked(ping);
    await decided(ping, id);
    expect(await endpoint.about(id, 3)).toHaveLength(3);
    await untilNothingWaits();
  });

  it('CB-PN-07: never reach internal addresses', async () => {
    const client = await stack.party('two-internal');
    const { id } = await asked(client);
    await decided(client, id);
    await untilNothingWaits();
    const { rows: lines } = await stack.database.pool.query(`SELECT detail->>'why' AS why FROM assent.audit_event WHERE client_id = 'two-internal' AND type = 'backchannel.not-notified'`);
    expect(lines).toEqual([{ why: 'the address is internal' }]);
    expect((await client.poll(id)).status).toBe(200);
  });

  it('write down that the client was told, and log neither token nor request', async () => {
    const token = notificationToken();
    const { id } = await asked(ping, { client_notification_token: token });
    await decided(ping, id);
    await endpoint.about(id);
    await untilNothingWaits();
    const { rows: lines } = await stack.database.pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM assent.audit_event WHERE type = 'backchannel.notified'`);
    expect(lines[0]!.n).toBeGreaterThan(0);
    for (const secret of [token, id]) expect(stack.asLog.text).not.toContain(secret);
  });

  async function untilNothingWaits(): Promise<void> {
    for (;;) {
      const { rows: left } = await stack.database.pool.query<{ n: number }>('SELECT count(*)::int AS n FROM assent.backchannel_ping');
      if (left[0]!.n === 0) return;
      await sleep(20);
    }
  }
});
