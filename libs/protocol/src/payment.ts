import type { AuditEvent } from './ports.js';

/** Where a payment goes. IBANs are without spaces, in capitals; other numbers as their scheme writes them. */
export type CreditorAccount = { readonly iban: string } | { readonly scheme: string; readonly identification: string };

/** What a client asks to be paid. */
export interface PaymentOrder {
  readonly amount: Money;
  readonly creditorName: string;
  readonly creditorAccount: CreditorAccount;
  /** Text for the creditor. */
  readonly remittance?: string;
  readonly endToEndId?: string;
  /** The account to pay from, where the client names it. */
  readonly debtor?: AccountName;
  /** Which approved detail it is made under, where the client names it. */
  readonly identifier?: string;
}

export interface Money {
  /** Decimal text. */
  readonly amount: string;
  readonly currency: string;
}

/** An account by one of its names, or both. */
export interface AccountName {
  readonly accountId?: string;
  readonly iban?: string;
}

/** An approved detail that an order fits into, and what bounds all that is booked under it. */
export interface PaymentApproval {
  readonly type: string;
  readonly identifier: string;
  /** As chosen at consent; absent: the grant's only account. */
  readonly debtor?: AccountName;
  /** How often and how much in all, of what is booked from `from` until before `until`; absent: ever. */
  readonly most: { readonly times?: number; readonly total: string; readonly from?: Date; readonly until?: Date };
  /** Whether the grant is used up once it is booked, whatever else stands in it. */
  readonly usesUpGrant?: boolean;
}

/** Why a bank did not book a payment it was rightly asked for. The approval is not spent by it. */
export type PaymentRejection = 'account_unavailable' | 'other_currency' | 'insufficient_funds';

export interface Payment {
  readonly id: string;
  readonly approval: { readonly type: string; readonly identifier: string };
  readonly status: 'booked' | 'rejected';
  readonly rejection?: PaymentRejection;
  readonly accountId: string;
  readonly amount: Money;
  readonly creditorName: string;
  readonly creditorAccount: CreditorAccount;
  readonly remittance?: string;
  readonly endToEndId?: string;
  /** In the account's history. */
  readonly transactionId?: string;
  readonly createdAt: Date;
}

/** The token that a request about payments came with, as far as the stores need it. */
export interface PaymentAccess {
  readonly issuer: string;
  readonly clientId: string;
  readonly subject: string;
  readonly grantId: string;
  /** The version the token was issued under. */
  readonly grantVersion: number;
}

/** An Idempotency-Key, scoped to the grant (and so to its client), and the request it came with, both hashed. */
export interface IdempotencyKey {
  readonly hash: Buffer;
  readonly request: Buffer;
}

/** The grant is over, or lets no token this old live. */
interface GrantEnded {
  readonly outcome: 'grant-ended';
}

/**
 * `not_granted`: the grant does not hold the approval (any more). `no_account`: there is no account to pay from, or not
 * this one. `spent`: the payment was made. `times`, `total`: a limit of the period stands in the way. `busy`: other
 * payments of the grant or the account are taking too long.
 */
export type PaymentRefusal = 'not_granted' | 'no_account' | 'spent' | 'times' | 'total' | 'busy';

export interface Payments {
  /** What the key was used for within the last day. */
  recall(input: { readonly access: PaymentAccess; readonly key: IdempotencyKey; readonly now: Date }): Promise<GrantEnded | { readonly outcome: 'unused' | 'reused' } | { readonly outcome: 'made'; readonly payment: Payment }>;

  /**
   * Decides on an order and books it, in one transaction: limits, balance, history, key, audit, the link of the grant's
   * chain of events, and the end of a grant that permitted nothing else. Payments of one grant are decided one after
   * the other, so each sees all before it. A refusal leaves nothing behind but its audit line.
   */
  make(input: {
    readonly access: PaymentAccess;
    readonly order: PaymentOrder;
    readonly approval: PaymentApproval;
    readonly key: IdempotencyKey;
    readonly now: Date;
    readonly audit: AuditEvent;
  }): Promise<
    | GrantEnded
    | { readonly outcome: 'made'; readonly payment: Payment }
    | { readonly outcome: 'reused' }
    | { readonly outcome: 'refused'; readonly reason: PaymentRefusal; readonly used?: { readonly times: number; readonly total: string } }
  >;

  /** A payment of any grant of this client. */
  findOfClient(input: { readonly issuer: string; readonly clientId: string; readonly paymentId: string }): Promise<(Payment & { readonly grantId: string }) | undefined>;

  /** A payment of this grant. */
  find(input: { readonly access: PaymentAccess; readonly paymentId: string; readonly now: Date }): Promise<GrantEnded | { readonly outcome: 'unknown' } | { readonly outcome: 'found'; readonly payment: Payment }>;
}

// ---------------------------------------------------------------- last use

/** What was read, or done. */
export type UseKind = 'accounts' | 'balances' | 'transactions' | 'payments';

/** How often a grant was used in one way on one day. */
export interface GrantDayUse {
  /** UTC, as in 2026-11-23. */
  readonly day: string;
  readonly kind: UseKind;
  readonly count: number;
  readonly lastAt: Date;
}

export interface GrantUses {
  /** Adds to what is known of these days. */
  add(uses: readonly (GrantDayUse & { readonly grantId: string })[]): Promise<void>;
  /** When each was used last; a grant that was not is left out. */
  lastUse(grantIds: readonly string[]): Promise<ReadonlyMap<string, Date>>;
  /** The newest day first. */
  useByDay(grantId: string): Promise<readonly GrantDayUse[]>;
}
