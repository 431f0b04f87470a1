import type { RevocableToken, Revocation } from './ports.js';

/** The family a token belongs to: what its jti begins with. A token of no family (client_credentials) has none. */
export function familyOf(jti: string): string | undefined {
  const dot = jti.indexOf('.');
  return dot > 0 ? jti.slice(0, dot) : undefined;
}

/** How many live revocations a feed remembers unless told; about 150 bytes each. */
export const usualRevocationCapacity = 1_000_000;

interface Floor {
  readonly below: number;
  readonly until: number;
}

/**
 * The revocations that still matter, in memory and bounded. A live one is never forgotten: when there is no room for
 * another, `add` says so and the feed must count as incomplete.
 */
export class RevokedTokens {
  /** Until when an id stays dead; ids of tokens, families and grants never look alike to each other's lookups. */
  readonly #until = { token: new Map<string, number>(), family: new Map<string, number>(), grant: new Map<string, number>() };
  readonly #floors = new Map<string, Floor>();
  #size = 0;

  constructor(readonly capacity: number = usualRevocationCapacity) {}

  get size(): number {
    return this.#size;
  }

  /** Remembers a revocation; `false` when it is new and there is no room for it. */
  add({ subject, id, below, until }: Revocation): boolean {
    const known = subject === 'version' ? this.#floors : this.#until[subject];
    if (!known.has(id)) {
      if (this.#size >= this.capacity) return false;
      this.#size += 1;
    }
    if (subject === 'version') this.#raise(id, below ?? Infinity, until.getTime());
    else this.#until[subject].set(id, Math.max(until.getTime(), this.#until[subject].get(id) ?? 0));
    return true;
  }

  isRevoked({ jti, grantId, grantVersion = 0 }: RevocableToken): boolean {
    if (this.#size === 0) return false;
    const { token, family, grant } = this.#until;
    const familyId = familyOf(jti);
    if (token.has(jti) || (familyId !== undefined && family.has(familyId))) return true;
    return grantId !== undefined && (grant.has(grantId) || grantVersion < (this.#floors.get(grantId)?.below ?? 0));
  }

  /** Tokens that have expired by themselves need no memory. */
  forget(now: Date): void {
    const time = now.getTime();
    for (const ids of Object.values(this.#until)) for (const [id, until] of ids) if (until <= time) this.#drop(ids, id);
    for (const [id, { until }] of this.#floors) if (until <= time) this.#drop(this.#floors, id);
  }

  /** Floors only rise, in whatever order they arrive. */
  #raise(id: string, below: number, until: number): void {
    const floor = this.#floors.get(id);
    this.#floors.set(id, { below: Math.max(below, floor?.below ?? 0), until: Math.max(until, floor?.until ?? 0) });
  }

  #drop(ids: Map<string, unknown>, id: string): void {
    ids.delete(id);
    this.#size -= 1;
  }
}
