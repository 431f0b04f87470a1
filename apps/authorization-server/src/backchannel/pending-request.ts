import type { BackchannelRequest, BackchannelState, Client, FoundBackchannelRequest, Handle } from '@assent/protocol';
import { mayAskFor } from '../consent/may-ask-for.js';
import type { IssuerRuntime } from '../engine.js';

/**
 * A request by the back channel that was found at this issuer, of a client that may still make it. Made only by
 * `PendingRequest.of`. Whether it is still pending, and in time, the store judges when it is decided.
 */
export class PendingRequest {
  /** CIBA section 7.1: `openid` is in every one. */
  readonly namesCustomer = true;

  private constructor(
    readonly issuer: IssuerRuntime,
    readonly client: Client,
    readonly request: BackchannelRequest,
    readonly handle: Handle,
    /** What the addresses of its pages call it. */
    readonly id: string,
    readonly state: BackchannelState,
  ) {}

  /** `undefined` when it is another issuer's, or what its client was allowed then has been taken away since. */
  static of({ request, handle, id, state }: FoundBackchannelRequest, issuer: IssuerRuntime): PendingRequest | undefined {
    if (request.issuer !== issuer.issuer) return undefined;
    const client = issuer.clients.find(request.clientId);
    if (client?.backchannel_token_delivery_mode === undefined || mayAskFor(client, request, issuer) !== undefined) return undefined;
    return new PendingRequest(issuer, client, request, handle, id, state);
  }
}
