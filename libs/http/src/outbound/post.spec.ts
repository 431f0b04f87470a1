import type { RequestListener, Server } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { localPki, type LocalPki } from '../fixtures/pki.js';
import { createPost, type Post } from '../index.js';

let pki: LocalPki;
const open: { close(): unknown }[] = [];
beforeAll(async () => {
  pki = await localPki();
});
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function serve(handler: RequestListener): Promise<string> {
  const server = createServer({ cert: pki.server.cert, key: pki.server.key }, handler).listen(0, '127.0.0.1') as unknown as Server;
  open.push({ close: () => { server.closeAllConnections(); server.close(); } }); // prettier-ignore
  await new Promise((resolve) => server.once('listening', resolve));
  return `https://localhost:${(server.address() as AddressInfo).port}/events`;
}
function poster(allowPrivateAddresses = ['127.0.0.1/32']): Post {
  const post = createPost({ timeoutMs: 400, maxBytes: 100, allowPrivateAddresses }, pki.tls.serverAuthorityFiles);
  open.push(post);
  return post;
}

describe('createPost', () => {
  it('sends the body with its headers, and answers with whatever status came', async () => {
    let got: unknown;
    const url = await serve((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
        got = [request.method, request.headers['x-own'], Buffer.concat(chunks).toString()];
        response.writeHead(418).end('short');
      }); // prettier-ignore
    });
    expect(await poster()(url, { 'x-own': 'a' }, 'body')).toEqual({ status: 418, text: 'short' });
    expect(got).toEqual(['POST', 'a', 'body']);
  });

  it.each<[string, RequestListener, string]>([
    ['a redirect', (_request, response) => void response.writeHead(307, { location: 'https://localhost/' }).end(), 'the answer is a redirect, which is not followed'],
    ['a long answer', (_request, response) => void response.writeHead(400).end('x'.repeat(101)), 'the answer is too large'],
    ['silence', () => undefined, 'no answer in time'],
  ])('refuses %s', async (_, handler, message) => {
    await expect(poster()(await serve(handler), {}, '')).rejects.toMatchObject({ name: 'OutboundError', message });
  });

  it('reaches no internal address, by name or number, unless it is configured', async () => {
    let asked = 0;
    const url = await serve((_request, response) => void response.end(String((asked += 1))));
    for (const address of [url, url.replace('localhost', '127.0.0.1'), url.replace('localhost', '[::ffff:127.0.0.1]')]) {
      await expect(poster([])(address, {}, '')).rejects.toMatchObject({ message: 'the address is internal' });
    }
    expect(asked).toBe(0);
  });
});
