import type { AssentConfig } from '@assent/config';
import { createPost, type Log, type Opened, type ReadyCheck } from '@assent/http';
import type { ClientRegistry, Database } from '@assent/persistence';
import type { Clock, RevocationFeed } from '@assent/protocol';
import { KeyRings } from '@assent/signing-keys';
import type { FastifyInstance } from 'fastify';
import { eventsResource, openApiGuard } from '../access.js';
import { EndedArrangements, tellingIssuers } from './ended-arrangements.js';
import { Deliveries } from './deliveries.js';
import { Receivers } from './receivers.js';
import { eventsScope, registerEvents } from './routes.js';

export interface OpenEvents {
  readonly ready: readonly ReadyCheck[];
  register(fastify: FastifyInstance): void;
}

interface Parts {
  readonly database: Database;
  readonly registry: ClientRegistry;
  readonly feed: RevocationFeed;
  readonly closing: AbortSignal;
  readonly clock: Clock;
  readonly log: Log;
}

/** Begins to tell clients of changes of their grants; where none is registered, nothing is kept, opened or sent. */
export async function openEvents(opened: Opened, config: AssentConfig, { database, registry, feed, closing, clock, log }: Parts): Promise<OpenEvents> {
  const { grantNotices: notices, signingKeys: store } = database.stores;
  const receivers = new Receivers(config.issuers);
  await notices.keepFor(receivers.all());
  const telling = tellingIssuers(config);
  await notices.tellEnds(telling.map(({ issuer }) => issuer));
  if (receivers.all().length + telling.length === 0) return { ready: [], register: () => undefined };
  const keys = await opened.keep(KeyRings.open({ store, issuers: config.issuers, rotation: config.authorizationServer.keyRotation, clock, log }));
  const { guard } = await opened.keep(openApiGuard(config, { resource: eventsResource(config), name: 'events', scopes: [eventsScope] }, { stores: database.stores, feed, clock }));
  const post = createPost(config.outbound, config.tls.serverAuthorityFiles);
  await opened.keep({ close: () => post.close() });
  const arrangements = new EndedArrangements({ config, registry, consents: database.stores.consents, keys, post, clock });
  const deliveries = await opened.keep(Deliveries.open({ notices, receivers, arrangements, keys, post, clock, log, giveUpAfterSeconds: config.grantManagement.events.giveUpAfterSeconds }));
  const check = async (): Promise<void> => {
    if (!keys.ready()) throw new Error('an issuer has no current signing key');
  };
  return { ready: [{ name: 'signing-keys', check }], register: (fastify) => registerEvents(fastify, { guard, notices, deliveries, receivers, keys, clock, closing }) };
}
