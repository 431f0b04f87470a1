import { cibaGrantType } from '@assent/profiles';
import { unsupportedGrantType } from '@assent/protocol';
import type { FastifyInstance } from 'fastify';
import type { Engine } from '../engine.js';
import { backChannel, type AnswerCall } from '../request/call.js';
import { authorizationCode } from './authorization-code.grant.js';
import { backchannelGrant } from './backchannel.grant.js';
import { clientCredentials } from './client-credentials.grant.js';
import type { GrantFlow } from './grant-flow.js';
import { refreshToken } from './refresh-token.grant.js';

/** Every grant type there is; which of them an issuer offers, its policy says. */
const grants: ReadonlyMap<string, GrantFlow> = new Map([
  [cibaGrantType, backchannelGrant],
  ['authorization_code', authorizationCode],
  ['refresh_token', refreshToken],
  ['client_credentials', clientCredentials],
]);

/** The token endpoint (RFC 6749 section 3.2). `unsupported_grant_type` for anything else, `password` above all (F2-AS-02). */
export const answerTokenRequest: AnswerCall = async (call) => {
  const grantType = call.form.one('grant_type');
  const grant = call.issuer.policy.grantTypes.includes(grantType) ? grants.get(grantType) : undefined;
  if (!grant) throw unsupportedGrantType('this grant type is not supported', 'F2-AS-02');
  return { status: 200, body: await grant(call) };
};

/** Registers the token endpoint of every issuer. */
export function registerToken(fastify: FastifyInstance, engine: Engine): void {
  backChannel(fastify, engine, 'token', answerTokenRequest);
}
