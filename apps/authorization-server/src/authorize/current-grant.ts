import { invalidGrantId, type Client, type Grant, type OAuthError, type Session } from '@assent/protocol';
import type { Engine } from '../engine.js';
import type { Asked } from './asked.js';

/** The grant a request is about (`undefined`: a new one), or the answer to its client when it is not there for it. */
export type CurrentGrant = { readonly grant: Grant | undefined } | { readonly refusal: OAuthError };

/** Whether a grant is this client's to manage, and alive. Whose it is among the customers is known after sign-in only. */
export const isManageable = (grant: Grant, issuer: string, clientId: string): boolean =>
  grant.managed && grant.issuer === issuer && grant.clientId === clientId && grant.status === 'active';

/**
 * Looks the grant up once the customer is known, so that it is their own (GM-AZ-08, GM-AZ-11), and once more at each
 * step from then on: it may have ended since the request was pushed (GM-RV-03).
 */
export async function currentGrant({ stores }: Pick<Engine, 'stores'>, { request, issuer, client }: Asked & { readonly client: Client }, session: Pick<Session, 'customerId'>): Promise<CurrentGrant> {
  if (request.grantId === undefined) return { grant: undefined };
  const grant = await stores.grants.find(request.grantId);
  const own = grant && isManageable(grant, issuer.issuer, client.client_id) && grant.customerId === session.customerId;
  return own ? { grant } : { refusal: unusableGrantId('GM-AZ-08') };
}

/** One answer whether the grant is unknown, another's, ended, or not for the client to manage: there is nothing to probe. */
export const unusableGrantId = (rule: 'GM-AZ-08' | 'GM-RV-03'): OAuthError => invalidGrantId('grant_id names no grant that this request could change', rule);
