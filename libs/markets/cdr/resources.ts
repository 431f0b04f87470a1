import type { MarketRoute, RouteAccess } from '../src/route.js';
import { account, accounts, balance, balances, balancesOfSome, found } from './accounts.js';
import { customer, customerDetail } from './customer.js';
import { refuse } from './errors.js';
import { pageOf } from './pages.js';
import { transaction, transactions } from './transactions.js';

const base = '/cds-au/v1';
const banking = 'CDS Banking APIs';
const common = 'CDS Common APIs';
/** Scopes are what the customer agreed to: each opens its cluster, and no other. */
const reading = (scope: string): RouteAccess => ({ as: 'customer', scope, permissions: [scope] });
const basic = reading('bank:accounts.basic:read');

const regular = reading('bank:regular_payments:read');
const scheduled = 'What leaves an account by arrangement: this bank keeps nothing of that kind.';

/** Lists of what this bank keeps nothing of. */
const none = (member: string): MarketRoute['answer'] => async (request, { accounts: reader }) => {
  if (request.params['accountId'] === undefined) await reader.accounts();
  else await found(request, reader);
  return pageOf(request, member, []);
};

/** Addresses of the standards that are not here. */
const absent = (method: MarketRoute['method'], path: string): MarketRoute => ({
  method,
  path: `${base}${path}`,
  says: 'Of the standards, and not implemented.',
  clause: 'CDS Error Codes: Resource/NotImplemented',
  access: { as: 'any' },
  answer: async () => {
    throw refuse(404, 'notImplemented', path, 'ASSENT-CDR-25');
  },
});

/** Accounts, balances, transactions, and the customer: each address in the versions it is there in. */
export const routes: readonly MarketRoute[] = [
  { method: 'GET', path: `${base}/banking/accounts`, says: 'The accounts the customer chose.', clause: banking, access: basic, versions: [2], answer: accounts },
  { method: 'GET', path: `${base}/banking/accounts/balances`, says: 'The balances of the accounts the customer chose.', clause: banking, access: basic, versions: [1], answer: balances },
  { method: 'POST', path: `${base}/banking/accounts/balances`, says: 'The balances of the accounts that are named.', clause: banking, access: basic, versions: [1], body: { as: 'json' }, answer: balancesOfSome },
  { method: 'GET', path: `${base}/banking/accounts/direct-debits`, says: scheduled, clause: banking, access: regular, versions: [1], answer: none('directDebitAuthorisations') },
  { method: 'GET', path: `${base}/banking/accounts/:accountId`, says: 'One account, with its number.', clause: banking, access: reading('bank:accounts.detail:read'), versions: [2, 3, 4], answer: account },
  { method: 'GET', path: `${base}/banking/accounts/:accountId/balance`, says: 'What is in an account.', clause: banking, access: basic, versions: [1], answer: balance },
  { method: 'GET', path: `${base}/banking/accounts/:accountId/transactions`, says: 'What went in and out of an account.', clause: banking, access: reading('bank:transactions:read'), versions: [1], answer: transactions },
  { method: 'GET', path: `${base}/banking/accounts/:accountId/transactions/:transactionId`, says: 'One transaction, with who was on the other side.', clause: banking, access: reading('bank:transactions:read'), versions: [1], answer: transaction },
  { method: 'GET', path: `${base}/banking/payees`, says: 'Whom the customer saved to pay again: this bank keeps nobody.', clause: banking, access: reading('bank:payees:read'), versions: [1, 2], answer: none('payees') },
  { method: 'GET', path: `${base}/banking/accounts/:accountId/direct-debits`, says: scheduled, clause: banking, access: regular, versions: [1], answer: none('directDebitAuthorisations') },
  { method: 'GET', path: `${base}/banking/payments/scheduled`, says: scheduled, clause: banking, access: regular, versions: [1, 2], answer: none('scheduledPayments') },
  { method: 'GET', path: `${base}/banking/accounts/:accountId/payments/scheduled`, says: scheduled, clause: banking, access: regular, versions: [1, 2], answer: none('scheduledPayments') },
  { method: 'GET', path: `${base}/common/customer`, says: 'Who the customer is.', clause: common, access: reading('common:customer.basic:read'), versions: [1], answer: customer },
  { method: 'GET', path: `${base}/common/customer/detail`, says: 'Who the customer is, and how to reach them.', clause: common, access: reading('common:customer.detail:read'), versions: [1, 2], answer: customerDetail },
  ...['/banking/products', '/banking/products/:productId', '/banking/payees/:payeeId', '/discovery/status', '/discovery/outages', '/admin/metrics'].map((path) => absent('GET', path)),
  ...['/banking/accounts/direct-debits', '/banking/payments/scheduled', '/admin/register/metadata'].map((path) => absent('POST', path)),
];
