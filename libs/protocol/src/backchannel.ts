import type { AuthorizedContext, Grant, GrantActivation, GrantChange, GrantPermissions } from './grant.js';
import type { Handle } from './handle.js';
import type { AskedRequest, AuditEvent, CodeRefusal, NarrowDetails, NewTokens, Outlook, Replayed, ReplayClaim } from './ports.js';
import type { Secret } from './secret.js';

/* Authentication requests that come by the back channel and are decided on another device (OpenID Connect CIBA). */

/** How a client learns of the decision: it asks, or is told to ask. Push is not done (FAPI-CIBA 5.2.2). */
export type BackchannelDelivery = 'poll' | 'ping';

/** The parameters of an authentication request, already validated (CIBA section 7.1). */
export interface BackchannelRequest extends AskedRequest {
  readonly issuer: string;
  readonly clientId: string;
  /** Whom the hint names. */
  readonly customerId: string;
  readonly delivery: BackchannelDelivery;
  /** What both devices show, exactly as it was sent. */
  readonly bindingMessage?: string;
  /** Signals about the client's side, for whoever judges fraud (FAPI-CIBA 5.2.2). */
  readonly requestContext?: Readonly<Record<string, unknown>>;
  readonly requestedAt: Date;
}

export type BackchannelState = 'pending' | 'approved' | 'denied';

/** A request as the customer's pages find it. */
export interface FoundBackchannelRequest {
  /** What pages call it. No credential: the customer's session is. */
  readonly id: string;
  /** Where what follows from it lies; its client alone knows the value behind it. */
  readonly handle: Handle;
  readonly request: BackchannelRequest;
  readonly state: BackchannelState;
}

/** How many requests may wait, and how many a customer may refuse or leave alone before a client has to stop asking. */
export interface BackchannelLimits {
  readonly perCustomer: number;
  readonly perClient: number;
  readonly refusals: number;
  readonly windowSeconds: number;
}

/** What a client is told by: kept sealed, since it has to be read again. */
export interface BackchannelNotification {
  readonly authReqId: Secret;
  readonly token: Secret;
}

/**
 * `waiting`, `slow_down`: nothing is decided yet (CIBA section 11). `used`: redeemed before. The rest as for codes: a
 * request presented by a foreign client stays as it is.
 */
export type BackchannelRefusal = 'waiting' | 'slow_down' | 'denied' | Exclude<CodeRefusal, 'pkce' | 'redirect_uri' | 'dpop_key'>;

interface Decision {
  readonly id: string;
  readonly customerId: string;
  readonly now: Date;
  readonly audit: AuditEvent;
}

/** `decided-before` also when the other answer came first; `expired` and `unknown` leave nothing behind. */
type Undecided = 'decided-before' | 'expired' | 'unknown';

export interface BackchannelRequests {
  /**
   * Keeps a request, unless its customer does not want any of its client (`blocked`), has too many waiting
   * (`customer_busy`) or has refused or left alone too many of its client lately (`fatigue`), the client has too many
   * waiting (`client_busy`), or has one waiting that is about the same consent (`consent_busy`).
   */
  push(input: {
    readonly handle: Handle;
    readonly id: string;
    readonly request: BackchannelRequest;
    /** Of clients that want to be told. */
    readonly notification?: BackchannelNotification;
    /** Seconds a client leaves between two polls. */
    readonly interval: number;
    readonly limits: BackchannelLimits;
    readonly replay: readonly ReplayClaim[];
    readonly audit: AuditEvent;
  }): Promise<{ readonly outcome: 'pushed' } | { readonly outcome: 'refused'; readonly reason: 'blocked' | 'customer_busy' | 'client_busy' | 'consent_busy' | 'fatigue' } | Replayed>;

  /** What waits for this customer at this issuer, the newest first. */
  pendingFor(input: { readonly issuer: string; readonly customerId: string; readonly now: Date }): Promise<readonly FoundBackchannelRequest[]>;

  /** One request of this customer, decided or not; `undefined` when there is none, or it was another's. */
  open(id: string, customerId: string): Promise<FoundBackchannelRequest | undefined>;

  /** The same by the value its client knows: for automation in tests. */
  find(handle: Handle): Promise<FoundBackchannelRequest | undefined>;

  /**
   * The customer said yes: writes what it stands for, and the notification of clients that want one, in one statement
   * (one winner, before it expires). No grant is touched before the client redeems. Except for `create`, the grant must
   * still stand, or the answer is `grant-gone` and the request stays open. A consent in waiting is activated here and now.
   */
  approve(input: Decision & { readonly context: AuthorizedContext; readonly change: GrantChange | GrantActivation }): Promise<'decided' | Undecided | 'grant-gone'>;

  /**
   * The customer said no. `grantId`: the grant that is left as it was; the refusal becomes a link of its chain.
   * `rejects`: the consent in waiting that ends with it.
   */
  deny(input: Decision & { readonly grantId?: string; readonly rejects?: string }): Promise<'decided' | Undecided>;

  /** Of a request that can be found. */
  outlook(request: Handle): Promise<Outlook | undefined>;

  /**
   * One poll: judges client, end, decision and pace, and redeems an approved request once, by the same machinery as
   * codes, in one statement (three for one that changes a grant). A poll that comes too soon while nothing is decided
   * makes the interval grow by five seconds. `again`: the rest of a poll that waited, which has no pace of its own.
   */
  redeem(input: {
    readonly request: Handle;
    readonly issuer: string;
    readonly clientId: string;
    readonly tokens: NewTokens;
    readonly apply: (current: Grant, change: GrantChange) => GrantPermissions;
    readonly narrow?: NarrowDetails | undefined;
    readonly again?: boolean;
    readonly replay: readonly ReplayClaim[];
    readonly now: Date;
    readonly audit: AuditEvent;
  }): Promise<{ readonly outcome: 'redeemed'; readonly context: AuthorizedContext } | { readonly outcome: 'refused'; readonly reason: BackchannelRefusal } | Replayed>;

  /** Which of these have been decided: what a process asks that may have missed a wake-up. */
  decidedAmong(handles: readonly Handle[]): Promise<readonly Handle[]>;
}

/** Clients whose requests a customer does not want any more. */
export interface BackchannelBlocks {
  /** From now on requests of this client are refused before they are kept; those that wait are listed as ever. */
  block(decision: BlockDecision): Promise<void>;
  unblock(decision: BlockDecision): Promise<void>;
  /** Client ids, the last one blocked first. */
  blockedBy(customer: { readonly issuer: string; readonly customerId: string }): Promise<readonly string[]>;
}

interface BlockDecision {
  readonly issuer: string;
  readonly clientId: string;
  readonly customerId: string;
  readonly now: Date;
  readonly audit: AuditEvent;
}

/** A notification that is due, claimed by one process until its lease ends. */
export interface BackchannelPing extends BackchannelNotification {
  readonly handle: Handle;
  readonly issuer: string;
  readonly clientId: string;
  /** How often it was tried, this time included. */
  readonly attempts: number;
}

/** Notifications that wait to be sent: at least once, by any of several processes. */
export interface BackchannelPings {
  /** Due ones nobody else holds. Whoever does not say what became of one loses it when the lease ends. */
  claim(input: { readonly most: number; readonly now: Date; readonly leaseUntil: Date }): Promise<readonly BackchannelPing[]>;
  /** Delivered, or given up. */
  end(ping: BackchannelPing, now: Date, audit: AuditEvent): Promise<void>;
  retry(ping: BackchannelPing, at: Date): Promise<void>;
  /** When the next one is due. */
  nextAt(now: Date): Promise<Date | undefined>;
}

/** Tells this process of what other processes did. Wake-ups only: whoever is woken reads what is there. */
export interface BackchannelSignals {
  /** Calls back when what waits for a customer has changed, or may have. Answers with the way to stop. */
  onCustomer(customerId: string, listener: () => void): () => void;
  /** Calls back when this request was decided, or may have been. */
  onDecision(request: Handle, listener: () => void): () => void;
  /** Calls back when there may be notifications to send. */
  onPing(listener: () => void): () => void;
  /** Calls back when wake-ups of the past may have been missed; `onDecision` is not called for them. */
  onGap(listener: () => void): () => void;
  close(): Promise<void>;
}
