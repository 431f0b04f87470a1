import { among, languageOf, locations, unionOf, type DetailType, type InLanguages } from '../index.js';

interface AccountStatements {
  readonly type: 'account_statements';
  /** Years the yearly statement is wanted of. */
  readonly years: readonly string[];
  /** In a request: only among these may the customer choose. In a grant: those chosen. */
  readonly accounts?: readonly string[];
  readonly locations?: readonly string[];
  readonly [member: string]: unknown;
}

const texts: InLanguages<{ title: string; summary: string; year: (year: string) => string }> = {
  en: { title: 'Yearly statements', summary: 'The statement of each account you choose, as a document.', year: (year) => `Statement of ${year}` },
  'pt-BR': { title: 'Extratos anuais', summary: 'O extrato de cada conta que você escolher, como documento.', year: (year) => `Extrato de ${year}` },
  ar: { title: 'الكشوف السنوية', summary: 'كشف كل حساب تختاره، كمستند.', year: (year) => `كشف سنة ${year}` },
};

const isWithin = (asked: AccountStatements, granted: AccountStatements): boolean =>
  among(asked.years, granted.years) && among(asked.accounts, granted.accounts) && among(asked.locations, granted.locations);

export const detailType: DetailType<AccountStatements> = {
  type: 'account_statements',
  kind: 'data',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['type', 'years'],
    properties: {
      type: { const: 'account_statements' },
      years: { type: 'array', items: { type: 'string', pattern: '^20[0-9]{2}$', maxLength: 4 }, minItems: 1, maxItems: 10, uniqueItems: true },
      accounts: { type: 'array', items: { type: 'string', format: 'account-id', maxLength: 255 }, minItems: 1, maxItems: 50, uniqueItems: true },
      locations,
    },
  },
  fault: ({ years }, { now }) => (years.every((year) => Number(year) < now.getUTCFullYear()) ? undefined : 'years must be over'),
  isWithin,
  merge: (existing, added) => unionOf([...existing, ...added], { isWithin, lists: ['years', 'accounts', 'locations'] }),
  enrich: (detail, { accounts }) => ({ ...detail, years: [...detail.years].sort(), accounts: [...accounts].sort() }),
  picks: () => 'accounts',
  offers: ({ accounts }, { id }) => accounts === undefined || accounts.includes(id),
  accounts: ({ accounts = [] }) => accounts,
  withoutAccount: (detail, accountId) => {
    const accounts = detail.accounts?.filter((id) => id !== accountId) ?? [];
    return accounts.length === 0 ? undefined : { ...detail, accounts };
  },
  present: ({ years }, locale) => {
    const { title, summary, year } = texts[languageOf(locale)];
    return { kind: 'data', clusters: [{ id: 'account_statements', title, summary, items: years.map(year) }], terms: [] };
  },
  enforced: ['Only statements of the years and accounts in the detail are handed out.'],
};
