import { enforce } from '@assent/profiles';
import { invalidRequest, invalidRequestUri, parseHandle, type Form, type Handle } from '@assent/protocol';
import type { IssuerRuntime } from '../engine.js';

const prefix = 'urn:ietf:params:oauth:request_uri:';

/** Whether the request names one that was kept here. Any other `request_uri` is an address to fetch from, where that is permitted. */
export const isReference = (form: Form): boolean => form.all('request_uri').some((uri) => uri.startsWith(prefix));

/** The two parameters that count at the authorization endpoint. */
export interface RequestReference {
  readonly clientId: string;
  readonly reference: string;
  readonly handle: Handle;
}

/**
 * Reads `client_id` and `request_uri`; every other parameter but a second request is tolerated and ignored (F2-AZ-23),
 * unless a rule of the profile speaks against it.
 * Throws `invalid_request` for a request that was not pushed (F2-AZ-03) or comes twice over (JR-01),
 * `invalid_request_uri` for a reference that cannot be one of ours.
 */
export function readReference(form: Form, issuer: IssuerRuntime): RequestReference {
  const requestUri = form.optional('request_uri');
  enforce(issuer.profile, 'authorize', { viaPar: requestUri !== undefined, parameters: form.names() });
  if (requestUri === undefined) throw invalidRequest('push the authorization request first', 'F2-AZ-03');
  if (form.has('request')) throw invalidRequest('send either request or request_uri', 'JR-01');
  const clientId = form.one('client_id');
  if (!requestUri.startsWith(prefix)) throw invalidRequestUri('request_uri is not one of ours', 'JR-10');
  return { clientId, ...readHandle(requestUri.slice(prefix.length)) };
}

/** `invalid_request_uri` for text that cannot be a reference of ours. */
export function readHandle(reference: string): { readonly reference: string; readonly handle: Handle } {
  const handle = parseHandle(reference);
  if (!handle) throw invalidRequestUri('request_uri is not one of ours', 'PR-08').shownOn('page');
  return { reference, handle };
}
