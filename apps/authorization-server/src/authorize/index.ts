import { route } from '@assent/http';
import { OAuthError } from '@assent/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Engine } from '../engine.js';
import { headOnly, send, type Answer } from '../interaction/answer.js';
import { interactionsOf } from '../interaction/interactions.js';
import { answerOpen, toRefusedClient } from '../interaction/respond.js';
import { readVisit, type Site, type Visit } from '../interaction/visit.js';
import { pathOf } from '../request/call.js';
import { OpenRequest } from './open-request.js';
import { takeRequest } from './front-channel-request.js';
import { isReference, readReference, type RequestReference } from './request-reference.js';

/** Registers the authorization endpoint of every issuer: GET, and POST as a form (OpenID Connect Core section 3.1.2.1). */
export async function registerAuthorize(fastify: FastifyInstance, engine: Engine): Promise<void> {
  for (const issuer of engine.issuers.values()) {
    const site: Site = { engine, issuer, interactions: await interactionsOf(engine, issuer) };
    const handler = async (request: FastifyRequest, reply: FastifyReply) => send(reply, await authorize(request, site));
    // No CORS here, ever (F2-NET-08): nothing below sets an Access-Control header.
    route(fastify, { method: ['GET', 'POST'], url: issuer.routes.authorization, handler, config: { errors: 'page' } });
  }
}

/**
 * An arriving authorization request. Refusals before the request is found, in time and bound to its client are shown
 * on a page of our own and never redirected (F2-AS-07); `answerOpen` takes it from there.
 */
async function authorize(request: FastifyRequest, site: Site): Promise<Answer> {
  if (request.method === 'HEAD') return headOnly;
  // Whatever else stands in the query is not the customer's click (F2-AZ-23).
  const visit: Visit = { ...readVisit(request, site), clickedLocale: undefined };
  if (site.issuer.policy.par !== 'required' && !isReference(visit.form)) return throughTheBrowser(visit, site);
  const asked = readReference(visit.form, site.issuer);
  const { pushedRequests } = site.engine.stores;
  const { found, session } = await pushedRequests.open(asked.handle, visit.session);
  const grace = visit.browser.hasSeen(asked.handle) ? site.engine.config.authorizationServer.interactionLifetime : 0;
  const open = OpenRequest.verify(found, asked.reference, site.issuer, { clientId: asked.clientId, grace }, visit.now);
  if (request.method === 'POST') return asGet(site, asked);
  const answer = await answerOpen(visit, open, session);
  const arrival = visit.browser.remember(asked.handle);
  return arrival === undefined ? answer : { ...answer, cookies: [...(answer.cookies ?? []), arrival] };
}

/** A request that was not pushed is kept like one that was, and goes on as that; or is answered at once with what is wrong with it. */
async function throughTheBrowser(visit: Visit, site: Site): Promise<Answer> {
  const taken = await takeRequest(visit).catch((error: unknown) => {
    throw error instanceof OAuthError ? error.shownOn('page') : error;
  });
  return 'reference' in taken ? asGet(site, taken.reference) : toRefusedClient(taken.response, visit, taken.client);
}

/** A form from the client's site does not bring our Lax cookies along: the browser comes again, and then it does. */
const asGet = ({ issuer }: Site, { clientId, reference }: RequestReference): Answer => ({
  page: `${pathOf(issuer.endpoints.authorization)}?${new URLSearchParams({ client_id: clientId, request_uri: `urn:ietf:params:oauth:request_uri:${reference}` }).toString()}`,
});
