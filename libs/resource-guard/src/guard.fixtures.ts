import { generateSigningKey, openSigningKey, publicJwk, signAccessToken, signDpopProof, signJws, thumbprint, type DpopProofRequest, type SigningKey } from '@assent/crypto';
import { OAuthError, plusSeconds, type AccessTokenFacts, type PublicJwk, type RevocationFeed } from '@assent/protocol';
import { createResourceGuard } from './guard.js';
import type { HttpPorts, ResourceGuardOptions, ResourceRequest } from './options.js';

/* A resource, its issuer and a client, for the specs of this library. */

export const issuer = 'https://as.example/fapi2';
export const resource = 'https://rs.example';
export const certificate = { thumbprint: 'A'.repeat(43) };

export const newKey = async (alg: 'ES256' | 'PS256' | 'EdDSA' = 'ES256'): Promise<SigningKey> => openSigningKey({ alg, ...(await generateSigningKey(alg)) });

export const issuerKey = await newKey();
export const clientKey = await newKey();
export const jkt = thumbprint(publicJwk(clientKey));

/** A clock that stands until moved. */
export const aClock = (start = new Date('2026-11-23T10:00:00Z')) => {
  let time = start;
  return { now: () => time, move: (seconds: number) => (time = plusSeconds(time, seconds)) };
};
export type TestClock = ReturnType<typeof aClock>;

export const aFeed = () => {
  const revoked = new Set<string>();
  const feed = { behindMs: 0, revoked, isRevoked: ({ jti, grantId = '' }: { jti: string; grantId?: string | undefined }) => revoked.has(jti) || revoked.has(grantId), age: () => feed.behindMs, close: async () => undefined };
  return feed satisfies RevocationFeed;
};

/** The issuer's documents, with a count of how often each was asked for. */
export const anIssuer = (documents: Record<string, unknown> = {}) => {
  const all: Record<string, unknown> = {
    'https://as.example/.well-known/oauth-authorization-server/fapi2': { issuer, jwks_uri: `${issuer}/jwks`, introspection_endpoint: `${issuer}/introspect` },
    [`${issuer}/jwks`]: { keys: [publicJwk(issuerKey)] },
    ...documents,
  };
  const asked: string[] = [];
  const forms: URLSearchParams[] = [];
  const server = {
    asked,
    forms,
    documents: all,
    introspect: (_: string): unknown => ({ active: false }),
    async fetchJson(url: string) {
      asked.push(url);
      await Promise.resolve();
      if (!(url in all)) throw new Error(`nothing at ${url}`);
      return { body: all[url], maxAgeSeconds: undefined };
    },
    async postForm(url: string, form: URLSearchParams) {
      asked.push(url);
      forms.push(form);
      await Promise.resolve();
      return { status: 200, body: server.introspect(form.get('token') ?? '') };
    },
  };
  return server satisfies HttpPorts;
};

export const aGuard = (options: Partial<ResourceGuardOptions> & { clock: TestClock }) =>
  createResourceGuard({ resource, issuers: [{ issuer }], verification: 'jwt', feed: aFeed(), http: anIssuer(), ...options });

export const facts = (now: Date, changes: Partial<AccessTokenFacts> = {}): AccessTokenFacts => ({
  jti: 'family.token',
  issuer,
  clientId: 'tally-budget',
  subject: 'subject-of-ana',
  scope: ['accounts'],
  audience: [resource],
  issuedAt: now,
  expiresAt: plusSeconds(now, 300),
  confirmation: { jkt },
  grantId: 'grant',
  ...changes,
});

export const aToken = (clock: TestClock, changes: Partial<AccessTokenFacts> = {}, key = issuerKey) => signAccessToken(facts(clock.now(), changes), key);
/** A token with claims or header changed at will. */
export const rawToken = (claims: object, header: Record<string, unknown> = { typ: 'at+jwt' }, key = issuerKey) => signJws(header, claims, key);

export const aProof = (clock: TestClock, accessToken: string, changes: Partial<DpopProofRequest> = {}) =>
  signDpopProof({ method: 'GET', url: `${resource}/accounts`, key: clientKey, now: clock.now(), accessToken, ...changes });

export const aRequest = (headers: readonly string[], changes: Partial<ResourceRequest> = {}): ResourceRequest => ({
  method: 'GET',
  url: '/accounts?from=2026-01-01',
  headers,
  requiredScopes: ['accounts'],
  ...changes,
});

export const refusal = async (answer: Promise<unknown>): Promise<OAuthError> => {
  const error: unknown = await answer.then(
    () => new Error('accepted'),
    (reason: unknown) => reason,
  );
  if (error instanceof OAuthError) return error;
  throw error;
};

export const jwkOf = (key: SigningKey): PublicJwk => publicJwk(key);
