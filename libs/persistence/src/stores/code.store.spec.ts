import { mintId, type CodeRefusal } from '@assent/protocol';
import { aClaim, actor, aHandle, allowed, audit, auditTypes, count, newTokens, now, onExisting, openBench, redeemed, redemption, refreshment, type Bench } from './fixtures.js';

let bench: Bench;
beforeAll(async () => (bench = await openBench()));
afterAll(() => bench.close());

describe('codes', () => {
  it('redeems a code once and keeps what was minted', async () => {
    const { database } = bench;
    const { code, context } = await allowed(database);
    const tokens = newTokens(code);
    expect(await database.stores.codes.redeem(redemption(code, { tokens }))).toEqual({ outcome: 'redeemed', context });
    const found = await database.stores.accessTokens.find(tokens.access.handle!, [], now());
    expect(found).toMatchObject({ outcome: 'found', facts: { jti: tokens.access.jti, grantId: context.grantId, scope: context.scope, audience: context.resources, subject: context.subject, confirmation: tokens.access.confirmation, authTime: context.authentication.authTime } });
    expect(await database.stores.tokenFamilies.findRefreshToken(tokens.refresh.handle, [], now())).toMatchObject({ outcome: 'found', facts: { familyId: tokens.familyId, context } });
    expect(await auditTypes(database, `type = 'token.issued' AND grant_id = '${context.grantId}'`)).toHaveLength(1);
  });

  it('lets one of 100 simultaneous redemptions win, and the others kill its tokens (F2-AZ-10)', async () => {
    const { database } = bench;
    const { code } = await allowed(database);
    const attempts = Array.from({ length: 100 }, () => redemption(code));
    const results = await Promise.all(attempts.map((attempt) => database.stores.codes.redeem(attempt)));
    const winners = attempts.filter((_, index) => results[index]?.outcome === 'redeemed');
    expect(winners).toHaveLength(1);
    expect(results.filter((result) => result.outcome === 'refused' && result.reason === 'used')).toHaveLength(99);
    const families = attempts.map(({ tokens }) => `'${tokens.familyId}'`).join(',');
    expect(await count(database, `assent.refresh_token WHERE family_id IN (${families})`)).toBe(1);
    expect(await count(database, `assent.access_token WHERE family_id IN (${families})`)).toBe(1);
    const won = winners[0]!.tokens;
    expect(await database.stores.accessTokens.find(won.access.handle!, [], now())).toEqual({ outcome: 'inactive' });
    expect(await database.stores.refreshTokens.use(refreshment(won.refresh!.handle))).toEqual({ outcome: 'refused', reason: 'revoked' });
    expect(await count(database, `assent.revocation WHERE id IN (${families})`)).toBe(1);
  });

  it('revokes the tokens, not the grant, when a code comes again', async () => {
    const { database } = bench;
    const { code, context, tokens } = await redeemed(database);
    expect(await database.stores.codes.redeem(redemption(code))).toEqual({ outcome: 'refused', reason: 'used' });
    expect(await database.stores.refreshTokens.use(refreshment(tokens.refresh.handle))).toEqual({ outcome: 'refused', reason: 'revoked' });
    expect(await database.stores.grants.find(context.grantId)).toMatchObject({ status: 'active' });
    const told = await auditTypes(database, `type = 'token.refused' AND grant_id = '${context.grantId}'`);
    expect(told.map(({ detail }) => detail?.['reason'])).toEqual(['used', 'revoked']);
  });

  const wrong: [CodeRefusal, string, Partial<Parameters<typeof redemption>[1] & object>][] = [
    ['foreign_client', 'by another client', { clientId: 'bright-energy' }],
    ['foreign_client', 'at another issuer', { issuer: 'https://localhost:9443/other' }],
    ['pkce', 'with another verifier', { codeChallenge: 'another' }],
    ['pkce', 'without a verifier', { codeChallenge: undefined }],
    ['redirect_uri', 'with another redirect URI', { redirectUri: 'https://localhost:9447/other' }],
    ['redirect_uri', 'without its redirect URI', { redirectUri: undefined }],
  ];
  it.each(wrong)('refuses as %s a code presented %s, and the code is spent', async (reason, _, over) => {
    const { database } = bench;
    const { code } = await allowed(database);
    const attempt = redemption(code, over);
    expect(await database.stores.codes.redeem(attempt)).toEqual({ outcome: 'refused', reason });
    expect(await count(database, `assent.refresh_token WHERE family_id = '${attempt.tokens.familyId}'`)).toBe(0);
    expect(await database.stores.codes.redeem(redemption(code))).toEqual({ outcome: 'refused', reason: 'used' });
  });

  it('refuses another key than the one the code is bound to', async () => {
    const { database } = bench;
    const bound = await allowed(database, { dpopJkt: 'another-key' });
    expect(await database.stores.codes.redeem(redemption(bound.code))).toEqual({ outcome: 'refused', reason: 'dpop_key' });
    const right = await allowed(database, { dpopJkt: 'this-key' });
    expect(await database.stores.codes.redeem(redemption(right.code, { jkt: 'this-key' }))).toMatchObject({ outcome: 'redeemed' });
  });

  it('refuses a resource the customer did not authorize', async () => {
    const { database } = bench;
    const { code } = await allowed(database);
    const tokens = newTokens(code);
    const elsewhere = { ...tokens, access: { ...tokens.access, audience: ['https://elsewhere.example'] } };
    expect(await database.stores.codes.redeem(redemption(code, { tokens: elsewhere }))).toEqual({ outcome: 'refused', reason: 'target' });
  });

  it('tells an expired code from an unknown one', async () => {
    const { database } = bench;
    const { code } = await allowed(database, { codeSeconds: -1 });
    expect(await database.stores.codes.redeem(redemption(code))).toEqual({ outcome: 'refused', reason: 'expired' });
    expect(await database.stores.codes.redeem(redemption(aHandle()))).toEqual({ outcome: 'refused', reason: 'unknown' });
    expect(await auditTypes(database, `type = 'token.refused' AND detail->>'reason' = 'unknown'`)).toHaveLength(1);
  });

  it('refuses a code whose grant has ended', async () => {
    const { database } = bench;
    const { context } = await redeemed(database);
    const code = await onExisting(database, context);
    await database.stores.grants.revoke({ grantId: context.grantId, actor, now: now(), audit: audit('grant.revoked') });
    expect(await database.stores.codes.redeem(redemption(code))).toEqual({ outcome: 'refused', reason: 'grant_inactive' });
    const over = await allowed(database, { grantSeconds: -1 });
    expect(await database.stores.codes.redeem(redemption(over.code))).toEqual({ outcome: 'refused', reason: 'grant_inactive' });
  });

  it('does nothing at all when a proof was spent before', async () => {
    const { database } = bench;
    const { code } = await allowed(database);
    const proof = aClaim('dpop_proof');
    await database.stores.replay.spend([proof]);
    const before = await count(database, 'assent.audit_event');
    expect(await database.stores.codes.redeem(redemption(code, { replay: [aClaim(), proof] }))).toEqual({ outcome: 'replayed', kind: 'dpop_proof' });
    expect(await count(database, 'assent.audit_event')).toBe(before);
    expect(await database.stores.codes.redeem(redemption(code))).toMatchObject({ outcome: 'redeemed' });
  });

  it('refuses to mint an access token that outlives the revocation feed', async () => {
    const { code } = await allowed(bench.database);
    const tokens = newTokens(code);
    const late = { ...tokens, familyId: mintId(1), access: { ...tokens.access, expiresAt: new Date(Date.now() + 25 * 3_600_000) } };
    await expect(bench.database.stores.codes.redeem(redemption(code, { tokens: late }))).rejects.toThrow(RangeError);
  });
});
