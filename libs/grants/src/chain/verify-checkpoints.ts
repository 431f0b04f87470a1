import { checkpointHash, rootOf, type CheckpointClaims, type Leaf } from './checkpoint.js';
import type { Finding } from './finding.js';

/** A checkpoint as it is kept. */
export interface KeptCheckpoint {
  readonly number: number;
  readonly kind: string;
  readonly jws: string;
  /** What its signature proved; `undefined` when it does not hold. */
  readonly claims: CheckpointClaims | undefined;
  readonly leaves: readonly Leaf[];
}

/** Follows the chain of checkpoints from the first to the last. Only leaves of a checkpoint without findings prove anything. */
export class CheckpointWalk {
  #number = 0;
  #hash: string | null = null;

  /** The last one's number, and the hash of it: whoever keeps them elsewhere can prove later that it is still there. */
  get last(): { readonly number: number; readonly hash: string | null } {
    return { number: this.#number, hash: this.#hash };
  }

  next({ number, kind, jws, claims, leaves }: KeptCheckpoint): readonly Finding[] {
    const expected = this.#number + 1;
    const previous = this.#hash;
    this.#number = number;
    this.#hash = checkpointHash(jws);
    const found = (says: string): Finding => ({ what: 'checkpoint', says });
    const findings: Finding[] = [];
    if (number !== expected) findings.push(found(number > expected ? `checkpoints ${expected} to ${number - 1} are missing` : `checkpoint ${number} is out of its place`));
    if (!claims) return [...findings, found(`checkpoint ${number} was altered: its signature does not hold`)];
    if (claims.number !== number || claims.kind !== kind) findings.push(found(`checkpoint ${number} was altered: its columns say something else than what was signed`));
    if (number === expected && claims.previous !== previous) findings.push(found(`checkpoint ${number} does not follow checkpoint ${number - 1} as it is kept`));
    if (claims.count !== leaves.length || claims.root !== rootOf(leaves)) findings.push(found(`the leaves of checkpoint ${number} are not those that were signed`));
    return findings;
  }
}
