import type { AccountRow, BalanceRow, History } from './bank.js';
import { writeCursor, type Page } from './page.js';

/* The JSON of the accounts API. Amounts are decimal text with their currency; times are RFC 3339 in UTC. */

export const accountList = (accounts: readonly AccountRow[], base: string): object => ({
  accounts: accounts.map((account) => ({ ...summary(account), identification: { scheme: 'IBAN', masked: masked(account.iban) }, links: linksOf(account.id, base) })),
  links: { self: `${base}/accounts` },
});

export const accountDetail = (account: AccountRow, base: string): object => ({
  ...summary(account),
  identification: { scheme: 'IBAN', value: account.iban, masked: masked(account.iban) },
  links: linksOf(account.id, base),
});

const summary = ({ id, name, type, currency }: AccountRow) => ({ accountId: id, name, type, currency });

const linksOf = (id: string, base: string) => {
  const self = `${base}/accounts/${encodeURIComponent(id)}`;
  return { self, balances: `${self}/balances`, transactions: `${self}/transactions` };
};

const masked = (iban: string): string => `••••${iban.replace(/\s/g, '').slice(-4)}`;

export const balanceList = (balances: readonly BalanceRow[], base: string, accountId?: string): object => ({
  balances: balances.map(({ id, amount, currency, asOf }) => ({ accountId: id, type: 'booked', amount: { amount, currency }, asOf })),
  links: { self: accountId === undefined ? `${base}/balances` : linksOf(accountId, base).balances },
});

/**
 * One page, newest first; `links.next` is there as long as there is more. `permittedPeriods` says which days may be
 * read, where not all may: what was asked for beyond them is left out.
 */
export function transactionList({ accountId, history, page, publicUrl }: { accountId: string; history: History; page: Page; publicUrl: string }): object {
  const { transactions, more, periods } = history;
  const last = transactions.at(-1);
  const self = linksOf(accountId, publicUrl).transactions;
  const next = more && last ? { next: `${self}?${queryFor(page, writeCursor(last))}` } : {};
  return {
    transactions: transactions.map(({ id, bookedOn, valueOn, amount, currency, description, counterparty, category }) => ({
      transactionId: id,
      bookingDate: bookedOn,
      valueDate: valueOn,
      direction: amount.startsWith('-') ? 'debit' : 'credit',
      amount: { amount, currency },
      description,
      counterparty: { name: counterparty },
      category,
    })),
    ...(periods && { permittedPeriods: periods }),
    links: { self, ...next },
  };
}

function queryFor({ from, to, limit }: Page, cursor: string): URLSearchParams {
  const query = new URLSearchParams({ limit: String(limit), cursor });
  if (from !== undefined) query.set('from', from);
  if (to !== undefined) query.set('to', to);
  return query;
}
