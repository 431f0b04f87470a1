import { noteRefused, noteRoute, transportOf } from '@assent/http';
import type { Clock } from '@assent/protocol';
import { headerValuesOf } from '@assent/resource-guard';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { answerCall, refusedWith, type MarketApi } from './answer-call.js';
import type { MarketCall } from './call.js';
import { interactionIdOf } from './interaction-id.js';
import { refusalFacts } from './refusal-facts.js';
import type { WireAnswer } from './signed-answer.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Interaction ids and headers about the customer are a market's own business here. */
    ownHeaders?: true;
  }
}

/** Longest body of a call. */
const bodyLimit = 64 * 1024;

/**
 * A market's API below the name of its issuer. All that is answered there is in the market's words: unknown addresses,
 * other methods, bodies that are too long and what the edge refuses among it.
 */
export function registerMarket(fastify: FastifyInstance, api: MarketApi, clock: Clock): void {
  const prefix = `/${api.site.issuer.name}`;
  // In a context of its own, so that only here bodies of any type are taken as they come, and errors are the market's.
  void fastify.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit }, (_request, body, done) => done(null, body));
    scope.setErrorHandler((error, request, reply) => refuse(api, callOf(request, prefix, clock), error, reply));
    const handler = async (request: FastifyRequest, reply: FastifyReply) => {
      const call = callOf(request, prefix, clock);
      request.log = request.log.child({ interactionId: call.interactionId });
      const { answer, route, refusal } = await answerCall(api, call);
      noteRoute(reply, prefix + (route ?? '/*'));
      if (refusal) noteRefused(reply, refusal.rule, refusal, refusal.cause);
      return send(reply, call, answer);
    };
    for (const url of [prefix, `${prefix}/*`]) scope.route({ method: scope.supportedMethods, url, config: { ownHeaders: true }, handler });
  });
}

/** The same for an address no router can read, wherever it would have led; `false`: not below a market's prefix. */
export function answersBadAddress(apis: readonly MarketApi[], clock: Clock): (error: Error, reply: FastifyReply) => boolean {
  return (error, reply) => {
    const api = apis.find(({ site }) => reply.request.raw.url?.startsWith(`/${site.issuer.name}/`));
    if (api) void refuse(api, callOf(reply.request, `/${api.site.issuer.name}`, clock), error, reply);
    return api !== undefined;
  };
}

async function refuse(api: MarketApi, call: MarketCall, error: unknown, reply: FastifyReply): Promise<FastifyReply> {
  const refusal = refusalFacts(error);
  noteRefused(reply, refusal.rule, refusal, refusal.cause);
  return send(reply, call, await refusedWith(api.site, call, refusal));
}

function callOf(request: FastifyRequest, prefix: string, clock: Clock): MarketCall {
  const { raw } = request;
  const [, target = '', query = ''] = /^([^?]*)\??(.*)$/s.exec(raw.url ?? '') ?? [];
  return {
    message: raw,
    method: request.method,
    // The router decodes before it compares: an address that only reads like one of ours is none.
    path: target === prefix || target.startsWith(`${prefix}/`) ? target.slice(prefix.length) : '',
    query,
    body: Buffer.isBuffer(request.body) ? request.body : undefined,
    certificate: () => transportOf(request).certificate,
    requestId: request.id,
    interactionId: interactionIdOf(headerValuesOf(raw.rawHeaders, 'x-fapi-interaction-id').map((value) => value.trim())),
    now: clock.now(),
  };
}

/** Consents and account data are the customer's: no cache keeps them. */
async function send(reply: FastifyReply, { interactionId }: MarketCall, { status, headers, content }: WireAnswer): Promise<FastifyReply> {
  reply.code(status).headers({ 'cache-control': 'no-store', 'x-fapi-interaction-id': interactionId, ...headers });
  return content === undefined ? reply.send() : reply.send(content);
}
