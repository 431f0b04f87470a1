import { signJws } from '@assent/crypto';
import { noStore, queryOf, route } from '@assent/http';
import { epochSeconds, invalidRequest, OAuthError, type Form } from '@assent/protocol';
import type { FastifyInstance } from 'fastify';
import type { Engine } from '../engine.js';
import { signingAlgName } from '@assent/signing-keys';
import { endpointUrls, readCall, settle, type Call } from '../request/call.js';
import { answerInteractionId } from '../request/interaction-id.js';
import { challenged } from './presented-token.js';
import { userinfo, type UserInfo } from './userinfo.js';

/** Registers the UserInfo endpoint of every issuer, GET and POST (OpenID Connect Core section 5.3.1). */
export function registerUserinfo(fastify: FastifyInstance, engine: Engine): void {
  for (const issuer of engine.issuers.values()) {
    const urls = endpointUrls(issuer, 'userinfo');
    route(fastify, {
      method: ['GET', 'POST'],
      url: issuer.routes.userinfo,
      handler: async (request, reply) => {
        noStore(reply);
        answerInteractionId(request, reply, issuer, 'userinfo');
        const call = readCall(request, engine, issuer, urls(request.headers.host));
        const { type, body } = await answer(call, queryOf(request));
        return reply.headers(call.replyHeaders).type(type).send(body);
      },
    });
  }
}

async function answer(call: Call, query: Form): Promise<{ type: string; body: object | string }> {
  try {
    refuseTokenElsewhere(query, call.form);
    return await written(call, await settle(call, 'userinfo', userinfo));
  } catch (error) {
    throw error instanceof OAuthError ? challenged(error, call) : error;
  }
}

/** A token in a query or a body is refused even beside a good one in the header (F2-RS-02, RFC 6750 section 2). */
function refuseTokenElsewhere(...places: readonly Form[]): void {
  if (places.some((place) => place.has('access_token'))) throw invalidRequest('send the access token in the Authorization header only', 'F2-RS-02');
}

/** Plain JSON, or the signed JWT the client registered for (OpenID Connect Core section 5.3.2). */
async function written(call: Call, { client, claims }: UserInfo): Promise<{ type: string; body: object | string }> {
  const alg = client.userinfo_signed_response_alg;
  if (alg === undefined) return { type: 'application/json', body: claims };
  const signed = { ...claims, iss: call.issuer.issuer, aud: client.client_id, iat: epochSeconds(call.now) };
  return { type: 'application/jwt', body: await signJws({ typ: 'JWT' }, signed, call.issuer.keys.signing(signingAlgName(alg))) };
}
