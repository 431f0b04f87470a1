import { clustersOf } from './clusters.js';
import { explainAll, ofAccounts, termsOfDetails } from './data.js';
import { isolate } from './html/plain-text.js';
import { someDetail } from './spec-support/samples.js';
import { textsOf } from './texts/index.js';

const spoken = { tpp: isolate('Tally'), bank: isolate('Bank'), t: textsOf('en') };
const titles = (scope: readonly string[], details = [someDetail]) => explainAll({ clusters: clustersOf(scope), details }, spoken).map(({ title }) => title);

describe('explainAll', () => {
  it('shows what a scope and a detail both open once, in the words of the scope, which opens all of it', () => {
    const all = explainAll({ clusters: clustersOf(['openid', 'transactions']), details: [someDetail] }, spoken);
    expect(all.map(({ id }) => id)).toEqual(['identity', 'balances', 'transactions']);
    expect(all[2]?.summary).toContain('past and new');
  });
  it('shows what two details open once, with everything either includes', () => {
    const other = { ...someDetail, clusters: [{ ...someDetail.clusters[0]!, items: ['Currency', 'Overdraft'] }] };
    const all = explainAll({ clusters: [], details: [someDetail, other] }, spoken);
    expect(all.map(({ id, items }) => [id, items])).toEqual([
      ['balances', ['Booked balance', 'Currency', 'Overdraft']],
      ['transactions', expect.any(Array)],
    ]);
  });
  it('shows both where the words differ', () => {
    expect(titles([], [someDetail, { ...someDetail, clusters: [{ ...someDetail.clusters[0]!, summary: 'Another.' }] }])).toEqual(['Balances', 'Balances', 'Transactions']);
  });
  it('swallows nothing a detail opens that has the name of something else', () => {
    const papers = { ...someDetail, clusters: [{ id: 'identity', title: 'Your papers', summary: 'x', items: [] }] };
    expect(titles(['openid'], [papers])).toEqual(['That it is you', 'Your papers']);
  });
  it('puts what has a place there, then the rest, and last what nobody described', () => {
    const loans = { ...someDetail, clusters: [{ id: 'loans', title: 'Loans', summary: 'x', items: [] }] };
    expect(titles(['odd', 'openid', 'accounts'], [loans, someDetail])).toEqual(['That it is you', 'Account names and numbers', 'Balances', 'Transactions', 'Loans', 'Other access: “\u2068odd\u2069”']);
  });
});

describe('termsOfDetails', () => {
  const terms = (scope: readonly string[], details = [someDetail]) => termsOfDetails({ clusters: clustersOf(scope), details }).map(({ value }) => value);
  it('says each once', () => expect(terms([], [someDetail, someDetail])).toEqual(['From 23 November 2025 on, and new ones.']));
  it('says nothing that a scope makes untrue', () => {
    expect(terms(['transactions'])).toEqual([]);
    expect(terms(['balances'])).toHaveLength(1);
  });
});

it('details open account data', () => {
  expect(ofAccounts({ clusters: clustersOf(['openid']), details: [someDetail] })).toBe(true);
  expect(ofAccounts({ clusters: clustersOf(['openid']), details: [] })).toBe(false);
});
