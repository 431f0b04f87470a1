import type { BankTransaction } from '../src/route.js';
import { aRequest, PaperBank, type Asked } from '../src/read-write/paper-bank.fixtures.js';
import { ukResources } from './resources.js';

const route = (path: string) => ukResources.routes.find((one) => one.path === `/open-banking/v4.0/aisp${path}`)!;
let bank: PaperBank;
beforeEach(() => {
  bank = new PaperBank();
});
const get = async (path: string, asked: Asked = {}) => (await route(path).answer(aRequest(route(path), asked), bank.ports)).body as { Data: Record<string, Record<string, unknown>[]>; Links: Record<string, string>; Meta: object };
const account = { AccountId: 'a1' };

describe('accounts', () => {
  it('without their numbers by the basic permission', async () => {
    const { Data, Links, Meta } = await get('/accounts', { permissions: ['ReadAccountsBasic'] });
    expect(Data['Account']).toEqual([
      { AccountId: 'a1', Status: 'Enabled', Currency: 'GBP', AccountCategory: 'Personal', AccountTypeCode: 'CACC', Nickname: 'Everyday' },
      { AccountId: 'a2', Status: 'Enabled', Currency: 'GBP', AccountCategory: 'Business', AccountTypeCode: 'CACC', Nickname: 'Shop' },
    ]);
    expect([Links, Meta]).toEqual([{ Self: 'https://bank.test/uk/open-banking/v4.0/aisp/accounts' }, { TotalPages: 1 }]);
  });

  it('with their numbers by the detailed one', async () => {
    const { Data } = await get('/accounts', { permissions: ['ReadAccountsBasic', 'ReadAccountsDetail'] });
    expect(Data['Account']!.map((one) => one['Account'])).toEqual([
      [{ SchemeName: 'UK.OBIE.SortCodeAccountNumber', Identification: '40010112344821' }, { SchemeName: 'UK.OBIE.IBAN', Identification: 'GB09HBNK40010112344821' }],
      [{ SchemeName: 'UK.OBIE.IBAN', Identification: 'DE02100100109307118603' }],
    ]);
  });

  it.each(['/accounts/:AccountId', '/accounts/:AccountId/balances', '/accounts/:AccountId/transactions', '/accounts/:AccountId/party', '/accounts/:AccountId/standing-orders'])('%s of an account that was not chosen', async (path) => {
    await expect(get(path, { params: { AccountId: 'a9' }, permissions: ['ReadAccountsBasic'] })).rejects.toMatchObject({ status: 403, rule: 'ASSENT-RW-06' });
  });
});

it('balances are never negative: the indicator says which way', async () => {
  const { Data } = await get('/balances');
  expect(Data['Balance']).toEqual([
    { AccountId: 'a1', CreditDebitIndicator: 'Credit', Amount: { Amount: '12.50', Currency: 'GBP' }, Type: 'ITBD', DateTime: '2026-11-25T12:00:00+00:00' },
    { AccountId: 'a2', CreditDebitIndicator: 'Debit', Amount: { Amount: '3.00', Currency: 'GBP' }, Type: 'ITBD', DateTime: '2026-11-25T12:00:00+00:00' },
  ]);
  expect((await get('/accounts/:AccountId/balances', { params: account })).Data['Balance']).toHaveLength(1);
});

it('the customer, by name', async () => expect(await get('/party')).toMatchObject({ Data: { Party: { PartyId: 's', Name: 'Ana Duarte', EmailAddress: 'ana@example.test' } } }));

it('what the bank keeps nothing of is an empty list', async () => expect((await get('/accounts/:AccountId/direct-debits', { params: account })).Data).toEqual({ DirectDebit: [] }));

describe('transactions', () => {
  const path = '/accounts/:AccountId/transactions';
  const basic = ['ReadTransactionsBasic', 'ReadTransactionsCredits', 'ReadTransactionsDebits'];
  const transaction = (at: number, amount = '-1.00'): BankTransaction => ({ id: `t${at}`, bookedOn: `2026-${String(1 + (at % 12)).padStart(2, '0')}-15`, valueOn: '2026-01-16', amount, currency: 'GBP', description: 'Groceries', counterparty: 'Corner Shop', category: 'food' });

  it('without descriptions by the basic permission, with them by the detailed one', async () => {
    bank.transactions = [transaction(0)];
    const shown = { AccountId: 'a1', TransactionId: 't0', CreditDebitIndicator: 'Debit', Amount: { Amount: '1.00', Currency: 'GBP' }, Status: 'BOOK', TransactionMutability: 'Immutable', BookingDateTime: '2026-01-15T00:00:00+00:00', ValueDateTime: '2026-01-16T00:00:00+00:00' };
    expect((await get(path, { params: account, permissions: basic })).Data['Transaction']).toEqual([shown]);
    expect((await get(path, { params: account, permissions: [...basic, 'ReadTransactionsDetail'] })).Data['Transaction']).toEqual([{ ...shown, TransactionInformation: 'Groceries', CreditorAccount: { Name: 'Corner Shop' } }]);
  });

  it('only credits, or only debits, as was permitted', async () => {
    bank.transactions = [transaction(0, '5.00'), transaction(1)];
    const ids = async (...more: string[]) => (await get(path, { params: account, permissions: ['ReadTransactionsBasic', ...more] })).Data['Transaction']!.map((one) => one['TransactionId']);
    expect(await ids('ReadTransactionsCredits')).toEqual(['t0']);
    expect(await ids('ReadTransactionsDebits')).toEqual(['t1']);
    expect(await ids('ReadTransactionsCredits', 'ReadTransactionsDebits')).toEqual(['t0', 't1']);
  });

  it('between days, whatever their time zone', async () => {
    bank.transactions = [transaction(0), transaction(5), transaction(11)];
    const ids = async (query: string) => (await get(path, { params: account, query, permissions: basic })).Data['Transaction']!.map((one) => one['TransactionId']);
    expect(await ids('fromBookingDateTime=2026-06-15T00:00:00')).toEqual(['t5', 't11']);
    expect(await ids('fromBookingDateTime=2026-06-15T00:00:01')).toEqual(['t11']);
    expect(await ids('fromBookingDateTime=2026-06-15T00:00:00%2B14:00')).toEqual(['t5', 't11']);
    expect(await ids('fromBookingDateTime=2026-06-15T00:00:00+14:00')).toEqual(['t5', 't11']);
    expect(await ids('toBookingDateTime=2026-06-15&fromBookingDateTime=1999-01-01')).toEqual(['t0', 't5']);
  });

  it.each(['fromBookingDateTime=yesterday', 'toBookingDateTime=2026-02-30', 'fromBookingDateTime=2026-01-01&fromBookingDateTime=2026-01-02', 'page=', 'page=a%20b', 'page=a&page=b'])('are refused with %s', async (query) => {
    await expect(get(path, { params: account, query, permissions: basic })).rejects.toMatchObject({ status: 400, rule: 'ASSENT-RW-07' });
  });

  it('page by page, with ways on and back', async () => {
    bank.transactions = Array.from({ length: 230 }, (_, at) => transaction(at));
    const first = await get(path, { params: account, query: 'toBookingDateTime=2026-12-31', permissions: basic });
    expect(first.Links).toEqual({ Self: expect.stringMatching(/\?toBooking/) as string, First: expect.any(String) as string, Next: expect.stringMatching(/toBooking.*page=100$/) as string });
    expect([first.Data['Transaction']!.length, first.Meta]).toEqual([100, {}]);
    const second = await get(path, { params: account, query: new URL(first.Links['Next']!).search, permissions: basic });
    const last = await get(path, { params: account, query: new URL(second.Links['Next']!).search, permissions: basic });
    expect([second.Data['Transaction']![0]!['TransactionId'], last.Data['Transaction']!.length]).toEqual(['t100', 30]);
    expect(last.Links).not.toHaveProperty('Next');
    expect([new URL(last.Links['Prev']!).search, new URL(second.Links['Prev']!).search]).toEqual([new URL(second.Links['Self']!).search, new URL(first.Links['Self']!).search]);
  });

  it('are gathered to a page of some length, where few are permitted', async () => {
    bank.transactions = Array.from({ length: 300 }, (_, at) => transaction(at, at % 100 === 0 ? '1.00' : '-1.00'));
    const { Data, Links } = await get(path, { params: account, permissions: ['ReadTransactionsBasic', 'ReadTransactionsCredits'] });
    expect([Data['Transaction']!.length, Links['Next']]).toEqual([3, undefined]);
  });
});

describe('headers', () => {
  const read = (headers: Record<string, string>) => ukResources.headers.read!(aRequest(route('/accounts'), { headers }));
  it('of a customer who is there', () => expect(read({ 'x-fapi-auth-date': 'Tue, 11 Sep 2012 19:43:31 GMT', 'x-fapi-customer-ip-address': '2001:db8::1' })).toEqual({}));
  it.each([[{ 'x-fapi-auth-date': '2012-09-11T19:43:31Z' }], [{ 'x-fapi-auth-date': 'Tue, 11 Sep 2012 29:43:31 GMT' }], [{ 'x-fapi-customer-ip-address': '104.25.212.99:443' }], [{ 'x-fapi-customer-ip-address': 'phone' }]])('%j is refused', (headers) =>
    expect(() => read(headers as Record<string, string>)).toThrow(expect.objectContaining({ status: 400, code: 'U006', rule: 'ASSENT-RW-08' })));
});

describe('errors', () => {
  const facts = { description: 'why', interactionId: 'i', now: new Date() };
  it('of the market', () => expect(ukResources.error({ ...facts, status: 400, code: 'U004', path: 'Data' })).toEqual({ status: 400, body: { Id: 'i', Code: '400 BadRequest', Message: 'Bad Request', Errors: [{ ErrorCode: 'U004', Message: 'why', Path: 'Data' }] } }));
  it('of a token: no more than 401', () => expect(ukResources.error({ ...facts, status: 401, code: 'invalid_token' })).toEqual({ status: 401 }));
  it.each([[403, 'insufficient_scope', 'U042'], [404, 'not_found', 'U011'], [415, 'invalid_request', 'U006'], [500, 'server_error', 'U000']])('%s %s is %s', (status, code, own) => expect(ukResources.error({ ...facts, status, code })).toMatchObject({ status, body: { Errors: [{ ErrorCode: own }] } }));
});
