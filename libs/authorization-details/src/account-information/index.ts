import type { DetailType } from '../detail-type.js';
import { unionOf } from '../union.js';
import { isWithin } from './compare.js';
import { present } from './present.js';
import { fault, schema, type AccountInformation } from './schema.js';

/** `account_information`: accounts, data clusters, history window and expiry. */
export const accountInformation: DetailType<AccountInformation> = {
  type: 'account_information',
  kind: 'data',
  schema,
  fault,
  isWithin,
  merge: (existing, added) => unionOf([...existing, ...added], { isWithin, lists: ['actions', 'accounts', 'locations'] }),
  enrich: (detail, { accounts }) => ({ ...detail, actions: [...detail.actions].sort(), accounts: [...new Set(accounts)].sort() }),
  picks: () => 'accounts',
  offers: ({ accounts }, { id }) => accounts === undefined || accounts.includes(id),
  accounts: ({ accounts = [] }) => accounts,
  withoutAccount,
  endsAt: ({ expiresAt }) => (expiresAt === undefined ? undefined : new Date(expiresAt)),
  present,
  enforced: [
    'Only the accounts in accounts are shown, and of these only those the grant still has.',
    'list_accounts opens the list and names of accounts, read_balances their balances, read_transactions their transactions.',
    'Transactions booked before transactionsFrom or after transactionsTo are left out.',
    'After expiresAt nothing is shown.',
  ],
};

function withoutAccount(detail: AccountInformation, accountId: string): AccountInformation | undefined {
  const accounts = detail.accounts?.filter((id) => id !== accountId);
  if (accounts === undefined) return detail;
  return accounts.length === 0 ? undefined : { ...detail, accounts };
}
