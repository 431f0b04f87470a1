import { readPage } from './page.js';
import { accountDetail, accountList, transactionList } from './shapes.js';
import { Form } from '@assent/protocol';

const account = { id: 'ana/1', name: 'Everyday', type: 'current', currency: 'GBP', iban: 'GB09 HBNK 4001 0112 3448 21' };
const base = 'https://rs.example';

describe('shapes', () => {
  it('shows a list the masked number only, the account itself in full', () => {
    expect(JSON.stringify(accountList([account], base))).not.toContain('HBNK');
    expect(accountDetail(account, base)).toMatchObject({ identification: { scheme: 'IBAN', value: account.iban, masked: '••••4821' } });
  });

  it('escapes ids in links', () => {
    expect(accountDetail(account, base)).toMatchObject({ links: { self: 'https://rs.example/accounts/ana%2F1' } });
  });

  it('keeps the filter in the link to the next page, and ends without one', () => {
    const transaction = { id: 't', sequence: 7, bookedOn: '2026-11-23', valueOn: '2026-11-24', amount: '-12.00', currency: 'GBP', description: 'Coffee', counterparty: 'Corner Cafe', category: 'eating_out' };
    const page = readPage(Form.parse('from=2026-01-01&limit=1'));
    const list = transactionList({ accountId: 'a', history: { transactions: [transaction], more: true, periods: undefined }, page, publicUrl: base }) as { links: { next: string }; transactions: object[] };
    expect(readPage(Form.parse(new URL(list.links.next).search.slice(1)))).toEqual({ ...page, after: { bookedOn: transaction.bookedOn, sequence: 7 } });
    expect(list.transactions).toEqual([
      {
        transactionId: 't', bookingDate: '2026-11-23', valueDate: '2026-11-24', direction: 'debit', amount: { amount: '-12.00', currency: 'GBP' },
        description: 'Coffee', counterparty: { name: 'Corner Cafe' }, category: 'eating_out',
      },
    ]);
    expect(transactionList({ accountId: 'a', history: { transactions: [transaction], more: false, periods: [{ from: '2026-01-01' }] }, page, publicUrl: base })).toMatchObject({ permittedPeriods: [{ from: '2026-01-01' }], links: { self: `${base}/accounts/a/transactions` } });
  });
});
