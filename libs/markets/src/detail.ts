import type { AnyDetailType } from '@assent/authorization-details';
import type { AuthorizationDetail } from '@assent/protocol';
import type { MarketPaymentOrder } from './route.js';

/** How far a granted detail reaches, in the market's own words for permissions. */
export interface Reach {
  /** Names of the market's permissions. */
  readonly permissions: readonly string[];
  /** Account ids, as chosen by the customer. */
  readonly accounts: readonly string[];
  /** First and last day transactions may be read of (YYYY-MM-DD). */
  readonly from?: string;
  readonly to?: string;
  /** When it ends, if before the grant. */
  readonly until?: Date;
}

/** What is booked from `from` until before `until`, together, in the currency of the payment. */
export interface PaymentLimits {
  readonly total: string;
  readonly from: Date;
  readonly until: Date;
}

/** A type of details of a market, with what its resource server needs to know. */
export type MarketDetailType = AnyDetailType & {
  /**
   * Whether it comes from a consent lodged at the bank's API: then no request may send it, and no token response tells it.
   */
  readonly lodged: boolean;
  /** What a granted detail opens now; absent for payments that open nothing to be read. */
  reach?(detail: AuthorizationDetail, facts: { readonly now: Date }): Reach;
  /** The payment a granted detail stands for, as it must be ordered. */
  payment?(detail: AuthorizationDetail): MarketPaymentOrder;
  /**
   * Of payments made again and again: `payment` says who is paid and the most that one may be, and this the most that all
   * of a stretch of time together may be; `undefined`: none may be made now.
   */
  limits?(detail: AuthorizationDetail, facts: { readonly now: Date }): PaymentLimits | undefined;
  /** What an order may say in its own words where the detail says nothing of it; else it may not either. */
  readonly ownWords?: readonly ('remittance' | 'endToEndId')[];
  /**
   * A member of a request that may arrive sealed: a JWE to this server around a JWS by the client (nested JWT). The server
   * opens it before the schema is asked, and puts `contents` in its place.
   */
  readonly sealed?: { readonly path: readonly string[]; contents(claims: Readonly<Record<string, unknown>>): unknown };
};
