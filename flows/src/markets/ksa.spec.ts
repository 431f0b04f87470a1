import { customers, type Answer, type FapiClient, type Prepared, type WantedClient } from '@assent/testing/fapi';
import { compactVerify, decodeProtectedHeader, type JWTPayload } from 'jose';
import { randomUUID } from 'node:crypto';
import { pushSigned } from '../support/signed.js';
import { startSites, type Sites } from '../support/sites.js';
import type { Stack } from '../support/stack.js';
import { atBank, clientToken, grantOf, hybridResponse, keysOf, redeem, refusedWithin, revokeAsStaff, signedJwt, stopAtDashboard, tokensOf, type JsonObject, type Parameters, type Tokens } from './read-write.js';

/*
 * KSA Open Banking in both versions: consents in JSON and in signed JWTs, the scope accounts:<ConsentId>, pushed requests,
 * accounts, and every place a consent can end at.
 */

const metadata = { scope: 'openid accounts', id_token_signed_response_alg: 'PS256' };
const party = (id: string, at: string, auth: 'private_key_jwt' | 'tls_client_auth'): WantedClient => ({
  id,
  at,
  auth,
  constraint: 'mtls',
  alg: 'PS256',
  signs: true,
  metadata: { ...metadata, client_name: 'حساباتي', response_types: [at === 'ksa-v1' ? 'code id_token' : 'code'], organisation: { legal_name: 'شركة حساباتي المحدودة' } },
});
const versions = [
  { at: 'ksa-v1', prefix: 'one', path: 'open-banking/account-information/2022.11.01-final-errata2' },
  { at: 'ksa', prefix: 'two', path: 'open-banking/account-information/2024.09.01-final-errata1' },
] as const;
type Version = (typeof versions)[number];
const [v1, v2] = versions;

let sites: Sites;
let stack: Stack;
beforeAll(async () => {
  sites = await startSites(
    versions.flatMap(({ at, prefix }) => [party(`${prefix}-jwt`, at, 'private_key_jwt'), party(`${prefix}-tls`, at, 'tls_client_auth'), party(`${prefix}-other`, at, 'private_key_jwt')]),
    { otherIssuers: versions.map(({ at }) => ({ name: at, market: at, signingAlgs: undefined })) },
  );
  stack = sites.stack;
}, 90_000);
afterAll(() => sites?.stop());

const base = ({ at, path }: Version): string => `${stack.resource}/${at}/${path}`;
const jwtParty = ({ prefix }: Version): Promise<FapiClient> => stack.party(`${prefix}-jwt`);
const permissions = ['ReadAccountsDetail', 'ReadBalances', 'ReadTransactionsDetail', 'ReadTransactionsCredits', 'ReadTransactionsDebits', 'ReadPartyPSU'];
const inSeconds = (seconds: number): string => new Date(Date.now() + seconds * 1000).toISOString();
const wanted = (data: object = {}) => ({ Data: { Permissions: permissions, ExpirationDateTime: inSeconds(86_400), ConsentPurpose: ['Account Aggregation'], ...data }, Risk: {} });
const errorOf = ({ json }: Answer): JsonObject | undefined => (json['Errors'] as JsonObject[] | undefined)?.[0];

/** Claims of a good signed body. */
function claimsFor(client: FapiClient, message: object, change: JsonObject = {}): JWTPayload {
  const now = Math.floor(Date.now() / 1000);
  return JSON.parse(JSON.stringify({ iss: client.id, aud: [client.as.issuer], iat: now, nbf: now, exp: now + 3600, message, ...change })) as JWTPayload;
}

async function post(version: Version, client: FapiClient, message: object, { token, jwt }: { readonly token?: string; readonly jwt?: string } = {}): Promise<Answer> {
  const access = token ?? (await clientToken(client, 'accounts'));
  const url = `${base(version)}/account-access-consents`;
  if (version === v1) return atBank(stack, client, 'POST', url, access, { body: message });
  return atBank(stack, client, 'POST', url, access, { body: jwt ?? (await signedJwt(client, claimsFor(client, message))), headers: { 'content-type': 'application/jwt', accept: 'application/jwt' } });
}

/** `Data` of an answer about a consent; in the second version out of a JWT of the issuer, which is verified. */
async function dataOf(version: Version, client: FapiClient, answer: Answer): Promise<JsonObject> {
  if (version === v1) return answer.json['Data'] as JsonObject;
  expect(answer.headers.get('content-type')).toMatch(/^application\/jwt/);
  const { payload } = await compactVerify(answer.text, keysOf(stack, client), { algorithms: ['PS256'] });
  const claims = JSON.parse(Buffer.from(payload).toString()) as { iss: string; aud: string[]; iat: number; exp: number; message: { Data: JsonObject } };
  expect(claims).toMatchObject({ iss: client.as.issuer, aud: [client.id], exp: claims.iat + 3600 });
  return claims.message.Data;
}

async function lodge(version: Version, client: FapiClient, data: object = {}): Promise<string> {
  const answer = await post(version, client, wanted(data));
  if (answer.status !== 201) throw new Error(answer.text);
  return (await dataOf(version, client, answer))['ConsentId'] as string;
}

const consentAt = async (version: Version, client: FapiClient, method: 'GET' | 'DELETE', id: string): Promise<Answer> => atBank(stack, client, method, `${base(version)}/account-access-consents/${id}`, await clientToken(client, 'accounts'));
const statusOf = async (version: Version, client: FapiClient, id: string): Promise<unknown> => (await dataOf(version, client, await consentAt(version, client, 'GET', id)))['Status'];
const get = (version: Version, client: FapiClient, path: string, token: string): Promise<Answer> => atBank(stack, client, 'GET', `${base(version)}${path}`, token);

const asking = (version: Version, id: string): Parameters => ({ scope: `accounts:${id} openid`, response_type: version === v1 ? 'code id_token' : 'code' });

/** Pushed; where to send the browser. */
async function begin(client: FapiClient, parameters: Parameters): Promise<{ readonly prepared: Prepared; readonly pushed: Answer }> {
  const prepared = await client.prepare(parameters);
  return { prepared, pushed: await pushSigned(client, prepared) };
}

async function codeOf(version: Version, client: FapiClient, prepared: Prepared, callback: URL): Promise<string> {
  return version === v1 ? (await hybridResponse(stack, client, prepared, callback)).code : client.callback(callback, prepared).get('code')!;
}

interface Authorized extends Tokens {
  readonly consent: string;
}

async function authorize(version: Version, client: FapiClient, { consent, accounts = ['ana-everyday'] }: { readonly consent?: string; readonly accounts?: readonly string[] } = {}): Promise<Authorized> {
  const id = consent ?? (await lodge(version, client));
  const { prepared, pushed } = await begin(client, asking(version, id));
  if (pushed.status !== 201) throw new Error(JSON.stringify(pushed.json));
  const callback = await stack.visitor().approve(client.authorizationUrl(pushed.json['request_uri'] as string), { ...customers.ana, accounts });
  return { ...tokensOf(await redeem(client, prepared, await codeOf(version, client, prepared, callback))), consent: id };
}

describe.each(versions.map((version) => [version.at, version] as const))('%s', (_, version) => {
  it.each(['jwt', 'tls'])('%s: lodged, authorised, read, refreshed, deleted, refused', async (auth) => {
    const client = await stack.party(`${version.prefix}-${auth}`);
    const consent = await lodge(version, client);
    expect(await statusOf(version, client, consent)).toBe('KSAOB.AwaitingAuthorisation');
    const tokens = await authorize(version, client, { consent });
    expect(tokens.json).toMatchObject({ scope: `accounts:${consent} openid` });
    expect(tokens.json).not.toHaveProperty('authorization_details');
    expect(await statusOf(version, client, consent)).toBe('KSAOB.Authorised');

    const accounts = await get(version, client, '/accounts', tokens.accessToken);
    expect([accounts.status, accounts.json]).toMatchObject([200, { Data: { Account: [{ AccountId: 'ana-everyday', AccountIdentifiers: [{ IdentificationType: 'KSAOB.IBAN' }] }] }, Links: { Self: `${base(version)}/accounts` } }]);
    expect((await get(version, client, '/accounts/ana-everyday/balances', tokens.accessToken)).json).toMatchObject({ Data: { AccountId: 'ana-everyday', Balance: [{ CreditDebitIndicator: 'KSAOB.Credit' }] } });
    expect((await get(version, client, '/accounts/ana-everyday/transactions', tokens.accessToken)).json).toMatchObject({ Data: { Transaction: expect.arrayContaining([expect.objectContaining({ Status: 'KSAOB.Booked' })]) as unknown } });
    expect((await get(version, client, '/party', tokens.accessToken)).json).toMatchObject({ Data: { Party: { FullLegalName: 'Ana Duarte' } } });
    for (const path of ['/accounts/ana-savings', '/accounts/ana-everyday/beneficiaries', '/accounts/ana-everyday/parties']) expect([path, (await get(version, client, path, tokens.accessToken)).status]).toEqual([path, 403]);

    const refreshed = tokensOf(await client.refresh(tokens.refreshToken!));
    expect((await get(version, client, '/accounts', refreshed.accessToken)).status).toBe(200);
    expect((await consentAt(version, client, 'DELETE', consent)).status).toBe(204);
    await refusedWithin(() => get(version, client, '/accounts', refreshed.accessToken));
    expect((await client.refresh(tokens.refreshToken!)).json).toMatchObject({ error: 'invalid_grant' });
    const gone = await consentAt(version, client, 'GET', consent);
    expect([gone.status, errorOf(gone)?.['ErrorCode']]).toEqual([400, 'KSAOB.Resource.NotFound']);
  });

  it('takes the scope accounts:<ConsentId> openid, and no other', async () => {
    const client = await jwtParty(version);
    const other = await stack.party(`${version.prefix}-other`);
    const [mine, theirs] = [await lodge(version, client), await lodge(version, other)];
    const answers = await Promise.all([`openid`, `openid accounts`, `accounts:${mine}`, `accounts:${mine} openid accounts`, `accounts:${mine} accounts:${theirs} openid`, 'accounts: openid'].map(async (scope) => [scope, (await begin(client, { ...asking(version, mine), scope })).pushed.json['error']]));
    for (const [scope, error] of answers) expect([scope, error]).toEqual([scope, 'invalid_scope']);
    for (const id of [theirs, 'aac-none']) expect((await begin(client, asking(version, id))).pushed.json).toMatchObject({ error: 'invalid_request' });
    expect(await statusOf(version, client, mine)).toBe('KSAOB.AwaitingAuthorisation');
  });

  it('takes requests pushed, signed and with PKCE, and answers without JARM', async () => {
    const client = await jwtParty(version);
    const consent = await lodge(version, client);
    const good = await client.prepare(asking(version, consent));
    const unsigned = await client.push(good);
    const [withoutPkce, jarm, type, more] = await Promise.all([
      begin(client, { ...asking(version, consent), code_challenge: undefined, code_challenge_method: undefined }),
      begin(client, { ...asking(version, consent), response_mode: 'jwt' }),
      begin(client, { ...asking(version, consent), response_type: version === v1 ? 'code' : 'code id_token' }),
      begin(client, { ...asking(version, consent), authorization_details: JSON.stringify([{ type: 'urn:assent:ksa:accounts', permissions: ['ReadAccountsBasic'] }]) }),
    ]);
    expect([unsigned, withoutPkce.pushed, jarm.pushed, type.pushed, more.pushed].map(({ json }) => json['error'])).toEqual(['invalid_request', 'invalid_request', 'invalid_request', 'unsupported_response_type', 'invalid_authorization_details']);
    const url = new URL(client.as.authorization_endpoint!);
    url.search = new URLSearchParams({ client_id: client.id, ...good.parameters }).toString();
    expect((await stack.visitor().open(url)).text).not.toContain('id="login-submit"');
  });

  it('refuses consents the market does not know', async () => {
    const client = await jwtParty(version);
    for (const [data, code] of [
      [{ Permissions: ['ReadBalances'] }, 'KSAOB.Field.Invalid'],
      [{ Permissions: ['ReadAccountsBasic', 'ReadOffers'] }, 'KSAOB.Field.Invalid'],
      [{ ExpirationDateTime: '2023-01-28T15:27:13+0300' }, 'KSAOB.Field.InvalidDate'],
      [{ ConsentPurpose: ['Because'] }, 'KSAOB.Field.Invalid'],
      [{ AuthorizationExpirationTimeWindow: '0:00:00' }, 'KSAOB.Field.Invalid'],
    ] as const) {
      const answer = await post(version, client, wanted(data));
      expect([data, answer.status, errorOf(answer)?.['ErrorCode']]).toEqual([data, 400, code]);
    }
  });

  it('binds a consent to the national number in it, and to the time there is to decide', async () => {
    const client = await jwtParty(version);
    const consent = await lodge(version, client, { NationalIdentificationNumber: '2222222222' });
    const { prepared, pushed } = await begin(client, asking(version, consent));
    const url = client.authorizationUrl(pushed.json['request_uri'] as string);
    const wrong = await stack.visitor().signIn(url, customers.ana);
    expect(wrong.answer.text).not.toContain('id="consent-allow"');
    const again = await begin(client, asking(version, consent));
    void prepared;
    const right = await stack.visitor().approve(client.authorizationUrl(again.pushed.json['request_uri'] as string), customers.ben);
    expect(await codeOf(version, client, again.prepared, right)).toBeTruthy();

    const short = await lodge(version, client, { AuthorizationExpirationTimeWindow: '0:01:00' });
    await stack.later(70, async () => {
      expect((await begin(client, asking(version, short))).pushed.json).toMatchObject({ error: 'invalid_request' });
      expect(await statusOf(version, client, short)).not.toBe('KSAOB.AwaitingAuthorisation');
    });
  });

  describe('consent and tokens never differ', () => {
    async function ended(client: FapiClient, { accessToken, refreshToken, consent }: Authorized, status: string): Promise<void> {
      await refusedWithin(() => get(version, client, '/accounts', accessToken));
      expect((await client.refresh(refreshToken!)).json).toMatchObject({ error: 'invalid_grant' });
      expect(await statusOf(version, client, consent)).toBe(status);
      expect((await begin(client, asking(version, consent))).pushed.json).toMatchObject({ error: 'invalid_request' });
    }

    it('when the customer stops it at the dashboard, or the bank’s staff ends it', async () => {
      const client = await jwtParty(version);
      const [one, two] = [await authorize(version, client), await authorize(version, client)];
      await stopAtDashboard(sites, await grantOf(stack, client, one.consent));
      await ended(client, one, 'KSAOB.Revoked');
      await revokeAsStaff(stack, client, await grantOf(stack, client, two.consent));
      await ended(client, two, 'KSAOB.Revoked');
    });

    it('when the customer says no, and when it expires', async () => {
      const client = await jwtParty(version);
      const refused = await lodge(version, client);
      const { pushed } = await begin(client, asking(version, refused));
      const who = stack.visitor();
      const page = await who.signIn(client.authorizationUrl(pushed.json['request_uri'] as string), customers.ana);
      const back = await who.cancel(page.answer, page.url);
      expect(`${back.search}${back.hash}`).toContain('error=access_denied');
      expect(await statusOf(version, client, refused)).toBe('KSAOB.Rejected');

      const consent = await lodge(version, client, { ExpirationDateTime: inSeconds(120) });
      const tokens = await authorize(version, client, { consent });
      await stack.later(130, async () => {
        await refusedWithin(() => get(version, client, '/accounts', tokens.accessToken));
        expect((await client.refresh(tokens.refreshToken!)).json).toMatchObject({ error: 'invalid_grant' });
        expect(await statusOf(version, client, consent)).toBe('KSAOB.Expired');
      });
    });

    it('when DELETE races redemption: either there are no tokens, or they are dead', async () => {
      const client = await jwtParty(version);
      for (let round = 0; round < 3; round += 1) {
        const consent = await lodge(version, client);
        const { prepared, pushed } = await begin(client, asking(version, consent));
        const callback = await stack.visitor().approve(client.authorizationUrl(pushed.json['request_uri'] as string), { ...customers.ana, accounts: ['ana-everyday'] });
        const code = await codeOf(version, client, prepared, callback);
        const token = await clientToken(client, 'accounts');
        const [redeemed, gone] = await Promise.all([redeem(client, prepared, code), atBank(stack, client, 'DELETE', `${base(version)}/account-access-consents/${consent}`, token)]);
        expect(gone.status).toBe(204);
        if (redeemed.status === 200) {
          const tokens = tokensOf(redeemed);
          await refusedWithin(() => get(version, client, '/accounts', tokens.accessToken));
          expect((await client.refresh(tokens.refreshToken!)).json).toMatchObject({ error: 'invalid_grant' });
        } else expect(redeemed.json).toMatchObject({ error: 'invalid_grant' });
        expect((await consentAt(version, client, 'GET', consent)).status).toBe(400);
      }
    });

    it('when it is authorised anew', async () => {
      const client = await jwtParty(version);
      const first = await authorize(version, client);
      const again = await authorize(version, client, { consent: first.consent, accounts: ['ana-savings'] });
      expect((await get(version, client, '/accounts', again.accessToken)).json).toMatchObject({ Data: { Account: [{ AccountId: 'ana-savings' }] } });
      expect((await client.refresh(first.refreshToken!)).json).toMatchObject({ error: 'invalid_grant' });
      expect(await statusOf(version, client, first.consent)).toBe('KSAOB.Authorised');
    });
  });
});

describe('a signed consent of the second version', () => {
  it.each<[string, (client: FapiClient) => Promise<string>, string]>([
    ['another issuer', async (client) => signedJwt(client, claimsFor(client, wanted(), { iss: 'two-other' })), 'KSAOB.Signature.Invalid'],
    ['another audience', async (client) => signedJwt(client, claimsFor(client, wanted(), { aud: ['https://elsewhere.test'] })), 'KSAOB.Signature.Invalid'],
    ['no end', async (client) => signedJwt(client, claimsFor(client, wanted(), { exp: undefined })), 'KSAOB.Signature.Invalid'],
    ['an end too far off', async (client) => signedJwt(client, claimsFor(client, wanted(), { exp: Math.floor(Date.now() / 1000) + 7200 })), 'KSAOB.Signature.Invalid'],
    ['an end in the past', async (client) => signedJwt(client, claimsFor(client, wanted(), { nbf: 1, iat: 1, exp: 3000 })), 'KSAOB.Signature.Invalid'],
    ['a beginning in the future', async (client) => signedJwt(client, claimsFor(client, wanted(), { nbf: Math.floor(Date.now() / 1000) + 120 })), 'KSAOB.Signature.Invalid'],
    ['no message', async (client) => signedJwt(client, claimsFor(client, wanted(), { message: undefined })), 'KSAOB.Signature.Invalid'],
    ['somebody else’s key', async (client) => signedJwt(client, claimsFor(client, wanted()), { key: (await stack.party('two-other')).test.signing.key }), 'KSAOB.Signature.Invalid'],
    ['no JWT at all', async () => JSON.stringify(wanted()), 'KSAOB.Resource.InvalidFormat'],
  ])('is refused with %s', async (_, jwt, code) => {
    const client = await jwtParty(v2);
    const answer = await post(v2, client, {}, { jwt: await jwt(client) });
    expect([answer.status, errorOf(answer)?.['ErrorCode']]).toEqual([400, code]);
  });

  it('is not taken as JSON', async () => {
    const client = await jwtParty(v2);
    const answer = await atBank(stack, client, 'POST', `${base(v2)}/account-access-consents`, await clientToken(client, 'accounts'), { body: wanted() });
    expect(answer.status).toBe(415);
  });

  it('is answered with a key the issuer publishes', async () => {
    const client = await jwtParty(v2);
    expect(decodeProtectedHeader((await post(v2, client, wanted())).text)).toMatchObject({ alg: 'PS256', kid: expect.any(String) as string });
  });
});

it('the second version takes nothing but client_id and request_uri through the browser', async () => {
  const client = await jwtParty(v2);
  const { pushed } = await begin(client, asking(v2, await lodge(v2, client)));
  const url = client.authorizationUrl(pushed.json['request_uri'] as string);
  for (const [name, value] of [['scope', 'openid'], ['state', randomUUID()], ['response_type', 'code']] as const) {
    const more = new URL(url);
    more.searchParams.set(name, value);
    const answer = await stack.visitor().open(more);
    expect([answer.status, answer.text.includes('id="login-submit"')]).toEqual([400, false]);
  }
  expect((await stack.visitor().open(url)).text).toContain('id="login-submit"');
});

it('one customer at both versions and no leak between them', async () => {
  const [one, two] = [await jwtParty(v1), await jwtParty(v2)];
  const [first, second] = [await authorize(v1, one), await authorize(v2, two, { accounts: ['ana-savings'] })];
  expect([(await get(v2, two, '/accounts', first.accessToken)).status, (await get(v1, one, '/accounts', second.accessToken)).status]).toEqual([401, 401]);
  expect([(await consentAt(v2, two, 'GET', first.consent)).status, (await consentAt(v1, one, 'GET', second.consent)).status]).toEqual([400, 400]);
  expect((await consentAt(v1, one, 'DELETE', first.consent)).status).toBe(204);
  expect((await get(v2, two, '/accounts', second.accessToken)).json).toMatchObject({ Data: { Account: [{ AccountId: 'ana-savings' }] } });
});
