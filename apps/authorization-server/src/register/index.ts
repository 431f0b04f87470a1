import { noStore, route } from '@assent/http';
import { OAuthError } from '@assent/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Engine } from '../engine.js';
import { answerInteractionId } from '../request/interaction-id.js';
import { auditOfRegistration, readRegistrationCall, registrationSites, type RegistrationCall, type RegistrationSite } from './call.js';
import { deleteRegistration, readRegistration, replaceRegistration } from './manage.js';
import { register } from './register.js';
import { RegistrationThrottle } from './throttle.js';

/** Longest request: a statement within a signed request, with room to spare. */
const bodyLimit = 64 * 1024;

/** Registers `POST <issuer>/register` and the management of each registration, where the issuer has them (RFC 7591, RFC 7592). */
export async function registerRegistration(fastify: FastifyInstance, engine: Engine): Promise<void> {
  const sites = registrationSites(engine).filter(({ issuer }) => issuer.routes.registration !== undefined);
  if (sites.length === 0) return;
  await fastify.register(async (scope) => {
    // Signatures are over what was sent, and each market has media types of its own.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit }, (_request, body, done) => done(null, body));
    for (const site of sites) registerSite(scope, site, new RegistrationThrottle(engine, site));
  });
}

function registerSite(fastify: FastifyInstance, site: RegistrationSite, throttle: RegistrationThrottle): void {
  const url = site.issuer.routes.registration as string;
  const answering = (what: string, answer: (call: RegistrationCall, reply: FastifyReply, clientId: string) => Promise<unknown>) => async (request: FastifyRequest, reply: FastifyReply) => {
    noStore(reply);
    answerInteractionId(request, reply, site.issuer, 'registration');
    const call = readRegistrationCall(request, site);
    const { clientId = '' } = request.params as { readonly clientId?: string };
    await throttle.take(call);
    return settled(call, what, () => answer(call, reply, clientId));
  };
  route(fastify, {
    method: 'POST',
    url,
    handler: answering('register', async (call, reply) => {
      const { status, body } = await register(call);
      return reply.code(status).send(body);
    }),
  });
  const { methods } = site.dialect.management;
  if (methods.length === 0) return;
  const manage: Readonly<Record<(typeof methods)[number], (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>>> = {
    GET: answering('read', async (call, reply, clientId) => reply.send(await readRegistration(call, clientId))),
    PUT: answering('change', async (call, reply, clientId) => reply.send(await replaceRegistration(call, clientId))),
    DELETE: answering('delete', async (call, reply, clientId) => {
      await deleteRegistration(call, clientId);
      return reply.code(204).send();
    }),
  };
  route(fastify, { method: [...methods], url: `${url}/:clientId`, handler: (request, reply) => manage[request.method === 'HEAD' ? 'GET' : (request.method as 'GET')](request, reply) });
}

/** A refused request still spends its one-time values, and is told to the operator: whoever tries to register is worth a line. */
async function settled<T>(call: RegistrationCall, what: string, answer: () => Promise<T>): Promise<T> {
  try {
    return await answer();
  } catch (error) {
    try {
      await call.proofs.abandon(call.engine.stores.replay);
      if (error instanceof OAuthError) await call.engine.stores.audit.append({ ...auditOfRegistration(call, 'registration.refused', { what, error: error.code }), rule: error.rule });
    } catch (err) {
      // Trouble in here must not mask the refusal itself.
      call.engine.log.error({ err, requestId: call.transport.requestId }, 'could not record a refusal');
    }
    throw error;
  }
}

