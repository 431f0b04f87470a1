import { takeApart, type CertificateFacts } from './take-apart.js';
import { isTrusted, type TrustStore } from './trust-store.js';

/** A client's TLS certificate, read. Possession of its key was proved by the TLS handshake, here or at a trusted proxy. */
export interface ClientCertificate extends CertificateFacts {
  /** Whether a chain to a trust anchor was proved. */
  readonly chainTrusted: boolean;
  /** Whether it was within its validity dates when it was read. */
  readonly current: boolean;
}

/**
 * Reads a client certificate and says whether it is trusted: because TLS said so (`chainTrusted`), or by a chain over
 * `intermediates` to `trustedRoots` at `now`. Throws `CertificateError` when the bytes are not one DER certificate.
 */
export function readCertificate(
  der: Buffer,
  opts: { readonly trustedRoots?: TrustStore; readonly chainTrusted?: boolean; readonly intermediates?: readonly Buffer[]; readonly now: Date },
): ClientCertificate {
  const read = takeApart(der);
  const { facts } = read;
  const current = opts.now >= facts.notBefore && opts.now <= facts.notAfter;
  const trusted = opts.chainTrusted ?? (opts.trustedRoots !== undefined && isTrusted(opts.trustedRoots, read, opts.intermediates ?? [], opts.now));
  return { ...facts, current, chainTrusted: trusted && current };
}
