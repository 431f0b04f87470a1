import { getOnly, queryOf, route } from '@assent/http';
import type { ParticipantsPage } from '@assent/markets';
import { ocspFailure } from '@assent/pki';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { findSoftware, signRecord } from './decisions.js';
import type { Directory } from './directory.js';
import { marketOf } from './entries.js';
import { malformed, unknown } from './refusals.js';
import { answerStatus, RevocationListing } from './status.js';

const brief = 'public, max-age=5';

/** What anybody may read: key sets, the authority and its revocations, and who takes part. */
export function registerPublic(fastify: FastifyInstance, directory: Directory): void {
  registerKeySets(fastify, directory);
  registerAuthority(fastify, directory);
  getOnly(fastify, '/api/participants', async (request, reply) => {
    const query = queryOf(request);
    const market = marketOf(directory.markets, query.optional('market') ?? '');
    return reply.header('cache-control', 'no-store').send(await participants(directory, market.name, query.optional('after'), limitOf(query.optional('limit'))));
  });
}

const limitOf = (text = '20'): number => {
  if (!/^[1-9]\d?$/.test(text) || Number(text) > 50) throw malformed('limit: a number from 1 to 50');
  return Number(text);
};

/** A page of signed records, in the order of ids: whatever is added meanwhile, none is left out. */
async function participants(directory: Directory, market: string, after: string | undefined, limit: number): Promise<ParticipantsPage> {
  const rest = await directory.store.participants({ market, after: after ?? '', count: limit + 1 });
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  return { participants: await Promise.all(page.map((software) => signRecord(directory, software, market))), ...(rest.length > limit && last ? { next: last.id } : {}) };
}

function registerKeySets(fastify: FastifyInstance, directory: Directory): void {
  const send = (reply: FastifyReply, keys: readonly unknown[]): FastifyReply => reply.header('cache-control', brief).type('application/jwk-set+json').send(JSON.stringify({ keys }));
  const keysOf = async (id: string): Promise<readonly unknown[]> => {
    await findSoftware(directory, id);
    return directory.store.keys(id, directory.clock.now());
  };
  getOnly(fastify, '/keystore/directory.jwks', async (_request, reply) => send(reply, directory.keys.jwks().keys));
  getOnly(fastify, '/keystore/:file', async (request, reply) => {
    const [, id = '', gone] = /^([0-9a-f-]{36})(-revoked|-inactive)?\.jwks$/.exec((request.params as { file: string }).file) ?? [];
    if (id === '') throw unknown('key set');
    return send(reply, gone === undefined ? await keysOf(id) : await goneKeys(directory, id));
  });
  getOnly(fastify, '/keystore/:id/application.jwks', async (request, reply) => send(reply, await keysOf((request.params as { id: string }).id)));
}

/** Keys whose certificates were revoked or have run out: for those who verify what was signed before. */
async function goneKeys(directory: Directory, softwareId: string): Promise<readonly unknown[]> {
  await findSoftware(directory, softwareId);
  const now = directory.clock.now();
  const kept = new Set((await directory.store.keys(softwareId, now)).map(({ kid }) => kid));
  return (await directory.store.certificates(softwareId)).flatMap(({ jwk }) => (jwk && !kept.has(jwk.kid) ? [jwk] : []));
}

const ocspRequestType = 'application/ocsp-request';
const maxQuestion = 8192;

function registerAuthority(fastify: FastifyInstance, directory: Directory): void {
  const listing = new RevocationListing(directory);
  const { certificate } = directory.authority;
  getOnly(fastify, '/ca/directory.cer', async (_request, reply) => reply.header('cache-control', 'public, max-age=300').type('application/pkix-cert').send(certificate.raw));
  getOnly(fastify, '/ca/directory.pem', async (_request, reply) => reply.header('cache-control', 'public, max-age=300').type('application/x-pem-file').send(certificate.toString()));
  getOnly(fastify, '/crl/directory.crl', async (_request, reply) => reply.header('cache-control', 'no-cache').type('application/pkix-crl').send(await listing.current()));

  const answer = async (reply: FastifyReply, question: Buffer): Promise<FastifyReply> => {
    const response = question.length > maxQuestion ? ocspFailure('malformedRequest') : await answerStatus(directory, question);
    return reply.header('cache-control', 'no-store').type('application/ocsp-response').send(response);
  };
  fastify.addContentTypeParser(ocspRequestType, { parseAs: 'buffer', bodyLimit: maxQuestion }, (_request, body, done) => done(null, body));
  route(fastify, { method: 'POST', url: '/ocsp', handler: (request, reply) => answer(reply, Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)) });
  // RFC 6960 appendix A.1: base64 in the path; some clients escape it, some do not.
  getOnly(fastify, '/ocsp/*', (request, reply) => answer(reply, Buffer.from((request.params as { '*': string })['*'], 'base64')));
}
