import { headerValues, route, transportOf } from '@assent/http';
import { OAuthError, type Clock } from '@assent/protocol';
import { nodeRequest, type ResourceGuard, type VerifiedAccess } from '@assent/resource-guard';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { detailsFor } from '../access/details.js';
import { readIdempotencyKey } from './idempotency-key.js';
import { acceptJson, readJsonObject } from './json-body.js';
import { fingerprint, readOrder } from './order.js';
import { pay, paymentOf, type Payer, type PayStores } from './pay.js';
import { paymentAddress, paymentDetail } from './shapes.js';

export interface PaymentsApi {
  readonly guard: ResourceGuard;
  readonly stores: PayStores;
  readonly publicUrl: string;
  readonly clock: Clock;
  /** Told of every payment made or asked about. */
  readonly used: (access: VerifiedAccess) => void;
}

/** No order of payment is longer. */
const bodyLimit = 8 * 1024;

/** The payments API: `POST /payments`, `GET /payments/{paymentId}`. */
export function registerPaymentsApi(fastify: FastifyInstance, api: PaymentsApi): void {
  const { stores, publicUrl } = api;
  // In a context of its own, so that only here bodies are JSON, and kept as they came.
  void fastify.register(async (scope) => {
    acceptJson(scope, bodyLimit);
    route(scope, {
      method: 'POST',
      url: '/payments',
      handler: async (request, reply) => {
        const payment = await answered(api, request, (payer) => {
          const hash = readIdempotencyKey(headerValues(request, 'idempotency-key'));
          const order = readOrder(readJsonObject(request.body));
          return pay(stores, payer, order, { hash, request: fingerprint(order) });
        });
        return reply.code(201).headers({ 'cache-control': 'no-store', location: paymentAddress(payment.id, publicUrl) }).send(paymentDetail(payment, publicUrl));
      },
    });
    route(scope, {
      method: 'GET',
      url: '/payments/:paymentId',
      handler: async (request, reply) => {
        const { paymentId } = request.params as { readonly paymentId: string };
        const payment = await answered(api, request, (payer) => paymentOf(stores.payments, payer, paymentId));
        return reply.header('cache-control', 'no-store').send(paymentDetail(payment, publicUrl));
      },
    });
  });
}

/** Verifies the token, and tells a refusal that has to do with it in the scheme it came under. */
async function answered<T>({ guard, publicUrl, clock, used }: PaymentsApi, request: FastifyRequest, answer: (payer: Payer) => Promise<T>): Promise<T> {
  const certificate = () => transportOf(request).certificate;
  const access = await guard.verify(nodeRequest(request.raw, { certificate, requireGrant: true }));
  const place = { resource: guard.resource, address: publicUrl + request.url.replace(/\?.*$/s, '') };
  const { issuer, clientId, subject, grantId = '', grantVersion = 1 } = access;
  const payer: Payer = { access: { issuer, clientId, subject, grantId, grantVersion }, details: detailsFor(place, access), now: clock.now(), requestId: request.id };
  try {
    const result = await answer(payer);
    used(access);
    return result;
  } catch (error) {
    const isAboutToken = error instanceof OAuthError && (error.status === 401 || error.status === 403);
    throw isAboutToken ? guard.challenge(error, access) : error;
  }
}
