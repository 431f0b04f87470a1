import type { PublicJwk } from '@assent/protocol';
import { LRUCache } from 'lru-cache';
import { JwsError } from '../jws/jws-error.js';
import { importPublicJwk, privateMembers, type PublicKey } from '../jwks/public-key.js';
import { thumbprint } from '../jwks/thumbprint.js';
import { isObject } from '../strict-json.js';

/*
 * Importing a key costs more than verifying with it, and a client uses the same key for hours. Bounded, and filled
 * only by proofs whose signature held, so that junk cannot empty it.
 */
const known = new LRUCache<string, PublicKey>({ max: 10_000 });

export interface ProofKey {
  readonly jkt: string;
  readonly key: PublicKey;
  /** To be called once the proof verified. */
  remember(): void;
}

/** The public key a proof carries (F2-DP-04). `JwsError` key when it is private, malformed, weak or absent. */
export function proofKey(jwk: unknown): ProofKey {
  if (!isObject(jwk) || typeof jwk['kty'] !== 'string') throw new JwsError('key', 'jwk is missing or malformed');
  for (const name of privateMembers) if (Object.hasOwn(jwk, name)) throw new JwsError('key', 'jwk carries private members');
  const jkt = thumbprint(jwk as PublicJwk);
  const { kty, crv, x, y, n, e } = jwk;
  const key = known.get(jkt) ?? importPublicJwk(bare({ kty, crv, x, y, n, e }));
  return { jkt, key, remember: () => void known.set(jkt, key) };
}

/**
 * Only what makes the key: the cache is by thumbprint, so `use`, `alg` or `kid` of one proof must not decide how
 * another is judged.
 */
const bare = (members: Record<string, unknown>): PublicJwk => Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as PublicJwk;
