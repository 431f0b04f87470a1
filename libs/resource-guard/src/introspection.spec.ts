import { encryptionKeyOf, encryptJws, generateDecryptionKey, importPublicJwk, openDecryptionKey, publicEncryptionJwk, publicJwk, signIntrospection, verifyJws, type DecryptionKey } from '@assent/crypto';
import { epochSeconds } from '@assent/protocol';
import { aClock, aFeed, aGuard, anIssuer, aProof, aRequest, aToken, certificate, issuer, issuerKey, jkt, newKey, refusal, resource, type TestClock } from './guard.fixtures.js';
import { createResourceGuard, type ResourceGuard } from './guard.js';
import type { ResourceGuardOptions } from './options.js';

const key = await newKey();
const introspection = { clientId: 'harbour-accounts-api', key };
const opaque = 'opaque-token-opaque-token-opaque-token-0000';

const active = (clock: TestClock, changes: Record<string, unknown> = {}) => ({
  active: true,
  iss: issuer,
  aud: resource,
  client_id: 'kirjanpito',
  sub: 'subject-of-ana',
  scope: 'accounts balances',
  exp: epochSeconds(clock.now()) + 300,
  iat: epochSeconds(clock.now()),
  jti: 'family.token',
  grant_id: 'grant',
  cnf: { jkt },
  ...changes,
});
const aSetup = (answer: (clock: TestClock) => unknown = active, options: Partial<Omit<ResourceGuardOptions, 'clock'>> = {}) => {
  const clock = aClock();
  const server = anIssuer();
  server.introspect = () => answer(clock);
  const guard = aGuard({ clock, http: server, issuers: [{ issuer, introspection }], verification: 'introspection', feed: aFeed(), ...options });
  return { clock, guard, server };
};
const call = async (guard: ResourceGuard, clock: TestClock, token = opaque) =>
  guard.verify(aRequest(['Authorization', `DPoP ${token}`, 'DPoP', await aProof(clock, token)]));

describe('introspection (RFC 7662)', () => {
  it('admits what the issuer calls active, and asks as an authenticated client', async () => {
    const { clock, guard, server } = aSetup();
    expect(await call(guard, clock)).toMatchObject({ clientId: 'kirjanpito', grantId: 'grant', scope: ['accounts', 'balances'], confirmation: { jkt } });
    const [form] = server.forms;
    expect(Object.fromEntries(form ?? [])).toMatchObject({ token: opaque, token_type_hint: 'access_token', client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer' });
    const { claims } = await verifyJws(form?.get('client_assertion') ?? '', { algs: ['ES256'], keys: () => [importPublicJwk(publicJwk(key))] });
    expect(claims).toMatchObject({ iss: introspection.clientId, sub: introspection.clientId, aud: issuer });
  });

  it('admits a certificate-bound token', async () => {
    const { guard } = aSetup((clock) => active(clock, { cnf: { 'x5t#S256': certificate.thumbprint } }));
    await guard.verify(aRequest(['Authorization', `Bearer ${opaque}`], { certificate }));
  });

  it.each<[string, (clock: TestClock) => unknown, string]>([
    ['F2-RS-03 inactive', () => ({ active: false }), 'invalid_token'],
    ['F2-RS-03 active as text', (clock) => active(clock, { active: 'true' }), 'invalid_token'],
    ['F2-RS-03 expired', (clock) => active(clock, { exp: epochSeconds(clock.now()) }), 'invalid_token'],
    ['F2-RS-03 not valid yet', (clock) => active(clock, { nbf: epochSeconds(clock.now()) + 60 }), 'invalid_token'],
    ['AT-05 another issuer', (clock) => active(clock, { iss: 'https://evil.example' }), 'invalid_token'],
    ['AT-05 another audience', (clock) => active(clock, { aud: ['https://other.example'] }), 'invalid_token'],
    ['AT-05 no audience', (clock) => active(clock, { aud: undefined }), 'invalid_token'],
    ['F2-RS-05 no confirmation', (clock) => active(clock, { cnf: undefined }), 'invalid_token'],
    ['F2-RS-05 an unknown confirmation', (clock) => active(clock, { cnf: { kid: 'x' } }), 'invalid_token'],
    ['F2-RS-05 two confirmations', (clock) => active(clock, { cnf: { jkt, 'x5t#S256': certificate.thumbprint } }), 'invalid_token'],
    ['F2-DP-12 another key', (clock) => active(clock, { cnf: { jkt: 'A'.repeat(43) } }), 'invalid_token'],
    ['F2-RS-04 another scope', (clock) => active(clock, { scope: 'balances' }), 'insufficient_scope'],
    ['ASSENT-RG-01 an answer that is no object', () => 'x', 'temporarily_unavailable'],
    ['ASSENT-RG-01 an answer without exp', (clock) => active(clock, { exp: undefined }), 'temporarily_unavailable'],
  ])('refuses: %s', async (says, answer, code) => {
    const { clock, guard } = aSetup(answer);
    const error = await refusal(call(guard, clock));
    expect([error.code, error.rule]).toEqual([code, says.split(' ')[0]]);
  });

  it('answers 503 when the issuer refuses to tell', async () => {
    const { clock, guard, server } = aSetup();
    server.postForm = async () => ({ status: 401, body: { error: 'invalid_client' } });
    expect((await refusal(call(guard, clock))).status).toBe(503);
  });

  it('asks once for many at once, and again after a second', async () => {
    const { clock, guard, server } = aSetup();
    await Promise.all(Array.from({ length: 5 }, () => call(guard, clock)));
    clock.move(0.999);
    await call(guard, clock);
    expect(server.forms).toHaveLength(1);
    clock.move(0.001);
    await call(guard, clock);
    expect(server.forms).toHaveLength(2);
  });

  it('asks every time when told to', async () => {
    const { clock, guard, server } = aSetup(active, { introspectionCacheMs: 0 });
    await call(guard, clock);
    await call(guard, clock);
    expect(server.forms).toHaveLength(2);
  });

  it('honours the feed over an answer it still holds', async () => {
    const feed = aFeed();
    const { clock, guard } = aSetup(active, { feed });
    await call(guard, clock);
    feed.revoked.add('grant');
    expect((await refusal(call(guard, clock))).code).toBe('invalid_token');
  });

  it('may ask in a way of its own', async () => {
    const asked: string[] = [];
    const introspect = async (token: string) => (asked.push(token), active(clock));
    const { clock, guard, server } = aSetup(undefined, { issuers: [{ issuer, introspection: introspect }] });
    expect(await call(guard, clock)).toMatchObject({ clientId: 'kirjanpito' });
    expect([asked, server.asked]).toEqual([[opaque], []]);
  });

  it('works without a feed', async () => {
    const clock = aClock();
    const server = anIssuer();
    server.introspect = () => active(clock);
    await call(createResourceGuard({ resource, clock, http: server, issuers: [{ issuer, introspection }], verification: 'introspection' }), clock);
  });
});

describe('jwt-or-introspection', () => {
  it('reads JWTs itself and asks about the rest', async () => {
    const { clock, guard, server } = aSetup(active, { verification: 'jwt-or-introspection' });
    await call(guard, clock, await aToken(clock));
    expect(server.forms).toHaveLength(0);
    await call(guard, clock);
    expect(server.forms).toHaveLength(1);
  });
});

describe('several issuers', () => {
  const second = 'https://second.example';
  const issuers = [
    { issuer, introspection },
    { issuer: second, introspection: { ...introspection, endpoint: `${second}/introspect` } },
  ];

  it('asks each until one knows the token', async () => {
    const { clock, guard, server } = aSetup(undefined, { issuers });
    server.postForm = async (url) => ({ status: 200, body: url.startsWith(second) ? active(clock, { iss: second }) : { active: false } });
    expect(await call(guard, clock)).toMatchObject({ issuer: second });
  });

  it('answers 503 when one is silent and the others know nothing', async () => {
    const { clock, guard, server } = aSetup(undefined, { issuers });
    server.postForm = async (url) => {
      if (!url.startsWith(second)) throw new Error('silent');
      return { status: 200, body: { active: false } };
    };
    expect((await refusal(call(guard, clock))).status).toBe(503);
  });
});

describe('signed answers (RFC 9701)', () => {
  const signedSetup = (answer: (clock: TestClock) => unknown) => {
    const made = aSetup(undefined, { issuers: [{ issuer, introspection: { ...introspection, signed: true } }] });
    const accepted: (string | undefined)[] = [];
    made.server.postForm = (async (_url: string, _form: URLSearchParams, accept?: string) => {
      accepted.push(accept);
      return { status: 200, body: await answer(made.clock) };
    }) as never;
    return { ...made, accepted };
  };
  const signed = (clock: TestClock, changes: object = {}, by = issuerKey) =>
    signIntrospection({ issuer, audience: introspection.clientId, introspection: active(clock), now: clock.now(), ...changes }, by);

  it('are asked for and believed', async () => {
    const { guard, clock, accepted } = signedSetup((at) => signed(at));
    expect(await call(guard, clock)).toMatchObject({ clientId: 'kirjanpito', grantId: 'grant' });
    expect(accepted).toEqual(['application/token-introspection+jwt']);
  });

  it.each<[string, (clock: TestClock) => unknown, string]>([
    ['one that is not signed', (clock) => active(clock), 'MS-INT-08'],
    ['one for another resource server', (clock) => signed(clock, { audience: 'other-api' }), 'MS-INT-08'],
    ['one of another issuer', (clock) => signed(clock, { issuer: 'https://evil.example' }), 'MS-INT-08'],
    ['one by another key', async (clock) => signed(clock, {}, await newKey()), 'MS-INT-08'],
    ['an old one', (clock) => signed(clock, { now: new Date(clock.now().getTime() - 120_000) }), 'MS-INT-08'],
    ['an access token', (clock) => aToken(clock), 'MS-INT-08'],
    ['one that says inactive', (clock) => signed(clock, { introspection: { active: false } }), 'F2-RS-03'],
  ])('refuses %s', async (_, answer, rule) => {
    const { guard, clock } = signedSetup(answer);
    expect(await refusal(call(guard, clock))).toMatchObject({ code: 'invalid_token', rule });
  });
});

describe('signed answers that are encrypted to us', () => {
  const algs = ['ECDH-ES'] as const;
  const own = async () => openDecryptionKey({ ...(await generateDecryptionKey('ECDH-ES')), alg: 'ECDH-ES' });
  const setupWith = (key: DecryptionKey, answer: (clock: TestClock) => Promise<string>) => {
    const made = aSetup(undefined, { issuers: [{ issuer, introspection: { ...introspection, signed: true, decryption: { algs, contentAlgs: ['A256GCM'], keys: [key] } } }] });
    made.server.postForm = async () => ({ status: 200, body: await answer(made.clock) });
    return made;
  };
  const sealedTo = async (clock: TestClock, key: DecryptionKey, by = issuerKey) => {
    const jws = await signIntrospection({ issuer, audience: introspection.clientId, introspection: active(clock), now: clock.now() }, by);
    return encryptJws(jws, encryptionKeyOf([publicEncryptionJwk(key)], 'ECDH-ES')!, 'A256GCM');
  };

  it('are opened and believed', async () => {
    const key = await own();
    const { guard, clock } = setupWith(key, (at) => sealedTo(at, key));
    expect(await call(guard, clock)).toMatchObject({ clientId: 'kirjanpito' });
  });

  it('are refused when they are encrypted to somebody else, or signed by somebody else', async () => {
    const [key, other, stranger] = [await own(), await own(), await newKey()];
    for (const answer of [(at: TestClock) => sealedTo(at, other), (at: TestClock) => sealedTo(at, key, stranger)]) {
      const { guard, clock } = setupWith(key, answer);
      expect(await refusal(call(guard, clock))).toMatchObject({ code: 'invalid_token', rule: 'MS-INT-08' });
    }
  });
});

describe('the JWT of an answer', () => {
  it('is no access token (MS-INT-08)', async () => {
    const clock = aClock();
    const answer = await signIntrospection({ issuer, audience: resource, introspection: active(clock), now: clock.now() }, issuerKey);
    expect(await refusal(call(aGuard({ clock }), clock, answer))).toMatchObject({ code: 'invalid_token', rule: 'AT-01' });
  });
});
