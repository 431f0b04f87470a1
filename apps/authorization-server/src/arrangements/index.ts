import { noStore, postOnly } from '@assent/http';
import type { ArrangementRules, Market } from '@assent/markets';
import type { FastifyInstance } from 'fastify';
import { authenticateConfidentialClient } from '../client-authentication/authenticate-client.js';
import type { Engine } from '../engine.js';
import { spendLeftovers } from '../introspect/introspect.js';
import { auditOf, readCall, settle, type Answer, type Call } from '../request/call.js';

/** Registers, for each issuer of a market that has one, the endpoint where clients end consents by their ids. */
export function registerArrangements(fastify: FastifyInstance, engine: Engine): void {
  for (const issuer of engine.issuers.values()) {
    const { market } = issuer.config;
    if (!market?.arrangements) continue;
    const { path } = market.arrangements;
    const urls = [issuer.issuer, ...(issuer.config.mtlsBase === undefined ? [] : [issuer.config.mtlsBase])].map((base) => `${base}/${path}`);
    const end = endArrangement(market, market.arrangements);
    postOnly(fastify, `${issuer.path}/${path}`, async (request, reply) => {
      noStore(reply);
      const call = readCall(request, engine, issuer, urls);
      const { status, body } = await settle(call, 'arrangements', end);
      return status === 204 ? reply.code(204).send() : reply.code(status).headers(call.replyHeaders).send(body);
    });
  }
}

/** Where it is, under the issuer's address and its alias. */
export const arrangementsUnder = (base: string, { member, path }: ArrangementRules): Readonly<Record<string, string>> => ({ [member]: `${base}/${path}` });

/**
 * Ends a consent of the calling client and every token on it; one that has ended already is as good, unless the market refuses it. The same answer,
 * in the market's own words, for an id nobody has and for another client's.
 */
const endArrangement =
  (market: Market, { parameter, unknown, whenEnded }: ArrangementRules) =>
  async (call: Call): Promise<Answer> => {
    const { engine, issuer, now } = call;
    const client = await authenticateConfidentialClient(call);
    const name = call.form.one(parameter);
    const consent = await engine.stores.consents.find({ issuer: issuer.issuer, clientId: client.client_id, name, now });
    await spendLeftovers(call);
    if (consent?.customerId === undefined) return refuse(call, market, { ...unknown, description: `${parameter} names no arrangement of this client` });
    const audit = { ...auditOf(call, 'grant.revoked', { by: 'client' }), customerId: consent.customerId, grantId: consent.grantId };
    const outcome = await engine.stores.grants.revoke({ grantId: consent.grantId, actor: { kind: 'client', id: client.client_id }, now, audit });
    if (outcome !== 'revoked' && whenEnded === 'refused') return refuse(call, market, { ...unknown, description: `${parameter} names an arrangement that has ended` });
    return { status: 204, body: '' };
  };

async function refuse(call: Call, market: Market, refusal: { readonly status: number; readonly code: string; readonly description: string }): Promise<Answer> {
  const { engine, transport, now } = call;
  await engine.stores.audit.append({ ...auditOf(call, 'arrangements.refused', { error: refusal.code }), rule: 'ASSENT-ARR-01' });
  const { status, body, headers } = market.resources.error({ ...refusal, interactionId: transport.requestId, now });
  Object.assign(call.replyHeaders, headers);
  return { status, body: (body as object | undefined) ?? {} };
}
