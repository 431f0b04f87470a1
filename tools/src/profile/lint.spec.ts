import { generateKeyPairSync } from 'node:crypto';
import { parseConfig, type AssentConfig } from '@assent/config';
import { markets, marketNamed } from '@assent/markets';
import { lintIssuer, type Reason } from './lint.js';

/* One configuration that passes, and settings broken in it one at a time. */

type Json = Readonly<Record<string, unknown>>;

const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const jwks = { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'tpp-1', alg: 'PS256', use: 'sig' }] };

const client = (over: Json = {}): Json => ({
  client_id: 'tpp',
  client_name: 'A third party',
  redirect_uris: ['https://tpp.example/callback'],
  grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
  response_types: ['code id_token'],
  scope: 'openid accounts payments',
  token_endpoint_auth_method: 'private_key_jwt',
  token_endpoint_auth_signing_alg: 'PS256',
  request_object_signing_alg: 'PS256',
  id_token_signed_response_alg: 'PS256',
  tls_client_certificate_bound_access_tokens: true,
  jwks,
  ...over,
});

const without = (object: Json, ...names: readonly string[]): Json => Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));

/** The configuration with one issuer, called `bank`. */
async function configWith(issuer: Json, over: Json = {}): Promise<AssentConfig> {
  const whole = {
    authorizationServer: { publicUrl: 'https://as.test', mtlsUrl: 'https://mtls.as.test' },
    resourceServer: { publicUrl: 'https://api.test' },
    resources: [{ identifier: 'https://api.test', name: 'Accounts', scopes: ['accounts', 'balances'] }],
    issuers: [{ name: 'bank', clients: [client()], ...issuer }],
    ...over,
  };
  return parseConfig(JSON.stringify(whole), { env: { ASSENT_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64') }, cwd: '/nowhere', file: '/nowhere/x.yaml', purpose: 'audit' });
}

async function reasonsFor(market: string, issuer: Json, over: Json = {}): Promise<readonly Reason[]> {
  const config = await configWith(issuer, over);
  return lintIssuer(config, config.issuers[0]!, marketNamed(market));
}

const said = (reasons: readonly Reason[]): readonly string[] => reasons.map(({ rule, about, at }) => `${rule} ${about} ${at}`);
const uk = { market: 'uk' };

it.each(markets.map(({ name }) => name))('%s passes with what it has where the configuration is silent, once somebody can join', async (name) => {
  const reasons = await reasonsFor(name, { market: name, clients: [] });
  const joins = marketNamed(name).onboarding.kind === 'configured' ? [] : ['ASSENT-ML-15 issuer issuers[].registration'];
  expect(said(reasons)).toEqual(joins);
});

it('nothing stands in the way of a good client in its market', async () => {
  expect(await reasonsFor('uk', uk)).toEqual([]);
});

describe('a setting of the issuer that is broken alone', () => {
  it.each<[string, Json, Json, string]>([
    ['scopes that lack one', { scopes: ['openid', 'accounts'], clients: [client({ scope: 'openid accounts' })] }, {}, 'ASSENT-ML-05 issuer issuers[].scopes'],
    ['acr values of another market', { acrValues: ['urn:cds.au:cdr:2'] }, {}, 'ASSENT-ML-06 issuer issuers[].acrValues'],
    ['no claim for the intent', { claims: ['name'] }, {}, 'ASSENT-ML-07 issuer issuers[].claims'],
    ['refresh tokens that end before the consent', { lifetimes: { refreshToken: '1d' } }, {}, 'ASSENT-ML-04 issuer issuers[].lifetimes.refreshToken'],
    ['grant management beside the market’s own ways', { grantManagement: { actions: ['merge'] } }, {}, 'ASSENT-ML-12 issuer issuers[].grantManagement.actions'],
    ['no address of mTLS aliases', {}, { authorizationServer: { publicUrl: 'https://as.test', mtlsUrl: 'none' } }, 'ASSENT-ML-13 issuer authorizationServer.mtlsUrl'],
    ['nobody who could join', { clients: [] }, {}, 'ASSENT-ML-15 issuer issuers[].registration'],
  ])('%s', async (_, issuer, over, expected) => {
    expect(said(await reasonsFor('uk', { ...uk, ...issuer }, over))).toEqual([expected]);
  });

  it('a proxy that hands no certificate on, at both servers', async () => {
    const reasons = await reasonsFor('uk', uk, { tls: { termination: 'proxy' }, proxy: { trustedAddresses: ['10.0.0.1'], clientCertificateHeader: 'none' } });
    expect(said(reasons)).toEqual(['ASSENT-ML-14 issuer authorizationServer.proxy.clientCertificateHeader', 'ASSENT-ML-14 issuer resourceServer.proxy.clientCertificateHeader']);
  });

  it.each<[string, string, Json, string]>([
    ['an algorithm the market does not know', 'ksa', { market: 'ksa-v1', signingAlgs: ['PS256', 'ES256'], clients: [] }, 'ASSENT-ML-09 issuer issuers[].signingAlgs'],
    ['access tokens by it', 'ksa', { market: 'ksa-v1', signingAlgs: ['PS256', 'ES256'], accessTokenAlg: 'ES256', clients: [] }, 'ASSENT-ML-09 issuer issuers[].accessTokenAlg'],
    ['details its requests could not carry', 'uae', { market: 'uae', authorizationDetailsTypes: [], clients: [] }, 'ASSENT-ML-08 issuer issuers[].authorizationDetailsTypes'],
    ['public subjects where only pairwise ones are', 'connectid', { market: 'uae', clients: [] }, 'ASSENT-ML-10 issuer subject_types_supported'],
    ['a rule that is not asked', 'connectid', { market: 'uae', clients: [] }, 'CID-PUR-01 issuer rules.CID-PUR-01'],
    ['another market', 'brazil', { market: 'uk', clients: [] }, 'ASSENT-ML-01 issuer issuers[].market'],
    ['a policy that asks less', 'brazil', { market: 'uk', clients: [] }, 'ASSENT-ML-02 issuer policy.par'],
    ['a policy third parties could not comply with', 'uk', { market: 'brazil', clients: [] }, 'ASSENT-ML-03 issuer policy.par'],
    ['tokens that may be for other resources', 'uk', { profile: 'fapi1-advanced', clients: [] }, 'ASSENT-ML-11 issuer resources'],
    ['staff', 'uk', { profile: 'fapi2-security', signsIn: 'staff', clients: [] }, 'ASSENT-ML-01 issuer issuers[].signsIn'],
  ])('of another market or profile: %s', async (_, market, issuer, expected) => {
    expect(said(await reasonsFor(market, issuer))).toContain(expected);
  });
});

describe('a client', () => {
  // Of an issuer whose profile takes what the market does not.
  const outside = { profile: 'fapi1-advanced', signingAlgs: ['PS256', 'ES256'], scopes: ['openid', 'accounts', 'balances', 'payments'] };
  it.each<[string, Json, string]>([
    ['authenticates by a certificate nobody issued', without(client({ token_endpoint_auth_method: 'self_signed_tls_client_auth' }), 'token_endpoint_auth_signing_alg', 'jwks'), 'token_endpoint_auth_method'],
    ['signs ID tokens’ worth by another algorithm', client({ id_token_signed_response_alg: 'ES256' }), 'id_token_signed_response_alg'],
    ['asks for a scope the market has not', client({ scope: 'openid accounts balances' }), 'scope'],
    ['asks for a response the market has not', client({ response_types: ['code', 'code id_token'], response_modes: ['jwt', 'fragment'] }), 'response_types.0'],
    ['signs requests by another algorithm', client({ request_object_signing_alg: 'ES256' }), 'request_object_signing_alg'],
  ])('%s', async (_, metadata, at) => {
    const jwksUri = metadata['jwks'] === undefined ? { jwks_uri: 'https://tpp.example/jwks' } : {};
    const reasons = (await reasonsFor('uk', { ...outside, clients: [{ ...metadata, ...jwksUri }] })).filter(({ about }) => about === 'tpp');
    expect(said(reasons)).toContain(`ASSENT-ML-17 tpp ${at}`);
    expect(reasons.every(({ clause, fix, problem }) => clause !== '' && fix !== '' && problem !== '')).toBe(true);
  });

  it('of the bank itself is none of the market’s', async () => {
    const own = { client_id: 'api', grant_types: ['client_credentials'], token_endpoint_auth_method: 'private_key_jwt', jwks_uri: 'https://api.test/jwks', introspection: ['https://api.test/bank'] };
    expect(await reasonsFor('uk', { ...uk, clients: [client(), own] })).toEqual([]);
  });
});

it('gives every reason a rule, a clause and a fix', async () => {
  for (const { name } of markets) {
    const reasons = await reasonsFor(name, { profile: 'fapi1-baseline', clients: [{ client_id: 'app', redirect_uris: ['https://app.example/cb'], grant_types: ['authorization_code'], response_types: ['code'], scope: 'openid', token_endpoint_auth_method: 'none' }] });
    expect([name, reasons.length > 10]).toEqual([name, true]);
    for (const reason of reasons) expect(Object.entries(reason).filter(([, text]) => text === '')).toEqual([]);
  }
});
