import { isId, notFound, type Clock, type Grant, type Grants, type GrantStatus } from '@assent/protocol';
import type { VerifiedAccess } from '@assent/resource-guard';

const ended: readonly GrantStatus[] = ['revoked', 'expired', 'consumed', 'rejected'];

/**
 * The grant a client asks about, if it is the client's own to manage and has not ended. For all else there is one
 * answer, 404: knowing an id proves nothing, and nobody learns which ids exist (GM-API-06, GM-API-07). The id of a grant
 * that was made without an action is none of its client's business (GM-AZ-12).
 */
export async function findOwnGrant(grants: Pick<Grants, 'find'>, access: VerifiedAccess, grantId: string, clock: Clock): Promise<Grant> {
  const grant = isId(grantId) ? await grants.find(grantId) : undefined;
  const own = grant?.clientId === access.clientId && grant.issuer === access.issuer && grant.managed;
  if (!grant || !own || ended.includes(grant.status) || hasExpired(grant, clock)) throw noSuchGrant();
  return grant;
}

export const noSuchGrant = () => notFound('no such grant', 'GM-API-07');

const hasExpired = ({ expiresAt }: Grant, clock: Clock): boolean => expiresAt !== null && expiresAt.getTime() <= clock.now().getTime();
