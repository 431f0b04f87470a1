import { plusSeconds } from '@assent/protocol';
import type { AccountReader, BankTransaction, MarketAnswer, MarketPorts, MarketRequest } from '../src/route.js';
import { found } from './accounts.js';
import { refuse } from './errors.js';
import { oneOf, pageOf } from './pages.js';

/** Without an oldest time: these days before the newest. */
const usualDays = 90;
const batch = 500;
/** No account of a person has more in a year; beyond it, only the newest are told. */
const mostRead = 20_000;

export async function transactions(request: MarketRequest, { accounts: reader }: MarketPorts): Promise<MarketAnswer> {
  const { id } = await found(request, reader);
  const { query, now } = request;
  const newest = moment(query, 'newest-time') ?? now;
  const oldest = moment(query, 'oldest-time') ?? plusSeconds(newest, -usualDays * 24 * 60 * 60);
  const [least, most, text] = [amountOf(query, 'min-amount'), amountOf(query, 'max-amount'), query.get('text')?.toLowerCase()];
  const all = await readAll(reader, id, { from: day(oldest), to: day(newest) });
  const found_ = all.filter((one) => isBetween(one, least, most) && (text === undefined || `${one.description} ${one.counterparty}`.toLowerCase().includes(text)));
  return pageOf(request, 'transactions', found_.map((one) => transactionOf(id, one)));
}

export async function transaction(request: MarketRequest, { accounts: reader }: MarketPorts): Promise<MarketAnswer> {
  const { id } = await found(request, reader);
  const wanted = request.params['transactionId'] ?? '';
  const one = (await readAll(reader, id, {})).find((each) => each.id === wanted);
  if (!one) throw refuse(404, 'invalidResource', wanted, 'ASSENT-CDR-24');
  const party = one.counterparty === '' ? {} : one.amount.startsWith('-') ? { payee: one.counterparty } : { payer: one.counterparty };
  return oneOf(request, { ...transactionOf(id, one), isDetailAvailable: true, extendedData: { ...party, service: 'X2P1.01' } });
}

async function readAll(reader: AccountReader, id: string, days: { readonly from?: string; readonly to?: string }): Promise<readonly BankTransaction[]> {
  const all: BankTransaction[] = [];
  let cursor: string | undefined;
  do {
    const page = await reader.transactions(id, { ...days, limit: batch, ...(cursor !== undefined && { cursor }) });
    all.push(...(page?.transactions ?? []));
    cursor = page?.next;
  } while (cursor !== undefined && all.length < mostRead);
  return all;
}

const day = (at: Date): string => at.toISOString().slice(0, 10);

const dateTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})$/;

function moment(query: URLSearchParams, name: string): Date | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  // A plus sign that was not escaped arrives as a space.
  const written = text.replace(' ', '+');
  if (!dateTime.test(written) || Number.isNaN(Date.parse(written))) throw refuse(400, 'invalidDate', `${name} must be a date and time such as 2027-05-31T12:00:00Z`, 'ASSENT-CDR-20');
  return new Date(written);
}

function amountOf(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (!/^-?\d{1,16}(\.\d{1,16})?$/.test(text)) throw refuse(400, 'fieldInvalid', `${name} must be an amount such as 10.00`, 'ASSENT-CDR-20');
  return Number(text);
}

const isBetween = ({ amount }: BankTransaction, least: number | undefined, most: number | undefined): boolean => (least === undefined || Number(amount) >= least) && (most === undefined || Number(amount) <= most);

function transactionOf(accountId: string, { id, bookedOn, valueOn, amount, currency, description, counterparty }: BankTransaction) {
  return {
    accountId,
    transactionId: id,
    isDetailAvailable: true,
    type: amount.startsWith('-') ? 'PAYMENT' : 'OTHER',
    status: 'POSTED',
    description,
    postingDateTime: `${bookedOn}T00:00:00Z`,
    valueDateTime: `${valueOn}T00:00:00Z`,
    amount,
    currency,
    reference: counterparty,
  };
}
