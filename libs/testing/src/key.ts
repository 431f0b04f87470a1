import { generateSigningKey, openSigningKey, publicJwk, type SigningKey } from '@assent/crypto';
import type { PublicJwk, SigningAlgName } from '@assent/protocol';

export interface TestKey {
  /** Signs. */
  readonly signing: SigningKey;
  /** What a key set publishes. */
  readonly jwk: PublicJwk;
}

/** A new key. ES256 takes no time; PS256 (RSA) takes a good part of a second. */
export async function aKey(alg: SigningAlgName = 'ES256'): Promise<TestKey> {
  const signing = openSigningKey({ alg, ...(await generateSigningKey(alg)) });
  return { signing, jwk: publicJwk(signing) };
}
