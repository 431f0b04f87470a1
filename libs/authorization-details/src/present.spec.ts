import type { Presentation } from './presentation.js';
import { DetailTypes } from './detail-types.js';
import { accountAccess, aMandate, aPayment } from './fixtures.js';
import { shippedTypes } from './load.js';

const types = DetailTypes.of(shippedTypes);
const locales = ['en', 'pt-BR', 'ar'] as const;
const rows = (shown: Presentation) => Object.fromEntries(shown.terms.map(({ id, term, value }) => [id, `${term}: ${value}`]));

describe('present', () => {
  it('says which data, how far back and until when', () => {
    const shown = types.present(accountAccess({ actions: ['read_transactions', 'list_accounts'], transactionsFrom: '2026-05-01', expiresAt: '2027-05-31T14:00:00+02:00' }), 'en');
    expect(shown).toMatchObject({ kind: 'data', clusters: [{ id: 'accounts', title: 'Account names and numbers' }, { id: 'transactions', title: 'Transactions' }] });
    expect(rows(shown)).toEqual({ history: 'Which transactions: From 1 May 2026 on, and new ones.', until: 'How long: Until 31 May 2027 at 12:00 UTC, then it stops by itself.' });
  });

  it.each([
    [{}, 'Which transactions: All that we show for the account, past and new.'],
    [{ transactionsTo: '2026-05-31' }, 'Which transactions: All until 31 May 2026.'],
    [{ transactionsFrom: '2026-05-01', transactionsTo: '2026-05-31' }, 'Which transactions: From 1 May 2026 until 31 May 2026.'],
  ])('says the window %j', (members, history) => {
    expect(rows(types.present(accountAccess(members), 'en'))).toEqual({ history });
  });

  it('says nothing of transactions where none are shown', () => {
    expect(types.present(accountAccess({ actions: ['read_balances'] }), 'en')).toMatchObject({ clusters: [{ id: 'balances' }], terms: [] });
  });

  it('says how much to whom; the client’s own texts are marked', () => {
    expect(types.present(aPayment({ endToEndIdentification: 'INV-7' }), 'en')).toEqual({
      kind: 'payment',
      amount: { value: '123.50', currency: 'EUR' },
      recurring: false,
      payee: { name: 'Merchant A', account: 'DE02 1001 0010 9307 1186 03' },
      terms: [
        { id: 'reference', term: 'Reference', value: 'Ref Number Merchant', quoted: true },
        { id: 'end-to-end', term: 'Payment number', value: 'INV-7', quoted: true },
        { id: 'times', term: 'How often', value: 'Once.' },
      ],
    });
  });

  it('says limits, start and end of a mandate', () => {
    const shown = types.present(aMandate(), 'en');
    expect(shown).toMatchObject({ kind: 'payment', recurring: true, amount: { value: '120.00', currency: 'GBP' }, period: 'month' });
    expect(rows(shown)).toEqual({
      'per-payment': 'Each payment: At most \u2066£80.00\u2069.',
      'per-period': 'All together: At most \u2066£120.00\u2069 a calendar month.',
      count: 'How many payments: At most 2 a month.',
      starts: 'From: 1 January 2027. No payment before.',
      ends: 'Until: 31 December 2027. No payment after.',
    });
  });

  it.each([
    ['en', 'JPY', '5000', 'JP¥5,000'],
    ['en', 'USD', '5000.00', 'US$5,000.00'],
    ['pt-BR', 'BRL', '1234567890123.45', 'R$\u00a01.234.567.890.123,45'],
    ['ar', 'AED', '12.30', 'AED\u00a012.30'],
    ['ar-SA', 'KWD', '0.125', 'KWD\u00a00.125'],
    ['fr', 'HUF', '10.00', 'HUF\u00a010.00'],
  ])('writes money in %s: %s %s', (locale, currency, amount, text) => {
    const money = { currency, amount };
    expect(rows(types.present(aMandate({ limits: { perPayment: money, perPeriod: money, period: 'day' } }), locale))['per-payment']).toContain(`\u2066${text}\u2069`);
  });

  it('says the same in every language, each in its own words', () => {
    const details = [accountAccess({ transactionsFrom: '2026-05-01', expiresAt: '2027-05-31T12:00:00Z' }), aPayment(), aMandate(), aMandate({ limits: { ...aMandate().limits, period: 'week', paymentsPerPeriod: 1 } })];
    for (const detail of details) {
      const [en, pt, ar] = locales.map((locale) => types.present(detail, locale));
      for (const other of [pt!, ar!]) {
        expect(other.terms.map(({ id }) => id)).toEqual(en!.terms.map(({ id }) => id));
        for (const [index, { value, quoted }] of other.terms.entries()) if (!quoted) expect(value).not.toBe(en!.terms[index]!.value);
      }
      expect(ar!.terms.every(({ term }) => /\p{Script=Arabic}/u.test(term))).toBe(true);
      expect(JSON.stringify(ar)).not.toMatch(/[٠-٩]/);
    }
  });

  it.each([[1, 'دفعة واحدة'], [2, 'دفعتان'], [3, '3 دفعات'], [10, '10 دفعات'], [11, '11 دفعة'], [100, '100 دفعة'], [103, '103 دفعات']])('counts %d payments in Arabic', (paymentsPerPeriod, words) => {
    expect(rows(types.present(aMandate({ limits: { ...aMandate().limits, paymentsPerPeriod } }), 'ar'))['count']).toContain(words);
  }); // prettier-ignore
});

describe('what the customer decides', () => {
  const now = new Date('2026-11-25T12:00:00Z');
  it('fills in the accounts, an identifier and what was left out', () => {
    const { actions: _actions, ...bare } = aPayment();
    const choice = (accounts: string[], identifier: string) => ({ accounts, identifier, now });
    expect(types.enrich([accountAccess(), bare, aMandate()], [choice(['b', 'a', 'b'], 'x'), choice(['a'], 'n1'), choice(['b'], 'n2')])).toEqual([
      accountAccess({ accounts: ['a', 'b'] }),
      { ...bare, actions: ['initiate', 'status'], debtorAccount: { accountId: 'a' }, identifier: 'n1' },
      { ...aMandate(), debtorAccount: { accountId: 'b' }, identifier: 'n2' },
    ]);
  });

  it('is asked only for accounts the request allows', () => {
    const account = { id: 'ana-everyday', maskedNumber: '4821' };
    const offered = [accountAccess(), accountAccess({ accounts: ['ana-everyday'] }), aPayment(), aPayment({ debtorAccount: { iban: 'GB09HBNK40010112344821' } }), aPayment({ debtorAccount: { accountId: 'ana-everyday' } })];
    const refused = [accountAccess({ accounts: ['other'] }), aPayment({ debtorAccount: { iban: 'DE02100100109307118603' } }), aMandate({ debtorAccount: { accountId: 'other' } })];
    expect([...offered, ...refused].map((detail) => types.offers(detail, account))).toEqual([true, true, true, true, true, false, false, false]);
    expect([accountAccess(), aPayment(), aMandate()].map((detail) => types.picks(detail))).toEqual(['accounts', 'one-account', 'one-account']);
  });

  it('can be taken back account by account', () => {
    const granted = [accountAccess({ accounts: ['a', 'b'] }), accountAccess({ accounts: ['a'] }), aPayment({ debtorAccount: { accountId: 'a' } }), aMandate({ debtorAccount: { accountId: 'b' } })];
    expect(types.accounts(granted)).toEqual(['a', 'b']);
    expect(types.withoutAccount(granted, 'a')).toEqual([accountAccess({ accounts: ['b'] }), aMandate({ debtorAccount: { accountId: 'b' } })]);
  });

  it('ends by itself where the detail says so', () => {
    expect(types.endsAt(accountAccess({ expiresAt: '2027-01-01T01:00:00+01:00' }))).toEqual(new Date('2027-01-01T00:00:00Z'));
    expect(types.endsAt(aMandate())).toEqual(new Date('2028-01-01T00:00:00Z'));
    expect([types.endsAt(aPayment()), types.endsAt(accountAccess())]).toEqual([undefined, undefined]);
  });
});
