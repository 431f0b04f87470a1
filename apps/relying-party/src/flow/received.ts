import { z } from 'zod';
import { FlowError } from './refusal.js';

/*
 * What the bank's API delivered, read strictly and kept short: it came from outside, and stays in memory for as long
 * as the browser session.
 */

const text = z.string().max(200);
const amount = z.object({ amount: text, currency: text });
const accountsAnswer = z.object({ accounts: z.array(z.object({ accountId: text, name: text, type: text, identification: z.object({ masked: text }) })) });
const balancesAnswer = z.object({ balances: z.array(z.object({ accountId: text, amount })) });
const grantAnswer = z.object({
  status: text.optional(),
  scopes: z.array(z.object({ scope: z.string().max(2000) })).optional(),
  authorization_details: z.array(z.record(text, z.unknown())).optional(),
  created_at: z.number().optional(),
  last_updated: z.number().optional(),
  expires_at: z.number().optional(),
  updated_by: text.optional(),
});
const paymentAnswer = z.object({ paymentId: text, status: text });
const transactionsAnswer = z.object({ transactions: z.array(z.object({ bookingDate: text, description: text, counterparty: z.object({ name: text }), amount })) });

export type Account = z.output<typeof accountsAnswer>['accounts'][number];
export type Grant = z.output<typeof grantAnswer>;
export type Payment = z.output<typeof paymentAnswer>;
export type Amount = z.output<typeof amount>;
export type Transaction = z.output<typeof transactionsAnswer>['transactions'][number];

/** What this flow has read so far. */
export interface Received {
  accounts?: readonly Account[];
  /** By account id. */
  balances?: ReadonlyMap<string, Amount>;
  transactions?: { readonly account: Account; readonly latest: readonly Transaction[] };
  /** The grant as its API describes it. */
  grant?: Grant;
  /** The payment that was made last. */
  payment?: Payment;
  /** Claims about the customer. */
  person?: readonly (readonly [claim: string, value: string])[];
}

const mostAccounts = 20;
const mostTransactions = 5;
const mostClaims = 20;

export const readAccounts = (answer: unknown): readonly Account[] => parse(accountsAnswer, answer).accounts.slice(0, mostAccounts);

export const readGrant = (answer: unknown): Grant => parse(grantAnswer, answer);

export const readPayment = (answer: unknown): Payment => parse(paymentAnswer, answer);

export const readBalances = (answer: unknown): ReadonlyMap<string, Amount> =>
  new Map(parse(balancesAnswer, answer).balances.slice(0, mostAccounts).map((balance) => [balance.accountId, balance.amount]));

export const readTransactions = (answer: unknown): readonly Transaction[] => parse(transactionsAnswer, answer).transactions.slice(0, mostTransactions);

/** Claims that are plain values, as text. */
export function readPerson(claims: Readonly<Record<string, unknown>>): NonNullable<Received['person']> {
  const plain = Object.entries(claims).filter((entry): entry is [string, string | number | boolean] => ['string', 'number', 'boolean'].includes(typeof entry[1]));
  return plain.slice(0, mostClaims).map(([claim, value]) => [claim, String(value).slice(0, 200)]);
}

function parse<T>(schema: z.ZodType<T>, answer: unknown): T {
  const result = schema.safeParse(answer);
  if (!result.success) throw new FlowError('The bank’s answer has another shape than its API promises.');
  return result.data;
}
