import { insufficientScope, type AuthorizationDetail, type Clock } from '@assent/protocol';
import type { VerifiedAccess } from '@assent/resource-guard';
import { isDay } from '../bank/page.js';
import { detailsFor, type Place } from './details.js';

/** What must have been agreed to for an address: the scope, or an `account_information` detail with the action. */
export interface Need {
  readonly scope: 'accounts' | 'balances' | 'transactions';
  readonly action: 'list_accounts' | 'read_balances' | 'read_transactions';
}

/** Days, both ends included; open where nothing is said. */
export interface Period {
  readonly from?: string;
  readonly to?: string;
}

/** How far an access token reaches into the accounts of its grant. The grant itself is asked by the statement. */
export interface AccountReach {
  /** `undefined`: all accounts of the grant. */
  readonly accounts: readonly string[] | undefined;
  /** The days of an account that may be read; `undefined`: all. */
  periodsOf(accountId: string): readonly Period[] | undefined;
}

const everything: AccountReach = { accounts: undefined, periodsOf: () => undefined };

interface AccountDetail {
  readonly accounts: readonly string[];
  readonly period: Period;
}

/**
 * What a token reaches: all of the grant by scope, else the union of its details (RFC 9396 section 9, RR-13).
 * `insufficient_scope` when neither covers the need, also when what covered it has ended.
 */
export function accountReach(access: VerifiedAccess, { scope, action }: Need, place: Place, clock: Clock): AccountReach {
  if (access.scope.includes(scope)) return everything;
  const fitting = detailsFor(place, access).filter(({ type, actions }) => type === 'account_information' && Array.isArray(actions) && actions.includes(action));
  if (fitting.length === 0) throw insufficientScope(`needed: the scope ${scope}, or an account_information detail with the action ${action}`, 'F2-RS-04');
  const details = fitting.filter((each) => !isOver(each, clock.now())).map(read);
  if (details.length === 0) throw insufficientScope('what the customer agreed to has ended (expiresAt)', 'RR-13');
  return {
    accounts: [...new Set(details.flatMap(({ accounts }) => accounts))],
    periodsOf: (accountId) => bounded(details.filter(({ accounts }) => accounts.includes(accountId)).map(({ period }) => period)),
  };
}

/** A time nobody can read has passed, and a day nobody can read opens none. */
function isOver({ expiresAt, transactionsFrom, transactionsTo }: AuthorizationDetail, now: Date): boolean {
  if (![transactionsFrom, transactionsTo].every((day) => day === undefined || isDay(day))) return true;
  return expiresAt !== undefined && !(typeof expiresAt === 'string' && Date.parse(expiresAt) > now.getTime());
}

/** As consent left it: a detail that names no accounts reaches none. */
function read({ accounts, transactionsFrom, transactionsTo }: AuthorizationDetail): AccountDetail {
  const period = { ...day('from', transactionsFrom), ...day('to', transactionsTo) };
  return { accounts: Array.isArray(accounts) ? accounts.filter((each) => typeof each === 'string') : [], period };
}

const day = (end: keyof Period, value: unknown): Period => (value === undefined ? {} : { [end]: String(value) });

/** One detail without bounds opens all days. */
const bounded = (periods: readonly Period[]): readonly Period[] | undefined =>
  periods.some(({ from, to }) => from === undefined && to === undefined) ? undefined : periods;
