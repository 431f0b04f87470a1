import type { Call } from '../request/call.js';

/** The JSON of RFC 6749 section 5.1, with the ID token of OpenID Connect Core section 3.1.3.3. */
export interface TokenResponse {
  readonly access_token: string;
  readonly token_type: 'DPoP' | 'Bearer';
  readonly expires_in: number;
  readonly scope?: string;
  readonly refresh_token?: string;
  readonly id_token?: string;
}

/** One grant type: the whole flow from the request to the tokens. */
export type GrantFlow = (call: Call) => Promise<TokenResponse>;
