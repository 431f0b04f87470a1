import { DpopNonces, importPublicJwk, publicJwk, thumbprint } from '@assent/crypto';
import { epochSeconds, invalidToken as invalidTokenError } from '@assent/protocol';
import { aClock, aFeed, aGuard, aProof, aRequest, aToken, certificate, clientKey, facts, issuer, issuerKey, newKey, rawToken, refusal, resource, type TestClock } from './guard.fixtures.js';
import type { ResourceRequest } from './options.js';

const metadata = `resource_metadata="${resource}/.well-known/oauth-protected-resource"`;
const algs = 'algs="PS256 ES256 EdDSA Ed25519"';

const dpopHeaders = async (clock: TestClock, token?: string): Promise<string[]> => {
  const used = token ?? (await aToken(clock));
  return ['Authorization', `DPoP ${used}`, 'DPoP', await aProof(clock, used)];
};
const boundToCertificate = { confirmation: { 'x5t#S256': certificate.thumbprint } };

describe('a good request', () => {
  it('is admitted with a DPoP-bound token', async () => {
    const clock = aClock();
    const access = await aGuard({ clock }).verify(aRequest(await dpopHeaders(clock)));
    expect(access).toMatchObject({ scheme: 'DPoP', clientId: 'tally-budget', subject: 'subject-of-ana', grantId: 'grant', scope: ['accounts'], issuer });
    expect(access.claims).toMatchObject({ sub: 'subject-of-ana' });
  });

  it('is admitted with a certificate-bound token', async () => {
    const clock = aClock();
    const token = await aToken(clock, boundToCertificate);
    const access = await aGuard({ clock }).verify(aRequest(['authorization', `Bearer ${token}`], { certificate }));
    expect(access).toMatchObject({ scheme: 'Bearer', ...boundToCertificate });
  });

  it.each(['dpop', 'DPOP', 'dPoP'])('names its scheme in any case: %s (F2-RS-01)', async (scheme) => {
    const clock = aClock();
    const token = await aToken(clock);
    await aGuard({ clock }).verify(aRequest(['AUTHORIZATION', `${scheme} ${token}`, 'dpop', await aProof(clock, token)]));
  });

  it.each(['PS256', 'EdDSA'] as const)('may be signed with %s', async (alg) => {
    const clock = aClock();
    const [tokenKey, key] = [await newKey(alg), await newKey(alg)];
    const token = await aToken(clock, { confirmation: { jkt: thumbprint(publicJwk(key)) } }, tokenKey);
    const guard = aGuard({ clock, issuers: [{ issuer, keys: [importPublicJwk(publicJwk(tokenKey))] }] });
    await guard.verify(aRequest(['Authorization', `DPoP ${token}`, 'DPoP', await aProof(clock, token, { key })]));
  });

  it('may name the resource among several audiences', async () => {
    const clock = aClock();
    await aGuard({ clock }).verify(aRequest(await dpopHeaders(clock, await aToken(clock, { audience: ['https://other.example', resource] }))));
  });

  it.each([-10, 10])('may carry a proof %d s off (F2-DP-09)', async (seconds) => {
    const clock = aClock();
    const token = await aToken(clock);
    const proof = await aProof(clock, token, { claims: { iat: epochSeconds(clock.now()) + seconds } });
    await aGuard({ clock }).verify(aRequest(['Authorization', `DPoP ${token}`, 'DPoP', proof]));
  });

  it.each(['https://RS.example/accounts', 'https://rs.example:443/accounts', 'https://rs.example/accounts?x=1#y', 'https://rs.example/a/../%61ccounts'])(
    'may write its URL as %s (F2-DP-08)',
    async (htu) => {
      const clock = aClock();
      const token = await aToken(clock);
      await aGuard({ clock }).verify(aRequest(['Authorization', `DPoP ${token}`, 'DPoP', await aProof(clock, token, { claims: { htu } })]));
    },
  );
});

interface Bad {
  readonly says: string;
  readonly headers?: (clock: TestClock) => Promise<readonly string[]>;
  readonly request?: Partial<ResourceRequest>;
  readonly status: number;
  readonly error: string;
  readonly challenge: string;
}

const withToken = (make: (clock: TestClock) => Promise<string>) => async (clock: TestClock) => dpopHeaders(clock, await make(clock));
const withProof = (make: (clock: TestClock, token: string) => Promise<string>) => async (clock: TestClock) => {
  const token = await aToken(clock);
  return ['Authorization', `DPoP ${token}`, 'DPoP', await make(clock, token)];
};
const withClaims = (changes: Record<string, unknown>) => withProof((clock, token) => aProof(clock, token, { claims: changes }));
const claimsOf = (clock: TestClock) => {
  const { clientId, subject, jti, confirmation, issuedAt, expiresAt } = facts(clock.now());
  return { iss: issuer, aud: resource, client_id: clientId, sub: subject, jti, cnf: confirmation, iat: epochSeconds(issuedAt), exp: epochSeconds(expiresAt), scope: 'accounts' };
};
const unsigned = (token: string) => `${Buffer.from('{"typ":"at+jwt","alg":"none"}').toString('base64url')}.${token.split('.')[1]}.`;

const invalidToken = { status: 401, error: 'invalid_token', challenge: 'DPoP error="invalid_token"' };
const invalidBearer = { status: 401, error: 'invalid_token', challenge: 'Bearer error="invalid_token"' };
const invalidProof = { status: 401, error: 'invalid_dpop_proof', challenge: 'DPoP error="invalid_dpop_proof"' };
const invalidRequest = { status: 400, error: 'invalid_request', challenge: 'DPoP error="invalid_request"' };

const refused: readonly Bad[] = [
  { says: 'F2-RS-02 a token in the query, alone', headers: async () => [], request: { url: '/accounts?access_token=x' }, ...invalidRequest },
  { says: 'F2-RS-02 a token in the query, beside the header', request: { url: '/accounts?a=1&access%5Ftoken=x' }, ...invalidRequest },
  { says: 'F2-DP-20 two Authorization headers', headers: async (c) => [...(await dpopHeaders(c)), 'authorization', 'Bearer x'], ...invalidRequest },
  { says: 'F2-RS-01 an empty token', headers: async () => ['Authorization', 'DPoP'], ...invalidRequest },
  { says: 'F2-RS-01 a token with blanks', headers: async () => ['Authorization', 'DPoP a b'], ...invalidRequest },
  { says: 'F2-RS-01 two tokens in one header', headers: async () => ['Authorization', 'DPoP a, Bearer b'], ...invalidRequest },
  { says: 'F2-DP-08 a target no proof can name', request: { url: '/acc"ounts' }, ...invalidRequest },

  { says: 'AT-05 a token of noise', headers: withToken(async () => 'noise'), ...invalidToken },
  { says: 'AT-01 alg none', headers: withToken(async (c) => unsigned(await aToken(c))), ...invalidToken },
  { says: 'AT-01 typ JWT', headers: withToken((c) => rawToken(claimsOf(c), { typ: 'JWT' })), ...invalidToken },
  { says: 'AT-01 an ID token (AT-06)', headers: withToken((c) => rawToken({ iss: issuer, sub: 's', aud: 'tally-budget', iat: claimsOf(c).iat, exp: claimsOf(c).exp }, { typ: 'JWT' })), ...invalidToken },
  { says: 'AT-05 a signature by a foreign key', headers: withToken(async (c) => aToken(c, {}, { ...(await newKey()), kid: issuerKey.kid })), ...invalidToken },
  { says: 'AT-05 an unknown kid', headers: withToken(async (c) => aToken(c, {}, await newKey())), ...invalidToken },
  { says: 'AT-05 another issuer', headers: withToken((c) => aToken(c, { issuer: 'https://evil.example' })), ...invalidToken },
  { says: 'AT-05 another audience', headers: withToken((c) => aToken(c, { audience: ['https://other.example'] })), ...invalidToken },
  { says: 'AT-05 an expired token (F2-RS-03)', headers: withToken((c) => aToken(c, { expiresAt: c.now() })), ...invalidToken },
  ...['iss', 'exp', 'aud', 'sub', 'client_id', 'iat', 'jti'].map((name) => ({
    says: `AT-02 a token without ${name}`,
    headers: withToken((c) => rawToken({ ...claimsOf(c), [name]: undefined })),
    ...invalidToken,
  })),
  { says: 'F2-RS-05 an unconstrained token under DPoP', headers: withToken((c) => rawToken({ ...claimsOf(c), cnf: undefined })), ...invalidToken },
  { says: 'F2-RS-05 an unconstrained token under Bearer', headers: async (c) => ['Authorization', `Bearer ${await rawToken({ ...claimsOf(c), cnf: undefined })}`], request: { certificate }, ...invalidBearer },
  { says: 'F2-RS-05 an unknown confirmation', headers: async (c) => ['Authorization', `Bearer ${await rawToken({ ...claimsOf(c), cnf: { kid: 'x' } })}`], request: { certificate }, ...invalidBearer },
  { says: 'F2-DP-20 a DPoP-bound token under Bearer', headers: async (c) => ['Authorization', `Bearer ${await aToken(c)}`], ...invalidBearer },
  { says: 'F2-DP-20 the same with its proof', headers: async (c) => (await dpopHeaders(c)).map((value) => value.replace(/^DPoP /, 'Bearer ')), ...invalidBearer },
  { says: 'F2-MT-04 no certificate', headers: async (c) => ['Authorization', `Bearer ${await aToken(c, boundToCertificate)}`], ...invalidBearer },
  { says: 'F2-MT-04 another certificate', headers: async (c) => ['Authorization', `Bearer ${await aToken(c, boundToCertificate)}`], request: { certificate: { thumbprint: 'B'.repeat(43) } }, ...invalidBearer },
  { says: 'F2-DP-12 a certificate-bound token under DPoP', headers: withToken((c) => aToken(c, boundToCertificate)), request: { certificate }, ...invalidToken },
  { says: 'F2-DP-12 a proof by another key', headers: withProof(async (c, t) => aProof(c, t, { key: await newKey() })), ...invalidToken },

  { says: 'F2-DP-01 no proof', headers: async (c) => (await dpopHeaders(c)).slice(0, 2), ...invalidProof },
  { says: 'F2-DP-01 two proofs', headers: async (c) => [...(await dpopHeaders(c)), 'dpop', 'x'], ...invalidProof },
  { says: 'F2-DP-01 a proof of noise', headers: withProof(async () => 'noise'), ...invalidProof },
  { says: 'F2-DP-02 typ JWT', headers: withProof((c, t) => aProof(c, t, { header: { typ: 'JWT' } })), ...invalidProof },
  { says: 'F2-DP-03 alg none', headers: withProof(async (c, t) => (await aProof(c, t)).replace(/^[^.]+/, Buffer.from('{"typ":"dpop+jwt","alg":"none","jwk":{}}').toString('base64url'))), ...invalidProof },
  { says: 'F2-DP-04 a private key', headers: withProof((c, t) => aProof(c, t, { header: { jwk: clientKey.key.export({ format: 'jwk' }) } })), ...invalidProof },
  { says: 'F2-DP-04 a signature that does not verify', headers: withProof(async (c, t) => (await aProof(c, t)).slice(0, -6) + 'AAAAAA'), ...invalidProof },
  ...['jti', 'htm', 'htu', 'iat'].map((name) => ({ says: `F2-DP-06 a proof without ${name}`, headers: withClaims({ [name]: undefined }), ...invalidProof })),
  { says: 'F2-DP-06 htm in lower case', headers: withClaims({ htm: 'get' }), ...invalidProof },
  { says: 'F2-DP-06 htm of another method', headers: withClaims({ htm: 'POST' }), ...invalidProof },
  { says: 'F2-DP-08 htu of another path', headers: withClaims({ htu: `${resource}/balances` }), ...invalidProof },
  { says: 'F2-DP-08 htu of another host', headers: withClaims({ htu: 'https://other.example/accounts' }), ...invalidProof },
  { says: 'F2-DP-08 htu of another host, named in an absolute-form target', headers: withClaims({ htu: 'https://other.example/accounts' }), request: { url: 'https://other.example/accounts' }, ...invalidProof },
  { says: 'F2-DP-09 a proof an hour old', headers: async (c) => withClaims({ iat: epochSeconds(c.now()) - 3600 })(c), ...invalidProof },
  { says: 'F2-DP-09 a proof 61 s ahead', headers: async (c) => withClaims({ iat: epochSeconds(c.now()) + 61 })(c), ...invalidProof },
  { says: 'F2-DP-11 a proof without ath', headers: withClaims({ ath: undefined }), ...invalidProof },
  { says: 'F2-DP-11 a proof with the ath of another token', headers: withProof((c) => aProof(c, 'another')), ...invalidProof },

  { says: 'F2-RS-04 a scope that was not granted', request: { requiredScopes: ['balances'] }, status: 403, error: 'insufficient_scope', challenge: 'DPoP error="insufficient_scope"' },
  { says: 'F2-RS-04 one scope of two', request: { requiredScopes: ['accounts', 'balances'] }, status: 403, error: 'insufficient_scope', challenge: 'DPoP error="insufficient_scope"' },
  {
    says: 'F2-RS-04 no customer behind the token',
    headers: withToken((c) => rawToken({ ...claimsOf(c), sub: 'tally-budget' })),
    request: { requireGrant: true },
    status: 403,
    error: 'insufficient_scope',
    challenge: 'DPoP error="insufficient_scope"',
  },
];

describe('refused', () => {
  it.each(refused)('$says', async ({ says, headers = dpopHeaders, request, status, error, challenge }) => {
    const clock = aClock();
    const answer = await refusal(aGuard({ clock }).verify(aRequest(await headers(clock), request)));
    expect({ status: answer.status, error: answer.body().error, rule: answer.rule }).toEqual({ status, error, rule: says.split(' ')[0] });
    const header = answer.headers['WWW-Authenticate'] ?? '';
    expect(header.startsWith(challenge)).toBe(true);
    expect(header).toContain(`error_description="${answer.description}"`);
    expect(header.includes(metadata)).toBe(status === 401);
  });
});

describe('the challenge', () => {
  const challengeOf = async (headers: (clock: TestClock) => Promise<readonly string[]>, request: Partial<ResourceRequest> = {}, guard = {}) => {
    const clock = aClock();
    return (await refusal(aGuard({ clock, ...guard }).verify(aRequest(await headers(clock), request)))).headers['WWW-Authenticate'];
  };

  it('names no error when there was no token (RFC 6750 section 3.1)', async () => {
    expect(await challengeOf(async () => [])).toBe(`DPoP ${metadata}, ${algs}, Bearer ${metadata}`);
    expect(await challengeOf(async () => ['Authorization', 'Basic eDp5'])).toBe(`DPoP ${metadata}, ${algs}, Bearer ${metadata}`);
  });

  it('offers only the constraints in use', async () => {
    expect(await challengeOf(async () => [], {}, { constraints: ['dpop'] })).toBe(`DPoP ${metadata}, ${algs}`);
    expect(await challengeOf(async () => [], {}, { constraints: ['mtls'] })).toBe(`Bearer ${metadata}`);
  });

  it('answers a downgrade with the scheme that would do (RFC 9449 section 7.2)', async () => {
    const header = await challengeOf(async (clock) => ['Authorization', `Bearer ${await aToken(clock)}`]);
    expect(header).toBe(`Bearer error="invalid_token", error_description="the access token is bound to a DPoP key", ${metadata}, DPoP ${algs}`);
  });

  it('names the scope that is missing (RFC 6750 section 3)', async () => {
    expect(await challengeOf(dpopHeaders, { requiredScopes: ['accounts', 'balances'] })).toBe(
      `DPoP error="insufficient_scope", error_description="the access token does not cover this request", scope="accounts balances", ${algs}`,
    );
  });

  it('also dresses what is refused later', async () => {
    const clock = aClock();
    const guard = aGuard({ clock });
    const access = await guard.verify(aRequest(await dpopHeaders(clock)));
    const answer = guard.challenge(invalidTokenError('the grant has ended', 'F2-RS-03'), access);
    expect(answer.headers['WWW-Authenticate']).toBe(`DPoP error="invalid_token", error_description="the grant has ended", ${metadata}, ${algs}`);
  });

  it('names both schemes when two credentials were sent', async () => {
    const header = await challengeOf(async () => ['Authorization', 'DPoP x', 'Authorization', 'Bearer x']);
    expect(header).toMatch(/^DPoP error="invalid_request".*, Bearer error="invalid_request"/);
  });
});

describe('constraints not in use', () => {
  it('refuses a certificate-bound token where only DPoP serves', async () => {
    const clock = aClock();
    const token = await aToken(clock, boundToCertificate);
    const answer = await refusal(aGuard({ clock, constraints: ['dpop'] }).verify(aRequest(['Authorization', `Bearer ${token}`], { certificate })));
    expect(answer.code).toBe('invalid_token');
  });

  it('refuses DPoP where only certificates serve', async () => {
    const clock = aClock();
    const answer = await refusal(aGuard({ clock, constraints: ['mtls'] }).verify(aRequest(await dpopHeaders(clock))));
    expect(answer.code).toBe('invalid_token');
  });
});

describe('replay (F2-DP-10)', () => {
  it('refuses a proof the second time, and takes a new one', async () => {
    const clock = aClock();
    const guard = aGuard({ clock });
    const token = await aToken(clock);
    const headers = await dpopHeaders(clock, token);
    await guard.verify(aRequest(headers));
    const answer = await refusal(guard.verify(aRequest(headers)));
    expect([answer.status, answer.code]).toEqual([401, 'invalid_dpop_proof']);
    await guard.verify(aRequest(await dpopHeaders(clock, token)));
  });

  it('lets one of many at once through', async () => {
    const clock = aClock();
    const guard = aGuard({ clock });
    const headers = await dpopHeaders(clock);
    const answers = await Promise.allSettled(Array.from({ length: 30 }, () => guard.verify(aRequest(headers))));
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('does not spend a proof that came with a bad token', async () => {
    const clock = aClock();
    const guard = aGuard({ clock });
    const token = await aToken(clock);
    const proof = await aProof(clock, token);
    await refusal(guard.verify(aRequest(['Authorization', `DPoP ${token.slice(0, -4)}AAAA`, 'DPoP', proof])));
    await guard.verify(aRequest(['Authorization', `DPoP ${token}`, 'DPoP', proof]));
  });
});

describe('nonce (F2-DP-13)', () => {
  const clock = aClock();
  const nonces = new DpopNonces(Buffer.alloc(32, 7), { context: resource });
  const guard = aGuard({ clock, dpop: { nonces } });

  it.each([
    ['absent', undefined],
    ['foreign', 'x'.repeat(32)],
  ])('asks again when it is %s', async (_, nonce) => {
    const token = await aToken(clock);
    const answer = await refusal(guard.verify(aRequest(['Authorization', `DPoP ${token}`, 'DPoP', await aProof(clock, token, nonce ? { nonce } : {})])));
    expect([answer.status, answer.code]).toEqual([401, 'use_dpop_nonce']);
    expect(answer.headers['WWW-Authenticate']).toMatch(/^DPoP error="use_dpop_nonce"/);
    const retry = await aProof(clock, token, { nonce: answer.headers['DPoP-Nonce'] ?? '' });
    await guard.verify(aRequest(['Authorization', `DPoP ${token}`, 'DPoP', retry]));
  });
});

describe('revocation (F2-RS-03)', () => {
  it.each(['family.token', 'grant'])('refuses a token once the feed names its %s', async (id) => {
    const clock = aClock();
    const feed = aFeed();
    const guard = aGuard({ clock, feed });
    const token = await aToken(clock);
    await guard.verify(aRequest(await dpopHeaders(clock, token)));
    feed.revoked.add(id);
    const answer = await refusal(guard.verify(aRequest(await dpopHeaders(clock, token))));
    expect([answer.status, answer.code, answer.rule]).toEqual([401, 'invalid_token', 'F2-RS-03']);
  });

  it('may be told apart, and nobody is asked about a good token', async () => {
    const clock = aClock();
    const feed = aFeed();
    const asked: (string | undefined)[] = [];
    const guard = aGuard({ clock, feed, refuseRevoked: async ({ grantId, jti }) => (asked.push(grantId), feed.revoked.has(jti) ? undefined : invalidTokenError('its grant has ended', 'SPEC-01')) });
    const token = await aToken(clock);
    await guard.verify(aRequest(await dpopHeaders(clock, token)));
    expect(asked).toEqual([]);
    feed.revoked.add('grant');
    const ended = await refusal(guard.verify(aRequest(await dpopHeaders(clock, token))));
    expect([ended.status, ended.rule, ended.headers['WWW-Authenticate']]).toEqual([401, 'SPEC-01', expect.stringMatching(/^DPoP error="invalid_token"/)]);
    feed.revoked.add('family.token');
    expect((await refusal(guard.verify(aRequest(await dpopHeaders(clock, token))))).rule).toBe('F2-RS-03');
    expect(asked).toEqual(['grant', 'grant']);
  });

  it('answers 503 while the feed is too old, never a stale yes', async () => {
    const clock = aClock();
    const feed = aFeed();
    const guard = aGuard({ clock, feed });
    feed.behindMs = 1001;
    const answer = await refusal(guard.verify(aRequest(await dpopHeaders(clock))));
    expect([answer.status, answer.headers['Retry-After'], answer.headers['WWW-Authenticate']]).toEqual([503, '1', undefined]);
    feed.behindMs = 1000;
    await guard.verify(aRequest(await dpopHeaders(clock)));
  });

  it('waits a moment for a feed that catches up, and heeds what it then says', async () => {
    const clock = aClock();
    const feed = aFeed();
    const guard = aGuard({ clock, feed });
    const catchUp = () => setTimeout(() => ((feed.behindMs = 0), feed.revoked.add('grant')), 60);
    feed.behindMs = 5000;
    catchUp();
    expect((await refusal(guard.verify(aRequest(await dpopHeaders(clock))))).code).toBe('invalid_token');
  });
});

describe('options that cannot be kept', () => {
  it.each([
    ['no feed', { feed: undefined }],
    ['no issuer', { issuers: [] }],
    ['no constraint', { constraints: [] }],
    ['a resource that is no URL', { resource: 'accounts' }],
    ['introspection without a client', { verification: 'introspection' }],
  ] as const)('%s', (_, change) => {
    expect(() => aGuard({ clock: aClock(), ...(change as object) })).toThrow(TypeError);
  });
});
