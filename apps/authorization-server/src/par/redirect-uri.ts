import { isAllowedRedirectUri, isRegisteredRedirectUri, type Policy } from '@assent/profiles';
import { invalidRequest, type Client } from '@assent/protocol';

/**
 * `invalid_request` unless an answer may still be sent to `redirectUri`: a client may have changed its registration
 * since it pushed the request (F2-AZ-07). At PAR the profile's own rule asks the same.
 */
export function verifyRedirectUri(redirectUri: string, client: Client, policy: Pick<Policy, 'redirectUris'>): void {
  if (isRegisteredRedirectUri(client.redirect_uris, redirectUri)) return;
  if (policy.redirectUris === 'registered-or-pushed' && isAllowedRedirectUri(redirectUri)) return;
  throw invalidRequest('redirect_uri is not registered for this client', 'F2-AZ-07');
}
