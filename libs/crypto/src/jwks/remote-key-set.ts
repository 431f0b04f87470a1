import type { Clock, EncryptionAlg } from '@assent/protocol';
import type { EncryptionKey } from '../jwe/encryption-key.js';
import type { JwsHeader } from '../jws/parse.js';
import { isSigningAlg } from '../jws/algorithms.js';
import { KeySet } from './key-set.js';
import type { PublicKey } from './public-key.js';

/** Fetches one JSON document over TLS, within limits of time, size and reachable addresses. Throws when it cannot. */
export type FetchJson = (url: string) => Promise<{ readonly body: unknown; readonly maxAgeSeconds: number | undefined }>;

/** Finds keys by their name alone; the key says the algorithm. */
export type KeysById = (kid: string) => readonly PublicKey[] | Promise<readonly PublicKey[]>;

/** A published key set that cannot be had, with no copy young enough to go on with. */
export class KeySetError extends Error {
  constructor(message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = 'KeySetError';
  }
}

/** Seconds. What the publisher's `max-age` may ask for lies between `minAge` and `maxAge`. */
const minAge = 60;
const defaultAge = 300;
const maxAge = 900;
/** How long past its age a copy may still serve while the publisher is unreachable. */
const staleIfError = 900;
/** After a failed fetch, doubling up to `maxRetry`. */
const firstRetry = 5;
const maxRetry = 60;
/** Fetches because of an unknown `kid`: three at once, then one every ten seconds. */
const refreshBurst = 3;
const refreshEvery = 10;

/**
 * One JWKS behind a URL. Fetches at most once at a time, keeps the keys for the publisher's max-age within bounds, and
 * looks again when a message names a `kid` it does not know, so that rotation works at once; a sender of made-up kids
 * gets no more than one fetch in ten seconds out of it.
 */
export class RemoteKeySet {
  private keys: KeySet | undefined;
  private freshUntil = -Infinity;
  private retryAt = -Infinity;
  private failures = 0;
  private lastFailure: unknown;
  private pending: Promise<void> | undefined;
  private tokens = refreshBurst;
  private tokensAt = 0;

  constructor(
    private readonly url: string,
    private readonly fetchJson: FetchJson,
    private readonly clock: Clock,
  ) {}

  /** The keys that may have signed under `header`; at once when they are cached. `KeySetError` when there are none to look in. */
  find(header: JwsHeader): readonly PublicKey[] | Promise<readonly PublicKey[]> {
    // A message whose algorithm is not ours is refused anyway: no reason to fetch.
    if (!isSigningAlg(header.alg)) return [];
    return this.select((keys) => keys.find(header));
  }

  /** The keys of this name, whatever they sign with. `KeySetError` as above. */
  named(kid: string): readonly PublicKey[] | Promise<readonly PublicKey[]> {
    return this.select((keys) => keys.named(kid));
  }

  /** The keys a certificate may be compared with; `wanted` tells whether the right one is among them. */
  certificateKeys(wanted: (key: PublicKey) => boolean = () => true): readonly PublicKey[] | Promise<readonly PublicKey[]> {
    return this.select((keys) => keys.certificateKeys().filter(wanted));
  }

  /** The key something may be encrypted to with `alg`. `KeySetError` when there is no set to look in. */
  async encryptionKey(alg: EncryptionAlg): Promise<EncryptionKey | undefined> {
    const pick = (keys: KeySet): readonly EncryptionKey[] => [keys.encryptionKey(alg)].filter((key) => key !== undefined);
    const [key] = await this.select(pick);
    return key;
  }

  private select<T>(pick: (keys: KeySet) => readonly T[]): readonly T[] | Promise<readonly T[]> {
    if (this.keys && this.now() < this.freshUntil) {
      const found = pick(this.keys);
      if (found.length > 0 || !this.mayRefresh()) return found;
    }
    return this.refreshed().then(pick);
  }

  private async refreshed(): Promise<KeySet> {
    if (this.pending || this.now() >= this.retryAt) await (this.pending ??= this.fetch());
    if (this.keys && this.now() < this.freshUntil + staleIfError) return this.keys;
    throw new KeySetError(`no keys could be read from ${this.url}`, { cause: this.lastFailure });
  }

  /** Never rejects: the outcome is in the fields. */
  private async fetch(): Promise<void> {
    try {
      const { body, maxAgeSeconds = defaultAge } = await this.fetchJson(this.url);
      const keys = KeySet.read(body);
      if (!keys) throw new KeySetError('the document is not a JWK set, or too large a one');
      this.keys = keys;
      this.freshUntil = this.now() + Math.min(Math.max(maxAgeSeconds, minAge), maxAge);
      this.failures = 0;
    } catch (cause) {
      this.lastFailure = cause;
      this.retryAt = this.now() + Math.min(firstRetry * 2 ** this.failures++, maxRetry);
    } finally {
      this.pending = undefined;
    }
  }

  private mayRefresh(): boolean {
    if (this.pending) return true;
    const now = this.now();
    this.tokens = Math.min(refreshBurst, this.tokens + Math.max(0, now - this.tokensAt) / refreshEvery);
    this.tokensAt = now;
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }

  private now = (): number => this.clock.now().getTime() / 1000;
}
