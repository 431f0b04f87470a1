import { createHash } from 'node:crypto';

/**
 * `heads`: what the last link of each chain was that had moved. `retired`: up to which link the events of each chain
 * were dropped with the partition they lay in.
 */
export type CheckpointKind = 'heads' | 'retired';

/** A link that a checkpoint vouches for. */
export interface Leaf {
  readonly grantId: string;
  readonly sequence: number;
  readonly hash: Buffer;
}

/** What a checkpoint's signature covers (JWS payload). */
export interface CheckpointClaims {
  readonly number: number;
  readonly at: string;
  readonly kind: CheckpointKind;
  /** SHA-256 (base64url) of the checkpoint before, as it was written; `null` at the first. */
  readonly previous: string | null;
  readonly count: number;
  /** Root of the tree over the leaves, base64url. */
  readonly root: string;
}

export const checkpointType = 'assent-checkpoint+jwt';

export const checkpointHash = (jws: string): string => createHash('sha256').update(jws, 'ascii').digest('base64url');

/** Leaves have an order of their own, whatever a database sorts by. */
export const inOrder = (leaves: readonly Leaf[]): readonly Leaf[] => [...leaves].sort((a, b) => (a.grantId < b.grantId ? -1 : a.grantId > b.grantId ? 1 : 0));

/** Root of the Merkle tree over leaves in order (as RFC 6962 section 2.1 builds it), base64url. */
export function rootOf(leaves: readonly Leaf[]): string {
  return treeHash(inOrder(leaves).map(leafHash)).toString('base64url');
}

const sha256 = (...parts: readonly Uint8Array[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};
const [leafPrefix, nodePrefix] = [Buffer.of(0), Buffer.of(1)];

const leafHash = ({ grantId, sequence, hash }: Leaf): Buffer => sha256(leafPrefix, Buffer.from(JSON.stringify([grantId, sequence, hash.toString('base64url')])));

function treeHash(hashes: readonly Buffer[]): Buffer {
  if (hashes.length === 0) return sha256();
  if (hashes.length === 1) return hashes[0]!;
  let left = 1;
  while (left * 2 < hashes.length) left *= 2;
  return sha256(nodePrefix, treeHash(hashes.slice(0, left)), treeHash(hashes.slice(left)));
}

/** Reads a payload that was proved. `undefined` when it is no checkpoint's. */
export function readCheckpoint(claims: Readonly<Record<string, unknown>>): CheckpointClaims | undefined {
  const { number, at, kind, previous, count, root } = claims;
  const sound = Number.isSafeInteger(number) && typeof at === 'string' && (kind === 'heads' || kind === 'retired') && (previous === null || typeof previous === 'string') && Number.isSafeInteger(count) && typeof root === 'string';
  return sound ? { number: number as number, at, kind, previous, count: count as number, root } : undefined;
}
