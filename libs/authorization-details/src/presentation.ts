/**
 * A detail in plain words, in one language. Texts of a client's own (a payee's name, a reference) are marked as
 * `quoted`, so that the page isolates and bounds them. Amounts inside sentences stand in Unicode isolates.
 */
export type Presentation = DataPresentation | PaymentPresentation;

export interface DataPresentation {
  readonly kind: 'data';
  /**
   * What is seen, a cluster each. `accounts`, `balances` and `transactions` are what the scopes of these names open: a
   * page that shows both a scope's and a detail's shows them once.
   */
  readonly clusters: readonly { readonly id: string; readonly title: string; readonly summary: string; readonly items: readonly string[] }[];
  /** Whether it opens accounts; it does, unless told. */
  readonly ofAccounts?: boolean;
  /** How far back (`history`), and until when (`until`): whole sentences. */
  readonly terms: readonly PresentedTerm[];
}

export interface PaymentPresentation {
  readonly kind: 'payment';
  /** The amount in large letters: of the one payment, or the most that may be paid in each `period`. */
  readonly amount: { readonly value: string; readonly currency: string };
  readonly recurring: boolean;
  /** Of recurring payments, what `amount` is the limit of; of each payment, when absent. */
  readonly period?: 'day' | 'week' | 'month' | 'year';
  /** `account` in groups of four, as people write it. */
  readonly payee: { readonly name: string; readonly account: string };
  /** Reference, limits, start, end: whole rows. */
  readonly terms: readonly PresentedTerm[];
}

export interface PresentedTerm {
  readonly id: string;
  readonly term: string;
  readonly value: string;
  /** `value` is the client's own text. */
  readonly quoted?: boolean;
}
