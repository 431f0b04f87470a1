import { MarketRefusal } from '../refusal.js';
import type { BankAccount, BankBalance, BankTransaction, MarketPorts, MarketRequest, MarketRoute, RouteAccess } from '../route.js';
import type { ReadWriteCodes } from './codes.js';
import { answerWith } from './envelope.js';
import { firstDayFrom, lastDayUntil, readLocalMoment } from './moment.js';
import { pagesOf, readTrail } from './trail.js';

/** How a market of the family writes what the bank keeps. `detail`: with what only the Detail permission opens. */
export interface AccountShapes {
  account(account: BankAccount, shown: { readonly detail: boolean }): unknown;
  balance(balance: BankBalance): unknown;
  transaction(accountId: string, transaction: BankTransaction, shown: { readonly detail: boolean }): unknown;
  /** The customer who is signed in, by the claims the bank holds. */
  party(subject: string, claims: Readonly<Record<string, unknown>>, permissions: readonly string[]): unknown;
  /** `Data` of a list; `accountId` where it is of one account. */
  data(member: string, items: readonly unknown[], accountId: string | undefined): unknown;
}

export interface AccountRules {
  /** What stands before each path. */
  readonly prefix: string;
  readonly clause: string;
  /** Scope of the customer's token; absent: its details alone say what it opens. */
  readonly scope?: string;
  readonly codes: ReadWriteCodes;
  readonly shapes: AccountShapes;
  readonly party: { readonly path: string; readonly permissions: readonly string[] }[];
  /** Lists this bank keeps nothing of: they are there, and empty. */
  readonly empty: readonly { readonly path: string; readonly member: string; readonly permissions: readonly string[]; readonly says: string }[];
}

const accountPermissions = ['ReadAccountsBasic', 'ReadAccountsDetail'];
const transactionPermissions = ['ReadTransactionsBasic', 'ReadTransactionsDetail'];

/** Accounts, balances, transactions and the customer, each by the permissions of the token's consent. */
export function accountRoutes(rules: AccountRules): readonly MarketRoute[] {
  const get = (path: string, says: string, permissions: readonly string[], answer: MarketRoute['answer']): MarketRoute => ({ method: 'GET', path: `${rules.prefix}${path}`, says, clause: rules.clause, access: accessOf(rules, permissions), answer });
  return [
    get('/accounts', 'The accounts the customer chose.', accountPermissions, (request, ports) => accounts(request, ports, rules)),
    get('/accounts/:AccountId', 'One of them.', accountPermissions, (request, ports) => accounts(request, ports, rules)),
    get('/balances', 'Balances of all of them.', ['ReadBalances'], (request, ports) => balances(request, ports, rules)),
    get('/accounts/:AccountId/balances', 'Balances of one of them.', ['ReadBalances'], (request, ports) => balances(request, ports, rules)),
    get('/accounts/:AccountId/transactions', 'Transactions of one of them, the newest first, page by page.', transactionPermissions, (request, ports) => transactions(request, ports, rules)),
    ...rules.party.map(({ path, permissions }) => get(path, 'The customer who gave the consent.', permissions, (request, ports) => party(request, ports, rules))),
    ...rules.empty.map(({ path, member, permissions, says }) => get(`/accounts/:AccountId/${path}`, says, permissions, (request, ports) => nothing(request, ports, rules, member))),
  ];
}

const accessOf = ({ scope }: AccountRules, permissions: readonly string[]): RouteAccess => ({ as: 'customer', permissions, ...(scope !== undefined && { scope }) });

const accountIdOf = ({ params }: MarketRequest): string | undefined => params['AccountId'];

async function accounts(request: MarketRequest, ports: MarketPorts, { shapes, codes }: AccountRules) {
  const id = accountIdOf(request);
  const found = await ports.accounts.accounts(id);
  if (id !== undefined && found.length === 0) throw notOfConsent(codes);
  const detail = request.access.permissions.includes('ReadAccountsDetail');
  return answerWith(request, shapes.data('Account', found.map((account) => shapes.account(account, { detail })), undefined)); // prettier-ignore
}

async function balances(request: MarketRequest, ports: MarketPorts, { shapes, codes }: AccountRules) {
  const id = accountIdOf(request);
  const found = await ports.accounts.balances(id);
  if (id !== undefined && found.length === 0) throw notOfConsent(codes);
  return answerWith(request, shapes.data('Balance', found.map((balance) => shapes.balance(balance)), id)); // prettier-ignore
}

/** Pages of at least this many, unless there are no more (Read-Write API Profile, Pagination). */
const fewest = 25;
const pageSize = 100;

async function transactions(request: MarketRequest, ports: MarketPorts, rules: AccountRules) {
  const { shapes, codes } = rules;
  const id = accountIdOf(request) as string;
  const [from, to] = [dayAsked(request, 'fromBookingDateTime', firstDayFrom, codes), dayAsked(request, 'toBookingDateTime', lastDayUntil, codes)];
  const trail = readTrail(request, codes);
  const shown = shownTo(request.access.permissions);
  const collected: BankTransaction[] = [];
  let cursor = trail.at(-1);
  do {
    const list = await ports.accounts.transactions(id, { limit: pageSize, ...(from !== undefined && { from }), ...(to !== undefined && { to }), ...(cursor !== undefined && { cursor }) });
    if (!list) throw notOfConsent(codes);
    collected.push(...list.transactions.filter(shown));
    cursor = list.next;
  } while (cursor !== undefined && collected.length < fewest);
  const detail = request.access.permissions.includes('ReadTransactionsDetail');
  const items = collected.map((transaction) => shapes.transaction(id, transaction, { detail }));
  return answerWith(request, shapes.data('Transaction', items, id), { pages: pagesOf(request, trail, cursor) });
}

/** Only credits, only debits, or both, as was permitted. */
function shownTo(permissions: readonly string[]): (transaction: BankTransaction) => boolean {
  const [credits, debits] = [permissions.includes('ReadTransactionsCredits'), permissions.includes('ReadTransactionsDebits')];
  return ({ amount }) => (amount.startsWith('-') ? debits : credits);
}

/** A filter: its time zone is ignored, and days outside of what is permitted or kept are no fault. */
function dayAsked({ query }: MarketRequest, name: string, dayOf: (moment: Date) => string, { date }: ReadWriteCodes): string | undefined {
  const asked = query.getAll(name);
  if (asked.length === 0) return undefined;
  // A plus sign of an offset reads as a space in a query.
  const moment = asked.length === 1 ? readLocalMoment(asked[0]?.replace(/ (?=\d{2}:?\d{2}$)/, '+')) : undefined;
  if (!moment) throw new MarketRefusal(400, date, `${name} must be one date and time of ISO 8601`, 'ASSENT-RW-07', { path: name });
  return dayOf(moment);
}

async function party(request: MarketRequest, ports: MarketPorts, { shapes, codes }: AccountRules) {
  const id = accountIdOf(request);
  if (id !== undefined && (await ports.accounts.accounts(id)).length === 0) throw notOfConsent(codes);
  const claims = await ports.accounts.customer();
  const one = shapes.party(request.access.subject ?? '', claims, request.access.permissions);
  return answerWith(request, id === undefined ? { Party: one } : shapes.data('Party', [one], id));
}

async function nothing(request: MarketRequest, ports: MarketPorts, { shapes, codes }: AccountRules, member: string) {
  const id = accountIdOf(request) as string;
  if ((await ports.accounts.accounts(id)).length === 0) throw notOfConsent(codes);
  return answerWith(request, shapes.data(member, [], id));
}

/** One that was not chosen and one that never was are told alike. */
const notOfConsent = ({ forbidden }: ReadWriteCodes): MarketRefusal => new MarketRefusal(403, forbidden, 'the consent does not hold this account', 'ASSENT-RW-06', { path: 'AccountId' });

/** What people read as money, and which way it went. */
export function signOf(amount: string): { readonly amount: string; readonly debit: boolean } {
  return amount.startsWith('-') ? { amount: amount.slice(1), debit: true } : { amount, debit: false };
}
