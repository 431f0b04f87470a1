import type { RevocationCheckConfig } from '@assent/config';
import { isIssuedBy, loadOcsp } from '@assent/pki/verify';
import { plusSeconds, type Clock } from '@assent/protocol';
import { LRUCache } from 'lru-cache';
import { randomBytes, X509Certificate } from 'node:crypto';
import type { Log } from '../log.js';
import { certificateOf, good, type Authorities, type PresentedChain, type RevocationCheck, type Verdict } from './check.js';

export interface OcspOptions {
  readonly config: RevocationCheckConfig;
  readonly authorities: Authorities;
  /** Sends a question to a responder. */
  readonly ask: (url: string, question: Buffer) => Promise<Buffer>;
  readonly clock: Clock;
  readonly log: Log;
}

/** After a failure the responder is left alone this long. */
const pauseSeconds = 1;

interface Known {
  readonly verdict: Verdict;
  readonly until: Date;
}

/**
 * Asks the authority about each client certificate it issued (RFC 6960), at the address the certificate names. An answer
 * is relied on until its end, at most as long as configured; the same certificate is asked about once at a time.
 */
export class OcspCheck implements RevocationCheck {
  private readonly known = new LRUCache<string, Known>({ max: 5000 });
  private readonly asking = new Map<string, Promise<Verdict>>();

  private constructor(
    private readonly options: OcspOptions,
    private readonly ocsp: Awaited<ReturnType<typeof loadOcsp>>,
  ) {}

  static async open(options: OcspOptions): Promise<OcspCheck> {
    return new OcspCheck(options, await loadOcsp());
  }

  judge({ certificate: { der, thumbprint, chainTrusted }, intermediates }: PresentedChain): Verdict | Promise<Verdict> {
    // Whoever may name an address must be someone whose authority is trusted.
    if (!chainTrusted) return good;
    const known = this.known.get(thumbprint);
    if (known && this.options.clock.now() < known.until) return known.verdict;
    let asking = this.asking.get(thumbprint);
    if (!asking) {
      asking = this.ask(new X509Certificate(der), thumbprint, intermediates).finally(() => this.asking.delete(thumbprint));
      this.asking.set(thumbprint, asking);
    }
    return asking;
  }

  async ready(): Promise<void> {}

  async close(): Promise<void> {
    await Promise.allSettled(this.asking.values());
  }

  private async ask(certificate: X509Certificate, thumbprint: string, intermediates: readonly Buffer[]): Promise<Verdict> {
    const { authorities, ask, clock, config, log } = this.options;
    const url = responderOf(certificate);
    if (url === undefined) return good;
    // Most chains have one between root and client: whoever sends it along proves nothing by it but whose the answers are.
    const authority = [...authorities, ...intermediates.map(certificateOf)].find((one) => one !== undefined && isIssuedBy(certificate, one));
    if (!authority) return { verdict: 'unknown', why: 'its authority is not known here' };
    const keep = (verdict: Verdict, until: Date): Verdict => {
      this.known.set(thumbprint, { verdict, until });
      return verdict;
    };
    try {
      const nonce = randomBytes(32);
      const answer = await ask(url, this.ocsp.ocspRequest(certificate, authority, nonce));
      const now = clock.now();
      const { status, nextUpdate } = this.ocsp.verifyOcsp(answer, { certificate, authority, nonce, now });
      const latest = plusSeconds(now, config.refreshSeconds);
      const until = nextUpdate && nextUpdate < latest ? nextUpdate : latest;
      if (status.status === 'revoked') return keep({ verdict: 'revoked', reason: status.reason }, until);
      // An authority that does not know a certificate of its own did not issue it.
      return keep(status.status === 'good' ? good : { verdict: 'revoked', reason: 'unknown to its authority' }, until);
    } catch (err) {
      log.warn({ err, responder: url }, 'an authority could not be asked about a certificate');
      return keep({ verdict: 'unknown', why: 'its authority does not answer' }, plusSeconds(clock.now(), pauseSeconds));
    }
  }
}

/** The first address of a responder that the certificate names (RFC 5280 section 4.2.2.1). */
function responderOf({ infoAccess }: X509Certificate): string | undefined {
  const url = /^OCSP - URI:(.+)$/m.exec(infoAccess ?? '')?.[1];
  return url !== undefined && /^https?:\/\//i.test(url) && URL.canParse(url) ? url : undefined;
}
