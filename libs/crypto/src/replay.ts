import { createHash } from 'node:crypto';
import type { ReplayClaim, ReplayKind } from '@assent/protocol';

/** A JSON array as hash input: no two lists of parts have the same text. */
export function replayClaim(kind: ReplayKind, parts: readonly string[], expiresAt: Date): ReplayClaim {
  const hash = createHash('sha256').update(JSON.stringify([kind, ...parts])).digest();
  return { kind, hash, expiresAt };
}
