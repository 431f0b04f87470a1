import type { Client, ReplayClaim, ReplayStore } from '@assent/protocol';

/**
 * The one-time values a request has proved so far (assertion, DPoP proof). The store operation that decides the
 * request spends them in its own statement; when the request is refused before it gets there, they are spent all the
 * same: a jti that was seen and found right is never good again (F2-CA-05, F2-DP-10).
 */
export class OneTimeProofs {
  private readonly claims: ReplayClaim[] = [];
  private handedOver = false;
  /** The client that authenticated, once one did. */
  client: Client | undefined;

  keep(claim: ReplayClaim): void {
    this.claims.push(claim);
  }

  /** Everything kept, for the one store operation that spends it. A second operation of the request gets nothing. */
  spend(): readonly ReplayClaim[] {
    if (this.handedOver) return [];
    this.handedOver = true;
    return this.claims;
  }

  /** Spends what no store operation was given. A replay among it changes nothing: the request is refused already. */
  async abandon(replay: ReplayStore): Promise<void> {
    const left = this.spend();
    if (left.length > 0) await replay.spend(left);
  }
}
