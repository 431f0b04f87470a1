import type { AccountReader, Reach } from '@assent/markets';
import { insufficientScope, invalidToken, type Consents, type ConsentStatus, type OAuthError, type UseKind } from '@assent/protocol';
import { endedConsent, hasEnded } from '../ended-consent.js';
import type { AccountReach, Period } from '../../access/account-reach.js';
import type { Bank, Found, Reader } from '../../bank/bank.js';
import { readCursor, writeCursor } from '../../bank/page.js';
import type { Asking } from './asking.js';

export interface AccountPorts {
  readonly bank: Bank;
  readonly consents: Pick<Consents, 'ofGrant'>;
  /** Told of every answer that was given. */
  readonly used: (grantId: string, kind: UseKind) => void;
}

/** No page of transactions is longer. */
const mostTransactions = 1000;

/**
 * The accounts of a token's grant as far as its details reach: of those with a permission the route asks for, the
 * accounts they name and the days they open. The grant itself is asked by each statement.
 */
export function accountReader(asking: Asking, { bank, consents, used }: AccountPorts): AccountReader {
  const reader = (): Reader => {
    const { verified, reaches } = asking.admitted;
    if (!verified) throw new Error('a route without a token asked for account data');
    return { access: verified, reach: reachFor(asking, reaches) };
  };
  const standing = async <T>(kind: UseKind, find: (as: Reader) => Promise<Found<T>>): Promise<T> => {
    const as = reader();
    const found = await find(as);
    if (found.grant === 'ended') throw await whyEnded(asking, consents);
    used(as.access.grantId ?? '', kind);
    return found.value;
  };
  return {
    accounts: (accountId) => standing('accounts', (as) => bank.accounts(as, accountId ?? null)),
    balances: (accountId) => standing('balances', (as) => bank.balances(as, accountId ?? null)),
    customer: () => standing('accounts', (as) => bank.customer(as)),
    async transactions(accountId, { from, to, limit, cursor }) {
      const after = cursor === undefined ? undefined : readCursor(cursor);
      const page = { from, to, limit: Math.min(Math.max(limit, 1), mostTransactions), after };
      const history = await standing('transactions', (as) => bank.transactions(as, accountId, page));
      if (!history) return undefined;
      const last = history.transactions.at(-1);
      const transactions = history.transactions.map(({ id, bookedOn, valueOn, amount, currency, description, counterparty, category }) => ({ id, bookedOn, valueOn, amount, currency, description, counterparty, category }));
      return { transactions, ...(history.more && last && { next: writeCursor(last) }) };
    },
  };
}

function reachFor({ found: { route } }: Asking, reaches: readonly Reach[]): AccountReach {
  const needed = route.access.as === 'customer' ? route.access.permissions : undefined;
  const open = reaches.filter(({ permissions }) => needed === undefined || needed.some((one) => permissions.includes(one)));
  return {
    accounts: [...new Set(open.flatMap(({ accounts }) => accounts))],
    periodsOf: (accountId) => bounded(open.filter(({ accounts }) => accounts.includes(accountId)).map(periodOf)),
  };
}

const periodOf = ({ from, to }: Reach): Period => ({ ...(from !== undefined && { from }), ...(to !== undefined && { to }) });

/** One detail without bounds opens all days. */
const bounded = (periods: readonly Period[]): readonly Period[] | undefined => (periods.some(({ from, to }) => from === undefined && to === undefined) ? undefined : periods);

/** The token was good and its grant is not: it waits for others to say yes, or has ended a moment ago. */
export async function whyEnded({ site, call, admitted: { verified } }: Asking, consents: Pick<Consents, 'ofGrant'>): Promise<Error> {
  const consent = await consents.ofGrant({ grantId: verified?.grantId ?? '', now: call.now });
  const error = errorOf(consent?.status);
  return verified ? site.guard.challenge(error, verified) : error;
}

function errorOf(status: ConsentStatus | undefined): OAuthError {
  if (status === 'awaiting_authorisation') return insufficientScope('not everybody who must say yes to this consent has', 'ASSENT-MK-11');
  return hasEnded(status) ? endedConsent() : invalidToken('the access token was revoked', 'F2-RS-03');
}
