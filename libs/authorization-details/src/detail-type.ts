import type { AuthorizationDetail } from '@assent/protocol';
import type { Presentation } from './presentation.js';

/**
 * A type of `authorization_details` (RFC 9396 section 5): its schema and the few rules no schema can say. One folder
 * holds one type. Everything here is pure; `Detail` is the detail after the schema said yes.
 */
export interface DetailType<Detail extends AuthorizationDetail = AuthorizationDetail> {
  /** Compared octet by octet. */
  readonly type: string;
  /** Whether it opens account data or moves money: the two never share a page. */
  readonly kind: 'data' | 'payment';
  /** JSON Schema (2020-12), `additionalProperties: false` at every level. What a client may send. */
  readonly schema: DetailSchema;
  /** What the schema cannot say (dates in order, an end in the past): a description for the developer, or `undefined`. */
  readonly fault?: (detail: Detail, facts: { readonly now: Date }) => string | undefined;
  /**
   * Whether `asked` stays within `granted` (RFC 9396 section 6.1): reflexive and transitive. A member that `asked`
   * leaves out bounds nothing, so it is within only where `granted` leaves it out as well.
   */
  readonly isWithin: (asked: Detail, granted: Detail) => boolean;
  /**
   * What a request that is measured against a grant means by `asked`: members it leaves out are those of `granted`.
   * The default takes whole members; a type with objects inside says how deep it goes.
   */
  readonly complete?: (asked: Partial<Detail>, granted: Detail) => Detail;
  /** The union of two lists of this type: equal ones once, mergeable ones as one (GM-SE-06). */
  readonly merge: (existing: readonly Detail[], added: readonly Detail[]) => readonly Detail[];
  /** The detail as granted: with the accounts the customer chose, an identifier, and defaults made explicit (RFC 9396 section 7.1). */
  readonly enrich: (detail: Detail, choice: Choice) => Detail;
  /** Which accounts the customer picks on the page: several, one, or none at all. */
  readonly picks: (detail: Detail) => 'accounts' | 'one-account' | 'nothing';
  /** Whether the customer may pick this account of theirs for the detail; any, unless the request names some. */
  readonly offers?: (detail: Detail, account: OfferedAccount) => boolean;
  /** The accounts a granted detail speaks of. */
  readonly accounts?: (detail: Detail) => readonly string[];
  /** The granted detail without an account; `undefined` when nothing is left of it. */
  readonly withoutAccount: (detail: Detail, accountId: string) => Detail | undefined;
  /** When it ends by itself; `undefined` when only the grant's end bounds it. */
  readonly endsAt?: (detail: Detail) => Date | undefined;
  /** The detail in plain words, for consent page and dashboard. */
  readonly present: (detail: Detail, locale: string) => Presentation;
  /** Whether a client may have it for itself, without a customer (`client_credentials`); no, unless it says so. */
  readonly withoutCustomer?: boolean;
  /** What a resource server must enforce, in English, for documentation. */
  readonly enforced: readonly string[];
}

/** A closed object schema with `type` among its members. */
export interface DetailSchema {
  readonly type: 'object';
  readonly additionalProperties: false;
  readonly required: readonly string[];
  readonly properties: Readonly<Record<string, object>>;
  readonly [keyword: string]: unknown;
}

/** What the customer decided about a detail. */
export interface Choice {
  /** Of the accounts the page offered. */
  readonly accounts: readonly string[];
  /** A fresh identifier for this detail, should its type want one. */
  readonly identifier: string;
  readonly now: Date;
}

/** An account of the customer, as far as a type may tell it from others. */
export interface OfferedAccount {
  readonly id: string;
  /** Last four digits only. */
  readonly maskedNumber: string;
  /** The bank's kind of account, as `current`; left out where only what the page showed is known. */
  readonly type?: string;
}
