import type { Pair } from './exchange.js';

/** What a step of the flow is called, where it is specified, and why it is safe: one sentence. */
export interface Explanation {
  readonly step: string;
  readonly clause: string;
  readonly why: string;
}

const grants: Record<string, Explanation> = {
  authorization_code: {
    step: 'Exchange the code for tokens',
    clause: 'RFC 6749 4.1.3; FAPI 2.0 SP 5.3.2.2',
    why: 'The code works once, within 60 seconds, for this client only, with the verifier that never left it. Where the profile binds tokens, they work only for the holder of its key.',
  },
  refresh_token: {
    step: 'Refresh the access token',
    clause: 'RFC 6749 6; FAPI 2.0 SP 5.3.2.1-9',
    why: 'A refresh token is worth nothing without the client’s own authentication, and where the profile binds tokens, the new access token is bound to the key proved now.',
  },
  'urn:openid:params:grant-type:ciba': {
    step: 'Ask whether the customer has decided',
    clause: 'CIBA 10.1 and 11',
    why: 'Until then the bank says authorization_pending. The answer is fetched once, by this client only, and its tokens are bound to its key.',
  },
  client_credentials: {
    step: 'Ask for a token of the client’s own',
    clause: 'RFC 6749 4.4',
    why: 'No customer stands behind this token, so it opens no customer’s data.',
  },
};

const endpoints: readonly (readonly [RegExp, Explanation])[] = [
  [/\/\.well-known\//, { step: 'Read the bank’s metadata', clause: 'RFC 8414; FAPI 2.0 SP 5.3.3.1-9', why: 'Every endpoint comes from the issuer itself, so nobody can slip in one of their own.' }],
  [/\/jwks$/, { step: 'Read the bank’s public keys', clause: 'RFC 7517; FAPI 2.0 SP 5.4', why: 'What the bank signs can be checked; keys change without notice to anyone.' }],
  [/\/backchannel$/, { step: 'Ask the customer’s bank by the back channel', clause: 'CIBA 7.1; FAPI-CIBA 5.2.2', why: 'The request goes straight to the bank, authenticated. The code in it stands on both screens, so that the customer approves the one they see.' }],
  [/\/par$/, { step: 'Push the authorization request', clause: 'RFC 9126; FAPI 2.0 SP 5.3.2.2-2', why: 'The request goes straight to the bank, authenticated: the browser carries a reference and can change nothing.' }],
  [/\/authorize$/, { step: 'Send the browser to the bank', clause: 'RFC 9126 4; FAPI 2.0 SP 5.3.2.2-3', why: 'The address holds no more than who asks and a one-time reference.' }],
  [/\/userinfo$/, { step: 'Ask who the customer is', clause: 'OpenID Connect Core 5.3', why: 'The answer must name the same subject as the ID token.' }],
  [/\/revoke$/, { step: 'Revoke the refresh token', clause: 'RFC 7009', why: 'The whole family of tokens dies with it, at the resource server too.' }],
  [/\/grants\/[^/]+$/, { step: 'Read the grant', clause: 'Grant Management 6.3', why: 'The answer says what the customer allows now. It names no customer and holds no token, and only the grant’s own client gets it.' }],
  [/\/payments$/, { step: 'Pay', clause: 'RFC 9396 9; FAPI 2.0 SP 5.3.4', why: 'The bank takes exactly the payment the customer approved, exactly once, however often or at once it is sent.' }],
  [/\/payments\/[^/]+$/, { step: 'Ask how the payment is', clause: 'RFC 9396 9', why: 'Only the client that paid, under the grant it paid with, learns what became of it.' }],
  [/\/transactions/, { step: 'Read transactions', clause: 'FAPI 2.0 SP 5.3.4', why: 'The token opens only the accounts the customer ticked and, where it is bound, only for the holder of the key.' }],
  [/\/balances/, { step: 'Read balances', clause: 'FAPI 2.0 SP 5.3.4', why: 'The token opens only the accounts the customer ticked and, where it is bound, only for the holder of the key.' }],
  [/\/accounts/, { step: 'Read accounts', clause: 'FAPI 2.0 SP 5.3.4', why: 'The token opens only the accounts the customer ticked and, where it is bound, only for the holder of the key.' }],
];

const endGrant: Explanation = { step: 'Revoke the grant', clause: 'Grant Management 6.4', why: 'Every token that stands on the grant dies with it, at the resource server within a second.' };

const other: Explanation = { step: 'Request', clause: '', why: '' };

/** Names a request by its grant type or its address. */
export function explain(method: string, url: string, parameters: readonly Pair[]): Explanation {
  const grant = method === 'POST' ? grants[parameters.find(([name]) => name === 'grant_type')?.[1] ?? ''] : undefined;
  const { pathname } = new URL(url);
  if (method === 'DELETE') return endGrant;
  return grant ?? endpoints.find(([pattern]) => pattern.test(pathname))?.[1] ?? other;
}
