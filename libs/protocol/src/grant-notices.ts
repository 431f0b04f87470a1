import type { GrantActor, GrantDifference, GrantEventType, GrantStatus } from './grant.js';

/** A client that is told of changes of the grants it manages. */
export interface EventReceiver {
  readonly issuer: string;
  readonly clientId: string;
}

/** A change of a grant that its client has not acknowledged yet. */
export interface GrantNotice extends EventReceiver {
  readonly jti: string;
  readonly grantId: string;
  readonly version: number;
  readonly event: GrantEventType;
  readonly at: Date;
  readonly status: GrantStatus;
  /** The kind of who did it; who it was is nobody else's business. */
  readonly by: GrantActor['kind'];
  readonly difference: GrantDifference;
  /** How often it has been taken, this time included. */
  readonly attempts: number;
}

/**
 * Changes that are to be told, kept by the transaction that makes them until they are acknowledged: at least once, and
 * for each grant in order.
 */
export interface GrantNotices {
  /** From now on changes are kept for these clients, and for no others. */
  keepFor(receivers: readonly EventReceiver[]): Promise<void>;
  /** From now on clients of these issuers, and of no others, are told when somebody else revokes a grant of theirs. */
  tellEnds(issuers: readonly string[]): Promise<void>;
  /** Whoever has something to take now. */
  due(now: Date): Promise<readonly EventReceiver[]>;
  /** Takes notices, of each grant the oldest alone. Nobody else takes them before `until`; then they are to be had again. */
  take(input: { readonly receiver: EventReceiver; readonly now: Date; readonly until: Date; readonly limit: number }): Promise<readonly GrantNotice[]>;
  /** Acknowledged: they are told no more. Only the receiver's own; answers with those that were there. */
  settle(input: { readonly receiver: EventReceiver; readonly jtis: readonly string[] }): Promise<readonly string[]>;
  /** The receiver cannot use it: told no more, with an audit line that says why. */
  refuse(input: { readonly receiver: EventReceiver; readonly jti: string; readonly reason: string; readonly now: Date }): Promise<boolean>;
  /** To be tried again, not before `until`. */
  postpone(input: { readonly notice: GrantNotice; readonly until: Date }): Promise<void>;
  /** Ends what is older than `before`, with an audit line for each. Answers with how many. */
  giveUp(input: { readonly before: Date; readonly now: Date }): Promise<number>;
  /** Calls back whenever there may be something to take. Returns the way to stop. */
  onChange(listener: () => void): Promise<() => Promise<void>>;
}
