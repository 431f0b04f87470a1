import { performance } from 'node:perf_hooks';
import type { AssentConfig } from '@assent/config';
import { getOnly, queryOf, transportOf } from '@assent/http';
import { insufficientScope, invalidRequest, temporarilyUnavailable, tooManyRequests, type Revocation, type RevocationFeed } from '@assent/protocol';
import { feedScope, nodeRequest, type ResourceGuard, type VerifiedAccess } from '@assent/resource-guard';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { untilGone } from '../until-gone.js';
import type { LogPage, RevocationLog } from './revocation-log.js';

export interface RevocationsApi {
  readonly guard: ResourceGuard;
  readonly log: RevocationLog;
  readonly feed: RevocationFeed;
  readonly issuers: AssentConfig['issuers'];
  /** Aborted when the server closes: whoever waits is answered at once. */
  readonly closing: AbortSignal;
  readonly limits?: Partial<typeof usual>;
}

const usual = { page: 1_000, waitingPerClient: 64, waiting: 10_000, maxAgeMs: 1_000 };
const longestWaitSeconds = 30;

/**
 * `GET /revocations?after=<cursor>&wait=<seconds>`: what was revoked since, for resource servers that do not share the
 * database (docs/adr/0015). Answers at once when there is news, else when `wait` has passed.
 */
export function registerRevocations(fastify: FastifyInstance, api: RevocationsApi): void {
  const limits = { ...usual, ...api.limits };
  const waiting = new Map<string, number>();
  getOnly(fastify, api.guard.metadataPath, async () => api.guard.metadata());
  getOnly(fastify, '/revocations', async (request, reply) => {
    const arrivedAt = performance.now();
    const access = await api.guard.verify(nodeRequest(request.raw, { certificate: () => transportOf(request).certificate, requiredScopes: [feedScope] }));
    proveFollower(access, api);
    const { after, waitMs } = readQuestion(request);
    const count = waiting.get(access.clientId) ?? 0;
    if (count >= limits.waitingPerClient || api.log.waiting >= limits.waiting) throw tooManyRequests('too many questions at once', 'ASSENT-FEED-03').withHeaders({ 'Retry-After': '1' });
    waiting.set(access.clientId, count + 1);
    try {
      const { page, asOf } = await newsOf(api, { after, until: arrivedAt + waitMs, limit: limits.page, signal: untilGone(request, reply, api.closing) });
      if (performance.now() - asOf > limits.maxAgeMs) throw temporarilyUnavailable('revocations are not known at the moment', 'ASSENT-FEED-04').withHeaders({ 'Retry-After': '1' });
      return await reply
        .header('cache-control', 'no-store')
        .send({ cursor: page.cursor, complete: page.complete, as_of_ms: Math.floor(asOf - arrivedAt), revocations: page.revocations.map(described) });
    } finally {
      const left = (waiting.get(access.clientId) ?? 1) - 1;
      if (left > 0) waiting.set(access.clientId, left);
      else waiting.delete(access.clientId);
    }
  });
}

/** For resource servers alone: a client that may introspect (ours), acting for itself. */
function proveFollower(access: VerifiedAccess, { issuers, guard }: RevocationsApi): void {
  const client = issuers.find(({ issuer }) => issuer === access.issuer)?.clients.find(({ client_id }) => client_id === access.clientId);
  const allowed = access.grantId === undefined && (client?.introspection ?? []).length > 0;
  if (!allowed) throw guard.challenge(insufficientScope('the feed is for resource servers: clients with introspection rights, acting for themselves', 'ASSENT-FEED-01'), access);
}

function readQuestion(request: FastifyRequest): { readonly after: string | undefined; readonly waitMs: number } {
  const query = queryOf(request);
  const wait = query.optional('wait') ?? '0';
  const seconds = /^\d{1,2}(\.\d{1,3})?$/.test(wait) ? Number(wait) : NaN;
  if (!(seconds <= longestWaitSeconds)) throw invalidRequest(`wait is a number of seconds, ${longestWaitSeconds} at most`, 'ASSENT-FEED-02');
  const after = query.optional('after');
  return { after: after === '' ? undefined : after, waitMs: after ? seconds * 1000 : 0 };
}

interface Question {
  readonly after: string | undefined;
  readonly until: number;
  readonly limit: number;
  readonly signal: AbortSignal;
}

/** The next page, and as of when it is all there is: both from one moment, as the feed goes on reading. */
async function newsOf({ log, feed }: RevocationsApi, { after, until, limit, signal }: Question): Promise<{ readonly page: LogPage; readonly asOf: number }> {
  for (;;) {
    const now = performance.now();
    const news = { page: log.page(after, limit), asOf: now - feed.age() };
    if (news.page.revocations.length > 0 || now >= until || signal.aborted) return news;
    await log.wait(until - now, signal);
  }
}

const described = ({ subject, id, below, until }: Revocation) => ({ subject, id, ...(below !== undefined && { below }), until: Math.ceil(until.getTime() / 1000) });
