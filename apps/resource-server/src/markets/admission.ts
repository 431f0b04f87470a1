import { insufficientScope, type AuthorizationDetail, type Client } from '@assent/protocol';
import type { Market, MarketAccess, MarketRoute, Reach } from '@assent/markets';
import { nodeRequest, type VerifiedAccess } from '@assent/resource-guard';
import { detailsFor } from '../access/details.js';
import type { MarketCall, MarketSite } from './call.js';

/** Who calls and what for, proved; of a route without a token nobody. */
export interface Admitted {
  readonly verified: VerifiedAccess | undefined;
  readonly client: Client | undefined;
  readonly access: MarketAccess;
  /** What the token's details open, each as far as it has not ended. */
  readonly reaches: readonly Reach[];
}

/**
 * The token of a call, as its route wants it: `client`: one for the client itself; `customer`: one of a grant, whose
 * details hold one of the permissions. Rejects with the guard's refusals, or 403 `insufficient_scope`, which name the
 * scheme the token came under.
 */
export async function admit(site: MarketSite, { access: wanted }: MarketRoute, call: MarketCall): Promise<Admitted> {
  if (wanted.as === 'any') return nobody;
  const verified = await site.guard.verify(nodeRequest(call.message, { certificate: call.certificate }));
  const refuse = (description: string, scope: readonly string[] = []) => site.guard.challenge(insufficientScope(description, 'F2-RS-04'), verified, scope);
  if (wanted.as === 'client' && verified.grantId !== undefined) throw refuse('this address takes the client’s own access token (client_credentials)');
  if (wanted.as === 'customer' && verified.grantId === undefined) throw refuse('no customer stands behind this access token');
  if (wanted.scope !== undefined && !covers(site.market, verified.scope, wanted.scope)) throw refuse(`needed: the scope ${wanted.scope}`, [wanted.scope]);
  const details = detailsFor({ resource: site.base, address: site.base + call.path }, verified);
  const reaches = reachesOf(site.market, details, call.now);
  const permissions = [...new Set(reaches.flatMap((reach) => reach.permissions))];
  const needed = wanted.as === 'customer' ? wanted.permissions : undefined;
  if (needed && !needed.some((one) => permissions.includes(one))) throw refuse(`needed: the permission ${needed.join(' or ')}`);
  const client = await site.clientOf(verified.clientId);
  const { clientId, scope, grantId, subject, acr } = verified;
  return { verified, client, reaches, access: { clientId, scope, organisationId: organisationOf(client), grantId, subject: grantId === undefined ? undefined : subject, details, permissions, acr } };
}

const nobody: Admitted = {
  verified: undefined,
  client: undefined,
  reaches: [],
  access: { clientId: '', scope: [], organisationId: undefined, grantId: undefined, subject: undefined, details: [], permissions: [], acr: undefined },
};

/** By name, or as the beginning of a scope that names a consent where the market has such. */
const covers = ({ consent: { scopePrefixes = [] } }: Market, granted: readonly string[], scope: string): boolean =>
  granted.includes(scope) || (scopePrefixes.includes(`${scope}:`) && granted.some((one) => one.startsWith(`${scope}:`)));

function reachesOf({ details: types }: Market, details: readonly AuthorizationDetail[], now: Date): readonly Reach[] {
  const byName = new Map(types.map((type) => [type.type, type]));
  return details.flatMap((detail) => byName.get(detail.type)?.reach?.(detail, { now }) ?? []).filter(({ until }) => until === undefined || until.getTime() > now.getTime());
}

/** As the trust framework or the register knows the organisation. */
export const organisationOf = (client: Client | undefined): string | undefined => client?.organisation?.id ?? client?.organisation?.register_number;
