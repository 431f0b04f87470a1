import { mintHandle, mintId, type AuthorizedContext, type Client, type Handle, type NewTokens, type Outlook } from '@assent/protocol';
import { keepTokenResponse } from '../evidence/keep.js';
import type { Call } from '../request/call.js';
import type { Binding } from '../sender-constraint/prove-binding.js';
import { grantedFacts, planAccessToken, writeAccessToken, type PlannedAccessToken } from './access-token.js';
import { grantMembers, scopeMember, type TokenResponse } from './grant-flow.js';
import { refreshEnd } from './outlook.js';
import { issueIdToken } from './id-token.js';
import { tokenSuffix } from './token-id.js';

/** The first tokens of an authorization, decided on but not yet allowed. */
export interface FirstTokens {
  readonly access: PlannedAccessToken;
  readonly jti: string;
  readonly refresh: { readonly handle: Handle; readonly value: string } | undefined;
  /** What the store keeps of them. */
  readonly kept: NewTokens;
}

/** `outlook`: of the authorization, in markets. */
export function planFirstTokens(call: Call, client: Client, binding: Binding, tag: number, outlook?: Outlook): FirstTokens {
  const access = planAccessToken(call, client, binding, tag, outlook);
  const familyId = mintId(tag);
  const jti = `${familyId}.${tokenSuffix()}`;
  const refresh = planRefreshToken(call, client, tag, outlook);
  return { access, jti, refresh, kept: { familyId, access: { ...access, jti }, ...(refresh ? { refresh } : {}) } };
}

/** A refresh token for clients that may use one; the grant's own end bounds it further. */
function planRefreshToken(call: Call, client: Client, tag: number, outlook: Outlook | undefined): FirstTokens['refresh'] {
  const { grantTypes } = call.issuer.policy;
  if (!grantTypes.includes('refresh_token') || !client.grant_types.includes('refresh_token') || client.token_endpoint_auth_method === 'none') return undefined;
  const end = refreshEnd(call, outlook);
  return end && mintHandle(tag, end);
}

/** What they were redeemed from, and what the ID token says of it. */
export interface RedeemedFrom {
  readonly code: Handle;
  readonly claims?: Readonly<Record<string, unknown>>;
}

/** The answer that hands them out, now that the store has said whose authorization they stand on. */
export async function answerFirstTokens(call: Call, client: Client, binding: Binding, { access, jti, refresh }: FirstTokens, context: AuthorizedContext, from: RedeemedFrom): Promise<TokenResponse> {
  const facts = grantedFacts(call, access, context, { jti, scope: context.scope });
  const accessToken = await writeAccessToken(call, access, facts);
  const idToken = context.scope.includes('openid') ? await issueIdToken(call, client, context, { accessToken, nonce: context.nonce, ...(from.claims && { claims: from.claims }) }) : undefined;
  await keepTokenResponse(call, client, { grantId: context.grantId, code: from.code, idToken: idToken?.signed });
  return {
    access_token: accessToken,
    token_type: binding.tokenType,
    expires_in: call.issuer.policy.accessTokenLifetime,
    ...scopeMember(context.scope),
    ...(refresh ? { refresh_token: refresh.value } : {}),
    ...(idToken === undefined ? {} : { id_token: idToken.value }),
    ...grantMembers(call, context, facts),
  };
}
