import { decimalsOf } from './currencies.js';

/** Decimal text with exactly the decimals of its currency, so that equal amounts are equal texts. */
export interface Money {
  readonly currency: string;
  readonly amount: string;
}

export const moneySchema = {
  type: 'object',
  additionalProperties: false,
  required: ['currency', 'amount'],
  properties: { currency: { type: 'string', format: 'currency' }, amount: { type: 'string', format: 'amount' } },
} as const;

/** What is wrong with an amount beside its form, told with the path of its member. */
export const moneyFault = (money: Money, path: string): string | undefined =>
  (money.amount.split('.')[1]?.length ?? 0) === decimalsOf(money.currency) ? undefined : `${path}.amount must have as many decimals as its currency has in ISO 4217`;

const mostDecimals = 4;

/** Exactly, in units that are the same whatever decimals the text has. Compares within one currency only. */
export function unitsOf({ amount }: Money): bigint {
  const [whole = '', decimals = ''] = amount.split('.');
  return BigInt(whole + decimals.padEnd(mostDecimals, '0'));
}
