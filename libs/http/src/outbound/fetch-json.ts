import type { OutboundConfig } from '@assent/config';
import type { LookupAddress } from 'node:dns';
import type { Agent } from 'undici';

export type FetchJson = (url: string) => Promise<{ readonly body: unknown; readonly maxAgeSeconds: number | undefined }>;

/** Resolves a host name; the system's resolver by default. */
export type Resolve = (hostname: string) => Promise<readonly LookupAddress[]>;

/** Why an outbound fetch failed: short, without internals. */
export class OutboundError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'OutboundError';
  }
}

/**
 * GET of a JSON document at an https address named by somebody else (`jwks_uri`). Refuses internal addresses unless
 * configured, at the moment of connecting; follows no redirect; bounded in time and size; server identity per RFC 9525.
 * Rejects with `OutboundError`.
 */
export function createFetchJson(_outbound: OutboundConfig, _authorityFiles: readonly string[], _options: { resolve?: Resolve } = {}): FetchJson & { close(): Promise<void> } {
  throw new Error('to come');
}

/** The same guarded connections as an undici `Agent`, for calls of our own (introspection, token requests). */
export function outboundAgent(_outbound: OutboundConfig, _authorityFiles: readonly string[], _options: { resolve?: Resolve; clientCertificate?: { cert: string; key: string } } = {}): Agent {
  throw new Error('to come');
}
