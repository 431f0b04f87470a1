import { createPublicKey, generateKeyPairSync, sign, type JsonWebKey } from 'node:crypto';
import type { Client, PublicJwk } from '@assent/protocol';
import { KeySet } from '../jwks/key-set.js';
import { KeySetError } from '../jwks/remote-key-set.js';
import type { SigningKey } from '../jwks/signing-key.js';
import { parseJws } from '../jws/parse.js';
import { encryptJws } from '../jwe/encrypt.js';
import { encryptionKeyOf, generateDecryptionKey, openDecryptionKey, publicEncryptionJwk, type DecryptionKey } from '../jwe/encryption-key.js';
import { signJws } from '../jws/issue.js';
import { aClient, after, aKey, allAlgs, encode, issuer, jwksOf, now, refusalOf, seconds, vectors } from '../spec-support/fixtures.js';
import { signRequestObject } from './issue.js';
import { formOfRequestObject } from './parameters.js';
import { clientIdOfRequestObject, verifyRequestObject, type RequestObjectRules } from './verify.js';

const clientId = 'tally-budget';
let key: SigningKey;
let rsa: SigningKey;
let other: SigningKey;
let decryptionKey: DecryptionKey;
beforeAll(async () => {
  [key, rsa, other] = await Promise.all([aKey('ES256'), aKey('PS256'), aKey('ES256')]);
  decryptionKey = openDecryptionKey({ ...(await generateDecryptionKey('RSA-OAEP')), alg: 'RSA-OAEP' });
});

const rulesFor = (changes: Partial<RequestObjectRules> = {}, client: Partial<Client> = {}): RequestObjectRules => ({
  client: aClient(client),
  issuer,
  algs: allAlgs,
  keys: (header) => KeySet.read(jwksOf(key, rsa))!.find(header),
  now,
  types: ['oauth-authz-req+jwt', 'jwt', ''],
  claims: ['aud', 'nbf', 'exp'],
  maxAge: 3600,
  maxLifetime: 3600,
  clockSkew: 30,
  encryption: 'off',
  ...changes,
});

const parameters = { response_type: 'code', redirect_uri: 'https://tpp.example/callback', scope: 'openid', state: 's' };
const anObject = (changes: Record<string, unknown> = {}, by = key): Promise<string> => signRequestObject({ clientId, audience: issuer, key: by, now, parameters: { ...parameters, ...changes } });
const typed = (header: object, claims: object = {}): Promise<string> => signJws({ ...header }, { iss: clientId, aud: issuer, nbf: seconds, exp: seconds + 300, client_id: clientId, ...parameters, ...claims }, key);

describe('a request object holds', () => {
  it.each<[string, () => Promise<string>]>([
    ['as it stands', () => anObject()],
    ['under PS256', () => anObject({}, rsa)],
    ['MS-JAR-04 with the issuer among its audience', () => anObject({ aud: ['https://elsewhere.example', issuer] })],
    ['MS-JAR-05 with nbf 59 minutes ago', () => anObject({ nbf: seconds - 3540, exp: seconds + 60 })],
    ['MS-JAR-05 with nbf eight seconds ahead', () => anObject({ nbf: seconds + 8, exp: seconds + 300 })],
    ['MS-JAR-06 living 60 minutes', () => anObject({ exp: seconds + 3600 })],
    ['without iss, iat and jti', () => anObject({ iss: undefined })],
    ['with fractions of seconds', () => anObject({ nbf: seconds - 0.5, exp: seconds + 0.5 })],
    ['JR-08 with typ JWT', () => typed({ typ: 'JWT' })],
    ['JR-08 without typ', () => typed({})],
    ['JR-08 with the whole media type', () => typed({ typ: 'application/oauth-authz-req+jwt' })],
    ['MS-JAR-11 with sub, as older clients send it', () => anObject({ sub: clientId })],
  ])('%s', async (_says, make) => {
    const compact = await make();
    const proved = await verifyRequestObject(compact, rulesFor());
    expect(proved.claims).toMatchObject(parameters);
    expect(proved.compact).toBe(compact);
    expect([key.kid, rsa.kid]).toContain(proved.key.kid);
  });

  it('MS-JAR-14: its jti is a value to spend, until it has expired everywhere', async () => {
    const first = await verifyRequestObject(await anObject({ jti: 'j' }), rulesFor());
    expect(first.replay).toMatchObject({ kind: 'request_object', expiresAt: after(330) });
    const again = await verifyRequestObject(await anObject({ jti: 'j', state: 'other' }), rulesFor());
    expect(again.replay?.hash).toEqual(first.replay?.hash);
    const elsewhere = await verifyRequestObject(await anObject({ jti: 'j', aud: 'https://other.example' }), rulesFor({ issuer: 'https://other.example' }));
    expect(elsewhere.replay?.hash).not.toEqual(first.replay?.hash);
    expect((await verifyRequestObject(await anObject(), rulesFor())).replay).toBeUndefined();
  });

  it('without any time or audience, where no profile asks for them', async () => {
    const bare = await signJws({}, { client_id: clientId, ...parameters }, key);
    expect((await verifyRequestObject(bare, rulesFor({ claims: [] }))).claims).toMatchObject(parameters);
  });
});

describe('a request object is refused', () => {
  const rs256 = () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const input = `${encode({ alg: 'RS256' })}.${encode({ client_id: clientId })}`;
    return `${input}.${sign('sha256', Buffer.from(input), privateKey).toString('base64url')}`;
  };
  it.each<[string, string, () => string | Promise<string>, Partial<RequestObjectRules>?, Partial<Client>?]>([
    ['no JWT', 'JR-05', () => 'nonsense'],
    ['far too long', 'JR-05', () => anObject({ state: 's'.repeat(20_000) })],
    ['unsigned', 'MS-JAR-08', () => `${encode({ alg: 'none' })}.${encode({ client_id: clientId, ...parameters })}.`],
    ['in RS256', 'MS-JAR-08', rs256],
    ['in an algorithm the profile leaves out', 'MS-JAR-08', () => anObject(), { algs: ['PS256'] }],
    ['in another algorithm than registered', 'MS-JAR-08', () => anObject(), {}, { request_object_signing_alg: 'PS256' }],
    ['signed by a foreign key', 'JR-05', () => anObject({}, other)],
    ['signed by a foreign key under our kid', 'JR-05', () => anObject({}, { ...other, kid: key.kid })],
    ['with its payload changed', 'JR-05', async () => { const [header, , signature] = (await anObject()).split('.'); return `${header}.${encode({ client_id: clientId, aud: issuer, nbf: seconds, exp: seconds + 300 })}.${signature}`; }],
    ['with critical extensions', 'JR-05', () => typed({ crit: ['exp'] })],
    ['MS-JAR-07 a DPoP proof', 'JR-08', () => typed({ typ: 'dpop+jwt' })],
    ['MS-JAR-07 an access token', 'JR-08', () => typed({ typ: 'at+jwt' })],
    ['MS-JAR-07 a client assertion', 'JR-08', () => typed({ typ: 'client-authentication+jwt' })],
    ['JR-02 without client_id', 'JR-02', () => anObject({ client_id: undefined })],
    ['JR-02 of another client', 'JR-02', () => anObject({ client_id: 'bright-energy' })],
    ['MS-JAR-10 with another iss', 'MS-JAR-10', () => anObject({ iss: 'bright-energy' })],
    ['MS-JAR-04 without aud', 'MS-JAR-04', () => anObject({ aud: undefined })],
    ['MS-JAR-04 for somebody else', 'MS-JAR-04', () => anObject({ aud: 'https://elsewhere.example' })],
    ['MS-JAR-04 for the PAR endpoint', 'MS-JAR-04', () => anObject({ aud: `${issuer}/par` })],
    ['MS-JAR-04 for the token endpoint', 'MS-JAR-04', () => anObject({ aud: [`${issuer}/token`] })],
    ['MS-JAR-04 for the issuer and something that is no text', 'MS-JAR-04', () => anObject({ aud: [issuer, 1] })],
    ['MS-JAR-04 for nobody', 'MS-JAR-04', () => anObject({ aud: [] })],
    ['MS-JAR-05 without nbf', 'MS-JAR-05', () => anObject({ nbf: undefined })],
    ['MS-JAR-05 with nbf 61 minutes ago', 'MS-JAR-05', () => anObject({ nbf: seconds - 3660, exp: seconds + 10 })],
    ['MS-JAR-05 with nbf more than a minute ahead', 'MS-JAR-05', () => anObject({ nbf: seconds + 61, exp: seconds + 300 })],
    ['MS-JAR-05 with nbf as text', 'MS-JAR-05', () => anObject({ nbf: String(seconds) })],
    ['F2-AS-13 issued in the future', 'F2-AS-13', () => anObject({ iat: seconds + 61 })],
    ['MS-JAR-06 without exp', 'MS-JAR-06', () => anObject({ exp: undefined })],
    ['MS-JAR-06 expired', 'MS-JAR-06', () => anObject({ nbf: seconds - 60, exp: seconds })],
    ['MS-JAR-06 living too long', 'MS-JAR-06', () => anObject({ exp: seconds + 3601 })],
    ['MS-JAR-06 living too long, begun long ago', 'MS-JAR-06', () => anObject({ nbf: seconds - 3000, exp: seconds + 700 })],
    ['MS-JAR-06 with exp as text', 'MS-JAR-06', () => anObject({ exp: String(seconds + 300) })],
    ['JR-03 with request inside', 'JR-03', () => anObject({ request: 'e30' })],
    ['JR-03 with request_uri inside', 'JR-03', () => anObject({ request_uri: 'https://tpp.example/r' })],
    ['JR-03 with an empty request_uri inside', 'JR-03', () => anObject({ request_uri: '' })],
    ['MS-JAR-14 with a jti that is no text', 'MS-JAR-14', () => anObject({ jti: 7 })],
    ['JR-06 encrypted, where that is not done', 'JR-06', () => encrypted()],
    ['JR-06 in the clear, where it must be encrypted', 'JR-06', () => anObject(), { encryption: 'required' }],
    ['JR-06 in the clear, though the client registered to encrypt', 'JR-06', () => anObject(), { encryption: 'optional' }, { request_object_encryption_alg: 'RSA-OAEP' }],
    ['a key set that cannot be read', 'JR-05', () => anObject(), { keys: () => Promise.reject(new KeySetError('no keys')) }],
  ])('%s (%s)', async (...[, rule, make, changes, client]) => {
    const compact = await make();
    expect(await refusalOf(() => verifyRequestObject(compact, rulesFor(changes, client)))).toEqual({ code: 'invalid_request_object', status: 400, rule, name: 'OAuthError' });
  });

  it('a trouble of the key source is not the client’s', async () => {
    await expect(anObject().then((compact) => verifyRequestObject(compact, rulesFor({ keys: () => Promise.reject(new TypeError('bug')) })))).rejects.toThrow(TypeError);
  });
});

const encrypted = async (inner?: string): Promise<string> => encryptJws(inner ?? (await anObject()), encryptionKeyOf([publicEncryptionJwk(decryptionKey)], 'RSA-OAEP')!, 'A256GCM');

describe('an encrypted request object', () => {
  const open = (changes: Partial<RequestObjectRules> = {}, client: Partial<Client> = {}) =>
    rulesFor({ encryption: 'optional', decryption: { algs: ['RSA-OAEP', 'ECDH-ES'], contentAlgs: ['A256GCM', 'A128CBC-HS256'], keys: [decryptionKey] }, ...changes }, client);

  it('is opened, and what is kept is the signed object inside', async () => {
    const inner = await anObject();
    const proved = await verifyRequestObject(await encrypted(inner), open());
    expect(proved.compact).toBe(inner);
  });

  it.each<[string, string, () => Promise<string>, Partial<Client>?]>([
    ['not signed inside', 'JR-05', () => encrypted(JSON.stringify({ client_id: clientId }))],
    ['encrypted twice', 'JR-05', async () => encrypted(await encrypted())],
    ['signed by somebody else inside', 'JR-05', async () => encrypted(await anObject({}, other))],
    ['under another algorithm than registered', 'JR-06', () => encrypted(), { request_object_encryption_alg: 'ECDH-ES' }],
    ['with another content encryption than registered', 'JR-06', () => encrypted(), { request_object_encryption_alg: 'RSA-OAEP', request_object_encryption_enc: 'A128CBC-HS256' }],
    ['RSA1_5', 'JR-06', async () => `${encode({ alg: 'RSA1_5', enc: 'A256GCM' })}.a.b.c.d`],
  ])('is refused %s (%s)', async (...[, rule, make, client]) => {
    const compact = await make();
    expect(await refusalOf(() => verifyRequestObject(compact, open({}, client)))).toMatchObject({ code: 'invalid_request_object', rule });
  });
});

describe('the parameters of a request object', () => {
  const formOf = (claims: Record<string, unknown>) => formOfRequestObject(claims);
  const textOf = (claims: Record<string, unknown>) => {
    const form = formOf(claims);
    return Object.fromEntries(form.names().map((name) => [name, form.all(name)]));
  };

  it('are those of a form: texts as they are, numbers and JSON written down, nothing about the object itself', () => {
    const details = [{ type: 'payment_initiation', instructedAmount: { currency: 'EUR', amount: '1.00' } }];
    const claims = { id_token: { acr: { essential: true } } };
    expect(textOf({ iss: 'x', sub: 'x', aud: 'x', exp: 1, nbf: 1, iat: 1, jti: 'x', scope: 'openid accounts', max_age: 0, claims, authorization_details: details, resource: ['https://a.example', 'https://b.example'], grant_management_action: 'create' })).toEqual({
      scope: ['openid accounts'],
      max_age: ['0'],
      claims: [JSON.stringify(claims)],
      authorization_details: [JSON.stringify(details)],
      resource: ['https://a.example', 'https://b.example'],
      grant_management_action: ['create'],
    });
  });

  it('leave out what nobody knows, whatever it is, and count what is empty as absent', () => {
    expect(textOf({ x: { deep: [1] }, y: 7, z: null, own: 'text', state: '' })).toEqual({ own: ['text'] });
    expect(textOf({ resource: 'https://a.example', constructor: 'x', toString: 1 })).toEqual({ resource: ['https://a.example'], constructor: ['x'] });
  });

  it.each<[string, Record<string, unknown>]>([
    ['max_age as text', { max_age: '3600' }],
    ['max_age with a fraction', { max_age: 1.5 }],
    ['claims as text', { claims: '{"id_token":{}}' }],
    ['claims as a list', { claims: [] }],
    ['authorization_details as text', { authorization_details: '[{"type":"x"}]' }],
    ['authorization_details as an object', { authorization_details: { type: 'x' } }],
    ['authorization_details nested without end', { authorization_details: JSON.parse(`${'['.repeat(20_000)}${']'.repeat(20_000)}`) as unknown }],
    ['scope as a list', { scope: ['openid'] }],
    ['state as a number', { state: 1 }],
    ['redirect_uri as a list', { redirect_uris: 1, redirect_uri: ['https://a.example'] }],
    ['nonce as nothing', { nonce: null }],
    ['resource with something else in it', { resource: ['https://a.example', 1] }],
    ['NUL', { state: 'a\0b' }],
    ['half a surrogate pair', { login_hint: '\ud800' }],
  ])('are refused: %s (JR-09)', async (_says, claims) => {
    expect(await refusalOf(() => formOf(claims))).toMatchObject({ code: 'invalid_request_object', rule: 'JR-09' });
  });

  it('of the example of RFC 9101 section 4 are its claims', () => {
    const { jar } = vectors<{ jar: { jwt: string; jwk: PublicJwk; claims: Record<string, string | number> } }>('jar-rar');
    const { claims } = jar;
    expect(parseJws(jar.jwt).payload()).toEqual(claims);
    expect(formOf(claims).one('max_age')).toBe('86400');
    expect(clientIdOfRequestObject(jar.jwt)).toBe(claims['client_id']);
    // RS256: read by the specification, refused by every profile here.
    expect(createPublicKey({ key: jar.jwk as JsonWebKey, format: 'jwk' }).asymmetricKeyType).toBe('rsa');
  });
});

it.each(['', 'x', 'a.b.c', 'a.b.c.d.e'])('%j speaks of nobody', (text) => expect(clientIdOfRequestObject(text)).toBeUndefined());

