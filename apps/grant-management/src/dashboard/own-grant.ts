import { notFound, type Grant, type GrantDirectory, type ListedGrant, type OAuthError } from '@assent/protocol';
import { invalidRequest } from '@assent/protocol';
import { scopeOf } from '../view/connection.js';
import { shown, type SignedIn } from '../sites/visit.js';

const isGrantId = (text: string): boolean => /^[A-Za-z0-9_-]{32}$/.test(text);

/**
 * The grant an address names, if it is the customer's own. For anybody else's, for one of the bank's own applications
 * and for none at all there is one answer, 404.
 */
export async function ownGrant({ site, session, request }: SignedIn, directory: Pick<GrantDirectory, 'find'>): Promise<ListedGrant> {
  const { id = '' } = request.params as { id?: string };
  const grant = isGrantId(id) ? await directory.find(id, scopeOf(site.config)) : undefined;
  if (!grant || grant.customerId !== session.personId) throw shown('notFound', notFound('no such connection', 'ASSENT-DASH-01'), '/');
  return grant;
}

/** What was shown is not what is: nothing is done, and the page says so. */
export const changedMeanwhile = ({ id }: Pick<Grant, 'id'>): OAuthError => shown('changed', invalidRequest('the grant changed since the page was opened', 'ASSENT-DASH-02'), `/apps/${id}`);

/** Of the grant the form was made for. */
export function verifyVersion(grant: Grant, version: string | undefined): number {
  if (version !== String(grant.version)) throw changedMeanwhile(grant);
  return grant.version;
}
