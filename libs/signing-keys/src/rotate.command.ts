import type { AssentConfig } from '@assent/config';
import { plusSeconds, type Clock, type KeyAlgName, type SigningKeys } from '@assent/protocol';
import { generateKey, keyAlgsOf } from './key-rings.js';

/** One key that was rotated, for the operator to read. */
export interface RotatedKey {
  readonly issuer: string;
  readonly alg: KeyAlgName;
  /** The key that signs, or is to be encrypted to, from now on. */
  readonly kid: string;
}

/**
 * `npm run keys -- rotate`: rotates the keys of every issuer, or only those of `issuer` (its name) and `alg`, whatever
 * their age. Running servers follow at once.
 */
export async function rotateKeys(store: SigningKeys, config: AssentConfig, clock: Clock, only: { issuer?: string; alg?: string } = {}): Promise<readonly RotatedKey[]> {
  const issuers = config.issuers.filter(({ name }) => only.issuer === undefined || name === only.issuer);
  const wanted = issuers.flatMap((issuer) => keyAlgsOf(issuer).map((alg) => ({ issuer: issuer.issuer, alg }))).filter(({ alg }) => only.alg === undefined || alg === only.alg);
  const now = clock.now();
  await store.ensure(wanted, generateKey, now);
  const retireBefore = plusSeconds(now, -config.authorizationServer.keyRotation.keepPreviousSeconds);
  for (const { issuer, alg } of wanted) await store.rotate(issuer, alg, generateKey, now, retireBefore);
  const stored = await store.all();
  return wanted.flatMap(({ issuer, alg }) => {
    const current = stored.find((key) => key.issuer === issuer && key.alg === alg && key.state === 'current');
    return current ? [{ issuer, alg, kid: current.kid }] : [];
  });
}
