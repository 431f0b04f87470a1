import { invalidClient, invalidToken, temporarilyUnavailable, type AuditLog, type Clock, type OAuthError } from '@assent/protocol';
import { LRUCache } from 'lru-cache';
import type { Log } from '../log.js';
import type { PresentedChain, RevocationCheck } from './check.js';

export const revokedRule = 'ASSENT-MTLS-01';
export const untoldRule = 'ASSENT-MTLS-02';

export interface GateOptions {
  readonly check: RevocationCheck;
  readonly softFail: boolean;
  /** As whom a refusal is audited. */
  readonly server: string;
  /** `token`: where the certificate binds access tokens (RFC 6750 section 3.1). */
  readonly refuseAs: 'client' | 'token';
  readonly audit: Pick<AuditLog, 'append'> | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** One certificate that keeps knocking is one line of the audit log in this time. */
const auditEveryMs = 60_000;

/** Stands before every handler: lets no request in whose client certificate was revoked. */
export class RevocationGate {
  private readonly told = new LRUCache<string, number>({ max: 1000 });

  constructor(private readonly options: GateOptions) {}

  /** `invalid_client` (or `invalid_token`) for a revoked certificate; 503 where that cannot be told and must be. */
  async admit(chain: PresentedChain, requestId: string): Promise<void> {
    const { check, softFail } = this.options;
    const found = await check.judge(chain);
    if (found.verdict === 'good') return;
    if (found.verdict === 'revoked') {
      this.tell(chain, requestId, found.reason);
      throw this.refusal();
    }
    if (!softFail) throw temporarilyUnavailable(`whether the client certificate was revoked cannot be told at the moment: ${found.why}`, untoldRule).withHeaders({ 'Retry-After': '2' });
  }

  close(): Promise<void> {
    return this.options.check.close();
  }

  private refusal(): OAuthError {
    const says = 'the client certificate was revoked';
    if (this.options.refuseAs === 'client') return invalidClient(says, revokedRule);
    return invalidToken(says, revokedRule).withHeaders({ 'WWW-Authenticate': `Bearer error="invalid_token", error_description="${says}"` });
  }

  private tell({ certificate: { thumbprint, subjectDn } }: PresentedChain, requestId: string, reason: string): void {
    const { audit, server, clock, log } = this.options;
    const now = clock.now().getTime();
    if (now - (this.told.get(thumbprint) ?? -Infinity) < auditEveryMs) return;
    this.told.set(thumbprint, now);
    log.warn({ audit: true, rule: revokedRule, thumbprint, subject: subjectDn, reason, requestId }, 'a revoked client certificate was refused');
    audit?.append({ type: 'certificate.refused', issuer: server, requestId, rule: revokedRule, detail: { thumbprint, subject: subjectDn, reason } }).catch((err: unknown) => log.error({ err, requestId }, 'a refusal could not be audited'));
  }
}
