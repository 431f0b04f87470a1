import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose';
import type { SigningKey } from '../jwks/signing-key.js';
import { KeySet } from '../jwks/key-set.js';
import { encryptJws } from '../jwe/encrypt.js';
import { encryptionKeyOf, generateDecryptionKey, openDecryptionKey, publicEncryptionJwk } from '../jwe/encryption-key.js';
import { signJws } from '../jws/issue.js';
import { after, aKey, allAlgs, encode, issuer, jwksOf, now, seconds } from '../spec-support/fixtures.js';
import { signAuthorizationResponse } from './issue.js';
import { verifyAuthorizationResponse, type AuthorizationResponseRules } from './verify.js';

let key: SigningKey;
let other: SigningKey;
beforeAll(async () => void ([key, other] = await Promise.all([aKey('ES256'), aKey('ES256')])));

const rules = (changes: Partial<AuthorizationResponseRules> = {}): AuthorizationResponseRules => ({
  issuer,
  clientId: 'tally',
  algs: allAlgs,
  keys: (header) => KeySet.read(jwksOf(key))!.find(header),
  now,
  ...changes,
});
const response = (by = key) => signAuthorizationResponse({ issuer, clientId: 'tally', now, lifetime: 300, parameters: { code: 'c', state: 's', expires_in: 60 } }, by);
const forged = (claims: object, by = key) => signJws({ typ: 'JWT' }, { iss: issuer, aud: 'tally', exp: seconds + 300, code: 'c', ...claims }, by);

describe('a signed authorization response', () => {
  it('JM-05, JM-06: has issuer, client, end and the parameters in their own types', async () => {
    const { payload, protectedHeader } = await jwtVerify(await response(), createLocalJWKSet(jwksOf(key) as JSONWebKeySet), { currentDate: now });
    expect(payload).toEqual({ iss: issuer, aud: 'tally', exp: seconds + 300, code: 'c', state: 's', expires_in: 60 });
    expect(protectedHeader).toEqual({ alg: 'ES256', kid: key.kid, typ: 'JWT' });
  });

  it('JM-12: yields its parameters once it is proved', async () => {
    expect(await verifyAuthorizationResponse(await response(), rules())).toEqual({ code: 'c', state: 's', expires_in: 60 });
  });

  it('JM-09: may be encrypted to the client, signed inside', async () => {
    const own = openDecryptionKey({ ...(await generateDecryptionKey('ECDH-ES')), alg: 'ECDH-ES' });
    const jwe = await encryptJws(await response(), encryptionKeyOf([publicEncryptionJwk(own)], 'ECDH-ES')!, 'A128CBC-HS256');
    const decryption = { algs: ['ECDH-ES'], contentAlgs: ['A128CBC-HS256'], keys: [own] } as const;
    expect(await verifyAuthorizationResponse(jwe, rules({ decryption }))).toMatchObject({ code: 'c' });
    await expect(verifyAuthorizationResponse(jwe, rules())).rejects.toMatchObject({ name: 'JwsError' });
  });

  it.each<[string, () => string | Promise<string>, Partial<AuthorizationResponseRules>?]>([
    ['of another issuer', () => forged({ iss: 'https://evil.example' })],
    ['of no issuer', () => forged({ iss: undefined })],
    ['for another client', () => forged({ aud: 'bright' })],
    ['for several clients', () => forged({ aud: ['tally', 'bright'] })],
    ['for nobody', () => forged({ aud: undefined })],
    ['that has expired', () => response(), { now: after(300) }],
    ['without an end', () => forged({ exp: undefined })],
    ['signed by somebody else', () => response(other)],
    ['that is not signed', () => `${encode({ alg: 'none' })}.${encode({ iss: issuer, aud: 'tally', exp: seconds + 300, code: 'c' })}.`],
    ['in an algorithm not agreed on', () => response(), { algs: ['PS256'] }],
  ])('MS-JARM-05: is not looked into when it is one %s', async (...[, make, changes]) => {
    const jwt = await make();
    await expect(verifyAuthorizationResponse(jwt, rules(changes))).rejects.toMatchObject({ name: expect.stringMatching(/^(AuthorizationResponseError|JwsError)$/) as string });
  });

  it('JM-13: looks for no key before it knows that the issuer is the expected one', async () => {
    let asked = 0;
    const keys = () => { asked += 1; return []; };
    const jwt = await forged({ iss: 'https://evil.example' });
    await expect(verifyAuthorizationResponse(jwt, rules({ keys }))).rejects.toThrow('another issuer');
    expect(asked).toBe(0);
  });
});
