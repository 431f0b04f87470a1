import type { ClientCertificate } from '@assent/crypto';
import { X509Certificate } from 'node:crypto';

/** A client's certificate as it came, with the certificates sent along. */
export interface PresentedChain {
  readonly certificate: ClientCertificate;
  readonly intermediates: readonly Buffer[];
}

/** What is known of a chain: nothing speaks against it, one of it was revoked, or it cannot be told now. */
export type Verdict = { readonly verdict: 'good' } | { readonly verdict: 'revoked'; readonly reason: string } | { readonly verdict: 'unknown'; readonly why: string };

export const good: Verdict = { verdict: 'good' };

/** Knows of client certificates that were revoked. */
export interface RevocationCheck {
  judge(chain: PresentedChain): Verdict | Promise<Verdict>;
  /** Rejects while certificates may come whose state could not be told. */
  ready(): Promise<void>;
  close(): Promise<void>;
}

/** The authorities that certificates are trusted from, and may be revoked by. */
export type Authorities = readonly X509Certificate[];

/** Whatever a client sends along need be no certificate. */
export function certificateOf(der: Buffer): X509Certificate | undefined {
  try {
    return new X509Certificate(der);
  } catch {
    return undefined;
  }
}
