import fastify from 'fastify';
import { createResourceGuard, interactionId, interactionIdHeader, nodeRequest, OAuthError, type ResourceGuardOptions } from '../../index.js';

export function accountsApi(options: ResourceGuardOptions, tls: { key: string; cert: string }) {
  const guard = createResourceGuard(options);
  const api = fastify({ https: { ...tls, requestCert: true, rejectUnauthorized: false } });
  api.addHook('onRequest', async ({ raw }, reply) => void reply.header(interactionIdHeader, interactionId(raw.rawHeaders)));
  api.setErrorHandler((error, _, reply) => (error instanceof OAuthError ? reply.code(error.status).headers(error.headers).send(error.body()) : reply.send(error)));
  api.get(guard.metadataPath, async () => guard.metadata());
  api.get('/accounts', async ({ raw }) => {
    const access = await guard.verify(nodeRequest(raw, { requiredScopes: ['accounts'], requireGrant: true }));
    return { accounts: [{ owner: access.subject, grant: access.grantId }] }; // your query goes here
  });
  return api;
}
