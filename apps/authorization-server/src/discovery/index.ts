import { getOnly } from '@assent/http';
import type { FastifyInstance } from 'fastify';
import type { Engine, IssuerRuntime } from '../engine.js';
import { metadataOf } from './metadata.js';

/**
 * Registers both metadata documents and the key set of every issuer. For an issuer with a path, RFC 8414 section 3.1
 * inserts the well-known part before the path and OpenID Connect Discovery section 4 appends it; its inserted form is
 * served as well, for clients that treat both alike (MD-01). All carry the same values (MD-06).
 */
export function registerDiscovery(fastify: FastifyInstance, engine: Engine): void {
  for (const issuer of engine.issuers.values()) {
    const document = JSON.stringify(metadataOf(issuer, engine.config));
    for (const url of wellKnownPaths(issuer)) {
      getOnly(fastify, url, (_request, reply) => reply.type('application/json').header('cache-control', documentAge).send(document));
    }
    // Read at each request: the keys change while the server runs.
    getOnly(fastify, issuer.routes.jwks, (_request, reply) =>
      reply.type('application/jwk-set+json').header('cache-control', keySetAge).send(JSON.stringify(issuer.keys.jwks())),
    );
  }
}

const documentAge = 'public, max-age=300';
/** Below the time a next key is published before it signs, so that no cache misses a rotation. */
const keySetAge = 'public, max-age=300';

/** The inserted forms go by the public path, which a proxy may have changed; the appended ones lie among the routes. */
function wellKnownPaths({ issuer, path }: IssuerRuntime): readonly string[] {
  const publicPath = new URL(issuer).pathname.replace(/^\/$/, '');
  const inserted = publicPath === '' ? [] : [`/.well-known/oauth-authorization-server${publicPath}`, `/.well-known/openid-configuration${publicPath}`];
  const appended = publicPath === path ? [] : [`${path}/.well-known/oauth-authorization-server`];
  return [...inserted, `${path}/.well-known/openid-configuration`, ...appended];
}
