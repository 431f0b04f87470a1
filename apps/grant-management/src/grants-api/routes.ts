import type { ResourceConfig } from '@assent/config';
import { getOnly, route, transportOf } from '@assent/http';
import type { AuditEvent, Clock, Grants } from '@assent/protocol';
import { interactionId, interactionIdHeader, nodeRequest, type ResourceGuard, type VerifiedAccess } from '@assent/resource-guard';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { grantScopes } from '../access.js';
import { whenAvailable } from './available.js';
import { describeGrant } from './describe-grant.js';
import { findOwnGrant, noSuchGrant } from './own-grant.js';
import { changedMeanwhile, entityTag, isKnown, verifyMatch, verifyNoneMatch } from './preconditions.js';

export interface GrantsApi {
  readonly guard: ResourceGuard;
  readonly grants: Pick<Grants, 'find' | 'revoke'>;
  readonly resources: readonly ResourceConfig[];
  readonly clock: Clock;
}

type GrantRequest = FastifyRequest<{ Params: { grantId: string } }>;

/** `GET` and `DELETE /grants/{grant_id}` (GM-API-01, GM-API-02); there is no list (GM-API-03). */
export function registerGrantsApi(fastify: FastifyInstance, opened: GrantsApi): void {
  const api: GrantsApi = { ...opened, grants: whenAvailable(opened.grants) };
  fastify.addHook('onRequest', async (request, reply) => {
    reply.header(interactionIdHeader, interactionId(request.raw.rawHeaders));
  });
  getOnly(fastify, api.guard.metadataPath, async () => api.guard.metadata());
  const handlers = { GET: query, HEAD: query, DELETE: revoke };
  route(fastify, {
    method: ['GET', 'DELETE'],
    url: '/grants/:grantId',
    handler: (request, reply) => handlers[request.method as keyof typeof handlers](request as GrantRequest, reply, api),
  });
}

async function query(request: GrantRequest, reply: FastifyReply, api: GrantsApi): Promise<FastifyReply> {
  const access = await admit(request, api, grantScopes.query);
  const grant = await findOwnGrant(api.grants, access, request.params.grantId, api.clock);
  verifyMatch(request.headers['if-match'], grant);
  reply.header('cache-control', 'no-cache, no-store').header('etag', entityTag(grant));
  if (isKnown(request.headers['if-none-match'], grant)) return reply.code(304).send();
  return reply.send(describeGrant(grant, api.resources));
}

async function revoke(request: GrantRequest, reply: FastifyReply, api: GrantsApi): Promise<FastifyReply> {
  const access = await admit(request, api, grantScopes.revoke);
  const grant = await findOwnGrant(api.grants, access, request.params.grantId, api.clock);
  const ifMatch = request.headers['if-match'];
  verifyMatch(ifMatch, grant);
  verifyNoneMatch(request.headers['if-none-match'], grant);
  const { id, issuer, clientId, customerId, version } = grant;
  const { requestId } = transportOf(request);
  const audit: AuditEvent = { type: 'grant.revoked', issuer, clientId, customerId, grantId: id, requestId, detail: { by: 'client' } };
  const outcome = await api.grants.revoke({ grantId: id, actor: { kind: 'client', id: clientId }, ...(ifMatch !== undefined && ifMatch.trim() !== '*' && { expectedVersion: version }), now: api.clock.now(), audit });
  if (outcome === 'changed') throw changedMeanwhile();
  // Somebody else ended it a moment ago: the second of two gets what any later one gets (GM-API-11).
  if (outcome === 'not-active') throw noSuchGrant();
  return reply.code(204).header('cache-control', 'no-store').send();
}

const admit = (request: FastifyRequest, { guard }: GrantsApi, scope: string): Promise<VerifiedAccess> =>
  guard.verify(nodeRequest(request.raw, { certificate: () => transportOf(request).certificate, requiredScopes: [scope] }));
