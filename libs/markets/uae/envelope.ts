import type { MarketAnswer, MarketRequest } from '../src/route.js';

/** `{ Data, Links, Meta }`, as every answer of the market stands. */
export const envelope = (request: Pick<MarketRequest, 'url'>, data: unknown, links: Readonly<Record<string, string>> = {}, meta: Readonly<Record<string, unknown>> = {}): MarketAnswer => ({
  status: 200,
  body: { Data: data, Links: { Self: request.url, ...links }, Meta: meta },
});

/** `{ Amount, Currency }` without the sign, which `CreditDebitIndicator` tells. */
export const unsigned = (amount: string, currency: string) => ({ Amount: amount.replace('-', ''), Currency: currency });
export const direction = (amount: string): 'Credit' | 'Debit' => (amount.startsWith('-') ? 'Debit' : 'Credit');
