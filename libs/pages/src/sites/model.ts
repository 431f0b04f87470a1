import type { PaymentPresentation } from '@assent/authorization-details';
import type { SafeUrl } from '../html/safe-url.js';

/* What the pages of dashboard and console are told. Every name and text from outside is made plain by the components. */

/** How a connection stands, in words for people. */
export type ConnectionState =
  | { readonly kind: 'active' | 'waiting' | 'suspended' | 'ended' | 'stopped' | 'completed' }
  /** `days` 0: today. */
  | { readonly kind: 'ending'; readonly days: number };

/** One line of a list. */
export interface ConnectionRow {
  readonly to: SafeUrl;
  readonly name: string;
  readonly kind: 'data' | 'payment';
  /** What it may do, in a few words each. */
  readonly what: readonly string[];
  readonly lastUse: Date | undefined;
  readonly accounts: number;
  readonly until: Date | null;
  /** Set once it is over. */
  readonly endedAt?: Date | undefined;
  readonly state: ConnectionState;
}

/** Something an app may see: as the consent page explained it. */
export interface Explanation {
  readonly title: string;
  readonly summary: string;
  readonly items: readonly string[];
  /** How far back, until when. */
  readonly terms?: readonly string[] | undefined;
}


export interface NamedAccount {
  readonly id: string;
  readonly name: string;
  readonly maskedNumber: string;
}

export type UseKind = 'accounts' | 'balances' | 'transactions' | 'payments' | 'identity' | 'other';
export type RevocationReason = 'customer_asked' | 'fraud' | 'licence_lost' | 'court' | 'error';
export const revocationReasons: readonly RevocationReason[] = ['customer_asked', 'fraud', 'licence_lost', 'court', 'error'];

/** Something that happened to a connection. Texts are in the reader's language already. */
export type HistoryEntry =
  | {
      readonly what: 'lodged' | 'authorised' | 'approved' | 'rejected' | 'created' | 'merged' | 'replaced' | 'narrowed' | 'revoked' | 'expired' | 'consumed';
      readonly at: Date;
      readonly by: 'client' | 'customer' | 'staff' | 'system';
      readonly added: readonly string[];
      readonly removed: readonly string[];
      readonly ends?: { readonly to: Date | null } | undefined;
      readonly reason?: RevocationReason | undefined;
    }
  | { readonly what: 'read'; readonly at: Date; readonly kinds: readonly UseKind[]; readonly times: number };

/** All there is to know about one connection. */
export interface Connection {
  readonly name: string;
  readonly legalName?: string | undefined;
  readonly registerNumber?: string | undefined;
  readonly purpose?: string | undefined;
  readonly kind: 'data' | 'payment';
  readonly state: ConnectionState;
  readonly accounts: readonly NamedAccount[];
  readonly allowedAt: Date;
  readonly until: Date | null;
  readonly endedAt?: Date | undefined;
  readonly lastUse: { readonly at: Date; readonly kinds: readonly UseKind[] } | undefined;
  readonly sees: readonly Explanation[];
  readonly pays: readonly PaymentPresentation[];
  readonly history: readonly HistoryEntry[];
  /** `GR-7F3A-21`. */
  readonly reference: string;
}

export const isOver = ({ kind }: ConnectionState): boolean => kind === 'ended' || kind === 'stopped' || kind === 'completed';
