import type { ResourceConfig } from '@assent/config';
import { epochSeconds, type ClaimsRequest, type Grant } from '@assent/protocol';

/** What the grants API says of a grant (Grant Management section 6.3): permissions and dates, no tokens, no identity (GM-API-10). */
export interface GrantDescription {
  readonly scopes: readonly ScopeGroup[];
  readonly claims: readonly string[];
  readonly authorization_details: readonly Record<string, unknown>[];
  readonly status: string;
  readonly created_at: number;
  readonly last_updated: number;
  readonly expires_at?: number;
}
interface ScopeGroup {
  readonly scope: string;
  readonly resource?: readonly string[];
}

export const describeGrant = (grant: Grant, resources: readonly ResourceConfig[]): GrantDescription => ({
  scopes: groupScopes(grant.scope, resources),
  claims: claimNames(grant.claims),
  authorization_details: grant.authorizationDetails,
  status: grant.status,
  created_at: epochSeconds(grant.createdAt),
  last_updated: epochSeconds(grant.updatedAt),
  ...(grant.expiresAt && { expires_at: epochSeconds(grant.expiresAt) }),
});

/** Scopes by the resource servers they are meant for; those of the authorization server itself stand alone (GM-SE-07). */
function groupScopes(granted: readonly string[], resources: readonly ResourceConfig[]): readonly ScopeGroup[] {
  const groups = new Map<string, { readonly scopes: string[]; readonly resource: readonly string[] }>();
  for (const scope of granted) {
    const resource = resources.filter(({ scopes }) => scopes.includes(scope)).map(({ identifier }) => identifier);
    const key = resource.join(' ');
    const group = groups.get(key);
    if (group) group.scopes.push(scope);
    else groups.set(key, { scopes: [scope], resource });
  }
  return [...groups.values()].map(({ scopes, resource }) => ({ scope: scopes.join(' '), ...(resource.length > 0 && { resource }) }));
}

const claimNames = (claims: ClaimsRequest | undefined): readonly string[] => [
  ...new Set([...Object.keys(claims?.userinfo ?? {}), ...Object.keys(claims?.id_token ?? {})]),
];
