import { isCodeVerifier, s256 } from '@assent/crypto';
import { applyChange } from '@assent/grants';
import { invalidGrant, invalidTarget, mintHandle, mintId, parseHandle, plusSeconds, type Client, type CodeRefusal, type Handle, type OAuthError } from '@assent/protocol';
import { authenticateClient } from '../client-authentication/authenticate-client.js';
import { keepTokenResponse } from '../evidence/keep.js';
import { auditOf, type Call } from '../request/call.js';
import { refuseReplay } from '../request/replayed.js';
import { proveBinding } from '../sender-constraint/prove-binding.js';
import { grantedFacts, planAccessToken, writeAccessToken } from './access-token.js';
import { grantMembers, scopeMember, type GrantFlow } from './grant-flow.js';
import { issueIdToken } from './id-token.js';
import { Narrowing } from './narrowing.js';
import { tokenSuffix } from './token-id.js';

/** A code for tokens (RFC 6749 section 4.1.3). The store judges and spends the code, and keeps the tokens, in one statement. */
export const authorizationCode: GrantFlow = async (call) => {
  const client = await authenticateClient(call);
  const binding = await proveBinding(call, client, 'authorization_code');
  const code = readCode(call);
  const planned = planAccessToken(call, client, binding, code.tag);
  const narrowing = Narrowing.of(call);
  const familyId = mintId(code.tag);
  const jti = `${familyId}.${tokenSuffix()}`;
  const refresh = planRefreshToken(call, client, code.tag);
  const redeemed = await call.engine.stores.codes.redeem({
    code,
    issuer: call.issuer.issuer,
    clientId: client.client_id,
    codeChallenge: presentedChallenge(call),
    redirectUri: call.form.optional('redirect_uri'),
    jkt: binding.jkt,
    tokens: { familyId, access: { ...planned, jti }, ...(refresh ? { refresh } : {}) },
    apply: (current, change) => applyChange(current, change, call.engine.details),
    narrow: narrowing?.narrow,
    replay: call.proofs.spend(),
    now: call.now,
    audit: auditOf(call, 'token.issued', { grant_type: 'authorization_code' }),
  });
  refuseReplay(redeemed);
  if (redeemed.outcome === 'refused') throw codeRefusal(redeemed.reason, narrowing);
  const { context } = redeemed;
  const facts = grantedFacts(call, planned, context, { jti, scope: context.scope });
  const accessToken = await writeAccessToken(call, planned, facts);
  const idToken = context.scope.includes('openid') ? await issueIdToken(call, client, context, { accessToken, nonce: context.nonce }) : undefined;
  await keepTokenResponse(call, client, { grantId: context.grantId, code, idToken: idToken?.signed });
  return {
    access_token: accessToken,
    token_type: binding.tokenType,
    expires_in: call.issuer.policy.accessTokenLifetime,
    ...scopeMember(context.scope),
    ...(refresh ? { refresh_token: refresh.value } : {}),
    ...(idToken === undefined ? {} : { id_token: idToken.value }),
    ...grantMembers(context, facts),
  };
};

function readCode(call: Call): Handle {
  const code = parseHandle(call.form.one('code'));
  if (!code) throw codeRefusal('unknown');
  return code;
}

/** `undefined` when no well-formed verifier came: the store then refuses, and spends, the code (F2-AZ-06). */
function presentedChallenge(call: Call): string | undefined {
  const verifier = call.form.optional('code_verifier');
  return verifier !== undefined && isCodeVerifier(verifier) ? s256(verifier) : undefined;
}

/** A refresh token for clients that may use one; the grant's own end bounds it further. */
function planRefreshToken(call: Call, client: Client, tag: number): { handle: Handle; value: string } | undefined {
  const { grantTypes, refreshTokenLifetime } = call.issuer.policy;
  if (!grantTypes.includes('refresh_token') || !client.grant_types.includes('refresh_token') || client.token_endpoint_auth_method === 'none') return undefined;
  return mintHandle(tag, plusSeconds(call.now, refreshTokenLifetime));
}

const refusals: Readonly<Record<CodeRefusal, (narrowing?: Narrowing) => OAuthError>> = {
  unknown: () => invalidGrant('the code is not known', 'F2-AZ-10'),
  expired: () => invalidGrant('the code has expired', 'F2-AS-11'),
  used: () => invalidGrant('the code was used before', 'F2-AZ-10'),
  foreign_client: () => invalidGrant('the code was issued to another client', 'F2-AZ-11'),
  pkce: () => invalidGrant('code_verifier is missing or does not match the code_challenge', 'F2-AZ-06'),
  redirect_uri: () => invalidGrant('redirect_uri is missing or not that of the authorization request', 'F2-AZ-11'),
  dpop_key: () => invalidGrant('the DPoP key is not the one the authorization request was bound to', 'F2-DP-17'),
  target: () => invalidTarget('the authorization does not cover this resource', 'AT-04'),
  details: Narrowing.refusal,
  grant_narrowed: () => invalidGrant('the authorization has lost something since the customer agreed to this: ask the customer again', 'ASSENT-GRANT-03'),
  grant_inactive: () => invalidGrant('the authorization has ended', 'ASSENT-GRANT-02'),
};
const codeRefusal = (reason: CodeRefusal, narrowing?: Narrowing): OAuthError => refusals[reason](narrowing);
