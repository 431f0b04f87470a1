import { OutboundError, type Post } from '@assent/http';
import { plusSeconds, type AuditEvent, type BackchannelPing, type BackchannelPings, type BackchannelSignals, type Client, type Clock } from '@assent/protocol';
import type { Logger } from 'pino';

export interface PingParts {
  readonly pings: BackchannelPings;
  readonly signals: BackchannelSignals;
  readonly post: Post;
  /** The client at one of the issuers of this deployment. */
  readonly clientOf: (issuer: string, clientId: string) => Client | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  /** Longer than a delivery takes: whoever claimed one and died gives it back by then. */
  readonly leaseSeconds: number;
}

const batch = 20;
const mostAttempts = 8;
/** Should a wake-up be missed, nobody waits longer. */
const longestRestMs = 30_000;

/** What an answer means: taken, not now, or never. */
type Verdict = 'delivered' | 'later' | 'never';

/**
 * Tells clients of decisions (CIBA section 10.2): at least once, by any of several processes. The decision wrote what is
 * to be told; here it is sent, again with growing pauses while the client cannot be reached, and never after its end.
 */
export class Pings {
  private running: Promise<void> | undefined;
  private again = false;
  private closed = false;
  private timer: NodeJS.Timeout | undefined;
  private readonly stopListening: () => void;

  private constructor(private readonly parts: PingParts) {
    this.stopListening = parts.signals.onPing(() => this.wake());
  }

  static start(parts: PingParts): Pings {
    const pings = new Pings(parts);
    pings.wake();
    return pings;
  }

  async close(): Promise<void> {
    this.closed = true;
    this.stopListening();
    clearTimeout(this.timer);
    await this.running;
  }

  private wake(): void {
    if (this.closed) return;
    if (this.running) return void (this.again = true);
    clearTimeout(this.timer);
    this.running = this.run().finally(() => {
      this.running = undefined;
      if (this.again) this.wake();
    });
  }

  private async run(): Promise<void> {
    this.again = false;
    try {
      while (!this.closed && (await this.round())) continue;
      await this.rest();
    } catch (err) {
      this.parts.log.error({ err }, 'notifications of clients were interrupted; they go on in a moment');
      this.sleep(1000);
    }
  }

  /** Whether there may be more. */
  private async round(): Promise<boolean> {
    const { pings, clock, leaseSeconds } = this.parts;
    const now = clock.now();
    const claimed = await pings.claim({ most: batch, now, leaseUntil: plusSeconds(now, leaseSeconds) });
    await Promise.all(claimed.map((ping) => this.deliver(ping)));
    return claimed.length === batch;
  }

  private async rest(): Promise<void> {
    const now = this.parts.clock.now();
    const next = await this.parts.pings.nextAt(now);
    this.sleep(next ? Math.max(0, next.getTime() - now.getTime()) : longestRestMs);
  }

  private sleep(ms: number): void {
    if (this.closed) return;
    this.timer = setTimeout(() => this.wake(), Math.min(ms, longestRestMs));
    this.timer.unref();
  }

  private async deliver(ping: BackchannelPing): Promise<void> {
    const { pings, clock, log } = this.parts;
    const { verdict, why } = await this.send(ping);
    const last = ping.attempts >= mostAttempts;
    if (verdict === 'later' && !last) {
      log.info({ issuer: ping.issuer, clientId: ping.clientId, attempts: ping.attempts, why }, 'a client could not be notified; tried again');
      return pings.retry(ping, plusSeconds(clock.now(), pauseAfter(ping.attempts)));
    }
    if (verdict !== 'delivered') log.warn({ issuer: ping.issuer, clientId: ping.clientId, attempts: ping.attempts, why }, 'a client was not notified; it can still poll');
    await pings.end(ping, clock.now(), auditOf(ping, verdict === 'delivered' ? undefined : why));
  }

  private async send({ issuer, clientId, authReqId, token }: BackchannelPing): Promise<{ readonly verdict: Verdict; readonly why: string }> {
    const endpoint = this.parts.clientOf(issuer, clientId)?.backchannel_client_notification_endpoint;
    if (endpoint === undefined) return { verdict: 'never', why: 'the client is no longer notified' };
    try {
      const headers = { authorization: `Bearer ${token.reveal()}`, 'content-type': 'application/json' };
      const { status } = await this.parts.post(endpoint, headers, JSON.stringify({ auth_req_id: authReqId.reveal() }));
      return { verdict: verdictOn(status), why: `status ${status}` };
    } catch (error) {
      if (error instanceof OutboundError) return { verdict: verdictOnFailure(error), why: error.message };
      throw error;
    }
  }
}

/** 204, or anything else that is good (CB-PN-05); of errors those that may pass (CB-PN-06). */
const verdictOn = (status: number): Verdict => (status >= 200 && status < 300 ? 'delivered' : status >= 500 || status === 408 || status === 429 ? 'later' : 'never');

/** Redirects are not followed (CB-PN-04), internal addresses not reached (CB-PN-07); an answer that never ends was one. */
const verdictOnFailure = ({ message }: OutboundError): Verdict => (/redirect|internal|https/.test(message) ? 'never' : /too large/.test(message) ? 'delivered' : 'later');

/** Seconds: 1, 2, 4, … */
const pauseAfter = (attempts: number): number => Math.min(2 ** (attempts - 1), 60);

const auditOf = ({ issuer, clientId, attempts }: BackchannelPing, why: string | undefined): AuditEvent => ({
  type: why === undefined ? 'backchannel.notified' : 'backchannel.not-notified',
  issuer,
  clientId,
  rule: why === undefined ? 'CB-PN-01' : 'CB-PN-06',
  detail: { attempts, ...(why === undefined ? {} : { why }) },
});
