import type { GrantManagementRules } from '@assent/config';
import { invalidRequest, isId, unauthorizedClient, type Client, type Form, type Grant, type GrantManagementAction, type PushedRequest } from '@assent/protocol';
import { isManageable, unusableGrantId } from '../authorize/current-grant.js';
import type { AuthorizationCall } from '../request/call.js';

type GrantManagementParameters = Pick<PushedRequest, 'grantManagementAction' | 'grantId'>;

/**
 * `grant_management_action` and `grant_id` (Grant Management sections 5.2 and 5.4). Throws `invalid_request` for
 * parameters that do not go together, whatever grant they name, and `unauthorized_client` for a client that proves
 * nothing of itself (GM-AZ-01).
 */
export function grantManagementParameters(form: Form, client: Pick<Client, 'token_endpoint_auth_method' | 'first_party'>, { actions, actionRequired }: GrantManagementRules): GrantManagementParameters {
  const action = form.optional('grant_management_action');
  const grantId = form.optional('grant_id');
  const named = action !== undefined || grantId !== undefined;
  if (named && client.token_endpoint_auth_method === 'none') throw unauthorizedClient('only confidential clients may manage grants', 'GM-AZ-01');
  if (action === undefined) {
    if (grantId !== undefined) throw invalidRequest('grant_id needs a grant_management_action', 'GM-AZ-04');
    // The bank's own applications ask who somebody is; there is no grant for them to manage.
    if (actionRequired && client.first_party !== true) throw invalidRequest('grant_management_action is required', 'GM-AZ-07');
    return {};
  }
  if (!isRequestAction(action) || !actions.includes(action)) throw invalidRequest(`grant_management_action must be one of: ${actions.filter(isRequestAction).join(', ')}`, 'GM-AZ-06');
  if (action === 'create' && grantId !== undefined) throw invalidRequest('create makes a new grant and takes no grant_id', 'GM-AZ-03');
  if (action !== 'create' && grantId === undefined) throw invalidRequest(`${action} needs the grant_id of the grant to change`, 'GM-AZ-05');
  return { grantManagementAction: action, ...(grantId === undefined ? {} : { grantId }) };
}

const isRequestAction = (action: string): action is GrantManagementAction => action === 'create' || action === 'merge' || action === 'replace';

/**
 * The grant a request names, if the client may change it (GM-AZ-08 to GM-AZ-11). Whatever it is that is wrong with a
 * `grant_id`, the answer is the same and took the same look. Whose grant it is among the customers is seen at sign-in.
 */
export async function findNamedGrant({ engine, issuer }: AuthorizationCall, client: Client, { grantId }: GrantManagementParameters): Promise<Grant | undefined> {
  if (grantId === undefined) return undefined;
  const grant = await engine.stores.grants.find(isId(grantId) ? grantId : '');
  if (!grant || !isManageable(grant, issuer.issuer, client.client_id)) throw unusableGrantId('GM-AZ-08');
  return grant;
}
