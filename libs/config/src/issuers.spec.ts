import { generateKeyPairSync } from 'node:crypto';
import { fapi2Security } from '@assent/profiles';
import { parse, problemsOf, sampleWith } from './fixtures/configuration.js';

const second = `  - name: second
    profile: fapi2-security
    url: https://id.other.test
    mtlsUrl: https://mtls.other.test
    signingAlgs: [EdDSA]
    scopes: [openid]
    dpopNonce: required
    clients:
      - client_id: tally
        redirect_uris: [https://tally.test/callback]
        token_endpoint_auth_method: private_key_jwt
        jwks_uri: https://tally.test/jwks
customers:
`;

describe('issuers', () => {
  it('stand side by side in one file, each with its own address, keys and clients', async () => {
    const { issuers } = await parse(sampleWith(['customers:\n', second]));
    expect(issuers).toMatchObject([
      { name: 'main', issuer: 'https://as.test:1443/main', mtlsBase: 'https://as.test:1444/main', signingAlgs: ['PS256', 'ES256'], accessTokenAlg: 'ES256', scopes: ['openid', 'profile', 'email', 'offline_access', 'accounts', 'balances'], claims: ['name'] },
      { name: 'second', issuer: 'https://id.other.test', mtlsBase: 'https://mtls.other.test/second', signingAlgs: ['EdDSA'], accessTokenAlg: 'EdDSA', scopes: ['openid'] },
    ]);
    expect(issuers.map(({ policy }) => [policy.accessTokenLifetime, policy.dpopNonce])).toEqual([[300, 'off'], [600, 'required']]);
    expect(issuers.map(({ clients }) => clients.map(({ client_id, id_token_signed_response_alg }) => [client_id, id_token_signed_response_alg]))).toEqual([[['tally', 'PS256']], [['tally', 'EdDSA']]]);
  }); // prettier-ignore

  it('have a name and an address of their own', async () => {
    expect(await problemsOf(sampleWith(['customers:\n', second.replace('name: second', 'name: main')]))).toEqual(['config/x.yaml:26: issuers[1].name: expected a value of its own, found "main" a second time']);
    expect(await problemsOf(sampleWith(['customers:\n', second.replace('https://id.other.test', 'https://as.test:1443/main')]))).toEqual(['config/x.yaml:28: issuers[1].url: expected a value of its own, found "https://as.test:1443/main" a second time']);
  });

  describe('authorization_details', () => {
    const understood: [string, string] = ['scopes: [accounts, balances]', 'scopes: [accounts, balances]\n    authorizationDetailsTypes: [account_information, payment_initiation]'];
    const offers = (types: string): [string, string] => ['    lifetimes:\n', `    authorizationDetailsTypes: ${types}\n    lifetimes:\n`];
    const may = (types: string): [string, string] => ['client_name: Tally', `authorization_details_types: ${types}`];

    it('are offered where a resource understands them, and used by clients that are registered for them', async () => {
      const of = async (...changes: [string, string][]) => {
        const [issuer] = (await parse(sampleWith(...changes))).issuers;
        return [issuer?.authorizationDetailsTypes, issuer?.clients[0]?.authorization_details_types];
      };
      expect(await of()).toEqual([[], undefined]);
      expect(await of(understood)).toEqual([['account_information', 'payment_initiation'], undefined]);
      expect(await of(understood, offers('[payment_initiation]'), may('[payment_initiation]'))).toEqual([['payment_initiation'], ['payment_initiation']]);
      expect(await of(understood, offers('[]'))).toEqual([[], undefined]);
    });

    it('are refused where nobody understands or offers them', async () => {
      expect(await problemsOf(sampleWith(understood, offers('[account_informations]')))).toEqual([
        'config/x.yaml:18: issuers[0].authorizationDetailsTypes[0]: expected one of resources[].authorizationDetailsTypes, found "account_informations"; did you mean account_information?',
      ]);
      expect(await problemsOf(sampleWith(understood, offers('[account_information]'), may('[payment_initiation]')))).toEqual([
        expect.stringMatching(/issuers\[0\]\.clients\[0\]\.authorization_details_types\[0\]: expected account_information, found "payment_initiation" \(RFC 9396 section 10\)$/),
      ]);
      expect(await problemsOf(sampleWith(understood, offers('[account_information]\n    signsIn: staff'), ['scope: openid accounts', 'scope: openid']))).toEqual([expect.stringMatching(/expected none \(staff have no account data\)/)]);
    });

    it('may be of types of one’s own, whose files start at the configuration', async () => {
      expect((await parse(sampleWith(['mode: development', 'mode: development\ndetailTypes: [types/insurance.js, /opt/types/loan.js]']))).detailTypes).toEqual(['/nowhere/config/types/insurance.js', '/opt/types/loan.js']);
    });
  });

  it('do not contradict their profile', async () => {
    const advanced: [string, string] = ['profile: fapi2-security', 'profile: fapi1-advanced'];
    const [uris] = await problemsOf(sampleWith(['profile: fapi2-security', 'profile: fapi1-advanced\n    redirectUris: registered-or-pushed']));
    expect(uris).toMatch(/issuers\[0\]: unregistered redirect URIs may come through the browser.* \(redirectUris, par\)$/);
    const problems = await problemsOf(sampleWith([advanced[0], `${advanced[1]}\n    signingAlgs: [PS256, EdDSA]`]));
    expect(problems).toContainEqual(expect.stringMatching(/issuers\[0\]\.signingAlgs\[1\]: expected one of PS256, ES256 \(FAPI 1\.0 Advanced 8\.6.*\), found "EdDSA"$/));
  });

  it('name no mTLS aliases when the main address asks for certificates itself', async () => {
    const config = await parse(sampleWith(['https://as.test:1444', 'none']));
    expect(config.authorizationServer).toMatchObject({ mtlsUrl: undefined, listeners: [{ kind: 'mtls', port: 1443 }] });
    expect(config.issuers[0]?.mtlsBase).toBeUndefined();
  });

  it.each([
    ['code', 'codeLifetime'],
    ['requestUri', 'requestUriLifetime'],
    ['accessToken', 'accessTokenLifetime'],
    ['refreshToken', 'refreshTokenLifetime'],
    ['idToken', 'idTokenLifetime'],
    ['grant', 'grantLifetime'],
    ['clientAssertion', 'clientAssertionMaxLifetime'],
    ['dpopProof', 'dpopProofMaxAge'],
  ] as const)('tighten the lifetime %s and never loosen it', async (name, key) => {
    const most = fapi2Security.policy[key];
    const withLifetime = (seconds: number) => sampleWith(['accessToken: 5m', `${name}: ${seconds}`]);
    expect((await parse(withLifetime(most))).issuers[0]?.policy[key]).toBe(most);
    expect((await parse(withLifetime(most - 1))).issuers[0]?.policy[key]).toBe(most - 1);
    expect(await problemsOf(withLifetime(most + 1))).toEqual([`config/x.yaml:18: issuers[0].lifetimes.${name}: expected at most ${most} seconds (${fapi2Security.sources[key]}), found ${most + 1}`]);
  });

  it('let no access token outlive the memory of revocations, whatever a profile allows', async () => {
    expect(await problemsOf(sampleWith(['accessToken: 5m', 'accessToken: 25h']))).toEqual([expect.stringMatching(/^config\/x\.yaml:18: issuers\[0\]\.lifetimes\.accessToken: expected .*, at most 24h, found "25h"$/)]);
    expect(fapi2Security.policy.accessTokenLifetime).toBeLessThanOrEqual(86_400);
  });

  it.each([
    ['signingAlgs: []', 'signingAlgs: expected at least one of PS256, ES256, EdDSA, found an empty list'],
    ['signingAlgs: [RS256]', 'signingAlgs[0]: expected one of PS256, ES256, EdDSA, found "RS256"'],
    ['signingAlgs: [PS256]\n    accessTokenAlg: ES256', 'accessTokenAlg: expected one of signingAlgs (PS256), found "ES256"'],
    ['dpopNonce: never', 'dpopNonce: expected one of off, required, found "never"'],
    ['mtlsUrl: none', 'mtlsUrl: expected an https URL without a path, found "none"'],
    ['url: https://id.test/', 'url: expected an https URL without query, fragment or trailing slash, found "https://id.test/"'],
  ])('refuse %j', async (text, problem) => {
    expect(await problemsOf(sampleWith(['profile: fapi2-security', `profile: fapi2-security\n    ${text}`]))).toEqual([expect.stringContaining(`: issuers[0].${problem}`)]);
  });

  it('may take redirect URIs that clients push', async () => {
    const { issuers } = await parse(sampleWith(['profile: fapi2-security', 'profile: fapi2-security\n    redirectUris: registered-or-pushed']));
    expect(issuers[0]?.policy.redirectUris).toBe('registered-or-pushed');
    expect(issuers[0]?.rules.loosenings['redirectUris']).toMatchObject({ why: expect.any(String) });
  });
});

/** The registration of somebody else's test client, as their tool exports it. */
const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'k1', use: 'sig', alg: 'ES256' };
const foreign = {
  client_id: 'conformance-4711',
  client_id_issued_at: 1_760_000_000,
  client_name: 'Somebody’s test client',
  'client_name#fi': 'Jonkun testiasiakas',
  contacts: ['dev@somebody.test'],
  software_id: '1b671a64-40d5-491e-99b0-da01ff1f3341',
  software_version: '1.0',
  logo_uri: 'https://somebody.test/logo.png',
  tos_uri: 'https://somebody.test/tos',
  policy_uri: 'https://somebody.test/privacy',
  application_type: 'web',
  redirect_uris: ['https://somebody.test/test/a/assent/callback'],
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  scope: 'openid offline_access accounts',
  token_endpoint_auth_method: 'private_key_jwt',
  token_endpoint_auth_signing_alg: 'ES256',
  jwks: { keys: [jwk] },
  dpop_bound_access_tokens: true,
  require_pushed_authorization_requests: true,
  registration_client_uri: 'https://somebody.test/register/4711',
  backchannel_logout_uri: 'https://somebody.test/logout',
  vendor_extension: { anything: true },
  sector: null,
};
const pasted = (metadata: object, indent?: number): string => sampleWith(['      - client_id: tally\n', `      - ${JSON.stringify(metadata, null, indent).replaceAll('\n', '\n        ')}\n      - client_id: tally\n`]);

describe('a pasted client', () => {
  it.each([undefined, 2])('is taken as it is, naming what is ignored (indented by %s)', async (indent) => {
    const config = await parse(pasted(foreign, indent));
    expect(config.issuers[0]?.clients[0]).toMatchObject({ client_id: 'conformance-4711', scope: ['openid', 'offline_access', 'accounts'], jwks: { keys: [jwk] }, dpop_bound_access_tokens: true, id_token_signed_response_alg: 'PS256' });
    expect(config.warnings).toEqual(['config/x.yaml:20: issuers[0].clients[0]: ignored unknown metadata: registration_client_uri, backchannel_logout_uri, vendor_extension, sector (RFC 7591 section 2)']);
  });

  it('is refused with a private key, which no message repeats', async () => {
    const secret = privateKey.export({ format: 'jwk' });
    const problems = await problemsOf(pasted({ ...foreign, jwks: { keys: [jwk, { ...secret, kid: 'k2' }] } }));
    expect(problems).toEqual([expect.stringMatching(/^config\/x\.yaml:20: issuers\[0\]\.clients\[0\]\.jwks\.keys\[1\]\.d: expected only the public part .*, found a private key \(RFC 7591 section 2\)$/)]);
    expect(problems.join()).not.toContain(secret.d);
  });

  it.each([
    ['a shared secret as a key', { jwks: { keys: [{ kty: 'oct', k: 'c2VjcmV0' }] } }, 'jwks.keys[0].kty: expected RSA, EC or OKP (no shared secrets), found "oct"'],
    ['both kinds of key sets', { jwks_uri: 'https://somebody.test/jwks' }, 'jwks_uri: expected either jwks or jwks_uri, found both'],
    ['no client_id', { client_id: undefined }, 'client_id: expected 1 to 255 printable ASCII characters without spaces, found nothing'],
    ['encrypted ID tokens', { id_token_encrypted_response_alg: 'RSA-OAEP' }, 'id_token_encrypted_response_alg: expected no such member (not supported by this issuer), found "RSA-OAEP"'],
    ['a foreign algorithm', { id_token_signed_response_alg: 'RS256' }, 'id_token_signed_response_alg: expected one of PS256, ES256, found "RS256"'],
    ['scopes as a list', { scope: ['openid'] }, 'scope: expected one text of scopes separated by spaces, found a list'],
  ])('is refused with %s', async (_what, change, problem) => {
    expect(await problemsOf(pasted({ ...foreign, ...change }))).toEqual([expect.stringContaining(`issuers[0].clients[0].${problem}`)]);
  });

  it('has a client_id of its own', async () => {
    expect(await problemsOf(pasted({ ...foreign, client_id: 'tally' }))).toEqual([expect.stringMatching(/issuers\[0\]\.clients\[1\]\.client_id: expected a value of its own, found "tally" a second time$/)]);
  });

  it.each([
    ['customer-1', `expected a client_id that resembles no customer's id, found "customer-1" beside customer "customer-1" (FAPI 2.0 SP 6.7)`],
    ['Customer_1', `expected a client_id that resembles no customer's id, found "Customer_1" beside customer "customer-1" (FAPI 2.0 SP 6.7)`],
    ['A'.repeat(43), `expected a client_id that resembles no subject identifier (43 base64url characters), found "${'A'.repeat(43)}" (FAPI 2.0 SP 6.7)`],
  ])('is not called %s, as a customer might be', async (id, problem) => {
    expect(await problemsOf(sampleWith(['client_id: tally', `client_id: ${id}`]))).toEqual([`config/x.yaml:20: issuers[0].clients[0].client_id: ${problem}`]);
  });
});

describe('grant management', () => {
  const api = (scopes: string) => `  - { identifier: https://grants.test:1446/grants, name: Grants API, scopes: [${scopes}] }\ngrantManagement: { publicUrl: 'https://grants.test:1446' }\nissuers:`;
  const withText = (text: string, scopes = 'grant_management_query, grant_management_revoke') =>
    sampleWith(['issuers:', api(scopes)], ['profile: fapi2-security', `profile: fapi2-security\n    ${text.includes('scopes:') ? '' : 'scopes: [openid, accounts]\n    '}${text}`]);
  const actionsOf = async (text: string) => (await parse(withText(text))).issuers[0]?.grantManagement;
  const both = 'scopes: [openid, accounts, grant_management_query, grant_management_revoke]';

  it('offers every action, those of the API where its scopes are offered', async () => {
    expect(await actionsOf('dpopNonce: off')).toEqual({ actionRequired: false, actions: ['create', 'merge', 'replace'] });
    expect(await actionsOf(both)).toEqual({ actionRequired: false, actions: ['create', 'merge', 'replace', 'query', 'revoke'] });
    expect(await actionsOf('grantManagement: { actionRequired: true, actions: [create] }')).toEqual({ actionRequired: true, actions: ['create'] });
    expect(await actionsOf('grantManagement: { actions: [] }')).toEqual({ actionRequired: false, actions: [] });
  });

  it.each([
    ['grantManagement: { actions: [query] }', 'grantManagement.actions: expected the scope grant_management_query among scopes, as actions has query'],
    [`${both}\n    grantManagement: { actions: [query] }`, 'grantManagement.actions: expected revoke among actions, as scopes has grant_management_revoke'],
    ['grantManagement: { actionRequired: true, actions: [] }', 'grantManagement.actionRequired: expected at least one of create, merge, replace among actions, as every request must name one'],
    ['grantManagement: { actions: [update] }', 'grantManagement.actions[0]: expected one of create, merge, replace, query, revoke, found "update"'],
    ['grantManagement: { actionRequired: maybe }', 'grantManagement.actionRequired: expected true or false, found "maybe"'],
  ])('refuses %s', async (text, problem) => {
    expect(await problemsOf(withText(text))).toEqual([expect.stringContaining(`issuers[0].${problem}`)]);
  });

  it('needs the API as a resource that tokens can be for', async () => {
    const expected = (action: string) => expect.stringContaining(`resources: expected https://grants.test:1446/grants (grantManagement.publicUrl and /grants) with the scope grant_management_${action}, as issuer main offers ${action}`) as unknown;
    expect(await problemsOf(withText(both, 'grant_management_query'))).toEqual([expected('revoke')]);
    expect(await problemsOf(withText(both, 'other'))).toEqual([expected('query'), expected('revoke')]);
  });
});
