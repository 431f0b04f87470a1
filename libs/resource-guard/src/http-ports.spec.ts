import { httpPorts } from './http-ports.js';

const answering = (body: string, init: ResponseInit = {}) => {
  const asked: { readonly url: string; readonly init: RequestInit }[] = [];
  return { asked, fetch: async (url: string, options: RequestInit) => (asked.push({ url, init: options }), new Response(body, init)) };
};

describe('httpPorts', () => {
  it('reads a document and how long it keeps', async () => {
    const server = answering('{"a":1}', { headers: { 'cache-control': 'public, max-age=60' } });
    expect(await httpPorts(server).fetchJson('https://as.example/doc?x=1')).toEqual({ body: { a: 1 }, maxAgeSeconds: 60 });
    expect(server.asked).toMatchObject([{ url: 'https://as.example/doc?x=1', init: { method: 'GET', redirect: 'error' } }]);
  });

  it('posts a form', async () => {
    const server = answering('{"active":false}', { status: 200 });
    expect(await httpPorts(server).postForm('https://as.example/introspect', new URLSearchParams({ token: 't' }))).toEqual({ status: 200, body: { active: false } });
    expect(String(server.asked[0]?.init.body)).toBe('token=t');
  });

  it('hands on the text of an answer of the type it asked for, and no other', async () => {
    const form = new URLSearchParams({ token: 't' });
    const accept = 'application/token-introspection+jwt';
    const signed = answering('a.b.c', { headers: { 'content-type': `${accept}; charset=utf-8` } });
    expect(await httpPorts(signed).postForm('https://as.example/introspect', form, accept)).toEqual({ status: 200, body: 'a.b.c' });
    expect(signed.asked[0]?.init.headers).toMatchObject({ accept });
    const plain = answering('{"active":true}', { headers: { 'content-type': 'application/json' } });
    expect(await httpPorts(plain).postForm('https://as.example/introspect', form, accept)).toEqual({ status: 200, body: { active: true } });
  });

  it.each([
    ['a plain address', 'http://as.example/', answering('{}')],
    ['another status', 'https://as.example/', answering('{}', { status: 404 })],
    ['text that is no JSON', 'https://as.example/', answering('<html>')],
    ['too much', 'https://as.example/', answering(`"${'x'.repeat(300_000)}"`)],
  ])('refuses %s', async (_, url, server) => {
    await expect(httpPorts(server).fetchJson(url)).rejects.toThrow();
  });

  it('reaches an origin where it is told to', async () => {
    const server = answering('{}');
    await httpPorts({ ...server, origins: { 'https://as.example': 'http://127.0.0.1:8080' } }).fetchJson('https://as.example/doc?x=1');
    expect(server.asked[0]?.url).toBe('http://127.0.0.1:8080/doc?x=1');
    expect(() => httpPorts({ origins: { 'https://as.example': 'http://10.0.0.1' } })).toThrow(TypeError);
  });
});
