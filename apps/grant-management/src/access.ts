import type { AssentConfig } from '@assent/config';
import { operatorFetch } from '@assent/http';
import type { Stores } from '@assent/persistence';
import { epochSeconds, parseHandle, type AccessTokenFacts, type Clock, type RevocationFeed } from '@assent/protocol';
import { createResourceGuard, httpPorts, type ResourceGuard } from '@assent/resource-guard';

export const grantScopes = { query: 'grant_management_query', revoke: 'grant_management_revoke' } as const;

/** The grants API's identifier: what access tokens for it name as audience (GM-API-09). */
export const grantsResource = (config: AssentConfig): string => `${config.grantManagement.publicUrl}/grants`;

/** The identifier of the revocation feed, and its address. */
export const revocationsResource = (config: AssentConfig): string => `${config.grantManagement.publicUrl}/revocations`;

/** The identifier of the address events are fetched from. */
export const eventsResource = (config: AssentConfig): string => `${config.grantManagement.publicUrl}/events`;

export interface GrantsGuard {
  readonly guard: ResourceGuard;
  close(): Promise<void>;
}

/** The guard of the grants API. */
export const openGrantsGuard = (config: AssentConfig, stores: Stores, feed: RevocationFeed, clock: Clock): GrantsGuard =>
  openApiGuard(config, { resource: grantsResource(config), name: 'grants API', scopes: Object.values(grantScopes) }, { stores, feed, clock });

interface GuardedApi {
  readonly resource: string;
  readonly name: string;
  readonly scopes: readonly string[];
}

/** A guard: JWTs by the issuers' keys, opaque tokens by a look at where they are kept. */
export function openApiGuard(config: AssentConfig, { resource, name, scopes }: GuardedApi, { stores, feed, clock }: { readonly stores: Stores; readonly feed: RevocationFeed; readonly clock: Clock }): GrantsGuard {
  const outbound = operatorFetch(config);
  const guard = createResourceGuard({
    resource,
    publicUrl: config.grantManagement.publicUrl,
    issuers: config.issuers.map(({ issuer }) => ({ issuer, introspection: (token) => describeOpaque(token, issuer, stores, clock) })),
    verification: 'jwt-or-introspection',
    feed,
    http: httpPorts(outbound),
    description: { resource_name: `${config.bank.name} ${name}`, scopes_supported: scopes },
    clock,
  });
  return { guard, close: () => outbound.close() };
}

/** What the issuer's introspection endpoint would say, without the way there. */
async function describeOpaque(token: string, issuer: string, { accessTokens }: Stores, clock: Clock): Promise<Record<string, unknown>> {
  const handle = parseHandle(token);
  const found = handle && (await accessTokens.find(handle, [], clock.now()));
  return found?.outcome === 'found' && found.facts.issuer === issuer ? answerOf(found.facts) : { active: false };
}

const answerOf = (facts: AccessTokenFacts): Record<string, unknown> => ({
  active: true,
  iss: facts.issuer,
  client_id: facts.clientId,
  sub: facts.subject,
  aud: facts.audience,
  scope: facts.scope.join(' '),
  iat: epochSeconds(facts.issuedAt),
  exp: epochSeconds(facts.expiresAt),
  jti: facts.jti,
  ...(facts.confirmation && { cnf: facts.confirmation }),
  ...(facts.grantId !== undefined && { grant_id: facts.grantId, grant_version: facts.grantVersion }),
});
