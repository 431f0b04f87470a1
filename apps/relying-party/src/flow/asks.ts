import type { AuthorizationDetail, Client } from '@assent/protocol';
import { offeredScope } from './scope.js';

/** What the demo can ask a customer for, in scopes or in `authorization_details` (RFC 9396). */
export interface Ask {
  readonly title: string;
  readonly hint: string;
  /** Scopes, of those the client is registered for; none where details say it all. */
  readonly scopes: readonly string[];
  readonly details?: (today: Date) => readonly AuthorizationDetail[];
}

const day = 86_400_000;
const dateOf = (date: Date): string => date.toISOString().slice(0, 10);

const electricity = { creditorName: 'Bright Energy Supply Ltd', creditorAccount: { iban: 'GB33BUKB20201555555555' } };

const catalogue = {
  scopes: {
    title: 'Account data, by scopes',
    hint: 'accounts, balances and transactions, as far as the app is registered for them.',
    scopes: ['accounts', 'balances', 'transactions'],
  },
  balances: {
    title: 'Balances, in detail',
    hint: 'authorization_details: the list of accounts and their balances, nothing else.',
    scopes: [],
    details: () => [{ type: 'account_information', actions: ['list_accounts', 'read_balances'] }],
  },
  transactions: {
    title: 'The last 90 days, in detail',
    hint: 'authorization_details: accounts and transactions, no further back than 90 days, for half a year.',
    scopes: [],
    details: (today) => [
      {
        type: 'account_information',
        actions: ['list_accounts', 'read_transactions'],
        transactionsFrom: dateOf(new Date(today.getTime() - 90 * day)),
        expiresAt: new Date(Math.floor((today.getTime() + 180 * day) / day) * day).toISOString(),
      },
    ],
  },
  payment: {
    title: 'One payment of £84.20',
    hint: 'authorization_details: exactly this payment, exactly once.',
    scopes: [],
    details: () => [
      { type: 'payment_initiation', instructedAmount: { currency: 'GBP', amount: '84.20' }, ...electricity, remittanceInformationUnstructured: 'Invoice 2026-1147' },
    ],
  },
  recurring: {
    title: 'Payments of up to £120 a month',
    hint: 'authorization_details: at most £60.00 each and £120.00 a month, only to this payee.',
    scopes: [],
    details: (today) => [
      {
        type: 'recurring_payment',
        ...electricity,
        limits: { perPayment: { currency: 'GBP', amount: '60.00' }, perPeriod: { currency: 'GBP', amount: '120.00' }, period: 'month' },
        endsOn: dateOf(new Date(today.getTime() + 180 * day)),
      },
    ],
  },
} satisfies Record<string, Ask>;

export type AskName = keyof typeof catalogue;
export const asks: Readonly<Record<AskName, Ask>> = catalogue;
export const askNames = Object.keys(catalogue) as AskName[];
export const isAsk = (name: string | undefined): name is AskName => name !== undefined && Object.hasOwn(catalogue, name);

/** What a request asks for: its `scope` and `authorization_details`. */
export interface Asked {
  readonly scope: string;
  readonly details: readonly AuthorizationDetail[];
}

/** An entry of the catalogue for this client, with the customer's identity or without. */
export function askedFor(name: AskName, client: Pick<Client, 'scope'>, withIdentity: boolean, today: Date): Asked {
  const { scopes, details } = asks[name];
  return { scope: offeredScope(client, withIdentity, scopes), details: details?.(today) ?? [] };
}

/** Whether the client is registered for all types of the entry (RFC 9396 section 10). */
export function isRegisteredFor(name: AskName, client: Pick<Client, 'scope' | 'authorization_details_types'>): boolean {
  const { scopes, details } = asks[name];
  const types = client.authorization_details_types ?? [];
  if (details) return details(new Date(0)).every(({ type }) => types.includes(type));
  return scopes.some((scope) => client.scope.includes(scope));
}
