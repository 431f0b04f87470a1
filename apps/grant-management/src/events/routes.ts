import { performance } from 'node:perf_hooks';
import { getOnly, postOnly, transportOf } from '@assent/http';
import { insufficientScope, plusSeconds, tooManyRequests, type Clock, type EventReceiver, type GrantNotice, type GrantNotices } from '@assent/protocol';
import { nodeRequest, type ResourceGuard, type VerifiedAccess } from '@assent/resource-guard';
import type { KeyRings } from '@assent/signing-keys';
import type { FastifyInstance } from 'fastify';
import type { Deliveries } from './deliveries.js';
import { readPollRequest } from './poll-request.js';
import type { Receivers } from './receivers.js';
import { untilGone } from '../until-gone.js';
import { writeSecurityEvent } from './security-event.js';

export const eventsScope = 'grant_events';

export interface EventsApi {
  readonly guard: ResourceGuard;
  readonly notices: GrantNotices;
  readonly deliveries: Deliveries;
  readonly receivers: Receivers;
  readonly keys: KeyRings;
  readonly clock: Clock;
  readonly closing: AbortSignal;
}

const waitMs = 25_000;
/** Not acknowledged by then, it is delivered again. */
const leaseSeconds = 30;
const waitingPerClient = 16;

/** `POST /events`: a client fetches its events and acknowledges those it has (RFC 8936 section 2). */
export function registerEvents(fastify: FastifyInstance, api: EventsApi): void {
  const waiting = new Map<string, number>();
  getOnly(fastify, api.guard.metadataPath, async () => api.guard.metadata());
  postOnly(fastify, '/events', async (request, reply) => {
    const access = await api.guard.verify(nodeRequest(request.raw, { certificate: () => transportOf(request).certificate, requiredScopes: [eventsScope] }));
    const receiver = provePoller(access, api);
    const { ack, setErrs, maxEvents, returnImmediately } = readPollRequest(request.body);
    if (ack.length > 0) await api.notices.settle({ receiver, jtis: ack });
    for (const { jti, reason } of setErrs) await api.notices.refuse({ receiver, jti, reason, now: api.clock.now() });
    const count = waiting.get(access.clientId) ?? 0;
    if (count >= waitingPerClient) throw tooManyRequests('too many polls at once', 'ASSENT-EVT-03').withHeaders({ 'Retry-After': '1' });
    waiting.set(access.clientId, count + 1);
    try {
      const until = performance.now() + (returnImmediately || maxEvents === 0 ? 0 : waitMs);
      const taken = maxEvents === 0 ? [] : await takeWhenThere(api, { receiver, limit: maxEvents, until, signal: untilGone(request, reply, api.closing) });
      const sets = await Promise.all(taken.map(async (notice) => [notice.jti, await writeSecurityEvent(notice, api.keys, api.receivers)] as const));
      return await reply.header('cache-control', 'no-store').send({ sets: Object.fromEntries(sets), ...(maxEvents > 0 && taken.length === maxEvents && { moreAvailable: true }) });
    } finally {
      waiting.set(access.clientId, (waiting.get(access.clientId) ?? 1) - 1);
    }
  });
}

/** A client that registered to poll, acting for itself. */
function provePoller(access: VerifiedAccess, { receivers, guard }: EventsApi): EventReceiver {
  const registered = receivers.find(access);
  if (access.grantId !== undefined || registered?.events.delivery !== 'poll') {
    throw guard.challenge(insufficientScope('this client is not registered to poll for events (grant_events), or does not act for itself', 'ASSENT-EVT-01'), access);
  }
  return registered.receiver;
}

interface Taking {
  readonly receiver: EventReceiver;
  readonly limit: number;
  readonly until: number;
  readonly signal: AbortSignal;
}

async function takeWhenThere({ notices, deliveries, clock }: EventsApi, { receiver, limit, until, signal }: Taking): Promise<readonly GrantNotice[]> {
  for (;;) {
    if (signal.aborted) return [];
    // Listening before looking: what comes in between is not missed.
    const woken = new AbortController();
    const news = deliveries.wait(receiver, Math.max(0, until - performance.now()), AbortSignal.any([signal, woken.signal]));
    const now = clock.now();
    const taken = await notices.take({ receiver, now, until: plusSeconds(now, leaseSeconds), limit });
    if (taken.length > 0 || performance.now() >= until) {
      woken.abort();
      return taken;
    }
    await news;
  }
}
