import { customers, FapiClient, freePorts, Message, offeredAccounts, send, type Answer, type Visitor } from '@assent/testing/fapi';
import type { LodgedConsent, NewConsent } from '@assent/protocol';
import { createLocalJWKSet, decodeJwt, jwtVerify, type JSONWebKeySet } from 'jose';
import { randomUUID } from 'node:crypto';
import { requestObject } from './support/signed.js';
import { openThirdParty, type ThirdParty } from './support/third-party.js';
import { startStack, type Stack } from './support/stack.js';
import { dataType, testMarkets } from './support/test-markets.js';

/*
 * What all markets share at the authorization server: consents lodged before, or carried by the request, as they are
 * found, decided, told and ended. Each way to travel is a market of its own at an issuer of its own.
 */

const [lodgedAt, claimedAt, carriedAt, calledAt] = ['neutral', 'claimed', 'carried', 'called'] as const;
const calling = { id: calledAt, at: calledAt, auth: 'private_key_jwt', constraint: 'mtls', metadata: { scope: 'openid accounts payments', grant_types: ['urn:openid:params:grant-type:ciba', 'refresh_token', 'client_credentials'], response_types: [], redirect_uris: undefined, backchannel_token_delivery_mode: 'poll' } } as const;
const party = (at: string, id: string = at, more: object = {}) => ({ id, at, auth: 'private_key_jwt', constraint: 'dpop', metadata: { scope: 'openid accounts payments', ...more } }) as const;

let stack: Stack;
let thirdParty: ThirdParty;
let ana: Visitor;
let ben: Visitor;
let lodging: FapiClient;
let claiming: FapiClient;
let carrying: FapiClient;
beforeAll(async () => {
  const [port] = await freePorts(1);
  stack = await startStack({
    clients: [party(lodgedAt), party(lodgedAt, 'other'), party(claimedAt), party(carriedAt, carriedAt, { recipient_base_uri: `https://localhost:${port}` }), party(carriedAt, 'rival'), { id: 'everywhere', auth: 'private_key_jwt', constraint: 'either', metadata: { scope: 'openid accounts' } }, calling, { ...calling, id: 'calling-too' }],
    grants: true,
    otherIssuers: testMarkets.map(({ name }) => ({ name, market: name, signingAlgs: undefined, ...(name === calledAt && { ciba: { approvalEndpoint: true, pendingPerCustomer: 20, refusals: 20 } }) })),
    markets: testMarkets,
    sections: (ports) => ({ customers: people(ports) }),
  });
  thirdParty = await openThirdParty(stack, port!);
  [ana, ben] = [stack.visitor(), stack.visitor()];
  [lodging, claiming, carrying] = await Promise.all([lodgedAt, claimedAt, carriedAt].map((id) => stack.party(id))) as [FapiClient, FapiClient, FapiClient];
}, 60_000);
afterAll(async () => {
  await thirdParty?.close();
  await stack?.stop();
});

const account = (id: string, name: string, iban: string, more: object = {}) => ({ id, name, iban, openingBalance: '1250.00', historyDays: 5, ...more });
const people = (_: unknown) => [
  { id: 'customer-ana', ...customers.ana, displayName: 'Ana Duarte', claims: { name: 'Ana Duarte', cpf: '11122233344', cnpj: ['50685362006773'] }, accounts: [account('ana-everyday', 'Everyday account', 'GB09HBNK40010112344821'), account('ana-joint', 'Joint account', 'GB15HBNK40010155120937', { approvers: ['customer-ben'] })] },
  { id: 'customer-ben', ...customers.ben, displayName: 'Ben Okafor', claims: { name: 'Ben Okafor', cpf: '55566677788' }, accounts: [account('ben-everyday', 'Everyday account', 'GB76HBNK40010100213377')] },
]; // prettier-ignore

const issuerOf = (at: string) => stack.issuer.replace(/[^/]+$/, at);
const wholeSeconds = (date: Date) => new Date(Math.floor(date.getTime() / 1000) * 1000);
const inSeconds = (seconds: number) => wholeSeconds(new Date(Date.now() + seconds * 1000));
const stores = () => stack.database.stores;

async function lodge(at: string, over: Partial<NewConsent> = {}, clientId: string = at): Promise<LodgedConsent> {
  const consent: NewConsent = { kind: 'data', details: [{ type: dataType, permissions: ['ReadAccounts', 'ReadBalances'] }], document: {}, expiresAt: inSeconds(86_400), ...over };
  const lodged = await stores().consents.lodge({ issuer: issuerOf(at), clientId, consent, now: new Date(), audit: { type: 'consent.lodged', issuer: issuerOf(at), clientId } });
  if (lodged.outcome !== 'lodged') throw new Error(lodged.outcome);
  return lodged.consent;
}
const now = async ({ grantId }: Pick<LodgedConsent, 'grantId'>) => (await stores().consents.ofGrant({ grantId, now: new Date() }))!;
const eventsOf = async ({ grantId }: Pick<LodgedConsent, 'grantId'>) => (await stores().grants.history(grantId)).map(({ event }) => event);

const byScope = ({ name }: Pick<LodgedConsent, 'name'>) => ({ scope: `openid accounts consent:${name}` });
const byClaim = (name: string, more: object = {}) => ({ scope: 'openid accounts', claims: JSON.stringify({ id_token: { consent_id: { value: name, essential: true }, ...more } }) });
const identified = { message: (message: Message) => void message.headers.push(['x-fapi-interaction-id', randomUUID()]) };

type Person = { readonly login: string; readonly password: string };

/** Signed in, allowed, redeemed. */
async function granted(client: FapiClient, parameters: Record<string, string>, { visitor = ana, who = customers.ana as Person, accounts = ['ana-everyday'] as readonly string[] } = {}): Promise<Record<string, unknown>> {
  const prepared = await client.prepare(parameters);
  const pushed = await client.push(prepared, identified);
  const callback = await visitor.approve(client.authorizationUrl(pushed.json['request_uri'] as string), { ...who, accounts });
  const answer = await client.redeem(prepared, client.callback(callback, prepared).get('code')!, identified);
  if (answer.status !== 200) throw new Error(answer.text);
  return answer.json;
}

/** Signed in; the answer to the page is no, or there is no page but an error for the client. */
async function refusedAt(client: FapiClient, parameters: Record<string, string>, { visitor = ana, who = customers.ana as Person, press = false } = {}): Promise<URLSearchParams> {
  const prepared = await client.prepare(parameters);
  const url = client.authorizationUrl((await client.push(prepared, identified)).json['request_uri'] as string);
  const page = await visitor.signIn(url, who);
  return press ? (await visitor.cancel(page.answer, page.url)).searchParams : backIn(page.answer);
}

/** What the browser takes back to the client. */
function backIn(answer: Answer): URLSearchParams {
  if (answer.status !== 303) throw new Error(`no way back to the client, but ${answer.status}`);
  return new URL(answer.headers.get('location')!).searchParams;
}

const pushing = async (client: FapiClient, parameters: Record<string, string>): Promise<Answer> => client.push(await client.prepare(parameters), identified);

describe('a lodged consent', () => {
  it('is authorised: active with the yes, told in tokens as its market wants, never in authorization_details', async () => {
    const consent = await lodge(lodgedAt, { namePrefix: 'urn:bank:' });
    const tokens = await granted(lodging, byScope(consent));
    expect(tokens).toMatchObject({ scope: `openid accounts consent:${consent.name}` });
    expect(tokens).not.toHaveProperty('authorization_details');
    expect(tokens).not.toHaveProperty('grant_id');
    expect(decodeJwt(tokens['id_token'] as string)).toMatchObject({ consent: consent.name, acr: 'urn:assent:acr:password' });
    expect(decodeJwt(tokens['access_token'] as string)).toMatchObject({ aud: `${stack.resource}/${lodgedAt}`, grant_id: consent.grantId, authorization_details: [{ type: dataType, accounts: ['ana-everyday'] }] });
    expect(await now(consent)).toMatchObject({ status: 'active', customerId: 'customer-ana', accounts: ['ana-everyday'], expiresAt: consent.expiresAt });
    expect(await eventsOf(consent)).toEqual(['lodged', 'authorised']);
  });

  it('lives as long as it says, and its refresh token exactly as long', async () => {
    const consent = await lodge(claimedAt, { expiresAt: inSeconds(400 * 86_400) });
    const tokens = await granted(claiming, byClaim(consent.name));
    expect(tokens).toMatchObject({ consent_id: consent.name, consent_ends: consent.expiresAt!.toISOString() });
    expect(decodeJwt(tokens['id_token'] as string)).toMatchObject({ consent_id: consent.name, consent_ends: consent.expiresAt!.getTime() / 1000 });
    const described = await claiming.introspect(tokens['refresh_token'] as string);
    expect(described.json).toMatchObject({ active: true, exp: consent.expiresAt!.getTime() / 1000, consent_id: consent.name });
    expect((await claiming.introspect(tokens['access_token'] as string)).json).toMatchObject({ active: true, consent_id: consent.name });
    const refreshed = await claiming.refresh(tokens['refresh_token'] as string, identified);
    expect(refreshed.json).toMatchObject({ consent_id: consent.name });
    await stack.later(399 * 86_400, async () => expect((await claiming.refresh(tokens['refresh_token'] as string, identified)).status).toBe(200));
    await stack.later(401 * 86_400, async () => expect((await claiming.refresh(tokens['refresh_token'] as string, identified)).json).toMatchObject({ error: 'invalid_grant' }));
  });

  it.each<[string, () => Promise<string>]>([
    ['is unknown', async () => 'urn:bank:none'],
    ['is another client’s', async () => (await lodge(lodgedAt, {}, 'other')).name],
    ['is another issuer’s', async () => (await lodge(claimedAt, {}, lodgedAt)).name],
    ['waits no longer', async () => (await lodge(lodgedAt, { authoriseBy: inSeconds(-1) })).name],
    ['was revoked', async () => {
      const { name, grantId } = await lodge(lodgedAt);
      await stores().grants.revoke({ grantId, actor: { kind: 'client', id: lodgedAt }, now: new Date(), audit: { type: 'grant.revoked', issuer: issuerOf(lodgedAt) } });
      return name;
    }],
    ['was refused', async () => {
      const consent = await lodge(lodgedAt);
      await refusedAt(lodging, byScope(consent), { press: true });
      return consent.name;
    }],
    ['was used, and is for once', async () => {
      const consent = await lodge(lodgedAt, { once: true });
      await granted(lodging, byScope(consent));
      return consent.name;
    }],
  ])('that %s is refused at the push, each with the same answer', async (_, nameOf) => {
    const answer = await pushing(lodging, byScope({ name: await nameOf() }));
    expect([answer.status, answer.json]).toEqual([400, { error: 'invalid_request', error_description: 'the request names no consent that a customer could be asked for' }]);
    expect(await stack.asLog.ruleOf(answer)).toBe('ASSENT-CONSENT-03');
  });

  it('is not to be had by a scope the client is not registered for, nor its details by authorization_details', async () => {
    const details = JSON.stringify([{ type: dataType, permissions: ['ReadAccounts'] }]);
    expect((await pushing(lodging, { scope: 'openid accounts', authorization_details: details })).json).toMatchObject({ error: 'invalid_authorization_details' });
    expect((await pushing(lodging, { scope: 'openid consent:' })).json).toMatchObject({ error: 'invalid_scope' });
    expect((await pushing(claiming, { scope: 'openid consent:urn:bank:1' })).json).toMatchObject({ error: 'invalid_scope' });
  });

  it('ends with the customer’s no, and only with theirs', async () => {
    const consent = await lodge(lodgedAt);
    const error = await refusedAt(lodging, byScope(consent), { press: true });
    expect(error.get('error')).toBe('access_denied');
    expect(await now(consent)).toMatchObject({ status: 'rejected', customerId: undefined, ended: { by: 'customer' } });
    const other = await lodge(lodgedAt);
    const url = lodging.authorizationUrl((await pushing(lodging, byScope(other))).json['request_uri'] as string);
    const nobody = stack.visitor();
    expect((await nobody.cancel(await nobody.open(url), url)).searchParams.get('error')).toBe('access_denied');
    expect((await now(other)).status).toBe('awaiting_authorisation');
  });

  it('is for the customer it names: anybody else is turned away, and it goes on waiting', async () => {
    const consent = await lodge(lodgedAt, { customerClaims: { cpf: '11122233344' } });
    const error = await refusedAt(lodging, byScope(consent), { visitor: ben, who: customers.ben });
    expect(error.get('error')).toBe('access_denied');
    expect((await now(consent)).status).toBe('awaiting_authorisation');
    expect(await granted(lodging, byScope(consent))).toHaveProperty('access_token');
    const company = await lodge(lodgedAt, { customerClaims: { cpf: '11122233344', cnpj: '50685362006773' } });
    expect(await granted(lodging, byScope(company))).toHaveProperty('access_token');
    const foreign = await lodge(lodgedAt, { customerClaims: { cpf: '11122233344', cnpj: '00000000000000' } });
    expect((await refusedAt(lodging, byScope(foreign))).get('error')).toBe('access_denied');
  });

  it('of two customers with its page open goes to the first who says yes', async () => {
    const consent = await lodge(lodgedAt);
    const open = async (visitor: Visitor, who: Person) => {
      const prepared = await lodging.prepare(byScope(consent));
      const url = lodging.authorizationUrl((await lodging.push(prepared)).json['request_uri'] as string);
      const page = await visitor.signIn(url, who);
      return { form: visitor.consentForm(page.answer, page.url), visitor };
    };
    const pages = [await open(ana, customers.ana), await open(ben, customers.ben)];
    const answers = await Promise.all(pages.map(async ({ visitor, form }) => backIn(await visitor.submit(form))));
    const codes = answers.filter((answer) => answer.has('code'));
    expect(codes).toHaveLength(1);
    expect(answers.find((answer) => !answer.has('code'))?.get('error')).toBe('invalid_request');
    const winner = pages[answers.indexOf(codes[0]!)]!;
    expect((await now(consent)).customerId).toBe(winner.visitor === ana ? 'customer-ana' : 'customer-ben');
    expect(await eventsOf(consent)).toEqual(['lodged', 'authorised']);
  });

  it('is authorised anew by its customer alone: other accounts, older refresh tokens dead', async () => {
    const consent = await lodge(lodgedAt);
    const first = await granted(lodging, byScope(consent));
    const anothers = await refusedAt(lodging, byScope(consent), { visitor: ben, who: customers.ben });
    expect(anothers.get('error')).toBe('invalid_request');
    const second = await granted(lodging, byScope(consent));
    expect(await eventsOf(consent)).toEqual(['lodged', 'authorised', 'replaced']);
    expect(decodeJwt(second['access_token'] as string)).toMatchObject({ grant_id: consent.grantId, grant_version: 3 });
    expect((await lodging.refresh(first['refresh_token'] as string)).json).toMatchObject({ error: 'invalid_grant' });
    expect((await lodging.refresh(second['refresh_token'] as string)).status).toBe(200);
  });

  it('and its tokens cannot drift: revoked, expired, or revoked between the yes and the redemption', async () => {
    const revoke = ({ grantId }: LodgedConsent) => stores().grants.revoke({ grantId, actor: { kind: 'client', id: lodgedAt }, now: new Date(), audit: { type: 'grant.revoked', issuer: issuerOf(lodgedAt) } });
    const consent = await lodge(lodgedAt);
    const tokens = await granted(lodging, byScope(consent));
    expect((await lodging.userinfo(tokens['access_token'] as string)).status).toBe(200);
    await revoke(consent);
    expect((await lodging.userinfo(tokens['access_token'] as string)).status).toBe(401);
    expect((await lodging.introspect(tokens['access_token'] as string)).json).toEqual({ active: false });
    expect((await lodging.refresh(tokens['refresh_token'] as string)).json).toMatchObject({ error: 'invalid_grant' });
    for (let round = 0; round < 4; round++) {
      const raced = await lodge(lodgedAt);
      const prepared = await lodging.prepare(byScope(raced));
      const url = lodging.authorizationUrl((await lodging.push(prepared)).json['request_uri'] as string);
      const code = (await ana.approve(url, { ...customers.ana, accounts: ['ana-everyday'] })).searchParams.get('code')!;
      const [redeemed] = await Promise.all([lodging.redeem(prepared, code), revoke(raced)]);
      expect((await now(raced)).status).toBe('revoked');
      if (redeemed.status === 200) expect((await lodging.refresh(redeemed.json['refresh_token'] as string)).json).toMatchObject({ error: 'invalid_grant' });
    }
  });

  it('is never given out by prompt=none, and no request for less stands on it', async () => {
    const consent = await lodge(lodgedAt);
    await granted(lodging, byScope(consent));
    expect((await refusedAt(lodging, { ...byScope(consent), prompt: 'none' })).get('error')).toBe('consent_required');
    expect((await refusedAt(lodging, { scope: 'openid', prompt: 'none' })).get('error')).toBe('consent_required');
  });
});

describe('a carried consent', () => {
  it('without a name is an ordinary grant, whose id is its name, for as long as it says', async () => {
    const tokens = await granted(carrying, { scope: 'openid accounts', sharing_duration: '7776000', permissions: 'ReadAccounts ReadBalances' });
    const grantId = tokens['arrangement_id'] as string;
    const consent = await now({ grantId });
    expect(consent).toMatchObject({ name: grantId, status: 'active', customerId: 'customer-ana' });
    expect(Math.abs(consent.expiresAt!.getTime() - inSeconds(7_776_000).getTime())).toBeLessThan(30_000);
    expect(tokens).not.toHaveProperty('authorization_details');
    const { exp } = (await carrying.introspect(tokens['refresh_token'] as string)).json as { exp: number };
    expect(exp).toBe(consent.expiresAt!.getTime() / 1000);
    expect((await stores().consents.find({ issuer: issuerOf(carriedAt), clientId: carriedAt, name: grantId, now: new Date() }))?.grantId).toBe(grantId);
  });

  it('for once has no refresh token, and ends with what one access token may do', async () => {
    const tokens = await granted(carrying, { scope: 'openid accounts', sharing_duration: '0' });
    expect(tokens).not.toHaveProperty('refresh_token');
    const consent = await now({ grantId: tokens['arrangement_id'] as string });
    expect(consent.expiresAt!.getTime()).toBeLessThan(Date.now() + 3_700_000);
  });

  it('amends one of the same client and customer: replaced at redemption, the old tokens die', async () => {
    const first = await granted(carrying, { scope: 'openid accounts', sharing_duration: '86400' });
    const amends = first['arrangement_id'] as string;
    const anothers = await refusedAt(carrying, { scope: 'openid accounts', sharing_duration: '86400', amends }, { visitor: ben, who: customers.ben });
    expect(anothers.get('error')).toBe('invalid_request');
    expect((await pushing(await stack.party('rival'), { scope: 'openid accounts', sharing_duration: '86400', amends })).json).toMatchObject({ error: 'invalid_request' });
    const second = await granted(carrying, { scope: 'openid accounts', sharing_duration: '172800', permissions: 'ReadAccounts ReadTransactions', amends });
    expect(second['arrangement_id']).toBe(amends);
    expect(await eventsOf({ grantId: amends })).toEqual(['created', 'replaced']);
    expect((await carrying.refresh(first['refresh_token'] as string)).json).toMatchObject({ error: 'invalid_grant' });
    expect((await carrying.introspect(first['access_token'] as string)).json).toEqual({ active: false });
    expect((await carrying.introspect(second['refresh_token'] as string)).json).toMatchObject({ active: true, arrangement_id: amends });
  });

  it('under a name is lodged with the push, once', async () => {
    const name = `chosen-${randomUUID()}`;
    const parameters = { scope: 'openid accounts', sharing_duration: '86400', consent_id: name };
    const found = () => stores().consents.find({ issuer: issuerOf(carriedAt), clientId: carriedAt, name, now: new Date() });
    const answers = await Promise.all([1, 2, 3, 4].map(() => pushing(carrying, parameters)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 400, 400, 400]);
    expect(answers.filter(({ status }) => status === 400).every(({ json }) => json['error'] === 'invalid_request')).toBe(true);
    expect(await found()).toMatchObject({ status: 'awaiting_authorisation', customerId: undefined, kind: 'data' });
    const kept = answers.find(({ status }) => status === 201)!;
    const callback = await ana.approve(carrying.authorizationUrl(kept.json['request_uri'] as string), { ...customers.ana, accounts: ['ana-everyday'] });
    expect(callback.searchParams.get('code')).not.toBeNull();
    expect(await found()).toMatchObject({ status: 'active', customerId: 'customer-ana' });
  });

  it.each(['a\u0000b', 'a\nb', 'x'.repeat(256), '\u202eabc'])('is not lodged under %j, which is no name', async (consent_id) => {
    const answer = await pushing(carrying, { scope: 'openid accounts', sharing_duration: '86400', consent_id });
    expect([answer.status, answer.json['error']]).toEqual([400, 'invalid_request']);
  });

  it('goes on with another of the same client and customer, the first of its chain', async () => {
    const [base, next] = [`base-${randomUUID()}`, `next-${randomUUID()}`];
    await granted(carrying, { scope: 'openid accounts', sharing_duration: '86400', consent_id: base });
    const following = { scope: 'openid accounts', sharing_duration: '86400', follows: base };
    expect((await refusedAt(carrying, { ...following, consent_id: `ben-${randomUUID()}` }, { visitor: ben, who: customers.ben })).get('error')).toBe('access_denied');
    await granted(carrying, { ...following, consent_id: next });
    expect(await stores().consents.find({ issuer: issuerOf(carriedAt), clientId: carriedAt, name: base, now: new Date() })).toMatchObject({ status: 'active' });
    for (const follows of [next, 'unknown']) expect((await pushing(carrying, { ...following, follows, consent_id: randomUUID() })).json).toMatchObject({ error: 'invalid_request' });
  });
});

describe('several authorisers', () => {
  const ask = (more: Record<string, string> = {}) => ({ scope: 'openid accounts', sharing_duration: '86400', consent_id: randomUUID(), ...more });

  it('an account others must agree to is there only for a request that lets them be asked', async () => {
    const url = carrying.authorizationUrl((await pushing(carrying, ask())).json['request_uri'] as string);
    const page = await ana.signIn(url, customers.ana);
    expect(offeredAccounts(page.answer)).toEqual(['ana-everyday']);
    const several = carrying.authorizationUrl((await pushing(carrying, ask({ several: 'yes' }))).json['request_uri'] as string);
    expect(offeredAccounts((await ana.signIn(several, customers.ana)).answer)).toEqual(['ana-everyday', 'ana-joint']);
  });

  it('get a token that opens nothing until the last has said yes; then the same token works, and refreshed ones are JWTs', async () => {
    const parameters = ask({ several: 'yes' });
    const tokens = await granted(carrying, parameters, { accounts: ['ana-joint'] });
    const accessToken = tokens['access_token'] as string;
    expect(accessToken).not.toContain('.');
    const { grantId } = (await stores().consents.find({ issuer: issuerOf(carriedAt), clientId: carriedAt, name: parameters.consent_id, now: new Date() }))!;
    expect((await now({ grantId })).status).toBe('awaiting_authorisation');
    expect(await stores().consents.approvals(grantId)).toMatchObject([{ customerId: 'customer-ana', state: 'approved' }, { customerId: 'customer-ben', state: 'pending' }]);
    expect((await carrying.userinfo(accessToken)).status).toBe(401);
    expect((await carrying.introspect(accessToken)).json).toEqual({ active: false });
    const waiting = await carrying.refresh(tokens['refresh_token'] as string);
    expect([waiting.status, (waiting.json['access_token'] as string).includes('.')]).toEqual([200, false]);
    const decide = (decision: 'approve' | 'reject') => stores().consents.decide({ grantId, customerId: 'customer-ben', decision, now: new Date(), audit: { type: 'consent.decided', issuer: issuerOf(carriedAt) } });
    expect(await decide('approve')).toBe('active');
    expect((await carrying.userinfo(accessToken)).status).toBe(200);
    expect((await carrying.refresh(tokens['refresh_token'] as string)).json['access_token']).toContain('.');
  });

  it('are not passed by: an amendment, or a consent authorised anew, offers nothing others must agree to', async () => {
    const { arrangement_id: amends } = (await granted(carrying, { scope: 'openid accounts', sharing_duration: '86400' })) as { arrangement_id: string };
    const url = carrying.authorizationUrl((await pushing(carrying, { scope: 'openid accounts', sharing_duration: '86400', amends, several: 'yes' })).json['request_uri'] as string);
    expect(offeredAccounts((await ana.signIn(url, customers.ana)).answer)).toEqual(['ana-everyday']);
    const consent = await lodge(lodgedAt);
    await granted(lodging, byScope(consent));
    const anew = lodging.authorizationUrl((await pushing(lodging, byScope(consent))).json['request_uri'] as string);
    expect(offeredAccounts((await ana.signIn(anew, customers.ana)).answer)).toEqual(['ana-everyday']);
  });

  it('one who holds the account alone needs nobody else', async () => {
    const parameters = ask({ several: 'yes' });
    await granted(carrying, parameters);
    expect((await stores().consents.find({ issuer: issuerOf(carriedAt), clientId: carriedAt, name: parameters.consent_id, now: new Date() }))?.status).toBe('active');
  });
});

describe('by the back channel', () => {
  const ask = async (client: FapiClient, hint: string, change: object = identified): Promise<Answer> =>
    client.ask({ request: await requestObject(client, { parameters: { login_hint: hint, binding_message: '1234', scope: 'openid accounts' } }) }, change);
  const asked = async (consent: LodgedConsent): Promise<string> => (await ask(await stack.party(calledAt), consent.name)).json['auth_req_id'] as string;
  const decide = (id: string, action: 'allow' | 'deny'): Promise<Answer> =>
    send(new Message({ method: 'GET', url: `${issuerOf(calledAt)}/backchannel/decide?${new URLSearchParams({ auth_req_id: id, action }).toString()}` }), { ca: stack.ca });
  const anas = { customerClaims: { cpf: '11122233344' } };

  it('the name of a consent stands for its customer; the yes on the device makes it active, the poll brings its tokens', async () => {
    const client = await stack.party(calledAt);
    const consent = await lodge(calledAt, anas);
    const id = await asked(consent);
    expect((await decide(id, 'allow')).json).toEqual({ outcome: 'decided' });
    expect(await now(consent)).toMatchObject({ status: 'active', customerId: 'customer-ana' });
    const tokens = (await client.poll(id)).json;
    expect(tokens).toMatchObject({ consent_id: consent.name });
    expect((await client.introspect(tokens['refresh_token'] as string)).json).toMatchObject({ exp: consent.expiresAt!.getTime() / 1000 });
    expect(await eventsOf(consent)).toEqual(['lodged', 'authorised']);
    // Active, the name stands for the customer who said yes.
    const again = await asked(consent);
    expect((await decide(again, 'allow')).json).toEqual({ outcome: 'decided' });
    expect((await client.poll(again)).status).toBe(200);
    expect(await eventsOf(consent)).toEqual(['lodged', 'authorised', 'replaced']);
  });

  it('the no ends it', async () => {
    const consent = await lodge(calledAt, anas);
    await decide(await asked(consent), 'deny');
    expect(await now(consent)).toMatchObject({ status: 'rejected', ended: { by: 'customer' } });
  });

  it('of a yes here and a revocation there one is first, and nothing is left between', async () => {
    const client = await stack.party(calledAt);
    for (let round = 0; round < 4; round++) {
      const consent = await lodge(calledAt, anas);
      const id = await asked(consent);
      await Promise.all([decide(id, 'allow'), stores().grants.revoke({ grantId: consent.grantId, actor: { kind: 'client', id: calledAt }, now: new Date(), audit: { type: 'grant.revoked', issuer: issuerOf(calledAt) } })]);
      expect((await now(consent)).status).toBe('revoked');
      expect((await client.poll(id)).status).toBe(400);
    }
  });

  it.each<[string, () => Promise<string>, string]>([
    ['an unknown consent', async () => 'urn:none', 'invalid_request'],
    ['another client’s', async () => (await lodge(calledAt, anas, 'calling-too')).name, 'invalid_request'],
    ['one that names nobody', async () => (await lodge(calledAt, { customerClaims: { cpf: '0' } })).name, 'unknown_user_id'],
    ['one that names no customer at all', async () => (await lodge(calledAt)).name, 'unknown_user_id'],
  ])('%s is refused', async (_, nameOf, error) => {
    expect((await ask(await stack.party(calledAt), await nameOf())).json).toMatchObject({ error });
  });

  it('wants the interaction id where the market does', async () => {
    const refusal = await ask(await stack.party(calledAt), (await lodge(calledAt, anas)).name, {});
    expect([refusal.status, refusal.json['error'], await stack.asLog.ruleOf(refusal)]).toEqual([400, 'invalid_request', 'ASSENT-IID-01']);
  });
});

describe('x-fapi-interaction-id', () => {
  const id = randomUUID();
  const sending = (...values: string[]) => ({ message: (message: Message) => void message.headers.push(...values.map((value): [string, string] => ['x-fapi-interaction-id', value])) });

  it('is answered, on success and on refusal', async () => {
    const parameters = await lodging.prepare(byScope(await lodge(lodgedAt)));
    expect((await lodging.push(parameters, sending(id))).headers.get('x-fapi-interaction-id')).toBe(id);
    const refusal = await lodging.push(await lodging.prepare({ scope: 'nonsense' }), sending(id));
    expect([refusal.status, refusal.headers.get('x-fapi-interaction-id')]).toEqual([400, id]);
    const badUser = await lodging.userinfo('nothing', sending(id));
    expect([badUser.status, badUser.headers.get('x-fapi-interaction-id')]).toEqual([401, id]);
  });

  it('is made where none came, or refused without one, as the market wants', async () => {
    const parameters = await lodging.prepare(byScope(await lodge(lodgedAt)));
    for (const change of [{}, sending('not a uuid'), sending(id, id)]) {
      const made = (await lodging.push(parameters, change)).headers.get('x-fapi-interaction-id');
      expect(made).toMatch(/^[0-9a-f-]{36}$/);
      expect(made).not.toBe(id);
    }
    const wanted = await claiming.prepare(byClaim((await lodge(claimedAt)).name));
    for (const change of [{}, sending('not a uuid'), sending(id, id)]) {
      const refusal = await claiming.push(wanted, change);
      expect([refusal.status, refusal.json['error'], await stack.asLog.ruleOf(refusal)]).toEqual([400, 'invalid_request', 'ASSENT-IID-01']);
      expect(refusal.headers.get('x-fapi-interaction-id')).toMatch(/^[0-9a-f-]{36}$/);
    }
    expect((await claiming.push(wanted, sending(id))).status).toBe(201);
  });

  it('is nothing where the market has none, and at other issuers', async () => {
    expect((await lodging.introspect('nothing', sending(id))).headers.get('x-fapi-interaction-id')).toBeNull();
  });
});

describe('an essential acr', () => {
  it('that the sign-in cannot reach is refused; one it can is in the ID token', async () => {
    const essential = (value: string) => ({ acr: { essential: true, values: [value] } });
    const consent = await lodge(claimedAt);
    expect((await refusedAt(claiming, byClaim(consent.name, essential('urn:nothing:reaches')))).get('error')).toBe('unmet_authentication_requirements');
    const tokens = await granted(claiming, byClaim(consent.name, essential('urn:test:acr:claimed')));
    expect(decodeJwt(tokens['id_token'] as string)).toMatchObject({ acr: 'urn:test:acr:claimed' });
  });

  it('of one market is never told to another: the customer signs in again there', async () => {
    const visitor = stack.visitor();
    const tokens = await granted(claiming, byClaim((await lodge(claimedAt)).name), { visitor });
    expect(decodeJwt(tokens['id_token'] as string)).toMatchObject({ acr: 'urn:test:acr:claimed' });
    const url = lodging.authorizationUrl((await pushing(lodging, byScope(await lodge(lodgedAt)))).json['request_uri'] as string);
    expect((await visitor.open(url)).text).toContain('id="login-submit"');
    const elsewhere = await granted(lodging, byScope(await lodge(lodgedAt)), { visitor });
    expect(decodeJwt(elsewhere['id_token'] as string)).toMatchObject({ acr: 'urn:assent:acr:password' });
  });
});

describe('ending an arrangement at the authorization server', () => {
  const end = async (client: FapiClient, name: string, change: (fields: URLSearchParams) => void = () => undefined): Promise<Answer> => {
    // An introspection request is this request, but for its parameters and its address.
    await client.introspect('nothing', {
      message: (message) => {
        const fields = new URLSearchParams(String(message.body));
        fields.delete('token');
        fields.set('arrangement_id', name);
        change(fields);
        message.body = fields.toString();
        message.url = new URL(client.as['arrangement_revocation_endpoint'] as string);
      },
    });
    return client.last!.answer;
  };

  it('ends it and all its tokens; once more is as good', async () => {
    const tokens = await granted(carrying, { scope: 'openid accounts', sharing_duration: '86400' });
    const name = tokens['arrangement_id'] as string;
    expect((await end(carrying, name)).status).toBe(204);
    expect(await now({ grantId: name })).toMatchObject({ status: 'revoked', ended: { by: 'client' } });
    expect((await carrying.refresh(tokens['refresh_token'] as string)).json).toMatchObject({ error: 'invalid_grant' });
    expect((await carrying.userinfo(tokens['access_token'] as string)).status).toBe(401);
    expect((await end(carrying, name)).status).toBe(204);
  });

  it('leaves another client’s alone, with the answer there is for none', async () => {
    const tokens = await granted(carrying, { scope: 'openid accounts', sharing_duration: '86400' });
    const rival = await stack.party('rival');
    const name = tokens['arrangement_id'] as string;
    const [foreign, unknown] = [await end(rival, name), await end(rival, 'none')];
    expect([foreign.status, foreign.text]).toEqual([422, unknown.text]);
    expect(foreign.json).toEqual({ errors: [{ code: 'unknown_arrangement', detail: 'arrangement_id names no arrangement of this client' }] });
    expect((await now({ grantId: name })).status).toBe('active');
  });

  it('is for clients that authenticate, and takes one name', async () => {
    const anonymous = await end(carrying, 'x', (fields) => fields.delete('client_assertion'));
    expect(anonymous.status).toBe(401);
    const without = await end(carrying, 'x', (fields) => fields.delete('arrangement_id'));
    expect([without.status, without.json['error']]).toEqual([400, 'invalid_request']);
  });
});

describe('two markets, one customer and one client of both', () => {
  it('share a sign-in and nothing else: no consent, no token, no code and no name for the customer of one means anything in the other', async () => {
    const at = (name: string) => FapiClient.open({ client: stack.client('everywhere'), issuer: issuerOf(name), ca: stack.ca });
    const [here, there] = [await at(lodgedAt), await at(carriedAt)];
    const consent = await lodge(lodgedAt, {}, 'everywhere');
    const [mine, theirs] = [await granted(here, byScope(consent)), await granted(there, { scope: 'openid accounts', sharing_duration: '86400' })];
    const arrangement = theirs['arrangement_id'] as string;
    expect(decodeJwt(mine['id_token'] as string).sub).not.toBe(decodeJwt(theirs['id_token'] as string).sub);
    expect([mine, theirs].map((tokens) => decodeJwt(tokens['access_token'] as string).aud)).toEqual([`${stack.resource}/${lodgedAt}`, `${stack.resource}/${carriedAt}`]);
    for (const [elsewhere, tokens] of [[there, mine], [here, theirs]] as const) {
      expect((await elsewhere.introspect(tokens['access_token'] as string)).json).toEqual({ active: false });
      expect((await elsewhere.introspect(tokens['refresh_token'] as string)).json).toEqual({ active: false });
      expect((await elsewhere.userinfo(tokens['access_token'] as string)).status).toBe(401);
      expect((await elsewhere.refresh(tokens['refresh_token'] as string)).json).toMatchObject({ error: 'invalid_grant' });
      await elsewhere.revoke(tokens['refresh_token'] as string);
    }
    expect((await pushing(there, { scope: 'openid accounts', sharing_duration: '86400', amends: consent.grantId })).json).toMatchObject({ error: 'invalid_request' });
    expect((await pushing(here, { scope: `openid accounts consent:${arrangement}` })).json).toMatchObject({ error: 'invalid_request' });
    const prepared = await here.prepare(byScope(await lodge(lodgedAt, {}, 'everywhere')));
    const url = here.authorizationUrl((await here.push(prepared)).json['request_uri'] as string);
    const code = (await ana.approve(url, { ...customers.ana, accounts: ['ana-everyday'] })).searchParams.get('code')!;
    expect((await there.redeem(prepared, code)).json).toMatchObject({ error: 'invalid_grant' });
    expect([await now(consent), await now({ grantId: arrangement })].map(({ status }) => status)).toEqual(['active', 'active']);
    expect((await here.refresh(mine['refresh_token'] as string)).status).toBe(200);
    expect((await there.refresh(theirs['refresh_token'] as string)).status).toBe(200);
  });
});

describe('the end of an arrangement by somebody else', () => {
  const jwks = async () => {
    const { text } = await send(new Message({ method: 'GET', url: carrying.as.jwks_uri! }), { ca: stack.ca });
    return createLocalJWKSet(JSON.parse(text) as JSONWebKeySet);
  };
  const endedBy = async (grantId: string, kind: 'customer' | 'client' | 'staff') => stores().grants.revoke({ grantId, actor: { kind, id: 'somebody' }, now: new Date(), audit: { type: 'grant.revoked', issuer: issuerOf(carriedAt) } });
  const once = { scope: 'openid accounts', sharing_duration: '86400' };

  it('is told to the third party at its own address, under a proof of who calls, again until it takes it', async () => {
    const grantId = (await granted(carrying, once))['arrangement_id'] as string;
    thirdParty.answers.push(500);
    await endedBy(grantId, 'customer');
    const [failed, call] = await thirdParty.calls(2);
    expect([call!.url, call!.headers['content-type']]).toEqual(['/arrangements/revoke', 'application/x-www-form-urlencoded']);
    const keys = await jwks();
    const audience = `https://localhost:${thirdParty.port}/arrangements/revoke`;
    const rules = { issuer: issuerOf(carriedAt), audience, subject: issuerOf(carriedAt), requiredClaims: ['exp', 'iat', 'jti'] };
    const bearer = await jwtVerify(call!.headers.authorization!.replace('Bearer ', ''), keys, rules);
    const told = await jwtVerify(new URLSearchParams(call!.body).get('arrangement_jwt')!, keys, rules);
    expect(told.payload).toMatchObject({ arrangement_id: grantId });
    expect(bearer.payload).not.toHaveProperty('arrangement_id');
    // The same news, proved anew.
    expect(decodeJwt(new URLSearchParams(failed!.body).get('arrangement_jwt')!)).toMatchObject({ jti: told.payload.jti });
    expect(decodeJwt(failed!.headers.authorization!.replace('Bearer ', '')).jti).not.toBe(bearer.payload.jti);
  });

  it('is not told to whoever ended it, nor of a consent nobody said yes to, nor in a market without that', async () => {
    const own = (await granted(carrying, once))['arrangement_id'] as string;
    await endedBy(own, 'client');
    const elsewhere = await lodge(lodgedAt);
    await granted(lodging, byScope(elsewhere));
    await endedBy(elsewhere.grantId, 'staff');
    const waiting = await lodge(carriedAt);
    await endedBy(waiting.grantId, 'staff');
    const { rows } = await stack.database.pool.query('SELECT 1 FROM assent.grant_notice WHERE grant_id = ANY ($1)', [[own, elsewhere.grantId, waiting.grantId]]);
    expect(rows).toEqual([]);
  });
});

it('metadata name what the market has beside', async () => {
  expect(carrying.as['arrangement_revocation_endpoint']).toBe(`${issuerOf(carriedAt)}/arrangements/revoke`);
  expect((carrying.as.mtls_endpoint_aliases as Record<string, string>)['arrangement_revocation_endpoint']).toMatch(/\/carried\/arrangements\/revoke$/);
  const answer = await send(new Message({ method: 'GET', url: `${issuerOf(lodgedAt)}/.well-known/openid-configuration` }), { ca: stack.ca });
  expect(answer.json).toMatchObject({ neutral_service_documentation: `${issuerOf(lodgedAt)}/about`, scopes_supported: ['openid', 'accounts', 'payments'] });
});
