import { route, noStore, queryOf } from '@assent/http';
import type { SoftwareMetadata } from '@assent/persistence/directory';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { administrator, administratorOr, callerOf } from './callers.js';
import * as decisions from './decisions.js';
import { describeCertificate, describeNewCertificate, describeOrganisation, describeSoftware } from './described.js';
import { auditOf, keySetUrl, type Directory } from './directory.js';
import { certificateEntry, entryOf, marketOf, organisationChange, organisationEntry, organisationRoles, revocationEntry, serverEntry, softwareChange, softwareEntry, softwareRoles } from './entries.js';
import { encryptsIdTokens } from './markets.js';
import { taken } from './refusals.js';
import { randomUUID } from 'node:crypto';

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

/** The API of administrators and software; what anybody may read is beside it. */
export function registerApi(fastify: FastifyInstance, directory: Directory): void {
  const { store, markets, clock } = directory;
  const on = (url: string, handlers: Readonly<Record<string, Handler>>): void =>
    route(fastify, {
      method: Object.keys(handlers),
      url: `/api${url}`,
      handler: async (request, reply) => {
        noStore(reply);
        return reply.send(await handlers[request.method === 'HEAD' ? 'GET' : request.method]!(request, reply));
      },
    });
  const created = (reply: FastifyReply, body: object): object => {
    reply.code(201);
    return body;
  };

  on('/markets', { GET: async () => ({ markets: [...markets.values()].map(({ name, title, dialect }) => ({ name, title, joins: dialect.says, statements: dialect.statement !== undefined, encrypts: encryptsIdTokens(dialect), roles: dialect.roles.map(({ role, says }) => ({ role, says })) })) }) });

  on('/organisations', {
    GET: async (request) => {
      await administrator(directory, request);
      return { organisations: (await store.organisations()).map(describeOrganisation) };
    },
    POST: async (request, reply) => {
      const actor = await administrator(directory, request);
      const { legal_name: legalName, country, register_number: registerNumber, roles, markets: whole } = entryOf(organisationEntry, request.body);
      return created(reply, describeOrganisation(await decisions.createOrganisation(directory, { legalName, country, registerNumber, roles: organisationRoles(markets, roles, whole) }, actor)));
    },
  });
  on('/organisations/:id', {
    GET: async (request) => {
      await administrator(directory, request);
      return describeOrganisation(await decisions.findOrganisation(directory, idOf(request)));
    },
    PATCH: async (request) => {
      const actor = await administrator(directory, request);
      const { roles, status } = entryOf(organisationChange, request.body);
      return describeOrganisation(await decisions.changeOrganisation(directory, idOf(request), { roles: roles && organisationRoles(markets, roles, []), status }, actor));
    },
  });

  on('/software', {
    GET: async (request) => {
      await administrator(directory, request);
      const query = queryOf(request);
      const [organisationId, market] = [query.optional('organisation'), query.optional('market')];
      const found = await store.softwares({ ...(organisationId === undefined ? {} : { organisationId }), ...(market === undefined ? {} : { market }) });
      return { software: found.map((one) => describeSoftware(directory, one)) };
    },
    POST: async (request, reply) => {
      const actor = await administrator(directory, request);
      const { organisation_id: organisationId, roles, markets: whole, ...metadata } = entryOf(softwareEntry, request.body);
      const organisation = await decisions.findOrganisation(directory, organisationId);
      const { software, apiKey } = await decisions.createSoftware(directory, { organisation, roles: softwareRoles(organisation.roles, roles, whole), metadata }, actor);
      return created(reply, { ...describeSoftware(directory, software), api_key: apiKey });
    },
  });
  on('/software/:id', {
    // A bank, or whoever else asks, gets the signed record; administrator and software may ask for more.
    GET: async (request, reply) => {
      const market = queryOf(request).optional('market');
      if (request.headers.authorization !== undefined) {
        await administratorOr(directory, idOf(request), request);
        return { ...describeSoftware(directory, await decisions.findSoftware(directory, idOf(request))), certificates: (await store.certificates(idOf(request))).map(describeCertificate) };
      }
      const software = await decisions.findSoftware(directory, idOf(request));
      reply.type('application/jwt');
      return decisions.signRecord(directory, software, market === undefined ? undefined : marketOf(markets, market).name);
    },
    PATCH: async (request) => {
      const caller = await callerOf(directory, request);
      const { status, roles, ...changes } = entryOf(softwareChange, request.body);
      // Software describes itself; how it stands and what it may be is not its own to say.
      const actor = status !== undefined || roles ? await administrator(directory, request) : await administratorOr(directory, idOf(request), request);
      const before = caller.kind === 'software' ? caller.software : await decisions.findSoftware(directory, idOf(request));
      const metadata = Object.keys(changes).length === 0 ? undefined : ({ ...before.metadata, ...changes } as SoftwareMetadata);
      return describeSoftware(directory, await decisions.changeSoftware(directory, idOf(request), { roles: roles && softwareRoles(before.organisation.roles, roles, undefined), metadata, status }, actor));
    },
  });

  on('/software/:id/certificates', {
    GET: async (request) => {
      await administratorOr(directory, idOf(request), request);
      await decisions.findSoftware(directory, idOf(request));
      return { certificates: (await store.certificates(idOf(request))).map(describeCertificate) };
    },
    POST: async (request, reply) => {
      const actor = await administratorOr(directory, idOf(request), request);
      const { purpose, market, csr, key } = entryOf(certificateEntry, request.body);
      const software = await decisions.findSoftware(directory, idOf(request));
      const made = await decisions.certify(directory, software, { purpose, market: market === undefined ? undefined : marketOf(markets, market), from: csr === undefined ? { key } : { csr } }, actor);
      return created(reply, { ...describeNewCertificate(directory, made), jwks_uri: keySetUrl(directory, software.id) });
    },
  });
  on('/software/:id/certificates/:serial', {
    GET: async (request) => {
      await administratorOr(directory, idOf(request), request);
      const found = await decisions.findCertificate(directory, idOf(request), serialOf(request));
      return { ...describeCertificate(found), certificate: pemOf(found.der) };
    },
  });
  on('/software/:id/certificates/:serial/revocation', {
    POST: async (request) => {
      const actor = await administratorOr(directory, idOf(request), request);
      const { reason } = entryOf(revocationEntry, request.body);
      return describeCertificate(await decisions.revokeCertificate(directory, idOf(request), serialOf(request), reason, actor));
    },
  });

  on('/software/:id/statements', {
    POST: async (request, reply) => {
      const actor = await administratorOr(directory, idOf(request), request);
      const market = marketOf(markets, queryOf(request).optional('market') ?? 'plain');
      const { statement, jti, expiresAt } = await decisions.issueStatement(directory, await decisions.findSoftware(directory, idOf(request)), market, actor);
      return created(reply, { software_statement: statement, market: market.name, jti, expires_at: expiresAt.toISOString() });
    },
  });

  on('/authorisation-servers', {
    // Where third parties find banks.
    GET: async (request) => ({ authorisation_servers: await store.authorisationServers(queryOf(request).optional('market')) }),
    POST: async (request, reply) => {
      const actor = await administrator(directory, request);
      const { name, issuer, market } = entryOf(serverEntry, request.body);
      const server = { id: randomUUID(), name, issuer, market: market === undefined ? undefined : marketOf(markets, market).name };
      if (!(await store.addAuthorisationServer(server, clock.now(), auditOf(directory, actor, 'server_added', { issuer })))) throw taken('the issuer is known');
      return created(reply, server);
    },
  });
}

const idOf = (request: FastifyRequest): string => (request.params as { id: string }).id;
const serialOf = (request: FastifyRequest): string => (request.params as { serial: string }).serial;
const pemOf = (der: Buffer): string => `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/.{1,64}/g, '$&\n')}-----END CERTIFICATE-----\n`;
