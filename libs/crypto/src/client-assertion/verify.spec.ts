import { SignJWT } from 'jose';
import type { SigningAlg } from '@assent/protocol';
import { ClientKeys } from '../jwks/client-keys.js';
import { KeySetError } from '../jwks/remote-key-set.js';
import { bareJwk, publicJwk, type SigningKey } from '../jwks/signing-key.js';
import { signJws } from '../jws/issue.js';
import { aClient, after, aKey, allAlgs, encode, issuer, jwksOf, now, refusalOf, seconds } from '../spec-support/fixtures.js';
import { signClientAssertion } from './issue.js';
import { clientIdOfAssertion, verifyClientAssertion, type ClientAssertionRules } from './verify.js';

const keysOf = new Map<string, SigningKey>();
const own = (alg: string): SigningKey => keysOf.get(alg) as SigningKey;
beforeAll(async () => {
  for (const alg of ['ES256', 'PS256', 'EdDSA'] as const) keysOf.set(alg, await aKey(alg));
});

const clientKeys = new ClientKeys({ fetchJson: () => Promise.reject(new Error('no network')), clock: { now: () => now } });
function rules(changes: Partial<ClientAssertionRules> = {}): ClientAssertionRules {
  const client = changes.client ?? aClient({ jwks: jwksOf(...keysOf.values()) });
  return { client, issuer, audience: 'issuer', algs: allAlgs, keys: (header) => clientKeys.find(client, header), now, maxLifetime: 300, clockSkew: 30, ...changes };
}
const anAssertion = (claims: object = {}, key = own('ES256')) => signClientAssertion({ clientId: 'tally-budget', audience: issuer, key, now, claims: claims as Record<string, unknown> });
const withHeader = (header: Record<string, unknown>) => signJws(header, { iss: 'tally-budget', sub: 'tally-budget', aud: issuer, jti: 'j', exp: seconds + 60 }, own('ES256'));

describe('verifyClientAssertion accepts', () => {
  it.each(['ES256', 'PS256', 'EdDSA'])('%s', async (alg) => {
    expect(await verifyClientAssertion(await anAssertion({}, own(alg)), rules())).toMatchObject({ kind: 'client_assertion' });
  });

  it.each(['EdDSA', 'Ed25519'] as const)('either name of Ed25519, whichever is registered: %s', async (registered) => {
    const client = aClient({ jwks: jwksOf(own('EdDSA')), token_endpoint_auth_signing_alg: registered });
    for (const alg of ['EdDSA', 'Ed25519']) {
      const jwt = await new SignJWT({ jti: alg }).setProtectedHeader({ alg }).setIssuer('tally-budget').setSubject('tally-budget').setAudience(issuer).setExpirationTime(seconds + 60).sign(own('EdDSA').key as never);
      expect(await verifyClientAssertion(jwt, rules({ client }))).toMatchObject({ kind: 'client_assertion' });
    }
  });

  it('one made by jose', async () => {
    const jwt = await new SignJWT({ jti: 'j' }).setProtectedHeader({ alg: 'ES256' }).setIssuer('tally-budget').setSubject('tally-budget').setAudience(issuer).setExpirationTime(seconds + 60).sign(own('ES256').key as never);
    expect(await verifyClientAssertion(jwt, rules())).toMatchObject({ kind: 'client_assertion' });
  });

  it.each<[string, object]>([
    ['F2-AS-13: iat 10 s ahead', { iat: seconds + 10 }],
    ['F2-AS-13: nbf 10 s ahead', { nbf: seconds + 10 }],
    ['no iat', { iat: undefined }],
    ['fractions of seconds', { iat: seconds + 0.5, exp: seconds + 59.9 }],
    ['an old iat with exp still ahead', { iat: seconds - 86_400 }],
    ['the longest lifetime', { exp: seconds + 300 }],
    ['the longest lifetime on a fast clock', { exp: seconds + 330 }],
    ['the longest jti', { jti: 'x'.repeat(256) }],
    ['unknown claims', { anything: [1, { deep: true }] }],
  ])('%s', async (_, claims) => {
    expect(await verifyClientAssertion(await anAssertion(claims), rules())).toMatchObject({ kind: 'client_assertion' });
  });

  it.each([undefined, 'JWT', 'jwt', 'client-authentication+jwt', 'application/client-authentication+jwt'])('F2-CA-07: typ %s', async (typ) => {
    expect(await verifyClientAssertion(await withHeader({ typ }), rules())).toMatchObject({ kind: 'client_assertion' });
  });

  it.each<[string, unknown]>([
    ['the issuer', issuer],
    ['an endpoint', `${issuer}/token`],
    ['a list that names one', ['https://else.example', `${issuer}/token`]],
  ])('where endpoints may be audience: %s', async (_, aud) => {
    const endpoints = [`${issuer}/token`, `${issuer}/par`];
    expect(await verifyClientAssertion(await anAssertion({ aud }), rules({ audience: 'issuer-or-endpoint', endpoints }))).toBeTruthy();
  });
});

describe('verifyClientAssertion refuses with invalid_client', () => {
  it.each<[string, string, object]>([
    ['F2-CA-02', 'no iss', { iss: undefined }],
    ['F2-CA-02', 'iss of another client', { iss: 'other' }],
    ['F2-CA-02', 'iss that is a list', { iss: ['tally-budget'] }],
    ['F2-CA-02', 'no sub', { sub: undefined }],
    ['F2-CA-02', 'sub of another client', { sub: 'other' }],
    ['F2-AS-08', 'no aud', { aud: undefined }],
    ['F2-AS-08', 'aud with the issuer in a list', { aud: [issuer] }],
    ['F2-AS-08', 'aud with the token endpoint', { aud: `${issuer}/token` }],
    ['F2-AS-08', 'aud with the pushed-request endpoint', { aud: `${issuer}/par` }],
    ['F2-AS-08', 'aud with a slash more', { aud: `${issuer}/` }],
    ['F2-AS-08', 'aud in another case', { aud: issuer.toUpperCase() }],
    ['F2-CA-04', 'no exp', { exp: undefined }],
    ['F2-CA-04', 'exp as text', { exp: String(seconds + 60) }],
    ['F2-CA-04', 'exp null', { exp: null }],
    ['F2-CA-04', 'exp past', { exp: seconds - 1 }],
    ['F2-CA-04', 'exp now', { exp: seconds }],
    ['F2-CA-04', 'exp far ahead', { exp: seconds + 331 }],
    ['F2-CA-04', 'exp absurdly far ahead', { exp: 1e300 }],
    ['F2-CA-04', 'exp in milliseconds', { exp: (seconds + 60) * 1000 }],
    ['F2-AS-13', 'iat more than 60 s ahead', { iat: seconds + 61 }],
    ['F2-AS-13', 'nbf more than 60 s ahead', { nbf: seconds + 61 }],
    ['F2-CA-04', 'iat as text', { iat: String(seconds) }],
    ['F2-CA-04', 'nbf as text', { nbf: 'now' }],
    ['F2-CA-04', 'iat null', { iat: null }],
    ['F2-CA-05', 'no jti', { jti: undefined }],
    ['F2-CA-05', 'an empty jti', { jti: '' }],
    ['F2-CA-05', 'a number as jti', { jti: 1 }],
    ['F2-CA-05', 'a list as jti', { jti: ['a'] }],
    ['F2-CA-05', 'an endless jti', { jti: 'x'.repeat(257) }],
  ])('%s: %s', async (rule, _, claims) => {
    const assertion = await anAssertion(claims);
    expect(await refusalOf(() => verifyClientAssertion(assertion, rules()))).toMatchObject({ code: 'invalid_client', status: 401, rule });
  });

  it.each<[string, object]>([
    ['no iat', { iat: undefined }],
    ['exp more than its life after iat', { iat: seconds - 250, exp: seconds + 51 }],
  ])('F2-CA-04, where iat must be there: %s', async (_, claims) => {
    const assertion = await anAssertion(claims);
    expect(await refusalOf(() => verifyClientAssertion(assertion, rules({ claims: ['iat'] })))).toMatchObject({ code: 'invalid_client', rule: 'F2-CA-04' });
    await verifyClientAssertion(assertion, rules());
  });

  it.each(['at+jwt', 'dpop+jwt', 'oauth-authz-req+jwt', 'application/at+jwt', 'token-introspection+jwt', '', 'JOSE'])('F2-CA-07: typ "%s"', async (typ) => {
    const assertion = await withHeader({ typ });
    expect(await refusalOf(() => verifyClientAssertion(assertion, rules()))).toMatchObject({ code: 'invalid_client', rule: 'F2-CA-07' });
  });

  it.each<[string, () => Promise<string> | string, () => Partial<ClientAssertionRules>]>([
    ['no JWT', () => 'text', () => ({})],
    ['nothing', () => '', () => ({})],
    ['alg none', () => `${encode({ alg: 'none' })}.${encode({ sub: 'tally-budget' })}.`, () => ({})],
    ['an algorithm the server does not offer', () => anAssertion({}, own('EdDSA')), () => ({ algs: ['ES256', 'PS256'] as SigningAlg[] })],
    ['an algorithm other than the registered one', () => anAssertion(), () => ({ client: aClient({ jwks: jwksOf(...keysOf.values()), token_endpoint_auth_signing_alg: 'PS256' }) })],
    ['a registered algorithm the server does not offer', () => anAssertion({}, own('EdDSA')), () => ({ algs: ['ES256'] as SigningAlg[], client: aClient({ jwks: jwksOf(own('EdDSA')), token_endpoint_auth_signing_alg: 'EdDSA' }) })],
    ['a key of somebody else', async () => anAssertion({}, await aKey('ES256')), () => ({})],
    ['a key of somebody else under the registered kid', async () => anAssertion({}, { ...(await aKey('ES256')), kid: own('ES256').kid }), () => ({})],
    ['a key carried in the header', async () => {
      const key = await aKey('ES256');
      return signJws({ jwk: bareJwk(key.key), kid: undefined }, { iss: 'tally-budget', sub: 'tally-budget', aud: issuer, jti: 'j', exp: seconds + 60 }, key);
    }, () => ({})],
    ['a key the header points to', async () => {
      const key = await aKey('ES256');
      return signJws({ jku: 'https://evil.example/jwks', x5u: 'https://evil.example/x5u', kid: key.kid }, { iss: 'tally-budget', sub: 'tally-budget', aud: issuer, jti: 'j', exp: seconds + 60 }, key);
    }, () => ({})],
    ['a client without keys', () => anAssertion(), () => ({ client: aClient() })],
    ['keys that cannot be fetched', () => anAssertion(), () => ({ client: aClient({ jwks_uri: 'https://down.example/jwks' }) })],
    ['a payload that is no object', () => signJws({}, ['tally-budget'], own('ES256')), () => ({})],
  ])('F2-CA-06: %s', async (_, assertion, changes) => {
    const text = await assertion();
    expect(await refusalOf(() => verifyClientAssertion(text, rules(changes())))).toMatchObject({ code: 'invalid_client', status: 401, rule: 'F2-CA-06' });
  });

  it('F2-AS-06: a client registered for certificates', async () => {
    const assertion = await anAssertion();
    const client = aClient({ jwks: jwksOf(own('ES256')), token_endpoint_auth_method: 'tls_client_auth' });
    expect(await refusalOf(() => verifyClientAssertion(assertion, rules({ client })))).toMatchObject({ code: 'invalid_client', rule: 'F2-AS-06' });
  });

  it.each<[string, unknown]>([
    ['none', undefined],
    ['another server', 'https://else.example'],
    ['an empty list', []],
    ['a list with something else than texts', [issuer, 7]],
    ['an object', { 0: issuer }],
  ])('F2-CA-03, where endpoints may be audience: %s', async (_, aud) => {
    const assertion = await anAssertion({ aud });
    expect(await refusalOf(() => verifyClientAssertion(assertion, rules({ audience: 'issuer-or-endpoint', endpoints: [`${issuer}/token`] })))).toMatchObject({ code: 'invalid_client', rule: 'F2-CA-03' });
  });

  it('lets an outage that is not the client\'s through', async () => {
    const assertion = await anAssertion();
    await expect(verifyClientAssertion(assertion, rules({ keys: () => Promise.reject(new RangeError('bug')) }))).rejects.toBeInstanceOf(RangeError);
    expect(await refusalOf(() => verifyClientAssertion(assertion, rules({ keys: () => Promise.reject(new KeySetError('down')) })))).toMatchObject({ code: 'invalid_client' });
  });
});

describe('the replay claim', () => {
  const claimOf = async (claims: object, changes: Partial<ClientAssertionRules> = {}) => verifyClientAssertion(await anAssertion(claims), rules(changes));

  it('is the same for the same jti of the same client, whatever else differs', async () => {
    const [first, second] = [await claimOf({ jti: 'j', exp: seconds + 60 }), await claimOf({ jti: 'j', exp: seconds + 60, extra: 1 })];
    expect(first).toEqual(second);
    expect(first.hash).toHaveLength(32);
  });

  it('differs by jti, client and issuer', async () => {
    const base = await claimOf({ jti: 'j' });
    const client = aClient({ client_id: 'other', jwks: jwksOf(own('ES256')) });
    const elsewhere = 'https://bank.example/other';
    const others = [
      await claimOf({ jti: 'k' }),
      await claimOf({ jti: 'j', iss: 'other', sub: 'other' }, { client }),
      await claimOf({ jti: 'j', aud: elsewhere }, { issuer: elsewhere }),
    ];
    for (const other of others) expect(other.hash.equals(base.hash)).toBe(false);
  });

  it('lasts until exp and a clock\'s difference', async () => {
    expect((await claimOf({ exp: seconds + 60 })).expiresAt).toEqual(after(90));
    expect((await claimOf({ exp: seconds + 59.5 })).expiresAt).toEqual(after(90));
  });
});

describe('clientIdOfAssertion', () => {
  it('is the sub, unproved', async () => {
    expect(clientIdOfAssertion(await anAssertion())).toBe('tally-budget');
    expect(clientIdOfAssertion(`${encode({ alg: 'none' })}.${encode({ sub: 'x' })}.`)).toBe('x');
  });

  it.each(['', 'a.b.c', `${encode({ alg: 'ES256' })}.${encode({ sub: 7 })}.AA`, `${encode({ alg: 'ES256' })}.${encode([])}.AA`])('is undefined for %s', (assertion) => {
    expect(clientIdOfAssertion(assertion)).toBeUndefined();
  });
});

it('ignores that a published key set also names an encryption key under the same kid', async () => {
  const client = aClient({ jwks: { keys: [{ ...publicJwk(own('ES256')), use: 'enc' }, publicJwk(own('ES256'))] } });
  expect(await verifyClientAssertion(await anAssertion(), rules({ client }))).toBeTruthy();
});
