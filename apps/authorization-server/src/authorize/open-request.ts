import { invalidRequest, invalidRequestUri, plusSeconds, type Client, type FoundRequest, type Handle, type OAuthError, type PushedRequest } from '@assent/protocol';
import { mayAskFor } from '../consent/may-ask-for.js';
import type { IssuerRuntime } from '../engine.js';
import { verifyRedirectUri } from '../par/redirect-uri.js';

/** How a request was reached. */
export interface Reached {
  /** The `client_id` beside a `request_uri`; pages of an interaction carry none. */
  readonly clientId?: string;
  /** Seconds the request stays open beyond its own end, because it arrived in this browser while it was in time. */
  readonly grace: number;
}

/**
 * A pushed request that was found, is not completed, is in time and belongs to a client that may still use it.
 * Made only by `OpenRequest.verify`; redirects and grants take nothing less.
 */
export class OpenRequest {
  private constructor(
    readonly issuer: IssuerRuntime,
    readonly client: Client,
    readonly request: PushedRequest,
    readonly handle: Handle,
    /** The value of the handle as it stands in the `request_uri` and in the addresses of the pages. */
    readonly reference: string,
  ) {}

  /** In a market the sign-in goes with whatever is asked for: it has no page of its own. */
  get namesCustomer(): boolean {
    return this.issuer.config.market !== undefined;
  }

  /**
   * Throws, all of them shown on a page: unknown or another issuer's (PR-08), pushed by another client (F2-AZ-15),
   * completed (F2-AZ-16), expired (F2-AZ-14: judged on arrival; an interaction under way has its own end), or a client
   * that may no longer make it (PR-13).
   */
  static verify(found: FoundRequest | undefined, reference: string, issuer: IssuerRuntime, reached: Reached, now: Date): OpenRequest {
    if (!found || found.request.issuer !== issuer.issuer) throw onPage(invalidRequestUri('request_uri is not known', 'PR-08'));
    const { request, handle } = found;
    if (reached.clientId !== undefined && request.clientId !== reached.clientId) {
      throw onPage(invalidRequestUri('request_uri was pushed by another client', 'F2-AZ-15'));
    }
    const client = verifyClient(request, issuer);
    const open = new OpenRequest(issuer, client, request, handle, reference);
    if (found.completed) throw aboutRequest(invalidRequestUri('request_uri was used before', 'F2-AZ-16'), open);
    if (plusSeconds(handle.expiresAt, reached.grace).getTime() <= now.getTime()) throw aboutRequest(invalidRequestUri('request_uri has expired', 'F2-AZ-14'), open);
    return open;
  }
}

/** PR-13: what the client was allowed at the push may have been taken away since. */
function verifyClient(request: PushedRequest, issuer: IssuerRuntime): Client {
  const client = issuer.clients.find(request.clientId);
  if (!client || !client.grant_types.includes('authorization_code')) throw onPage(invalidRequest('the client may no longer make this request', 'PR-13'));
  try {
    verifyRedirectUri(request.redirectUri, client, issuer.policy);
  } catch (cause) {
    throw onPage(invalidRequest('redirect_uri is no longer registered for the client', 'PR-13', cause));
  }
  const missing = mayAskFor(client, request, issuer);
  if (missing !== undefined) throw onPage(invalidRequest(`the client may no longer ask for this ${missing}`, 'PR-13'));
  return client;
}

const onPage = (error: OAuthError): OAuthError => error.shownOn('page');

const requests = new WeakMap<OAuthError, OpenRequest>();

/** A refusal shown on a page that may name the client: the request was really its own. */
export function aboutRequest(error: OAuthError, open: OpenRequest): OAuthError {
  const shown = onPage(error);
  requests.set(shown, open);
  return shown;
}

export const requestOf = (error: OAuthError): OpenRequest | undefined => requests.get(error);
