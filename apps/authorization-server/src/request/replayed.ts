import { invalidClient, invalidClientMetadata, invalidDpopProof, invalidRequest, invalidRequestObject, type OAuthError, type Replayed } from '@assent/protocol';

/** The refusal for a one-time value that was used before (F2-CA-05, F2-DP-10, MS-JAR-14). */
export const replayRefusal = ({ kind }: Replayed): OAuthError => refusals[kind]();

const refusals: Readonly<Record<Replayed['kind'], () => OAuthError>> = {
  client_assertion: () => invalidClient('the client assertion was used before: sign a new one with a new jti', 'F2-CA-05'),
  dpop_proof: () => invalidDpopProof('the DPoP proof was used before: sign a new one with a new jti', 'F2-DP-10'),
  http_signature: () => invalidRequest('the HTTP signature was used before: sign the message anew', 'HS-SB-07'),
  request_object: () => invalidRequestObject('the request object was used before: sign a new one with a new jti', 'MS-JAR-14'),
  registration_request: () => invalidClientMetadata('the registration request was used before: sign a new one with a new jti', 'DCR-REQ-06'),
};

/** Narrows a store's answer; throws when it says that a one-time value had been spent. */
export function refuseReplay<T extends { readonly outcome: string }>(result: T | Replayed): asserts result is Exclude<T, Replayed> {
  if (result.outcome === 'replayed') throw replayRefusal(result as Replayed);
}
