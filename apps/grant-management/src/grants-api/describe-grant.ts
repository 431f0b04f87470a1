import type { ResourceConfig } from '@assent/config';
import { claimNames } from '@assent/grants';
import { epochSeconds, type Grant } from '@assent/protocol';

/**
 * What the grants API says of a grant (Grant Management section 6.4): permissions and dates, no tokens, no identity
 * (GM-API-10). `grant_id` and `status` are extensions. The draft's list of members has `last_updated`, its example
 * `last_updated_at`: both stand here.
 */
export interface GrantDescription {
  readonly grant_id: string;
  readonly scopes: readonly ScopeGroup[];
  readonly claims: readonly string[];
  readonly authorization_details: readonly Record<string, unknown>[];
  readonly status: string;
  readonly created_at: number;
  readonly last_updated: number;
  readonly last_updated_at: number;
  readonly updated_by: Grant['updatedBy'];
  readonly expires_at?: number;
}
interface ScopeGroup {
  readonly scope: string;
  readonly resource?: readonly string[];
}

export const describeGrant = (grant: Grant, resources: readonly ResourceConfig[]): GrantDescription => ({
  grant_id: grant.id,
  scopes: groupScopes(grant, resources),
  claims: claimNames(grant.claims),
  authorization_details: grant.authorizationDetails,
  status: grant.status,
  created_at: epochSeconds(grant.createdAt),
  last_updated: epochSeconds(grant.updatedAt),
  last_updated_at: epochSeconds(grant.updatedAt),
  updated_by: grant.updatedBy,
  ...(grant.expiresAt && { expires_at: epochSeconds(grant.expiresAt) }),
});

/**
 * Scopes by the resource servers they are meant for, as far as the grant's tokens may name those; scopes of the
 * authorization server itself stand alone (GM-SE-07).
 */
function groupScopes({ scope: granted, resources: named }: Grant, resources: readonly ResourceConfig[]): readonly ScopeGroup[] {
  const groups = new Map<string, { readonly scopes: string[]; readonly resource: readonly string[] }>();
  for (const scope of granted) {
    const resource = resources.filter(({ identifier, scopes }) => scopes.includes(scope) && named.includes(identifier)).map(({ identifier }) => identifier);
    const key = resource.join(' ');
    const group = groups.get(key);
    if (group) group.scopes.push(scope);
    else groups.set(key, { scopes: [scope], resource });
  }
  return [...groups.values()].map(({ scopes, resource }) => ({ scope: scopes.join(' '), ...(resource.length > 0 && { resource }) }));
}
