import type { AssentConfig } from '@assent/config';
import { createFetchJson } from '@assent/http';
import type { Stores } from '@assent/persistence';
import { epochSeconds, parseHandle, type AccessTokenFacts, type Clock, type RevocationFeed } from '@assent/protocol';
import { createResourceGuard, type ResourceGuard } from '@assent/resource-guard';

export const grantScopes = { query: 'grant_management_query', revoke: 'grant_management_revoke' } as const;

/** The grants API's identifier: what access tokens for it name as audience (GM-API-09). */
export const grantsResource = (config: AssentConfig): string => `${config.grantManagement.publicUrl}/grants`;

export interface GrantsGuard {
  readonly guard: ResourceGuard;
  close(): Promise<void>;
}

/** The guard of the grants API: JWTs by the issuers' keys, opaque tokens by a look at where they are kept. */
export function openGrantsGuard(config: AssentConfig, stores: Stores, feed: RevocationFeed, clock: Clock): GrantsGuard {
  // The issuers' addresses come from the operator, so internal ones are as good as any.
  const fetchJson = createFetchJson({ ...config.outbound, allowPrivateAddresses: ['0.0.0.0/0', '::/0'] }, config.tls.serverAuthorityFiles);
  const guard = createResourceGuard({
    resource: grantsResource(config),
    publicUrl: config.grantManagement.publicUrl,
    issuers: config.issuers.map(({ issuer }) => ({ issuer, introspection: (token) => describeOpaque(token, issuer, stores, clock) })),
    verification: 'jwt-or-introspection',
    feed,
    http: { fetchJson, postForm: () => Promise.reject(new Error('opaque tokens are looked up')) },
    description: { resource_name: `${config.bank.name} grants API`, scopes_supported: Object.values(grantScopes) },
    clock,
  });
  return { guard, close: () => fetchJson.close() };
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
  cnf: facts.confirmation,
  ...(facts.grantId !== undefined && { grant_id: facts.grantId }),
});
