import { tagOf, type Clock, type Money } from '@assent/protocol';
import type { VerifiedAccess } from '@assent/resource-guard';
import type { Pool, QueryResultRow } from 'pg';
import type { AccountReach, Period } from '../access/account-reach.js';
import type { Page, Position } from './page.js';
import { accountsStatement, balancesStatement, customerStatement, fundsStatement, transactionsStatement } from './statements.js';

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
  /** Decimal text. */
  readonly amount: string;
  readonly currency: string;
  readonly asOf: Date;
}
export interface TransactionRow extends Position {
  readonly id: string;
  readonly valueOn: string;
  readonly amount: string;
  readonly currency: string;
  readonly description: string;
  readonly counterparty: string;
  readonly category: string;
}
export interface History {
  readonly transactions: readonly TransactionRow[];
  readonly more: boolean;
  /** The days that may be read at all; `undefined`: all. */
  readonly periods: readonly Period[] | undefined;
}

/** A left join's row: every column null where nothing matched. */
type Maybe<T> = { readonly [K in keyof T]: T[K] | null };
const present = <T extends { readonly id: string }>(rows: readonly Maybe<T>[]): readonly T[] => rows.filter(({ id }) => id !== null) as readonly T[];

const latest: Position = { bookedOn: 'infinity', sequence: 2_147_483_647 };

/** A token that was verified, and how far it reaches. */
export interface Reader {
  readonly access: VerifiedAccess;
  readonly reach: AccountReach;
}

/** Account data under the grant behind an access token: one prepared statement each, nothing beyond what it covers. */
export class Bank {
  /** Statements sent so far. */
  statements = 0;

  constructor(
    private readonly pool: Pool,
    private readonly clock: Clock,
  ) {}

  /** The consented accounts, or the one asked for; none when it is not among them. */
  accounts(reader: Reader, accountId: string | null = null): Promise<Found<readonly AccountRow[]>> {
    return this.#list<AccountRow>(accountsStatement, reader, accountId);
  }

  /** Their balances. */
  balances(reader: Reader, accountId: string | null = null): Promise<Found<readonly BalanceRow[]>> {
    return this.#list<BalanceRow>(balancesStatement, reader, accountId);
  }

  /**
   * One page of an account's history, newest first; `undefined` when the account is not among the consented ones. Days
   * that may not be read are left out, whatever was asked for.
   */
  async transactions(reader: Reader, accountId: string, page: Page): Promise<Found<History | undefined>> {
    const { from = '-infinity', to = 'infinity', limit, after = latest } = page;
    const periods = reader.reach.periodsOf(accountId);
    const days = [periods?.map((period) => period.from ?? '-infinity') ?? null, periods?.map((period) => period.to ?? 'infinity') ?? null];
    const rows = await this.#query<Maybe<TransactionRow & { accountId: string }>>(transactionsStatement, reader, [accountId, from, to, after.bookedOn, after.sequence, limit + 1, ...days]);
    const [first] = rows;
    if (!first) return { grant: 'ended' };
    if (first.accountId === null) return { grant: 'active', value: undefined };
    const found = present<TransactionRow>(rows);
    return { grant: 'active', value: { transactions: found.slice(0, limit), more: found.length > limit, periods } };
  }

  /** Claims the bank holds about the customer. */
  async customer(reader: Reader): Promise<Found<Readonly<Record<string, unknown>>>> {
    const [row] = await this.#query<{ claims: Readonly<Record<string, unknown>> }>(customerStatement, reader, []);
    return row ? { grant: 'active', value: row.claims } : { grant: 'ended' };
  }

  /** Whether the account a payment is approved from holds the amount. The approval names the account, the grant the approval. */
  async funds({ access, accountId, amount }: { readonly access: VerifiedAccess; readonly accountId: string; readonly amount: Money }): Promise<Found<boolean>> {
    const approved = JSON.stringify([{ debtorAccount: { accountId } }]);
    const [row] = await this.#query<{ enough: boolean | null }>(fundsStatement, { access, reach: { accounts: undefined, periodsOf: () => undefined } }, [accountId, approved, amount.amount, amount.currency]);
    return row ? { grant: 'active', value: row.enough ?? false } : { grant: 'ended' };
  }

  async #list<T extends { readonly id: string }>(statement: Statement, reader: Reader, accountId: string | null): Promise<Found<readonly T[]>> {
    const rows = await this.#query<Maybe<T>>(statement, reader, [accountId]);
    return rows.length === 0 ? { grant: 'ended' } : { grant: 'active', value: present<T>(rows) };
  }

  async #query<T extends QueryResultRow>(statement: Statement, { access, reach }: Reader, more: readonly unknown[]): Promise<readonly T[]> {
    const { grantId = '', grantVersion = 1, issuer, clientId, subject } = access;
    this.statements += 1;
    const values = [tagOf(grantId), grantId, issuer, clientId, subject, this.clock.now(), grantVersion, reach.accounts ?? null, ...more];
    const { rows } = await this.pool.query<T>({ ...statement, values });
    return rows;
  }
}

interface Statement {
  readonly name: string;
  readonly text: string;
}
