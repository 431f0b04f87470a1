import { changeRows, type ChangeRow, type Permitted } from './change-rows.js';
import { clustersOf } from './clusters.js';
import { isolate, withoutIsolates } from './html/plain-text.js';
import { monthlyPayments, onePayment, someDetail } from './spec-support/samples.js';
import { textsOf } from './texts/index.js';

const may = (scope: readonly string[], more: Partial<Permitted> = {}): Permitted => ({ clusters: clustersOf(scope), details: [], payments: [], until: new Date('2027-05-02T00:00:00Z'), ...more });
const spoken = { tpp: isolate('Tally Budget'), bank: isolate('Harbour Bank'), t: textsOf('en') };
const said = (before: Permitted, after: Permitted) => changeRows(before, after, spoken, 'en').map(({ badge, title, says }: ChangeRow) => [badge, withoutIsolates(title), ...says.map(withoutIsolates)]);

describe('changeRows', () => {
  it('says of everything whether it is new, stays or goes', () => {
    expect(said(may(['openid', 'balances', 'transactions']), may(['openid', 'accounts', 'balances']))).toEqual([
      ['new', 'Account names and numbers', 'What each account you choose is called, what kind it is, and its number.'],
      ['stays', 'That it is you', expect.any(String)],
      ['stays', 'Balances', 'How much is in each account you choose.'],
      ['stays', 'Until 2 May 2027'],
      ['removed', 'Transactions', 'Tally Budget will no longer get this.'],
    ]);
  });

  const later = new Date('2027-11-23T00:00:00Z');
  it.each([
    ['longer', new Date('2027-05-02T00:00:00Z'), later, 'Until 23 November 2027', 'Was: until 2 May 2027.'],
    ['shorter', later, new Date('2027-05-02T00:00:00Z'), 'Until 2 May 2027', 'Was: until 23 November 2027.'],
    ['shorter', null, later, 'Until 23 November 2027', 'Was: until you stop it.'],
    ['longer', later, null, 'Until you stop it', 'Was: until 23 November 2027.'],
    ['stays', null, null, 'Until you stop it', undefined],
    ['stays', new Date('2027-05-02T10:00:00Z'), new Date('2027-05-02T10:00:07Z'), 'Until 2 May 2027', undefined],
  ])('an end that becomes %s says what it was', (badge, was, is, title, once) => {
    const [row] = said(may([], { until: was }), may([], { until: is }));
    expect(row?.slice(0, 3)).toEqual([badge, title, ...(once === undefined ? [] : [once])]);
  });

  it('says what a term of a detail was before', () => {
    const wider = { ...someDetail, terms: [{ ...someDetail.terms[0]!, value: 'All that we show.' }] };
    const rows = said(may([], { details: [someDetail] }), may([], { details: [wider] }));
    expect(rows[0]).toEqual(['new', 'Which transactions', 'All that we show.', 'Was: From 23 November 2025 on, and new ones.']);
    expect(rows.filter(([badge]) => badge === 'stays')).toHaveLength(3);
  });

  it('drops a term that bounds nothing any more', () => {
    const rows = said(may([], { details: [someDetail] }), may(['balances', 'transactions'], { details: [someDetail] }));
    expect(rows.map(([badge, title]) => `${badge} ${title}`)).toEqual(['stays Balances', 'stays Transactions', 'stays Until 2 May 2027']);
  });

  it('lists payments that stay and those that go; new ones have pages of their own', () => {
    const rows = said(may([], { payments: [onePayment, monthlyPayments] }), may([], { payments: [monthlyPayments, { ...onePayment, payee: { name: 'New', account: 'x' } }] }));
    expect(rows.map(([badge, title]) => `${badge} ${title}`)).toEqual([
      'stays Until 2 May 2027',
      'stays Payments of up to €120.00 a month to Bright Energy',
      'removed Payment of €84.20 to Bright Energy Supply BV',
    ]);
  });

  it('tells permissions nobody described apart by their names', () => {
    expect(said(may(['odd']), may(['even'])).map(([badge, title]) => `${badge} ${title}`)).toEqual(['new Other access: “even”', 'stays Until 2 May 2027', 'removed Other access: “odd”']);
  });
});
