import { MarketRefusal } from '../refusal.js';
import type { BodyRules, MarketPayment, MarketPaymentOrder, MarketRoute } from '../route.js';
import type { MarketDetailType } from '../detail.js';
import { onePaymentType } from '../one-payment.js';

const clause = 'none: the platform’s own';
const paymentType = 'urn:assent:neutral:payment';
const idempotencyKey: BodyRules['idempotencyKey'] = { header: 'x-idempotency-key', demand: 'required', maxLength: 40, missing: { status: 400, code: 'idempotency_key' }, reused: { status: 422, code: 'idempotency_key_reused' } };

/** Payments are lodged with a signed body, made with JSON and a detached signature, and told of in a signed answer. */
export const neutralPayments: { readonly details: readonly MarketDetailType[]; readonly routes: readonly MarketRoute[] } = {
  details: [onePaymentType({ type: paymentType })],
  routes: [
    {
      method: 'POST',
      path: '/payment-consents',
      says: 'Lodges the consent to a payment.',
      clause,
      access: { as: 'client', scope: 'payments' },
      body: { as: 'jwt', verifyJwt: ({ claims }, { issuer }) => (claims['aud'] === issuer ? undefined : 'aud must be the issuer'), badSignature: { status: 400, code: 'bad_signature' }, replay: { seconds: 86_400, status: 403, code: 'replayed' }, idempotencyKey },
      signed: { as: 'jwt', errors: true },
      async answer({ body = {} }, { consents }) {
        const { order } = body;
        const lodged = await consents.lodge({ kind: 'payment', details: [{ ...(order as object), type: paymentType }], document: body, expiresAt: null, once: true });
        if (lodged === 'exists') throw new MarketRefusal(409, 'exists', 'there is a consent of this name', 'ASSENT-NEU-03');
        return { status: 201, body: { id: lodged.name, status: lodged.status } };
      },
    },
    {
      method: 'POST',
      path: '/payments',
      says: 'Makes the payment.',
      clause,
      access: { as: 'customer', scope: 'payments' },
      body: { as: 'json', detachedSignature: { header: 'x-jws-signature', demand: 'required', critical: ['urn:iss'], verifyHeader: (header, { clientId }) => (header['urn:iss'] === undefined || header['urn:iss'] === clientId ? undefined : 'urn:iss must be the client') }, badSignature: { status: 400, code: 'bad_signature' }, idempotencyKey },
      signed: { as: 'detached', header: 'x-jws-signature', claims: ({ issuer }) => ({ iss: issuer }) },
      answer: async ({ body = {} }, { payments }) => ({ status: 201, body: told(await payments.pay(body as unknown as MarketPaymentOrder)) }),
    },
    {
      method: 'GET',
      path: '/funds/:amount',
      says: 'Whether the account to pay from holds an amount.',
      clause,
      access: { as: 'customer', scope: 'payments' },
      answer: async ({ params }, { payments }) => ({ status: 200, body: { enough: await payments.fundsAvailable({ amount: params['amount'] ?? '', currency: 'GBP' }) } }),
    },
    {
      method: 'GET',
      path: '/payments/:id',
      says: 'Tells of a payment.',
      clause,
      access: { as: 'either', scope: 'payments' },
      async answer({ params }, { payments }) {
        const payment = await payments.find(params['id'] ?? '');
        if (!payment) throw new MarketRefusal(404, 'unknown_payment', 'there is no such payment', 'ASSENT-NEU-06');
        return { status: 200, body: told(payment) };
      },
    },
  ],
};

const told = ({ id, status, amount }: MarketPayment) => ({ id, status, amount });
