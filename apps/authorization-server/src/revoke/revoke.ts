import { invalidGrant, parseHandle, type Client, type TokenFamilies } from '@assent/protocol';
import { authenticateClient } from '../client-authentication/authenticate-client.js';
import { auditOf, type AnswerCall, type Call } from '../request/call.js';
import { refuseReplay } from '../request/replayed.js';
import { spendLeftovers } from '../introspect/introspect.js';
import { looksLikeJwt, verifyOwnAccessToken } from '../token/own-access-token.js';

type Target = Parameters<TokenFamilies['revoke']>[0]['target'];

/**
 * Ends a token (RFC 7009 section 2): a refresh token with its access tokens, or one access token. A token that is
 * unknown or dead already is a success (REV-02); another client's is left alone and the caller told (REV-03).
 */
export const revoke: AnswerCall = async (call) => {
  const client = await authenticateClient(call);
  for (const target of await targetsOf(call, call.form.one('token'))) {
    if ((await end(call, client, target)) === 'revoked') break;
  }
  await spendLeftovers(call);
  return { status: 200, body: {} };
};

/** What the text may be, likeliest first; a wrong hint only changes the order (REV-05). */
async function targetsOf(call: Call, token: string): Promise<readonly Target[]> {
  if (looksLikeJwt(token)) {
    const facts = await verifyOwnAccessToken(call, token);
    if (facts && facts.clientId !== call.proofs.client?.client_id) throw foreign();
    return facts ? [{ jti: facts.jti, expiresAt: facts.expiresAt }] : [];
  }
  const handle = parseHandle(token);
  if (!handle) return [];
  const targets: readonly Target[] = [{ refreshToken: handle }, { accessToken: handle }];
  return call.form.optional('token_type_hint') === 'access_token' ? [...targets].reverse() : targets;
}

async function end(call: Call, client: Client, target: Target): Promise<'revoked' | 'unknown'> {
  const result = await call.engine.stores.tokenFamilies.revoke({
    target,
    clientId: client.client_id,
    issuer: call.issuer.issuer,
    replay: call.proofs.spend(),
    now: call.now,
    audit: auditOf(call, 'token.revoked'),
  });
  refuseReplay(result);
  if (result.outcome === 'foreign') throw foreign();
  return result.outcome;
}

const foreign = () => invalidGrant('the token was issued to another client', 'REV-03');
