import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { Body, Controller, Get, Module, Post } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { importPublicJwk, KeySetError, publicJwk, type KeysById, type SigningKey } from '@assent/crypto';
import { signRequest, verifyResponse, type Fields, type HttpRequest, type HttpResponse } from '@assent/http-signatures';
import { systemClock, type HttpSignatures } from '@assent/protocol';
import fastify from 'fastify';
import { aFeed, aProof, aToken, issuer, issuerKey, newKey, resource, aRequest, refusal } from '../guard.fixtures.js';
import { createResourceGuard, nodeRequest, OAuthError, signedAnswers, type ResourceGuardOptions, type SignedAnswer } from '../index.js';
import { OAuthErrorFilter, RequireScopes, ResourceGuardModule } from './index.js';

const clock = { now: () => systemClock.now(), move: () => systemClock.now() };
const signingKey = await newKey('PS256');
const answerKey = await newKey();
const strangerKey = await newKey();

const finderOf = (key: SigningKey): KeysById => {
  const found = importPublicJwk(publicJwk(key));
  return (kid) => (kid === key.kid ? [found] : []);
};

let demand: HttpSignatures = 'required';
const kept: (readonly [string, string, string])[] = [];
let broken = false;
let unreadable = false;
const keep = (what: string, clientId: string, base: string) => {
  if (broken) throw new Error('evidence cannot be kept');
  kept.push([what, clientId, base]);
};
const options = (): ResourceGuardOptions => ({
  resource,
  issuers: [{ issuer, keys: [importPublicJwk(publicJwk(issuerKey))] }],
  verification: 'jwt',
  feed: aFeed(),
  httpSignatures: {
    key: () => answerKey,
    demand: () => demand,
    keys: () => (kid) => {
      if (unreadable) throw new KeySetError('no keys could be read');
      return finderOf(signingKey)(kid);
    },
    evidence: {
      request: async ({ clientId }, { base }) => keep('request', clientId, base),
      response: async ({ clientId }, { base }: SignedAnswer) => keep('response', clientId, base),
    },
  },
});

@Controller()
class Api {
  @Get('accounts')
  @RequireScopes('accounts')
  accounts() {
    return { accounts: ['€'] };
  }
  @Post('payments')
  @RequireScopes('accounts')
  pay(@Body() body: object) {
    return { paid: body };
  }
}

const servers = {
  fastify: async () => {
    const guard = createResourceGuard(options());
    const api = fastify({ bodyLimit: 1000 });
    signedAnswers(api, guard);
    api.setErrorHandler((error, _, reply) => (error instanceof OAuthError ? reply.code(error.status).headers(error.headers).send(error.body()) : reply.send(error)));
    api.get('/accounts', async ({ raw }) => {
      await guard.verify(nodeRequest(raw, { requiredScopes: ['accounts'] }));
      return { accounts: ['€'] };
    });
    api.get('/statement', async ({ raw }, reply) => {
      await guard.verify(nodeRequest(raw));
      return reply.send(Readable.from(['page']));
    });
    api.post('/payments', async ({ raw, body }, reply) => {
      await guard.verify(nodeRequest(raw));
      return reply.code(201).send({ paid: body });
    });
    await api.listen({ port: 0 });
    return { port: (api.server.address() as AddressInfo).port, close: () => api.close() };
  },
  nest: async () => {
    const guard = createResourceGuard(options());
    @Module({ imports: [ResourceGuardModule.register({ guard })], controllers: [Api], providers: [{ provide: APP_FILTER, useClass: OAuthErrorFilter }] })
    class ApiModule {}
    const app = await NestFactory.create<NestFastifyApplication>(ApiModule, new FastifyAdapter({ bodyLimit: 1000 }), { logger: false });
    signedAnswers(app.getHttpAdapter().getInstance(), guard);
    await app.listen(0);
    return { port: (app.getHttpServer().address() as AddressInfo).port, close: () => app.close() };
  },
};

interface Wish {
  readonly method?: string;
  readonly path?: string;
  readonly body?: string;
  readonly key?: SigningKey;
  readonly nonce?: string;
  readonly scope?: readonly string[];
}

/** A request as the client has it before it is sent. */
async function asked({ method = 'GET', path = '/accounts', body, key, nonce, scope = ['accounts'] }: Wish = {}): Promise<HttpRequest & { body?: Buffer }> {
  const token = await aToken(clock, { scope });
  const proof = await aProof(clock, token, { method, url: `${resource}${path}` });
  const headers: Fields = [['authorization', `DPoP ${token}`], ['dpop', proof], ...(body === undefined ? [] : [['content-type', 'application/json'] as const])];
  const request = { method, scheme: 'https', authority: 'rs.example', target: path, headers, ...(body !== undefined && { body: Buffer.from(body) }) };
  return key ? { ...request, headers: (await signRequest(request, { key, now: clock.now(), ...(nonce !== undefined && { nonce }) })).headers } : request;
}

describe.each(['fastify', 'nest'] as const)('signed exchanges on %s', (name) => {
  let running: Awaited<ReturnType<(typeof servers)[typeof name]>>;
  beforeAll(async () => {
    running = await servers[name]();
  });
  afterAll(() => running.close());
  beforeEach(() => {
    demand = 'required';
    broken = false;
    unreadable = false;
    kept.length = 0;
  });

  async function send({ method, target, headers, body }: HttpRequest & { body?: Buffer }): Promise<HttpResponse & { body: Buffer }> {
    const response = await fetch(`http://localhost:${running.port}${target}`, { method, headers: headers as [string, string][], ...(body && { body }) });
    return { status: response.status, headers: [...response.headers], body: Buffer.from(await response.arrayBuffer()) };
  }
  const verify = (response: HttpResponse & { body: Buffer }, request: HttpRequest) => verifyResponse(response, { request, keys: finderOf(answerKey), now: clock.now() });
  const header = ({ headers }: HttpResponse, wanted: string) => headers.find(([field]) => field.toLowerCase() === wanted)?.[1];

  it('proves a request and signs its answer, and keeps both before going on', async () => {
    const request = await asked({ key: signingKey });
    const response = await send(request);
    expect(response.status).toBe(200);
    const proved = await verify(response, request);
    expect(kept.map(([what, clientId]) => [what, clientId])).toEqual([['request', 'tally-budget'], ['response', 'tally-budget']]);
    expect(kept[1]?.[2]).toBe(proved.base);
  });

  it('covers contents in both directions, byte for byte', async () => {
    const request = await asked({ method: 'POST', path: '/payments', body: '{ "amount":  "10.00€" }', key: signingKey });
    const response = await send(request);
    expect(response.status).toBe(201);
    const { base } = await verify(response, request);
    expect(base).toContain('"content-digest";req: sha-256=:');
  });

  it('refuses a content that is not the signed one, and signs the refusal', async () => {
    const request = await asked({ method: 'POST', path: '/payments', body: '{"amount":"10.00"}', key: signingKey });
    const response = await send({ ...request, body: Buffer.from('{"amount":"99.00"}') });
    expect([response.status, JSON.parse(response.body.toString())]).toEqual([401, { error: 'invalid_signature', error_description: 'content-digest does not match the content' }]);
    await expect(verify(response, request)).resolves.toBeDefined();
    expect(kept.map(([what]) => what)).toEqual(['response']);
  });

  it('says what it wants to an unsigned request of a client that must sign, and signs that', async () => {
    const request = await asked();
    const response = await send(request);
    expect([response.status, header(response, 'www-authenticate')]).toEqual([401, expect.stringContaining('error="invalid_signature"')]);
    expect(header(response, 'accept-signature')).toBe('sig1=("@method" "@target-uri" "authorization" "dpop");created;keyid;tag="fapi-2-request"');
    await expect(verify(response, request)).resolves.toBeDefined();
  });

  it.each([
    ['somebody else', () => ({ key: strangerKey })],
    ['the client, whose access token is no good', () => ({ key: signingKey, scope: [] })],
  ])('signs refusals of requests by %s', async (_, wish) => {
    const request = await asked(wish());
    const response = await send(request);
    expect([401, 403]).toContain(response.status);
    await expect(verify(response, request)).resolves.toBeDefined();
  });

  it('signs a refusal of a request whose token nobody knows, where it was signed', async () => {
    const request = await asked({ key: signingKey });
    const spoilt = { ...request, headers: request.headers.map(([field, value]) => [field, field === 'authorization' ? 'DPoP nonsense' : value] as const) };
    const response = await send(spoilt);
    expect(response.status).toBe(401);
    await expect(verify(response, spoilt)).resolves.toBeDefined();
    const plain = await send({ ...spoilt, headers: [['authorization', 'DPoP nonsense']] });
    expect([plain.status, header(plain, 'signature')]).toEqual([401, undefined]);
  });

  it('optional: takes unsigned requests and answers them unsigned, but no wrong signature', async () => {
    demand = 'optional';
    const unsigned = await send(await asked());
    expect([unsigned.status, header(unsigned, 'signature')]).toEqual([200, undefined]);
    const request = await asked({ key: signingKey });
    await expect(verify(await send(request), request)).resolves.toBeDefined();
    expect((await send(await asked({ key: strangerKey }))).status).toBe(401);
    const broken = await asked();
    expect((await send({ ...broken, headers: [...broken.headers, ['Signature-Input', '(broken']] })).status).toBe(401);
  });

  it('off: looks at no signature and makes none', async () => {
    demand = 'off';
    const response = await send(await asked({ key: strangerKey }));
    expect([response.status, header(response, 'signature'), kept]).toEqual([200, undefined, []]);
  });

  it('takes a nonce once (HS-SB-07)', async () => {
    expect((await send(await asked({ key: signingKey, nonce: name }))).status).toBe(200);
    const response = await send(await asked({ key: signingKey, nonce: name }));
    expect([response.status, JSON.parse(response.body.toString())]).toEqual([401, { error: 'invalid_signature', error_description: 'the nonce of the signature was used before' }]);
  });

  it('answers 503, signed, when the keys of the client cannot be read', async () => {
    unreadable = true;
    const request = await asked({ key: signingKey });
    const response = await send(request);
    expect([response.status, header(response, 'retry-after')]).toEqual([503, '5']);
    await expect(verify(response, request)).resolves.toBeDefined();
  });

  it('keeps no evidence of a replay', async () => {
    const request = await asked({ key: signingKey });
    expect((await send(request)).status).toBe(200);
    expect((await send(request)).status).toBe(401);
    expect(kept.map(([what]) => what)).toEqual(['request', 'response', 'response']);
  });

  it('serves nothing whose evidence cannot be kept', async () => {
    broken = true;
    expect((await send(await asked({ key: signingKey }))).status).toBe(500);
  });

  it('bounds what it reads', async () => {
    expect((await send(await asked({ method: 'POST', path: '/payments', body: JSON.stringify('x'.repeat(2000)), key: signingKey }))).status).toBe(413);
  });
});

describe('an answer that is a stream', () => {
  it('goes out as it is, but never unsigned where it must be signed', async () => {
    const running = await servers.fastify();
    try {
      for (const [wanted, status] of [['off', 200], ['required', 500]] as const) {
        demand = wanted;
        const { headers } = await asked({ path: '/statement', key: signingKey });
        const response = await fetch(`http://localhost:${running.port}/statement`, { headers: headers as [string, string][] });
        expect([response.status, (await response.text()) === 'page']).toEqual([status, status === 200]);
      }
    } finally {
      await running.close();
    }
  });

  it('to HEAD covers the status', async () => {
    demand = 'required';
    const running = await servers.fastify();
    try {
      const request = await asked({ method: 'HEAD', key: signingKey });
      const response = await fetch(`http://localhost:${running.port}/accounts`, { method: 'HEAD', headers: request.headers as [string, string][] });
      expect(response.status).toBe(200);
      await expect(verifyResponse({ status: 200, headers: [...response.headers], body: new Uint8Array() }, { request, keys: finderOf(answerKey), now: clock.now() })).resolves.toBeDefined();
    } finally {
      await running.close();
    }
  });
});

describe('a guard that is not given a content', () => {
  it('answers nothing about it', async () => {
    demand = 'required';
    const request = await asked({ method: 'POST', key: signingKey, body: '{}' });
    const headers = [...request.headers.flat(), 'Content-Length', '2'];
    const guard = createResourceGuard(options());
    await expect(guard.verify(aRequest(headers, { method: 'POST', url: '/accounts' }))).rejects.toThrow('keepContent');
    const again = await asked({ method: 'POST', key: signingKey, body: '{}' });
    const verified = guard.verify(aRequest(again.headers.flat(), { method: 'POST', url: '/accounts' }));
    expect(await refusal(verified)).toMatchObject({ code: 'invalid_signature', rule: 'HS-SB-08' });
  });
});
