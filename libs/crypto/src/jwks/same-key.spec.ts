import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { sameKey } from './same-key.js';

const keys: Readonly<Record<string, KeyObject>> = {
  'P-256': generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey,
  'another P-256': generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey,
  'P-384': generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey,
  RSA: generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey,
  Ed25519: generateKeyPairSync('ed25519').publicKey,
};

describe('sameKey', () => {
  const names = Object.keys(keys);
  it.each(names.flatMap((one) => names.map((other) => [one, other] as const)))('%s and %s', (one, other) => {
    const again = createPublicKey({ key: keys[other]!.export({ format: 'jwk' }), format: 'jwk' });
    expect(sameKey(keys[one]!, again)).toBe(one === other);
  });
});
