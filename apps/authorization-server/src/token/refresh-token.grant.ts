import { invalidGrant, invalidScope, invalidTarget, parseHandle, type Handle, type OAuthError, type RefreshRefusal } from '@assent/protocol';
import { authenticateClient } from '../client-authentication/authenticate-client.js';
import { keepTokenResponse } from '../evidence/keep.js';
import { auditOf, type Call } from '../request/call.js';
import { refuseReplay } from '../request/replayed.js';
import { parseScope } from '../request/scope.js';
import { proveBinding } from '../sender-constraint/prove-binding.js';
import { grantedFacts, planAccessToken, writeAccessToken } from './access-token.js';
import { outlookIn } from './outlook.js';
import { grantMembers, scopeMember, type GrantFlow } from './grant-flow.js';
import { issueIdToken } from './id-token.js';
import { Narrowing } from './narrowing.js';
import { tokenSuffix } from './token-id.js';

/**
 * A refresh token for a new access token (RFC 6749 section 6), bound to the key proved now: refresh tokens of
 * confidential clients are bound to the client alone (F2-DP-15). It is not rotated (FAPI 2.0 SP 5.3.2.1-9).
 */
export const refreshToken: GrantFlow = async (call) => {
  const client = await authenticateClient(call);
  const binding = await proveBinding(call, client, 'refresh_token');
  const refresh = readRefreshToken(call);
  const outlook = await outlookIn(call, () => call.engine.stores.refreshTokens.outlook(refresh));
  const planned = planAccessToken(call, client, binding, refresh.tag, outlook);
  const narrowing = Narrowing.of(call);
  const jtiSuffix = tokenSuffix();
  const narrowed = call.form.optional('scope');
  const used = await call.engine.stores.refreshTokens.use({
    refreshToken: refresh,
    issuer: call.issuer.issuer,
    clientId: client.client_id,
    scope: narrowed === undefined ? undefined : parseScope(narrowed),
    narrow: narrowing?.narrow,
    access: { ...planned, jtiSuffix },
    replay: call.proofs.spend(),
    now: call.now,
    audit: auditOf(call, 'token.issued', { grant_type: 'refresh_token' }),
  });
  refuseReplay(used);
  if (used.outcome === 'refused') throw refusals[used.reason](narrowing);
  const { context, scope, familyId } = used;
  const facts = grantedFacts(call, planned, context, { jti: `${familyId}.${jtiSuffix}`, scope });
  const accessToken = await writeAccessToken(call, planned, facts);
  const idToken = scope.includes('openid') ? await issueIdToken(call, client, context, { accessToken, nonce: undefined }) : undefined;
  if (idToken !== undefined) await keepTokenResponse(call, client, { grantId: context.grantId, idToken: idToken.signed });
  return {
    access_token: accessToken,
    token_type: binding.tokenType,
    expires_in: call.issuer.policy.accessTokenLifetime,
    ...scopeMember(scope),
    ...(idToken === undefined ? {} : { id_token: idToken.value }),
    ...grantMembers(call, context, facts),
  };
};

function readRefreshToken(call: Call): Handle {
  const token = parseHandle(call.form.one('refresh_token'));
  if (!token) throw refusals.unknown();
  return token;
}

const refusals: Readonly<Record<RefreshRefusal, (narrowing?: Narrowing) => OAuthError>> = {
  unknown: () => invalidGrant('the refresh token is not known', 'F2-AS-15'),
  expired: () => invalidGrant('the refresh token has expired', 'F2-AS-15'),
  revoked: () => invalidGrant('the refresh token was revoked', 'F2-AS-15'),
  foreign_client: () => invalidGrant('the refresh token was issued to another client', 'F2-AS-15'),
  grant_inactive: () => invalidGrant('the authorization has ended', 'ASSENT-GRANT-02'),
  superseded: () => invalidGrant('the authorization was changed since: use the refresh token that came with the change', 'GM-SE-03'),
  scope: () => invalidScope('scope may only repeat or narrow what was granted', 'ASSENT-SCOPE-05'),
  target: () => invalidTarget('the authorization does not cover this resource', 'AT-04'),
  details: Narrowing.refusal,
};
