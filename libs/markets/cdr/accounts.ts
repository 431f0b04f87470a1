import type { AccountReader, BankAccount, BankBalance, MarketAnswer, MarketPorts, MarketRequest } from '../src/route.js';
import { refuse } from './errors.js';
import { choice, oneOf, pageOf } from './pages.js';

const categories = ['TRANS_AND_SAVINGS_ACCOUNTS', 'TERM_DEPOSITS', 'TRAVEL_CARDS', 'REGULATED_TRUST_ACCOUNTS', 'RESIDENTIAL_MORTGAGES', 'CRED_AND_CHRG_CARDS', 'PERS_LOANS', 'MARGIN_LOANS', 'LEASES', 'TRADE_FINANCE', 'OVERDRAFTS', 'BUSINESS_LOANS', 'BUY_NOW_PAY_LATER'] as const;
type Category = (typeof categories)[number];

const products: Readonly<Record<string, string>> = { current: 'Everyday account', savings: 'Savings account', card: 'Card account', business: 'Business account' };

export async function accounts(request: MarketRequest, { accounts: reader }: MarketPorts): Promise<MarketAnswer> {
  return pageOf(request, 'accounts', (await chosen(request, reader)).map(summaryOf));
}

/** With what only the detail scope opens: number, rates, fees. */
export async function account(request: MarketRequest, { accounts: reader }: MarketPorts): Promise<MarketAnswer> {
  const one = await found(request, reader);
  return oneOf(request, { ...summaryOf(one), ...numberOf(one), depositRates: [], lendingRates: [], features: [], fees: [], addresses: [] });
}

export async function balances(request: MarketRequest, { accounts: reader }: MarketPorts): Promise<MarketAnswer> {
  const ids = new Set((await chosen(request, reader)).map(({ id }) => id));
  return pageOf(request, 'balances', (await reader.balances()).filter(({ id }) => ids.has(id)).map(balanceOf));
}

/** Of the accounts the body names: all of them, or none. */
export async function balancesOfSome(request: MarketRequest, { accounts: reader }: MarketPorts): Promise<MarketAnswer> {
  const ids = accountIdsOf(request.body);
  const found = await reader.balances();
  const missing = ids.find((id) => !found.some((one) => one.id === id));
  if (missing !== undefined) throw refuse(422, 'invalidAccount', missing, 'ASSENT-CDR-23');
  return pageOf(request, 'balances', found.filter(({ id }) => ids.includes(id)).map(balanceOf));
}

export async function balance(request: MarketRequest, { accounts: reader }: MarketPorts): Promise<MarketAnswer> {
  const { id } = await found(request, reader);
  const [one] = await reader.balances(id);
  if (!one) throw unknown(id);
  return oneOf(request, balanceOf(one));
}

/** The account in the address, if the consent opens it. */
export async function found({ params }: MarketRequest, reader: AccountReader): Promise<BankAccount> {
  const id = params['accountId'] ?? '';
  const [one] = await reader.accounts(id);
  if (!one) throw unknown(id);
  return one;
}

const unknown = (id: string) => refuse(404, 'invalidAccount', id, 'ASSENT-CDR-22');

/** Those of the filters: all a consent opens are open, and their customer's own. */
async function chosen({ query }: MarketRequest, reader: AccountReader): Promise<readonly BankAccount[]> {
  const [status, owned] = [choice(query, 'open-status', ['OPEN', 'CLOSED', 'ALL'], 'ALL'), choice(query, 'is-owned', ['true', 'false'], 'true')];
  const category = query.has('product-category') ? choice<Category>(query, 'product-category', categories, 'TRANS_AND_SAVINGS_ACCOUNTS') : undefined;
  if (status === 'CLOSED' || owned === 'false') return [];
  return (await reader.accounts()).filter((one) => category === undefined || categoryOf(one) === category);
}

function accountIdsOf(body: Readonly<Record<string, unknown>> | undefined): readonly string[] {
  const data = body?.['data'];
  if (typeof data !== 'object' || data === null || Array.isArray(data)) throw refuse(400, 'fieldMissing', 'data', 'ASSENT-CDR-20');
  const ids = (data as Readonly<Record<string, unknown>>)['accountIds'];
  if (ids === undefined) throw refuse(400, 'fieldMissing', 'data.accountIds', 'ASSENT-CDR-20');
  if (!Array.isArray(ids) || !ids.every((id) => typeof id === 'string')) throw refuse(400, 'fieldInvalid', 'data.accountIds must be a list of account ids', 'ASSENT-CDR-20');
  return ids as readonly string[];
}

const categoryOf = ({ type }: BankAccount): Category => (type === 'card' ? 'CRED_AND_CHRG_CARDS' : 'TRANS_AND_SAVINGS_ACCOUNTS');

function summaryOf(one: BankAccount) {
  return {
    accountId: one.id,
    displayName: one.name,
    openStatus: 'OPEN',
    isOwned: true,
    accountOwnership: 'ONE_PARTY',
    maskedNumber: `xxxx xxxx ${one.iban.slice(-4)}`,
    productCategory: categoryOf(one),
    productName: products[one.type] ?? one.type,
  };
}

/** Branch and number out of the account's number as the bank writes it: six digits, and those that follow. */
function numberOf({ iban }: BankAccount): { readonly bsb?: string; readonly accountNumber?: string } {
  const digits = iban.replace(/\D/g, '').slice(2);
  return digits.length < 10 ? { accountNumber: digits } : { bsb: digits.slice(0, 6), accountNumber: digits.slice(6) };
}

const balanceOf = ({ id, amount, currency }: BankBalance) => ({ accountId: id, currentBalance: amount, availableBalance: amount.startsWith('-') ? '0.00' : amount, currency });
