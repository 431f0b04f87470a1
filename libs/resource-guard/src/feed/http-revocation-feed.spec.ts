import { setTimeout as sleep } from 'node:timers/promises';
import type { RevocationFeed } from '@assent/protocol';
import { newKey } from '../guard.fixtures.js';
import { openHttpRevocationFeed, type HttpRevocationFeedOptions } from '../index.js';

const url = 'https://grants.example/revocations';
const issuer = 'https://as.example/fapi2';
const [key, dpopKey] = [await newKey(), await newKey()];
const inAnHour = Math.floor(Date.now() / 1000) + 3600;

interface Asked {
  readonly url: URL;
  readonly headers: Record<string, string>;
  readonly form: URLSearchParams;
}
type Page = { readonly status?: number; readonly headers?: Record<string, string>; readonly body: unknown };

/** The issuer and the feed's server, by a fetch that answers for both. */
function aServer(pages: (asked: Asked, count: number) => Page | Promise<Page>, token: (asked: Asked, count: number) => Page = (_, count) => ({ body: { access_token: `token-${count}`, expires_in: 600 } })) {
  const server = { asked: [] as Asked[], tokens: [] as Asked[] };
  const fetch = async (address: string, init: RequestInit): Promise<Response> => {
    const asked: Asked = { url: new URL(address), headers: init.headers as Record<string, string>, form: init.body as URLSearchParams };
    const respond = ({ status = 200, headers, body }: Page) => new Response(JSON.stringify(body), { status, ...(headers && { headers }) });
    if (asked.url.pathname.startsWith('/.well-known/')) return respond({ body: { issuer, token_endpoint: `${issuer}/token`, mtls_endpoint_aliases: { token_endpoint: 'https://mtls.example/token' } } });
    if (asked.url.pathname.endsWith('/token')) return respond(token(asked, server.tokens.push(asked)));
    return respond(await pages(asked, server.asked.push(asked)));
  };
  return { ...server, fetch };
}
const page = (cursor: string, ids: readonly string[] = [], more: object = {}): Page => ({ body: { cursor, complete: true, as_of_ms: 0, revocations: ids.map((id) => ({ subject: 'family', id, until: inAnHour })), ...more } });
const quiet = async (): Promise<Page> => {
  await sleep(20);
  return page('quiet');
};

const feeds: RevocationFeed[] = [];
afterEach(async () => {
  for (const feed of feeds.splice(0)) await feed.close();
});
async function follow(fetch: HttpRevocationFeedOptions['fetch'], changes: Partial<HttpRevocationFeedOptions> = {}) {
  const errors: string[] = [];
  const feed = await openHttpRevocationFeed({ url, client: { issuer, clientId: 'bank-api', key, dpopKey }, fetch: fetch!, openWithinMs: 1_000, onError: (error) => errors.push(error.message), ...changes });
  feeds.push(feed);
  return { feed, errors };
}
const until = async (condition: () => boolean): Promise<void> => {
  for (let waited = 0; !condition(); waited += 1) {
    if (waited > 500) throw new Error('not in time');
    await sleep(10);
  }
};
const dead = (feed: RevocationFeed, id: string): boolean => feed.isRevoked({ jti: `${id}.1` });
const claimsOf = (jwt: string | undefined): Record<string, unknown> => JSON.parse(Buffer.from(jwt!.split('.')[1]!, 'base64url').toString()) as Record<string, unknown>;

describe('openHttpRevocationFeed', () => {
  it('asks with a token of its own, bound to its key, for this address and scope', async () => {
    const { fetch, asked, tokens } = aServer((_, count) => (count === 1 ? page('one', ['a']) : quiet()));
    const { feed } = await follow(fetch);
    expect([dead(feed, 'a'), feed.age() < 1000]).toEqual([true, true]);
    expect(Object.fromEntries(tokens[0]!.form)).toMatchObject({ grant_type: 'client_credentials', scope: 'revocation_feed', resource: url, client_id: 'bank-api' });
    expect(claimsOf(tokens[0]!.form.get('client_assertion')!)).toMatchObject({ iss: 'bank-api', aud: issuer });
    expect(claimsOf(tokens[0]!.headers['dpop'])).toMatchObject({ htm: 'POST', htu: `${issuer}/token` });
    expect(asked[0]!.headers).toMatchObject({ authorization: 'DPoP token-1' });
    expect(claimsOf(asked[0]!.headers['dpop'])).toMatchObject({ htm: 'GET', htu: url, ath: expect.any(String) as string });
    await until(() => asked.length > 1);
    expect([asked[0]!.url.search, Object.fromEntries(asked[1]!.url.searchParams)]).toEqual(['', { after: 'one', wait: '0.3' }]);
    expect(tokens).toHaveLength(1);
  });

  it('goes to the alias for certificates, without proofs, where its token is bound to one', async () => {
    const { fetch, asked, tokens } = aServer(() => quiet());
    await follow(fetch, { client: { issuer, clientId: 'bank-api' } });
    expect([tokens[0]!.url.href, tokens[0]!.form.has('client_assertion'), tokens[0]!.headers['dpop'], asked[0]!.headers['authorization']]).toEqual(['https://mtls.example/token', false, undefined, 'Bearer token-1']);
  });

  it('takes the nonces that either server wants', async () => {
    const wanting = (nonce: string, good: () => Page | Promise<Page>) => (asked: Asked) =>
      claimsOf(asked.headers['dpop'])['nonce'] === nonce ? good() : { status: nonce === 'as' ? 400 : 401, headers: { 'dpop-nonce': nonce }, body: { error: 'use_dpop_nonce' } };
    const { fetch } = aServer(wanting('rs', quiet), wanting('as', () => ({ body: { access_token: 'x', expires_in: 600 } })) as () => Page);
    const { feed, errors } = await follow(fetch);
    expect([feed.age() < 1000, errors]).toEqual([true, []]);
  });

  it('replaces a token that is refused, and renews one before it ends', async () => {
    const refusing = aServer((_, count) => (count === 2 ? { status: 401, body: { error: 'invalid_token' } } : quiet()));
    const first = await follow(refusing.fetch);
    await until(() => refusing.asked.length > 3);
    expect([refusing.tokens.length, refusing.asked[2]!.headers['authorization'], first.errors]).toEqual([2, 'DPoP token-2', []]);
    let time = Date.now();
    const renewing = aServer(() => quiet());
    await follow(renewing.fetch, { clock: { now: () => new Date(time) } });
    time += 560_000;
    await until(() => renewing.tokens.length === 2);
  });

  it('goes on at once after an answer that is not all, and counts as known only then', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const { fetch, asked } = aServer(async (_, count) => {
      if (count === 1) return page('half', ['a'], { complete: false });
      await held;
      return page('all', ['b']);
    });
    const { feed } = await follow(fetch, { openWithinMs: 200 });
    expect([dead(feed, 'a'), dead(feed, 'b'), feed.age()]).toEqual([true, false, Infinity]);
    release();
    await until(() => feed.age() < 1000);
    expect([dead(feed, 'b'), Object.fromEntries(asked[1]!.url.searchParams)]).toEqual([true, { after: 'half', wait: '0' }]);
  });

  it('believes no answer to be newer than it can be, and takes the age an answer has into account', async () => {
    const old = await follow(aServer(async () => ({ ...(await quiet()), ...page('x', [], { as_of_ms: -700 }) })).fetch);
    expect(old.feed.age()).toBeGreaterThanOrEqual(700);
    const boastful = await follow(aServer(async () => ({ ...(await quiet()), ...page('x', [], { as_of_ms: 3_600_000 }) })).fetch);
    expect(boastful.feed.age()).toBeGreaterThanOrEqual(0);
  });

  it.each<[string, unknown]>([
    ['nothing', null],
    ['a list', []],
    ['no cursor', { complete: true, as_of_ms: 0, revocations: [] }],
    ['no age', { cursor: 'x', complete: true, revocations: [] }],
    ['a subject it does not know', page('x', [], { revocations: [{ subject: 'planet', id: 'a', until: inAnHour }] }).body],
    ['a version without its floor', page('x', [], { revocations: [{ subject: 'version', id: 'a', until: inAnHour }] }).body],
    ['no end', page('x', [], { revocations: [{ subject: 'family', id: 'a' }] }).body],
  ])('vouches for nothing where the server answers with %s', async (_, body) => {
    const { feed, errors } = await follow(aServer(() => ({ body })).fetch, { openWithinMs: 150 });
    expect([feed.age(), errors.length > 0]).toEqual([Infinity, true]);
  });

  it('asks a failing server less and less often, keeps what it knows, and grows old', async () => {
    const { fetch, asked } = aServer((_, count) => (count === 1 ? page('one', ['a']) : { status: 503, body: { error: 'temporarily_unavailable' } }));
    const { feed, errors } = await follow(fetch);
    await sleep(900);
    expect([dead(feed, 'a'), feed.age() > 800, errors[0]]).toEqual([true, true, 'https://grants.example/revocations answered 503 temporarily_unavailable']);
    // 50 to 100 ms, 100 to 200, 200 to 400, 400 to 800, …
    expect(asked.length).toBeLessThan(8);
  });

  it.each<[string, Partial<HttpRevocationFeedOptions>]>([
    ['plain http', { url: 'http://grants.example/revocations' }],
    ['a query', { url: `${url}?x` }],
    ['no bound', { maxAgeMs: 0 }],
    ['another origin in the open', { origins: { 'https://grants.example': 'http://far.example' } }],
  ])('refuses %s', async (_, changes) => {
    await expect(follow(() => Promise.reject(new Error('not asked')), changes)).rejects.toThrow(TypeError);
  });
});
