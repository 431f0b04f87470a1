import { createLocalJWKSet, jwtVerify } from 'jose';
import type { JSONWebKeySet } from 'jose';
import { aKey, jwksOf, now, refusalOf, seconds, vectors } from '../spec-support/fixtures.js';
import { atHash } from './hashes.js';
import { signIdToken } from './issue.js';

interface Hash {
  readonly claim: string;
  readonly id_token_alg: string;
  readonly value: string;
  readonly hash: string;
  readonly section: string;
}

describe('atHash', () => {
  it.each(vectors<{ hashes: Hash[] }>('oidc-hashes').hashes.map((hash) => [`${hash.claim} of ${hash.section} (${hash.id_token_alg})`, hash] as const))('is %s', (_, { value, id_token_alg, hash }) => {
    expect(atHash(value, id_token_alg.replace(/ .*/, ''))).toBe(hash);
  });

  it('is the same under the RFC 9864 name', () => {
    expect(atHash('token', 'Ed25519')).toBe(atHash('token', 'EdDSA'));
  });

  it.each(['none', 'HS256', 'ES256K', ''])('is not defined for "%s"', async (alg) => {
    expect(await refusalOf(() => atHash('token', alg))).toMatchObject({ name: 'TypeError' });
  });
});

describe('signIdToken', () => {
  it.each(['PS256', 'ES256', 'EdDSA'] as const)('%s: a client finds the key by its kid (OIDC-01)', async (alg) => {
    const key = await aKey(alg);
    const claims = { iss: 'https://bank.example/fapi2', sub: 'ana', aud: 'tally-budget', iat: seconds, exp: seconds + 300, nonce: 'n' };
    const { payload, protectedHeader } = await jwtVerify(await signIdToken(claims, key), createLocalJWKSet(jwksOf(key) as JSONWebKeySet), { audience: 'tally-budget', currentDate: now });
    expect(payload).toEqual(claims);
    expect(protectedHeader).toEqual({ alg, kid: key.kid, typ: 'JWT' });
  });
});
