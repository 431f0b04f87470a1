import { isCodeVerifier, s256 } from '@assent/crypto';
import { applyChange } from '@assent/grants';
import { invalidGrant, invalidTarget, parseHandle, type CodeRefusal, type Handle, type OAuthError } from '@assent/protocol';
import { authenticateClient } from '../client-authentication/authenticate-client.js';
import { auditOf, type Call } from '../request/call.js';
import { refuseReplay } from '../request/replayed.js';
import { proveBinding } from '../sender-constraint/prove-binding.js';
import { answerFirstTokens, planFirstTokens } from './first-tokens.js';
import type { GrantFlow } from './grant-flow.js';
import { outlookIn } from './outlook.js';
import { Narrowing } from './narrowing.js';

/** A code for tokens (RFC 6749 section 4.1.3). The store judges and spends the code, and keeps the tokens, in one statement. */
export const authorizationCode: GrantFlow = async (call) => {
  const client = await authenticateClient(call);
  const binding = await proveBinding(call, client, 'authorization_code');
  const code = readCode(call);
  const outlook = await outlookIn(call, () => call.engine.stores.codes.outlook(code));
  const tokens = planFirstTokens(call, client, binding, code.tag, outlook);
  const narrowing = Narrowing.of(call);
  const redeemed = await call.engine.stores.codes.redeem({
    code,
    issuer: call.issuer.issuer,
    clientId: client.client_id,
    codeChallenge: presentedChallenge(call),
    redirectUri: call.form.optional('redirect_uri'),
    jkt: binding.jkt,
    tokens: tokens.kept,
    apply: (current, change) => applyChange(current, change, call.engine.details),
    narrow: narrowing?.narrow,
    replay: call.proofs.spend(),
    now: call.now,
    audit: auditOf(call, 'token.issued', { grant_type: 'authorization_code' }),
  });
  refuseReplay(redeemed);
  if (redeemed.outcome === 'refused') throw codeRefusal(redeemed.reason, narrowing);
  return answerFirstTokens(call, client, binding, tokens, redeemed.context, { code });
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
