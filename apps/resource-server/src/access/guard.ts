import type { AssentConfig } from '@assent/config';
import { operatorFetch } from '@assent/http';
import type { ClientRegistry } from '@assent/persistence';
import type { Clock, PublicJwk, RevocationFeed } from '@assent/protocol';
import { createResourceGuard, httpPorts, type ResourceGuard } from '@assent/resource-guard';
import { openTrust } from './issuers.js';
import type { AnswerSigning } from './signatures.js';

export interface AccountsGuard {
  readonly guard: ResourceGuard;
  /** Every public key of the API: those it asks issuers with, and those it signs answers with. */
  jwks(): { readonly keys: readonly PublicJwk[] };
  close(): Promise<void>;
}

/** The guard of the accounts API, as the configuration wants it. `StartupError` when its client key cannot be read. */
export async function openAccountsGuard(config: AssentConfig, { feed, registry, clock }: { readonly feed: RevocationFeed; readonly registry: ClientRegistry; readonly clock: Clock }, signing?: AnswerSigning): Promise<AccountsGuard> {
  const { resource, publicUrl, verification, maxFeedAge } = config.resourceServer;
  const described = config.resources.find(({ identifier }) => identifier === resource);
  const { issuers, jwks } = await openTrust(config);
  const outbound = operatorFetch(config);
  const description = {
    resource_name: described?.name ?? `${config.bank.name} accounts API`,
    scopes_supported: described?.scopes ?? ['accounts', 'balances', 'transactions'],
    authorization_details_types_supported: described?.authorizationDetailsTypes ?? [],
    ...signing?.described,
  };
  const guard = createResourceGuard({ resource, publicUrl, issuers, verification, feed, serves: ({ issuer, clientId }) => registry.serves(issuer, clientId), maxFeedAgeMs: maxFeedAge * 1000, http: httpPorts(outbound), description, clock, ...(signing && { httpSignatures: signing.httpSignatures }) });
  return { guard, jwks: () => ({ keys: [...jwks.keys, ...(signing?.jwks() ?? [])] }), close: () => outbound.close() };
}
