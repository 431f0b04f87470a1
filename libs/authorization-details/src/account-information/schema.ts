import type { AuthorizationDetail } from '@assent/protocol';
import type { DetailSchema } from '../detail-type.js';
import { date, dateTime, locations, someOf } from '../schema/fragments.js';

export const accountActions = ['list_accounts', 'read_balances', 'read_transactions'] as const;
export type AccountAction = (typeof accountActions)[number];

/** Sight of accounts: which data, of which accounts, how far back, until when. */
export interface AccountInformation extends AuthorizationDetail {
  readonly type: 'account_information';
  readonly actions: readonly AccountAction[];
  /** In a request: only among these may the customer choose. In a grant: those chosen. */
  readonly accounts?: readonly string[];
  /** First and last day transactions are shown of. */
  readonly transactionsFrom?: string;
  readonly transactionsTo?: string;
  readonly expiresAt?: string;
  readonly locations?: readonly string[];
}

export const schema: DetailSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['type', 'actions'],
  properties: {
    type: { const: 'account_information' },
    actions: someOf(accountActions),
    accounts: { type: 'array', items: { type: 'string', maxLength: 255, format: 'account-id' }, minItems: 1, maxItems: 100, uniqueItems: true },
    transactionsFrom: date,
    transactionsTo: date,
    expiresAt: dateTime,
    locations,
  },
};

export function fault({ transactionsFrom: from, transactionsTo: to, expiresAt }: AccountInformation, { now }: { readonly now: Date }): string | undefined {
  if (from !== undefined && to !== undefined && from > to) return 'transactionsTo must not lie before transactionsFrom';
  if (expiresAt !== undefined && Date.parse(expiresAt) <= now.getTime()) return 'expiresAt must lie in the future';
  return undefined;
}
