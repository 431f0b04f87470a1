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
  readonly schema: object;
  /** What the schema cannot say (dates in order, an end in the past): a description for the developer, or `undefined`. */
  readonly fault?: (detail: Detail, facts: { readonly now: Date }) => string | undefined;
  /** Whether `asked` stays within `granted` (RFC 9396 section 6.1). */
  readonly isWithin: (asked: Detail, granted: Detail) => boolean;
  /** The union of two lists of this type: equal ones once, mergeable ones as one (GM-SE-06). */
  readonly merge: (existing: readonly Detail[], added: readonly Detail[]) => readonly Detail[];
  /** The detail as granted: with the accounts the customer chose, an identifier, and defaults made explicit (RFC 9396 section 7.1). */
  readonly enrich: (detail: Detail, choice: Choice) => Detail;
  /** Which accounts the customer picks on the page: several, one, or none at all. */
  readonly picks: (detail: Detail) => 'accounts' | 'one-account' | 'nothing';
  /** The granted detail without an account; `undefined` when nothing is left of it. */
  readonly withoutAccount: (detail: Detail, accountId: string) => Detail | undefined;
  /** When it ends by itself; `undefined` when only the grant's end bounds it. */
  readonly endsAt?: (detail: Detail) => Date | undefined;
  /** The detail in plain words, for consent page and dashboard. */
  readonly present: (detail: Detail, locale: string) => Presentation;
  /** What a resource server must enforce, for documentation and `profile explain`. */
  readonly enforced: readonly string[];
}

/** What the customer decided about a detail. */
export interface Choice {
  /** Of the accounts the page offered. */
  readonly accounts: readonly string[];
  /** A fresh identifier for this detail, should its type want one. */
  readonly identifier: string;
  readonly now: Date;
}
