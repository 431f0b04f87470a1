import { noStore, route, transportOf } from '@assent/http';
import { Form, invalidRequest, mintId, parseHandle, plusSeconds, type FoundBackchannelRequest } from '@assent/protocol';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Consent, Occasion } from '../authorize/authorization.js';
import { currentGrant } from '../authorize/current-grant.js';
import { accountsOf } from '../consent/accounts.js';
import { endOf } from '../interaction/asking.js';
import type { Engine, IssuerRuntime } from '../engine.js';
import { approve, deny } from './decide.js';
import { PendingRequest } from './pending-request.js';

/**
 * Decides in the place of a customer, for automated tests of clients: `auth_req_id`, and `action` allow or deny. Exists
 * only where the configuration says so, which production refuses.
 */
export function registerAutomation(fastify: FastifyInstance, engine: Engine): void {
  for (const issuer of engine.issuers.values()) {
    if (issuer.policy.ciba === 'off' || !issuer.config.ciba.approvalEndpoint) continue;
    engine.log.warn({ issuer: issuer.issuer }, 'requests by the back channel can be decided without their customers: for tests only');
    route(fastify, {
      method: ['GET', 'POST'],
      url: `${issuer.routes.backchannelAuthentication}/decide`,
      handler: async (request, reply) => {
        noStore(reply);
        return { outcome: await decide(request, engine, issuer) };
      },
    });
  }
}

async function decide(request: FastifyRequest, engine: Engine, issuer: IssuerRuntime): Promise<string> {
  const form = Form.parse(request.url.split('?')[1] ?? '');
  const [pending, action] = [pendingOf(await find(engine, form.one('auth_req_id')), issuer), form.one('action')];
  if (!pending || (action !== 'allow' && action !== 'deny')) throw invalidRequest('auth_req_id must be known, and action allow or deny', 'ASSENT-CIBA-05');
  const occasion = { engine, requestId: transportOf(request).requestId, now: engine.clock.now() };
  const { customerId, acrValues } = pending.request;
  const reached = acrValues.find((acr) => issuer.config.acrValues.includes(acr)) ?? issuer.config.acrValues[0] ?? '';
  const decider = { customerId, authTime: occasion.now, acr: reached, amr: ['test'] };
  const current = await currentGrant(engine, pending, decider);
  if ('refusal' in current) throw current.refusal;
  if (action === 'deny') return deny(occasion, pending, decider, current);
  return approve(occasion, pending, decider, await everything(occasion, pending), current);
}

async function find({ stores }: Engine, value: string): Promise<FoundBackchannelRequest | undefined> {
  const handle = parseHandle(value);
  return handle && stores.backchannelRequests.find(handle);
}

const pendingOf = (found: FoundBackchannelRequest | undefined, issuer: IssuerRuntime): PendingRequest | undefined => found && PendingRequest.of(found, issuer);

/** Yes to all that is asked for, with every account there is; payments come from the first. */
async function everything({ engine, now }: Occasion, pending: PendingRequest): Promise<Consent> {
  const { request, handle, issuer } = pending;
  const { details } = engine;
  const accounts = (await accountsOf(engine, request, request.customerId)).filter(({ unavailable }) => unavailable === undefined);
  const choices = request.authorizationDetails.map((detail) => {
    const offered = accounts.filter((account) => details.offers(detail, account)).map(({ id }) => id);
    const picks = details.picks(detail);
    return { accounts: picks === 'accounts' ? offered : picks === 'nothing' ? [] : offered.slice(0, 1), identifier: mintId(handle.tag), now };
  });
  return {
    accounts: accounts.map(({ id }) => id),
    authorizationDetails: details.enrich(request.authorizationDetails, choices),
    expiresAt: request.consent ? endOf(engine, pending, undefined, now) : plusSeconds(now, issuer.policy.grantLifetime),
    shown: { automation: true },
  };
}
