import { invalidClient, invalidDpopProof, type OAuthError, type Replayed } from '@assent/protocol';

/** The refusal for a one-time value that was used before (F2-CA-05, F2-DP-10). */
export const replayRefusal = ({ kind }: Replayed): OAuthError =>
  kind === 'client_assertion'
    ? invalidClient('the client assertion was used before: sign a new one with a new jti', 'F2-CA-05')
    : invalidDpopProof('the DPoP proof was used before: sign a new one with a new jti', 'F2-DP-10');

/** Narrows a store's answer; throws when it says that a one-time value had been spent. */
export function refuseReplay<T extends { readonly outcome: string }>(result: T | Replayed): asserts result is Exclude<T, Replayed> {
  if (result.outcome === 'replayed') throw replayRefusal(result as Replayed);
}
