import { SignJWT, decodeJwt, decodeProtectedHeader } from 'jose';
import type { AccessTokenFacts } from '@assent/protocol';
import { signIdToken } from '../id-token/issue.js';
import { importPublicJwk, type PublicKey } from '../jwks/public-key.js';
import { publicJwk, type SigningKey } from '../jwks/signing-key.js';
import { signJws } from '../jws/issue.js';
import { after, aKey, allAlgs, encode, issuer, now, refusalOf, seconds } from '../spec-support/fixtures.js';
import { signAccessToken } from './issue.js';
import { verifyAccessToken, type AccessTokenRules } from './verify.js';

const resource = 'https://api.bank.example';
const jkt = '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I';
const facts: AccessTokenFacts = {
  jti: 'family.random',
  issuer,
  clientId: 'tally-budget',
  subject: 'ana',
  scope: ['accounts', 'balances'],
  audience: [resource],
  issuedAt: now,
  expiresAt: after(300),
  confirmation: { jkt },
  grantId: 'grant',
  acr: 'urn:bank:password',
  authTime: after(-60),
};

let key: SigningKey;
let publicKey: PublicKey;
beforeAll(async () => {
  key = await aKey('ES256');
  publicKey = importPublicJwk(publicJwk(key));
});
const rules = (changes: Partial<AccessTokenRules> = {}): AccessTokenRules => ({ issuer, audience: resource, algs: allAlgs, keys: () => [publicKey], now, ...changes });
const claims = {
  iss: issuer, sub: 'ana', client_id: 'tally-budget', aud: resource, iat: seconds, exp: seconds + 300, jti: 'j', cnf: { jkt },
};
const aToken = (changes: object = {}, header: Record<string, unknown> = {}) => signJws({ typ: 'at+jwt', ...header }, { ...claims, ...changes }, key);

describe('an access token', () => {
  it.each<[string, AccessTokenFacts]>([
    ['with everything', facts],
    ['of a client on its own behalf, certificate-bound', { jti: 'j', issuer, clientId: 'c', subject: 'c', scope: [], audience: [resource, 'https://other.example'], issuedAt: now, expiresAt: after(1), confirmation: { 'x5t#S256': jkt } }],
  ])('says what was put in: %s', async (_, stated) => {
    const { claims: _claims, ...read } = await verifyAccessToken(await signAccessToken(stated, key), rules());
    expect(read).toEqual(stated);
  });

  it('may be bound to nobody, where its reader takes that (F1-RS-03)', async () => {
    const { confirmation: _confirmation, ...rest } = facts;
    const token = await signAccessToken({ ...rest, confirmation: undefined }, key);
    expect(decodeJwt(token)).not.toHaveProperty('cnf');
    expect((await verifyAccessToken(token, rules({ bearer: true }))).confirmation).toBeUndefined();
    expect(await refusalOf(() => verifyAccessToken(token, rules()))).toMatchObject({ code: 'invalid_token', rule: 'F2-RS-05' });
    const malformed = await aToken({ cnf: { jwk: {} } });
    expect(await refusalOf(() => verifyAccessToken(malformed, rules({ bearer: true })))).toMatchObject({ rule: 'F2-RS-05' });
  });

  it('is laid out as RFC 9068 wants (AT-01, AT-02)', async () => {
    const token = await signAccessToken(facts, key);
    expect(decodeProtectedHeader(token)).toEqual({ typ: 'at+jwt', alg: 'ES256', kid: key.kid });
    expect(decodeJwt(token)).toEqual({
      iss: issuer, sub: 'ana', client_id: 'tally-budget', aud: resource, iat: seconds, exp: seconds + 300, jti: 'family.random', scope: 'accounts balances',
      cnf: { jkt }, grant_id: 'grant', acr: 'urn:bank:password', auth_time: seconds - 60,
    });
  });
});

describe('verifyAccessToken accepts', () => {
  it.each<[string, object, Record<string, unknown>?]>([
    ['the longer type', {}, { typ: 'application/at+jwt' }],
    ['the type in another case', {}, { typ: 'AT+JWT' }],
    ['several audiences', { aud: ['https://other.example', resource] }],
    ['iat 10 s ahead', { iat: seconds + 10 }],
    ['claims of others', { authorization_details: [{ type: 'x' }] }],
  ])('%s', async (_, changes, header = {}) => {
    expect(await verifyAccessToken(await aToken(changes, header), rules())).toMatchObject({ subject: 'ana' });
  });

  it('one made by jose, of one of several issuers, where any audience will do', async () => {
    const token = await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt' }).sign(key.key as never);
    const { audience: _, ...anyAudience } = rules({ issuer: ['https://other.example', issuer] });
    expect(await verifyAccessToken(token, anyAudience)).toMatchObject({ jti: 'j', claims });
  });
});

describe('verifyAccessToken refuses with invalid_token', () => {
  it.each<[string, string, object, Record<string, unknown>?]>([
    ['AT-01', 'no typ', {}, { typ: undefined }],
    ['AT-01', 'typ JWT', {}, { typ: 'JWT' }],
    ['AT-01', 'typ of a DPoP proof', {}, { typ: 'dpop+jwt' }],
    ['AT-05', 'another issuer', { iss: 'https://other.example' }],
    ['AT-05', 'another audience', { aud: 'https://other.example' }],
    ['AT-05', 'other audiences', { aud: ['https://other.example', `${resource}/`] }],
    ['AT-05', 'expired', { exp: seconds - 1 }],
    ['AT-05', 'expiring now', { exp: seconds }],
    ['F2-AS-13', 'iat ahead', { iat: seconds + 61 }],
    ['F2-AS-13', 'nbf ahead', { nbf: seconds + 61 }],
    ['AT-02', 'nbf as text', { nbf: 'now' }],
    ...['iss', 'sub', 'client_id', 'aud', 'iat', 'exp', 'jti'].map((name) => ['AT-02', `no ${name}`, { [name]: undefined }] as [string, string, object]),
    ...['iss', 'sub', 'client_id', 'aud', 'iat', 'exp', 'jti', 'scope', 'grant_id', 'acr', 'auth_time'].map((name) => ['AT-02', `${name} of another type`, { [name]: { a: 1 } }] as [string, string, object]),
    ['AT-02', 'an empty list of audiences', { aud: [] }],
    ['AT-02', 'a list of audiences with a number', { aud: [resource, 1] }],
    ['AT-02', 'an endless exp', { exp: 1e300 }],
    ['F2-RS-05', 'no cnf', { cnf: undefined }],
    ['F2-RS-05', 'an empty cnf', { cnf: {} }],
    ['F2-RS-05', 'both confirmations', { cnf: { jkt, 'x5t#S256': jkt } }],
    ['F2-RS-05', 'another confirmation', { cnf: { jwk: {} } }],
    ['F2-RS-05', 'an unknown confirmation of the right shape', { cnf: { kid: jkt } }],
    ['F2-RS-05', 'a confirmation that is no text', { cnf: { jkt: [jkt] } }],
    ['F2-RS-05', 'a confirmation that is no hash', { cnf: { jkt: 'short' } }],
    ['F2-RS-05', 'cnf as text', { cnf: jkt }],
    ['F2-RS-05', 'cnf as a list', { cnf: [jkt] }],
  ])('%s: %s', async (rule, _, changes, header = {}) => {
    const token = await aToken(changes, header);
    expect(await refusalOf(() => verifyAccessToken(token, rules()))).toMatchObject({ code: 'invalid_token', status: 401, rule });
  });

  it.each<[string, string, () => Promise<string> | string, Partial<AccessTokenRules>?]>([
    ['AT-05', 'no JWT', () => 'opaque'],
    ['AT-01', 'alg none', () => `${encode({ alg: 'none', typ: 'at+jwt' })}.${encode(claims)}.`],
    ['AT-01', 'an algorithm outside the list', () => aToken(), { algs: ['PS256'] }],
    ['AT-05', 'another key', async () => signJws({ typ: 'at+jwt', kid: key.kid }, claims, await aKey('ES256'))],
    ['AT-05', 'a key nobody published', () => aToken(), { keys: () => [] }],
    ['AT-01', 'AT-06: an ID token', () => signIdToken({ ...claims, aud: 'tally-budget' }, key)],
  ])('%s: %s', async (rule, _, token, changes = {}) => {
    const text = await token();
    expect(await refusalOf(() => verifyAccessToken(text, rules(changes)))).toMatchObject({ code: 'invalid_token', rule });
  });

  it('but lets an outage of the key source through', async () => {
    const token = await aToken();
    await expect(verifyAccessToken(token, rules({ keys: () => Promise.reject(new RangeError('down')) }))).rejects.toBeInstanceOf(RangeError);
  });
});
