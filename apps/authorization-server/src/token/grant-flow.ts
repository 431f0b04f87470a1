import type { AccessTokenFacts, AuthorizationDetail, AuthorizedContext } from '@assent/protocol';
import { tokenMembers, toldDetails } from '../consent/told.js';
import type { Call } from '../request/call.js';

/** The JSON of RFC 6749 section 5.1, with the ID token of OpenID Connect Core section 3.1.3.3. */
export interface TokenResponse {
  readonly access_token: string;
  readonly token_type: 'DPoP' | 'Bearer';
  readonly expires_in: number;
  readonly scope?: string;
  readonly refresh_token?: string;
  readonly id_token?: string;
  /** Of a grant its client manages, and of no other (GM-SE-05, GM-AZ-12). */
  readonly grant_id?: string;
  /** RFC 9396 section 7. */
  readonly authorization_details?: readonly AuthorizationDetail[];
}

/** What a token response says of the grant behind the tokens. */
export function grantMembers({ issuer }: Pick<Call, 'issuer'>, context: AuthorizedContext, { authorizationDetails = [] }: AccessTokenFacts): Pick<TokenResponse, 'grant_id' | 'authorization_details'> {
  const told = toldDetails(issuer, authorizationDetails);
  return {
    ...tokenMembers(issuer, context),
    ...(context.managed ? { grant_id: context.grantId } : {}),
    ...(told.length > 0 ? { authorization_details: told } : {}),
  };
}

/** Left out where details alone say what the token is for (RFC 9396 section 3.1): an empty scope is none. */
export const scopeMember = (scope: readonly string[]): Pick<TokenResponse, 'scope'> => (scope.length > 0 ? { scope: scope.join(' ') } : {});

/** One grant type: the whole flow from the request to the tokens. */
export type GrantFlow = (call: Call) => Promise<TokenResponse>;
