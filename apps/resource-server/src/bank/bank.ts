import type { Clock } from '@assent/protocol';
import type { VerifiedAccess } from '@assent/resource-guard';
import type { Pool } from 'pg';
import type { Page, Position } from './page.js';

/** What a statement found under a grant, or that the grant no longer stands. */
export type Found<T> = { readonly grant: 'active'; readonly value: T } | { readonly grant: 'ended' };

export interface AccountRow {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly currency: string;
  readonly iban: string;
}
export interface BalanceRow {
  readonly id: string;
  readonly amount: string;
  readonly currency: string;
  readonly asOf: string;
}
export interface TransactionRow extends Position {
  readonly amount: string;
  readonly currency: string;
  readonly description: string;
  readonly counterparty: string | null;
}
export interface History {
  readonly transactions: readonly TransactionRow[];
  readonly more: boolean;
}

/** Account data under a grant. */
export class Bank {
  statements = 0;
  constructor(
    private readonly pool: Pool,
    private readonly clock: Clock,
  ) {}

  accounts(_access: VerifiedAccess, _accountId?: string): Promise<Found<readonly AccountRow[]>> {
    throw new Error('to come');
  }
  balances(_access: VerifiedAccess, _accountId?: string): Promise<Found<readonly BalanceRow[]>> {
    throw new Error('to come');
  }
  transactions(_access: VerifiedAccess, _accountId: string, _page: Page): Promise<Found<History | undefined>> {
    throw new Error('to come');
  }
}
