import { randomBytes } from 'node:crypto';
import type { RefreshRefusal } from '@assent/protocol';
import { aClaim, actor, aHandle, audit, clientId, count, inSeconds, issuer, jkt, now, openBench, redeemed, refreshment, resource, type Bench } from './fixtures.js';

let bench: Bench;
beforeAll(async () => (bench = await openBench()));
afterAll(() => bench.close());

describe('refresh tokens', () => {
  it('are used again and again without rotation (F2-AS-35), for the same context', async () => {
    const { refreshTokens } = bench.database.stores;
    const { context, tokens } = await redeemed(bench.database);
    for (let round = 0; round < 3; round++) {
      const result = await refreshTokens.use(refreshment(tokens.refresh.handle));
      expect(result).toEqual({ outcome: 'used', context, familyId: tokens.familyId, scope: context.scope });
    }
    expect(await Promise.all(Array.from({ length: 30 }, () => refreshTokens.use(refreshment(tokens.refresh.handle))))).toHaveLength(30);
  });

  it('mint an opaque access token of the same family with the narrower scope', async () => {
    const { refreshTokens, accessTokens } = bench.database.stores;
    const { context, tokens } = await redeemed(bench.database);
    const handle = aHandle(120, tokens.refresh.handle.tag);
    const jtiSuffix = randomBytes(9).toString('base64url');
    const access = { jtiSuffix, format: 'opaque' as const, handle, audience: [resource], expiresAt: handle.expiresAt, confirmation: { 'x5t#S256': 'thumb' } };
    const used = await refreshTokens.use(refreshment(tokens.refresh.handle, { scope: ['accounts'], access }));
    expect(used).toMatchObject({ outcome: 'used', scope: ['accounts'] });
    expect(await accessTokens.find(handle, [], now())).toMatchObject({
      outcome: 'found',
      facts: { jti: `${tokens.familyId}.${jtiSuffix}`, scope: ['accounts'], audience: [resource], confirmation: { 'x5t#S256': 'thumb' }, grantId: context.grantId, acr: context.authentication.acr },
    });
    await bench.database.stores.tokenFamilies.revoke({ target: { refreshToken: tokens.refresh.handle }, clientId, issuer, replay: [], now: now(), audit: audit('token.revoked') });
    expect(await accessTokens.find(handle, [], now())).toEqual({ outcome: 'inactive' });
  });

  const wrong: [RefreshRefusal, string, Partial<Parameters<typeof refreshment>[1] & object>][] = [
    ['foreign_client', 'used by another client', { clientId: 'bright-energy' }],
    ['foreign_client', 'used at another issuer', { issuer: 'https://localhost:9443/other' }],
    ['expired', 'that has expired', { now: inSeconds(31 * 86_400), access: { jtiSuffix: 'x', format: 'jwt', audience: [], expiresAt: inSeconds(31 * 86_400), confirmation: { jkt } } }],
    ['scope', 'used for wider scope', { scope: ['accounts', 'transactions'] }],
    ['target', 'used for another resource', { access: { jtiSuffix: 'x', format: 'jwt', audience: ['https://elsewhere.example'], expiresAt: inSeconds(60), confirmation: { jkt } } }],
  ];
  it.each(wrong)('refuse as %s a token %s, and it stays good', async (reason, _, over) => {
    const { refreshTokens } = bench.database.stores;
    const { tokens } = await redeemed(bench.database);
    expect(await refreshTokens.use(refreshment(tokens.refresh.handle, over))).toEqual({ outcome: 'refused', reason });
    expect(await refreshTokens.use(refreshment(tokens.refresh.handle))).toMatchObject({ outcome: 'used' });
  });

  it('refuse as unknown what was never issued, with an audit event', async () => {
    expect(await bench.database.stores.refreshTokens.use(refreshment(aHandle()))).toEqual({ outcome: 'refused', reason: 'unknown' });
    expect(await count(bench.database, `assent.audit_event WHERE type = 'token.refused' AND detail->>'reason' = 'unknown'`)).toBe(1);
  });

  it('end with their grant, whether it is revoked or runs out', async () => {
    const { refreshTokens, grants } = bench.database.stores;
    const { context, tokens } = await redeemed(bench.database);
    const later = { now: inSeconds(3601), access: { jtiSuffix: 'x', format: 'jwt' as const, audience: [], expiresAt: inSeconds(3700), confirmation: { jkt } } };
    expect(await refreshTokens.use(refreshment(tokens.refresh.handle, later))).toEqual({ outcome: 'refused', reason: 'grant_inactive' });
    await grants.revoke({ grantId: context.grantId, actor, now: now(), audit: audit('grant.revoked') });
    expect(await refreshTokens.use(refreshment(tokens.refresh.handle))).toEqual({ outcome: 'refused', reason: 'grant_inactive' });
  });

  it('are not used when the proof was spent before', async () => {
    const { tokens } = await redeemed(bench.database);
    const replay = [aClaim('dpop_proof')];
    const { refreshTokens } = bench.database.stores;
    const before = await count(bench.database, 'assent.audit_event');
    const results = await Promise.all(Array.from({ length: 20 }, () => refreshTokens.use(refreshment(tokens.refresh.handle, { replay }))));
    expect(results.filter(({ outcome }) => outcome === 'used')).toHaveLength(1);
    expect(await count(bench.database, 'assent.audit_event')).toBe(before + 1);
  });
});
