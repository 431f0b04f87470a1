import type { AssentConfig } from '@assent/config';
import { generateSigningKey, openSigningKey } from '@assent/crypto';
import { operatorFetch, StartupError, type Log } from '@assent/http';
import { openConfiguredFeed } from '@assent/persistence';
import type { Clock, RevocationFeed } from '@assent/protocol';
import { feedScope, openHttpRevocationFeed } from '@assent/resource-guard';
import { readClientKey } from './issuers.js';

/** What was revoked, by the configured way. `StartupError` when the client that asks for it is not registered. */
export async function openAccountsFeed(config: AssentConfig, { clock, log }: { readonly clock: Clock; readonly log: Log }): Promise<RevocationFeed> {
  const { source, url } = config.resourceServer.revocations;
  if (source === 'database') return openConfiguredFeed(config, { clock, log });
  const clientId = config.resourceServer.introspectionClientId!;
  const issuer = config.issuers.find(({ clients }) => clients.some(({ client_id, scope }) => client_id === clientId && scope.includes(feedScope)));
  if (!issuer) throw new StartupError(`no issuer has registered client ${clientId} with the scope ${feedScope}, which resourceServer.revocations needs`);
  const outbound = operatorFetch(config);
  const feed = await openHttpRevocationFeed({
    url,
    client: { issuer: issuer.issuer, clientId, key: await readClientKey(config, clientId), dpopKey: openSigningKey({ alg: 'ES256', ...(await generateSigningKey('ES256')) }) },
    maxAgeMs: config.resourceServer.maxFeedAge * 1000,
    fetch: outbound.fetch,
    origins: outbound.origins,
    clock,
    onError: (err) => log.warn({ err }, 'the revocation feed was interrupted'),
  });
  return {
    isRevoked: (token) => feed.isRevoked(token),
    age: () => feed.age(),
    close: async () => {
      await feed.close();
      await outbound.close();
    },
  };
}
