import { importPublicJwk, publicJwk } from '@assent/crypto';
import { aClock, aGuard, anIssuer, aProof, aRequest, aToken, issuer, issuerKey, newKey, refusal, type TestClock } from './guard.fixtures.js';
import type { ResourceGuard } from './guard.js';

const call = async (guard: ResourceGuard, clock: TestClock, token: string) =>
  guard.verify(aRequest(['Authorization', `DPoP ${token}`, 'DPoP', await aProof(clock, token)]));
const jwksUri = `${issuer}/jwks`;
const metadataUrl = 'https://as.example/.well-known/oauth-authorization-server/fapi2';

describe('finding the keys of an issuer', () => {
  it('reads metadata and key set once, however many requests wait', async () => {
    const clock = aClock();
    const http = anIssuer();
    const guard = aGuard({ clock, http });
    const token = await aToken(clock);
    await Promise.all(Array.from({ length: 10 }, () => call(guard, clock, token)));
    expect(http.asked).toEqual([metadataUrl, jwksUri]);
  });

  it('refuses metadata of another issuer (RFC 8414 section 3.3)', async () => {
    const clock = aClock();
    const http = anIssuer({ [metadataUrl]: { issuer: `${issuer}/`, jwks_uri: jwksUri } });
    const answer = await refusal(call(aGuard({ clock, http }), clock, await aToken(clock)));
    expect([answer.status, String((answer.cause as Error).message)]).toEqual([503, `${metadataUrl} is not about issuer ${issuer}`]);
  });

  it('reads metadata from where it is told to', async () => {
    const clock = aClock();
    const http = anIssuer({ 'https://as.example/doc': { issuer, jwks_uri: jwksUri } });
    await call(aGuard({ clock, http, issuers: [{ issuer, metadataUrl: 'https://as.example/doc' }] }), clock, await aToken(clock));
    expect(http.asked[0]).toBe('https://as.example/doc');
  });

  it('fetches nothing for fixed keys', async () => {
    const clock = aClock();
    const http = anIssuer();
    await call(aGuard({ clock, http, issuers: [{ issuer, keys: [importPublicJwk(publicJwk(issuerKey))] }] }), clock, await aToken(clock));
    expect(http.asked).toEqual([]);
  });

  it('sees a rotated key at once', async () => {
    const clock = aClock();
    const http = anIssuer();
    const guard = aGuard({ clock, http });
    await call(guard, clock, await aToken(clock));
    const next = await newKey();
    http.documents[jwksUri] = { keys: [publicJwk(issuerKey), publicJwk(next)] };
    await call(guard, clock, await aToken(clock, {}, next));
    expect(http.asked.filter((url) => url === jwksUri)).toHaveLength(2);
  });

  it('does not let made-up kids drive fetches', async () => {
    const clock = aClock();
    const http = anIssuer();
    const guard = aGuard({ clock, http });
    const tokens = await Promise.all(Array.from({ length: 20 }, async (_, i) => aToken(clock, {}, { ...issuerKey, kid: `made-up-${i}` })));
    for (const token of tokens) expect((await refusal(call(guard, clock, token))).code).toBe('invalid_token');
    expect(http.asked.filter((url) => url === jwksUri).length).toBeLessThan(6);
  });

  it.each([[metadataUrl], [jwksUri]])('answers 503 while %s cannot be had, and recovers', async (url) => {
    const clock = aClock();
    const http = anIssuer();
    const { [url]: document } = http.documents;
    delete http.documents[url];
    const guard = aGuard({ clock, http });
    const answer = await refusal(call(guard, clock, await aToken(clock)));
    expect([answer.status, answer.code, answer.headers['Retry-After']]).toEqual([503, 'temporarily_unavailable', '5']);
    await refusal(call(guard, clock, await aToken(clock)));
    expect(http.asked.filter((each) => each === url)).toHaveLength(1);
    http.documents[url] = document;
    clock.move(10);
    await call(guard, clock, await aToken(clock));
  });

  it('goes on with the keys it has while the issuer is away, for a while', async () => {
    const clock = aClock();
    const http = anIssuer();
    const guard = aGuard({ clock, http });
    await call(guard, clock, await aToken(clock));
    for (const url of [metadataUrl, jwksUri]) delete http.documents[url];
    clock.move(700);
    await call(guard, clock, await aToken(clock));
    clock.move(3600);
    expect((await refusal(call(guard, clock, await aToken(clock)))).status).toBe(503);
  });
});

describe('several issuers', () => {
  const other = 'https://other.example';

  it('judges a token only by the keys of the issuer it names', async () => {
    const clock = aClock();
    const key = await newKey();
    const fixed = (name: string, jwk = key) => ({ issuer: name, keys: [importPublicJwk(publicJwk(jwk))] });
    const guard = aGuard({ clock, issuers: [fixed(issuer, issuerKey), fixed(other)] });
    await call(guard, clock, await aToken(clock, { issuer: other }, key));
    expect((await refusal(call(guard, clock, await aToken(clock, { issuer: other })))).rule).toBe('AT-05');
    expect((await refusal(call(guard, clock, await aToken(clock, {}, key)))).rule).toBe('AT-05');
    expect((await refusal(call(guard, clock, await aToken(clock, { issuer: 'https://third.example' }, key)))).rule).toBe('AT-05');
  });
});
