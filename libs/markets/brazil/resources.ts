import { MarketRefusal } from '../src/refusal.js';
import type { AccountReader, BankAccount, BankFacts, BankTransaction, MarketAnswer, MarketPorts, MarketRequest, MarketRoute, RouteAccess } from '../src/route.js';
import { accountNumberOf, participantOf } from './participant.js';
import { answerOf, instant, isDay } from './wire.js';

const clause = 'Open Finance Brasil accounts API v2';
const base = '/open-banking/accounts/v2/accounts';
const reading = (scope: string, permission: string): RouteAccess => ({ as: 'customer', scope, permissions: [permission] });

/** Which resources there are, and what is in them. */
export const resourceRoutes: readonly MarketRoute[] = [
  { method: 'GET', path: '/open-banking/resources/v3/resources', says: 'The resources a consent opens.', clause: 'Open Finance Brasil resources API v3', access: reading('resources', 'RESOURCES_READ'), answer: resources },
  { method: 'GET', path: base, says: 'The accounts the customer chose.', clause, access: reading('accounts', 'ACCOUNTS_READ'), answer: accounts },
  { method: 'GET', path: `${base}/:accountId`, says: 'One account.', clause, access: reading('accounts', 'ACCOUNTS_READ'), answer: account },
  { method: 'GET', path: `${base}/:accountId/balances`, says: 'What is in an account.', clause, access: reading('accounts', 'ACCOUNTS_BALANCES_READ'), answer: balances },
  { method: 'GET', path: `${base}/:accountId/overdraft-limits`, says: 'How far an account may be overdrawn.', clause, access: reading('accounts', 'ACCOUNTS_OVERDRAFT_LIMITS_READ'), answer: limits },
  { method: 'GET', path: `${base}/:accountId/transactions`, says: 'What went in and out of an account.', clause, access: reading('accounts', 'ACCOUNTS_TRANSACTIONS_READ'), answer: transactions },
];

/** This bank lets no account be overdrawn. */
async function limits(request: MarketRequest, { accounts: reader }: MarketPorts): Promise<MarketAnswer> {
  const { currency } = await found(request, reader);
  const nothing = { amount: '0.00', currency };
  return answerOf(request, { overdraftContractedLimit: nothing, overdraftUsedLimit: nothing, unarrangedOverdraftAmount: nothing }, { meta: single });
}

async function resources(request: MarketRequest, { accounts: reader }: MarketPorts): Promise<MarketAnswer> {
  const all = await reader.accounts();
  return paged(request, all.map(({ id }) => ({ resourceId: id, type: 'ACCOUNT', status: 'AVAILABLE' }))); // prettier-ignore
}

async function accounts(request: MarketRequest, { accounts: reader }: MarketPorts): Promise<MarketAnswer> {
  const type = request.query.get('accountType');
  const all = (await reader.accounts()).map((one) => identificationOf(one, request.bank));
  return paged(request, type === null ? all : all.filter((one) => one.type === type));
}

async function account(request: MarketRequest, { accounts: reader }: MarketPorts): Promise<MarketAnswer> {
  const one = await found(request, reader);
  const { branch, number, checkDigit } = accountNumberOf(one.iban);
  return answerOf(request, { compeCode: participantOf(request.bank).compeCode, branchCode: branch, number, checkDigit, type: typeOf(one), subtype: 'INDIVIDUAL', currency: one.currency }, { meta: single });
}

async function balances(request: MarketRequest, { accounts: reader }: MarketPorts): Promise<MarketAnswer> {
  const { id } = await found(request, reader);
  const [balance] = await reader.balances(id);
  if (!balance) throw unknown();
  const money = (amount: string) => ({ amount, currency: balance.currency });
  const data = { availableAmount: money(balance.amount), blockedAmount: money('0.00'), automaticallyInvestedAmount: money('0.00'), updateDateTime: instant(balance.asOf) };
  return answerOf(request, data, { meta: single });
}

/** Those of the days asked for; of today, when none are (accounts API v2). */
async function transactions(request: MarketRequest, { accounts: reader }: MarketPorts): Promise<MarketAnswer> {
  const { id } = await found(request, reader);
  const { query, url } = request;
  const [from, to] = [day(request, 'fromBookingDate'), day(request, 'toBookingDate')];
  if (from > to) throw new MarketRefusal(422, 'PARAMETRO_INVALIDO', 'toBookingDate must not lie before fromBookingDate', 'ASSENT-BR-21', { path: 'toBookingDate' });
  const { number: page, size } = pageOf(request);
  const cursor = query.get('pagination-key') ?? undefined;
  if (page > 1 && cursor === undefined) throw invalid('page', 'the page named by the links of the one before, with its pagination-key');
  const indicator = query.get('creditDebitIndicator');
  const list = await reader.transactions(id, { from, to, limit: size, ...(cursor !== undefined && { cursor }) });
  if (!list) throw unknown();
  const data = list.transactions.map(transactionOf).filter(({ creditDebitType }) => indicator === null || creditDebitType === indicator);
  const link = (more: Readonly<Record<string, string>>) => `${url}?${new URLSearchParams({ ...Object.fromEntries(query), ...more }).toString()}`;
  const self = query.size === 0 ? url : `${url}?${query.toString()}`;
  return answerOf(request, data, { self, links: list.next === undefined ? {} : { next: link({ page: String(page + 1), 'page-size': String(size), 'pagination-key': list.next }) } });
}

const single = { totalRecords: 1, totalPages: 1 };

/** A page of a list that is held whole. */
function paged(request: MarketRequest, all: readonly unknown[]): MarketAnswer {
  const { number, size } = pageOf(request);
  const pages = Math.max(1, Math.ceil(all.length / size));
  const { query, url } = request;
  const at = (page: number) => `${url}?${new URLSearchParams({ ...Object.fromEntries(query), page: String(page), 'page-size': String(size) }).toString()}`;
  const links = pages === 1 ? {} : { first: at(1), last: at(pages), ...(number > 1 && { prev: at(number - 1) }), ...(number < pages && { next: at(number + 1) }) };
  return answerOf(request, all.slice((number - 1) * size, number * size), { self: query.size === 0 ? url : at(number), links, meta: { totalRecords: all.length, totalPages: pages } });
}

function pageOf({ query }: MarketRequest): { readonly number: number; readonly size: number } {
  const [number, size] = [count(query, 'page', 1, 1_000_000), count(query, 'page-size', 25, 1000)];
  return { number, size };
}

function count(query: URLSearchParams, name: string, usual: number, most: number): number {
  const text = query.get(name);
  if (text === null) return usual;
  if (!/^[1-9]\d{0,6}$/.test(text) || Number(text) > most) throw invalid(name, `a whole number from 1 to ${most}`);
  return Number(text);
}

function day({ query, now }: MarketRequest, name: string): string {
  const text = query.get(name) ?? instant(now).slice(0, 10);
  if (!isDay(text)) throw invalid(name, 'a day such as 2027-05-31');
  return text;
}

const invalid = (name: string, expected: string) => new MarketRefusal(400, 'PARAMETRO_INVALIDO', `${name} must be ${expected}`, 'ASSENT-BR-21', { path: name });

async function found({ params }: MarketRequest, reader: AccountReader): Promise<BankAccount> {
  const [one] = await reader.accounts(params['accountId'] ?? '');
  if (!one) throw unknown();
  return one;
}

const unknown = () => new MarketRefusal(404, 'NAO_ENCONTRADO', 'the consent opens no such account', 'ASSENT-BR-20');

function identificationOf(one: BankAccount, bank: BankFacts) {
  const { branch, number, checkDigit } = accountNumberOf(one.iban);
  const { brandName, companyCnpj, compeCode } = participantOf(bank);
  return { brandName, companyCnpj, type: typeOf(one), compeCode, branchCode: branch, number, checkDigit, accountId: one.id };
}

const types: Readonly<Record<string, string>> = { savings: 'CONTA_POUPANCA', card: 'CONTA_PAGAMENTO_PRE_PAGA' };
const typeOf = ({ type }: BankAccount): string => types[type] ?? 'CONTA_DEPOSITO_A_VISTA';

function transactionOf({ id, amount, currency, bookedOn, description, counterparty }: BankTransaction) {
  const out = amount.startsWith('-');
  return {
    transactionId: id,
    completedAuthorisedPaymentType: 'TRANSACAO_EFETIVADA',
    creditDebitType: out ? 'DEBITO' : 'CREDITO',
    transactionName: [description, counterparty].filter((text) => text !== '').join(' - ').slice(0, 200),
    type: 'OUTROS',
    transactionAmount: { amount: out ? amount.slice(1) : amount, currency },
    transactionDateTime: `${bookedOn}T00:00:00.000Z`,
  };
}
