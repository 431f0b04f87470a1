import { createHmac } from 'node:crypto';
import { epochSeconds } from '@assent/protocol';
import { constantTimeEqual } from '../constant-time.js';
import { deriveKey } from '../sealing/derive-key.js';

const maxNonceLength = 64;

/**
 * Server nonces without a store (RFC 9449 section 8; F2-DP-13): the HMAC of the running time window under a derived
 * key, so every process that shares the secret issues and accepts the same ones. A nonce is good for the window it was
 * issued in and the next. `context` keeps servers apart that share a secret: one's nonces mean nothing to the other.
 */
export class DpopNonces {
  private readonly key: Buffer;
  private readonly lifetime: number;
  private current = { window: -1, nonce: '' };

  constructor(secret: Buffer, opts: { readonly lifetimeSeconds?: number; readonly context?: string } = {}) {
    this.key = deriveKey(secret, `dpop-nonce/${opts.context ?? ''}`);
    this.lifetime = opts.lifetimeSeconds ?? 300;
    if (!(this.lifetime >= 1)) throw new RangeError('a nonce lives at least one second');
  }

  issue(now: Date): string {
    const window = this.windowOf(now);
    if (this.current.window !== window) this.current = { window, nonce: this.nonceOf(window) };
    return this.current.nonce;
  }

  /** `missing` without a nonce; `stale` for one that is foreign, malformed or too old: the client is to retry. */
  check(nonce: string | undefined, now: Date): 'ok' | 'missing' | 'stale' {
    if (nonce === undefined || nonce === '') return 'missing';
    if (nonce.length > maxNonceLength) return 'stale';
    if (constantTimeEqual(nonce, this.issue(now))) return 'ok';
    const window = this.windowOf(now);
    // The coming window too: the process that issued it may have a clock a little ahead.
    return [window - 1, window + 1].some((near) => constantTimeEqual(nonce, this.nonceOf(near))) ? 'ok' : 'stale';
  }

  private windowOf = (now: Date): number => Math.floor(epochSeconds(now) / this.lifetime);

  private nonceOf = (window: number): string => createHmac('sha256', this.key).update(String(window)).digest().subarray(0, 24).toString('base64url');
}
