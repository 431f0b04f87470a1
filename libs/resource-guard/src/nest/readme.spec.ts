import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { importPublicJwk, publicJwk, signAccessToken } from '@assent/crypto';
import { systemClock } from '@assent/protocol';
import { aFeed, aProof, aToken, facts, issuer, issuerKey, resource } from '../guard.fixtures.js';
import type { ResourceGuardOptions } from '../options.js';
import { aCertificate } from './certificates.fixtures.js';
import { accountsApi } from './examples/fastify.js';
import { accountsModule } from './examples/nest.js';

const server = await aCertificate('localhost');
const client = await aCertificate('kirjanpito');
const clock = { now: () => systemClock.now(), move: () => systemClock.now() };

const options = (): ResourceGuardOptions => ({
  resource,
  issuers: [{ issuer, keys: [importPublicJwk(publicJwk(issuerKey))] }],
  verification: 'jwt',
  feed: aFeed(),
});

interface Answer {
  readonly status: number | undefined;
  readonly headers: Record<string, unknown>;
  readonly body: unknown;
}
const get = (port: number, path: string, headers: Record<string, string | string[]>, tls: object = {}) =>
  new Promise<Answer>((resolve, reject) => {
    const sent = httpsRequest({ host: 'localhost', port, path, headers, ca: server.cert, agent: false, ...tls }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body: JSON.parse(text) as unknown }));
    });
    sent.on('error', reject).end();
  });

const servers: Record<'fastify' | 'nest', () => Promise<{ port: number; close(): Promise<unknown> }>> = {
  fastify: async () => {
    const api = accountsApi(options(), server);
    await api.listen({ port: 0 });
    return { port: (api.server.address() as AddressInfo).port, close: () => api.close() };
  },
  nest: async () => {
    const adapter = new FastifyAdapter({ https: { ...server, requestCert: true, rejectUnauthorized: false } } as never);
    const app = await NestFactory.create<NestFastifyApplication>(accountsModule(options()), adapter, { logger: false });
    await app.listen(0);
    return { port: (app.getHttpServer().address() as AddressInfo).port, close: () => app.close() };
  },
};

describe.each(['fastify', 'nest'] as const)('the %s example of the README', (name) => {
  let running: Awaited<ReturnType<(typeof servers)[typeof name]>>;
  beforeAll(async () => {
    running = await servers[name]();
  });
  afterAll(() => running.close());

  it('stands in the README as it is run here', () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    const source = readFileSync(new URL(`./examples/${name}.ts`, import.meta.url), 'utf8');
    expect(readme).toContain(source.replace("'../../index.js'", "'@assent/resource-guard'").replace("'../index.js'", "'@assent/resource-guard/nest'"));
  });

  it('serves a DPoP-bound token', async () => {
    const token = await aToken(clock);
    const answer = await get(running.port, '/accounts', { authorization: `DPoP ${token}`, dpop: await aProof(clock, token) });
    expect(answer).toMatchObject({ status: 200, body: { accounts: [{ owner: 'subject-of-ana', grant: 'grant' }] } });
    expect(answer.headers['date']).toBeDefined();
  });

  it('serves a certificate-bound token over the certificate it is bound to, and refuses it without', async () => {
    const token = await aToken(clock, { confirmation: { 'x5t#S256': client.thumbprint } });
    const headers = { authorization: `Bearer ${token}` };
    expect((await get(running.port, '/accounts', headers, client)).status).toBe(200);
    expect(await get(running.port, '/accounts', headers)).toMatchObject({ status: 401, body: { error: 'invalid_token' } });
    expect(await get(running.port, '/accounts', headers, await aCertificate('kirjanpito'))).toMatchObject({ status: 401, body: { error: 'invalid_token' } });
  });

  it('challenges a request without a token', async () => {
    const answer = await get(running.port, '/accounts', {});
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toMatch(/^DPoP resource_metadata=".*, Bearer /);
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
  });

  it('sees a second Authorization or DPoP header', async () => {
    const token = await aToken(clock);
    const proof = await aProof(clock, token);
    expect((await get(running.port, '/accounts', { authorization: [`DPoP ${token}`, `Bearer ${token}`], dpop: proof } as never)).status).toBe(400);
    expect((await get(running.port, '/accounts', { authorization: `DPoP ${token}`, dpop: [proof, proof] })).status).toBe(401);
  });

  it('refuses a token no customer stands behind', async () => {
    const { grantId: _, ...clientOnly } = facts(clock.now(), { subject: 'tally-budget' });
    const token = await signAccessToken(clientOnly, issuerKey);
    const answer = await get(running.port, '/accounts', { authorization: `DPoP ${token}`, dpop: await aProof(clock, token) });
    expect(answer).toMatchObject({ status: 403, body: { error: 'insufficient_scope' } });
  });
});

describe('the fastify example', () => {
  it('publishes the metadata of the resource', async () => {
    const running = await servers.fastify();
    expect((await get(running.port, '/.well-known/oauth-protected-resource', {})).body).toMatchObject({ resource, authorization_servers: [issuer] });
    await running.close();
  });
});
