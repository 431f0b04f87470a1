import { MarketRefusal } from '../src/refusal.js';
import type { BankAccount, BankBalance, BankTransaction, MarketAccess, MarketAnswer, MarketPorts, MarketRequest, MarketRoute, TransactionPage } from '../src/route.js';
import { kindOf } from './details/account-access.js';
import { direction, envelope, unsigned } from './envelope.js';
import { version } from './version.js';

const base = `/open-finance/account-information/${version}`;
const clause = 'UAE Open Finance v2.1, account information API';

/** Opened by one of the permissions, with the scope of data consents. */
const reads = (...permissions: readonly string[]) => ({ as: 'customer', scope: 'accounts', permissions }) as const;
const account = `${base}/accounts/:AccountId`;

/** What can be read of accounts and of their holder. */
export const accountRoutes: readonly MarketRoute[] = [
  { method: 'GET', path: `${base}/accounts`, says: 'Lists the accounts of the consent.', clause, access: reads('ReadAccountsBasic', 'ReadAccountsDetail'), answer: listAccounts },
  { method: 'GET', path: account, says: 'Shows one account.', clause, access: reads('ReadAccountsBasic', 'ReadAccountsDetail'), answer: oneAccount },
  { method: 'GET', path: `${account}/balances`, says: 'Shows the balances of an account.', clause, access: reads('ReadBalances'), answer: balances },
  { method: 'GET', path: `${account}/transactions`, says: 'Lists the transactions of an account.', clause, access: reads('ReadTransactionsBasic', 'ReadTransactionsDetail'), answer: transactions },
  { method: 'GET', path: `${account}/product`, says: 'Names the product an account is.', clause, access: reads('ReadProduct'), answer: product },
  ...[
    { part: 'beneficiaries', member: 'Beneficiary', permissions: ['ReadBeneficiariesBasic', 'ReadBeneficiariesDetail'] },
    { part: 'direct-debits', member: 'DirectDebit', permissions: ['ReadDirectDebits'] },
    { part: 'standing-orders', member: 'StandingOrder', permissions: ['ReadStandingOrdersBasic', 'ReadStandingOrdersDetail'] },
    { part: 'scheduled-payments', member: 'ScheduledPayment', permissions: ['ReadScheduledPaymentsBasic', 'ReadScheduledPaymentsDetail'] },
    { part: 'statements', member: 'Statements', permissions: ['ReadStatements'] },
  ].map(
    ({ part, member, permissions }): MarketRoute => ({
      method: 'GET',
      path: `${account}/${part}`,
      says: `Lists the ${part.replace('-', ' ')} of an account: none, for the bank keeps none.`,
      clause,
      access: reads(...permissions),
      answer: async (request, ports) => envelope(request, { AccountId: (await named(request, ports)).id, [member]: [] }),
    }),
  ),
  { method: 'GET', path: `${base}/parties`, says: 'Says who the customer is.', clause, access: reads('ReadParty', 'ReadPartyUser', 'ReadPartyUserIdentity'), answer: party },
];

async function listAccounts(request: MarketRequest, { accounts }: MarketPorts): Promise<MarketAnswer> {
  return envelope(request, { Account: (await accounts.accounts()).map((one) => shown(one, request.access)) });
}

async function oneAccount(request: MarketRequest, ports: MarketPorts): Promise<MarketAnswer> {
  return envelope(request, { Account: [shown(await named(request, ports), request.access)] });
}

/** Without ReadAccountsDetail no number is shown. */
function shown({ id, name, type, currency, iban }: BankAccount, { permissions }: MarketAccess): Readonly<Record<string, unknown>> {
  const whole = permissions.includes('ReadAccountsDetail');
  return {
    AccountId: id,
    Status: 'Active',
    Currency: currency,
    ...kindOf(type),
    Nickname: name,
    ...(whole && { AccountIdentifiers: [{ SchemeName: 'IBAN', Identification: iban }] }),
  };
}

async function balances(request: MarketRequest, ports: MarketPorts): Promise<MarketAnswer> {
  const { id } = await named(request, ports);
  const list = await ports.accounts.balances(id);
  return envelope(request, { AccountId: id, Balance: list.map(balance) });
}

const balance = ({ amount, currency, asOf }: BankBalance) => ({ CreditDebitIndicator: direction(amount), Type: 'InterimBooked', DateTime: asOf.toISOString(), Amount: unsigned(amount, currency) });

/** At most a hundred to a page. */
const pageSize = 100;

async function transactions(request: MarketRequest, ports: MarketPorts): Promise<MarketAnswer> {
  const { id } = await named(request, ports);
  const list = await ports.accounts.transactions(id, page(request.query));
  if (!list) throw unknownAccount();
  const next = list.next === undefined ? {} : { Next: `${request.url}?${new URLSearchParams({ ...Object.fromEntries(request.query), page: list.next }).toString()}` };
  return envelope(request, { AccountId: id, Transaction: list.transactions.map((one) => transaction(one, request.access)) }, next);
}

function page(query: URLSearchParams): TransactionPage {
  const [from, to] = ['fromBookingDateTime', 'toBookingDateTime'].map((name) => day(query, name));
  const cursor = query.get('page');
  return { limit: pageSize, ...(from !== undefined && { from }), ...(to !== undefined && { to }), ...(cursor !== null && { cursor }) };
}

function day(query: URLSearchParams, name: string): string | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (!/^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2})?)?$/.test(text) || Number.isNaN(Date.parse(text))) throw new MarketRefusal(400, 'Resource.InvalidFormat', `${name} must be a date and time`, 'UAE-RS-04', { path: name });
  return text.slice(0, 10);
}

/** Without ReadTransactionsDetail nobody else is named. */
function transaction({ id, bookedOn, valueOn, amount, currency, description, counterparty }: BankTransaction, { permissions }: MarketAccess): Readonly<Record<string, unknown>> {
  const whole = permissions.includes('ReadTransactionsDetail');
  const side = direction(amount) === 'Debit' ? 'CreditorAccount' : 'DebtorAccount';
  return {
    TransactionId: id,
    CreditDebitIndicator: direction(amount),
    Status: 'Booked',
    BookingDateTime: `${bookedOn}T00:00:00Z`,
    ValueDateTime: `${valueOn}T00:00:00Z`,
    Amount: unsigned(amount, currency),
    ...(whole && { TransactionInformation: description, [side]: [{ Name: { en: counterparty } }] }),
  };
}

async function product(request: MarketRequest, ports: MarketPorts): Promise<MarketAnswer> {
  const { id, name, type } = await named(request, ports);
  return envelope(request, { AccountId: id, Product: [{ ProductId: type, ProductName: name, ProductCategory: kindOf(type).AccountSubType }] });
}

async function party(request: MarketRequest, { accounts }: MarketPorts): Promise<MarketAnswer> {
  const { name, email, phone_number: phone } = await accounts.customer();
  const identity = request.access.permissions.includes('ReadPartyUserIdentity');
  return envelope(request, {
    Party: { PartyId: request.access.subject, PartyType: 'Sole', Name: name, ...(identity && { ...(email !== undefined && { EmailAddress: email }), ...(phone !== undefined && { Phone: phone }) }) },
  });
}

/** The account of the address, if the consent opens it. */
async function named({ params }: MarketRequest, { accounts }: MarketPorts): Promise<BankAccount> {
  const [found] = await accounts.accounts(params['AccountId'] ?? '');
  if (!found) throw unknownAccount();
  return found;
}

/** Of another customer, of another bank, or not in the consent: all the same. */
const unknownAccount = (): MarketRefusal => new MarketRefusal(403, 'Consent.PermanentAccountAccessFailure', 'the consent opens no such account', 'UAE-RS-03', { path: 'AccountId' });
