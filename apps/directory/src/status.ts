import { answerOcsp, issueCrl, isRevocationReason, ocspFailure, type CertificateStatus, type RevocationReason } from '@assent/pki';
import type { Revocation } from '@assent/persistence/directory';
import { plusSeconds } from '@assent/protocol';
import type { Directory } from './directory.js';

const reasonFrom = (text: string): RevocationReason => (isRevocationReason(text) ? text : 'unspecified');

/** The revocation list, signed anew when what it says has changed or half of its time is over. */
export class RevocationListing {
  private last: { readonly says: string; readonly until: Date; readonly list: Promise<Buffer> } | undefined;

  constructor(private readonly directory: Directory) {}

  /** DER. */
  async current(): Promise<Buffer> {
    const { store, clock, config, authority } = this.directory;
    const now = clock.now();
    const revoked = await store.revocations(now);
    const says = JSON.stringify(revoked);
    if (this.last?.says === says && now < this.last.until) return this.last.list;
    const entries = revoked.map(({ serial, revokedAt, reason }) => ({ serial, revokedAt, reason: reasonFrom(reason) }));
    // Numbers by the clock rise in every process and over restarts.
    const list = issueCrl({ number: now.getTime(), thisUpdate: now, nextUpdate: plusSeconds(now, config.revocationLifetime), revoked: entries }, authority);
    this.last = { says, until: plusSeconds(now, config.revocationLifetime / 2), list };
    return list;
  }
}

/** Answers about single certificates (RFC 6960). What goes wrong here is told as `internalError`, and logged. */
export async function answerStatus(directory: Directory, request: Buffer): Promise<Buffer> {
  const { store, clock, config, authority, log } = directory;
  const now = clock.now();
  try {
    return await answerOcsp(request, {
      authority,
      now,
      nextUpdate: plusSeconds(now, config.revocationLifetime),
      statusOf: async (serials) => new Map([...(await store.statuses(serials))].map(([serial, fate]) => [serial, statusFrom(fate)])),
    });
  } catch (err) {
    log.error({ err }, 'a question about a certificate could not be answered');
    return ocspFailure('internalError');
  }
}

const statusFrom = (fate: Revocation | 'good'): CertificateStatus => (fate === 'good' ? { status: 'good' } : { status: 'revoked', at: fate.revokedAt, reason: reasonFrom(fate.reason) });
