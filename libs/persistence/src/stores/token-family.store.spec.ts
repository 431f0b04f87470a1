import { mintHandle, mintId, type AccessTokenFacts } from '@assent/protocol';
import { aClaim, actor, aHandle, audit, clientId, count, inSeconds, issuer, jkt, now, openBench, redeemed, refreshment, resource, type Bench } from './fixtures.js';

let bench: Bench;
beforeAll(async () => (bench = await openBench()));
afterAll(() => bench.close());

type Target = Parameters<Bench['database']['stores']['tokenFamilies']['revoke']>[0]['target'];
const revoke = (target: Target, client = clientId, replay = [aClaim()]) =>
  bench.database.stores.tokenFamilies.revoke({ target, clientId: client, issuer, replay, now: now(), audit: audit('token.revoked') });

const facts = (jti: string, grantId?: string): AccessTokenFacts => ({
  jti,
  issuer,
  clientId,
  subject: clientId,
  scope: ['accounts'],
  audience: [resource],
  issuedAt: now(),
  expiresAt: inSeconds(300),
  confirmation: { jkt },
  ...(grantId && { grantId }),
});

describe('client_credentials tokens', () => {
  it('leave a row only when they are opaque', async () => {
    const { accessTokens } = bench.database.stores;
    expect(await accessTokens.issue({ facts: facts(mintId(1)), replay: [aClaim()], audit: audit('token.issued') })).toEqual({ outcome: 'issued' });
    const { handle } = mintHandle(7, inSeconds(300));
    const opaque = { ...facts(mintId(7)), expiresAt: handle.expiresAt };
    const claim = aClaim();
    expect(await accessTokens.issue({ facts: opaque, handle, replay: [claim], audit: audit('token.issued') })).toEqual({ outcome: 'issued' });
    expect(await accessTokens.find(handle, [], now())).toEqual({ outcome: 'found', facts: opaque });
    expect(await accessTokens.find(handle, [], inSeconds(301))).toEqual({ outcome: 'inactive' });
    expect(await accessTokens.find(aHandle(), [aClaim()], now())).toEqual({ outcome: 'inactive' });
    expect(await accessTokens.find(handle, [claim], now())).toEqual({ outcome: 'replayed', kind: 'client_assertion' });
    expect(await accessTokens.issue({ facts: facts(mintId(1)), replay: [claim], audit: audit('token.issued') })).toMatchObject({ outcome: 'replayed' });
  });
});

describe('checking a JWT access token', () => {
  it('answers the grant behind it', async () => {
    const { context, tokens } = await redeemed(bench.database, false);
    const checked = await bench.database.stores.accessTokens.check(facts(tokens.access.jti, context.grantId), [aClaim()], now());
    expect(checked).toMatchObject({ outcome: 'active', grant: { id: context.grantId, customerId: context.customerId } });
    expect(await bench.database.stores.accessTokens.check(facts(mintId(3)), [], now())).toEqual({ outcome: 'active' });
    expect(await bench.database.stores.accessTokens.check(facts(mintId(3), mintId(3)), [], now())).toEqual({ outcome: 'inactive' });
  });

  it.each(['its jti', 'its family', 'its grant'])('says inactive when %s was revoked', async (what) => {
    const { context, tokens } = await redeemed(bench.database, false);
    const { accessTokens, grants } = bench.database.stores;
    if (what === 'its jti') await revoke({ jti: tokens.access.jti, expiresAt: tokens.access.expiresAt });
    if (what === 'its family') await revoke({ refreshToken: tokens.refresh.handle });
    if (what === 'its grant') await grants.revoke({ grantId: context.grantId, actor, now: now(), audit: audit('grant.revoked') });
    expect(await accessTokens.check(facts(tokens.access.jti, context.grantId), [], now())).toEqual({ outcome: 'inactive' });
    const sibling = await accessTokens.check(facts(`${tokens.familyId}.other`, context.grantId), [], now());
    expect(sibling.outcome).toBe(what === 'its jti' ? 'active' : 'inactive');
  });
});

describe('revocation (RFC 7009)', () => {
  it('of a refresh token ends its family, and once more changes nothing', async () => {
    const { tokens } = await redeemed(bench.database);
    const { tokenFamilies, refreshTokens, accessTokens } = bench.database.stores;
    expect(await revoke({ refreshToken: tokens.refresh.handle })).toEqual({ outcome: 'revoked' });
    expect(await revoke({ refreshToken: tokens.refresh.handle })).toEqual({ outcome: 'revoked' });
    expect(await count(bench.database, `assent.revocation WHERE id = '${tokens.familyId}'`)).toBe(1);
    expect(await refreshTokens.use(refreshment(tokens.refresh.handle))).toEqual({ outcome: 'refused', reason: 'revoked' });
    expect(await tokenFamilies.findRefreshToken(tokens.refresh.handle, [], now())).toEqual({ outcome: 'inactive' });
    expect(await accessTokens.find(tokens.access.handle!, [], now())).toEqual({ outcome: 'inactive' });
  });

  it('of an access token ends that token alone', async () => {
    const { tokens } = await redeemed(bench.database);
    const { refreshTokens, accessTokens } = bench.database.stores;
    expect(await revoke({ accessToken: tokens.access.handle! })).toEqual({ outcome: 'revoked' });
    expect(await accessTokens.find(tokens.access.handle!, [], now())).toEqual({ outcome: 'inactive' });
    expect(await refreshTokens.use(refreshment(tokens.refresh.handle))).toMatchObject({ outcome: 'used' });
  });

  it('is refused for tokens of another client and says so of unknown ones', async () => {
    const { tokens } = await redeemed(bench.database);
    expect(await revoke({ refreshToken: tokens.refresh.handle }, 'bright-energy')).toEqual({ outcome: 'foreign' });
    expect(await revoke({ accessToken: tokens.access.handle! }, 'bright-energy')).toEqual({ outcome: 'foreign' });
    expect(await revoke({ refreshToken: aHandle() })).toEqual({ outcome: 'unknown' });
    expect(await revoke({ accessToken: aHandle() })).toEqual({ outcome: 'unknown' });
    expect(await bench.database.stores.refreshTokens.use(refreshment(tokens.refresh.handle))).toMatchObject({ outcome: 'used' });
  });

  it('does nothing when the assertion was spent before', async () => {
    const { tokens } = await redeemed(bench.database);
    const claim = aClaim();
    await bench.database.stores.replay.spend([claim]);
    expect(await revoke({ refreshToken: tokens.refresh.handle }, clientId, [claim])).toEqual({ outcome: 'replayed', kind: 'client_assertion' });
    expect(await bench.database.stores.refreshTokens.use(refreshment(tokens.refresh.handle))).toMatchObject({ outcome: 'used' });
  });
});

describe('grants', () => {
  it('are revoked once, of many at the same moment by one', async () => {
    const { context, tokens } = await redeemed(bench.database);
    const { grants, accessTokens, tokenFamilies } = bench.database.stores;
    const stop = () => grants.revoke({ grantId: context.grantId, actor, now: now(), audit: audit('grant.revoked') });
    const outcomes = await Promise.all(Array.from({ length: 20 }, stop));
    expect(outcomes.filter((outcome) => outcome === 'revoked')).toHaveLength(1);
    expect(await grants.find(context.grantId)).toMatchObject({ status: 'revoked', version: 2 });
    expect(await accessTokens.find(tokens.access.handle!, [], now())).toEqual({ outcome: 'inactive' });
    expect(await tokenFamilies.findRefreshToken(tokens.refresh.handle, [], now())).toEqual({ outcome: 'inactive' });
    expect(await count(bench.database, `assent.audit_event WHERE type = 'grant.revoked' AND grant_id = '${context.grantId}'`)).toBe(1);
    expect(await grants.find(mintId(1))).toBeUndefined();
    expect(await grants.find('')).toBeUndefined();
  });
});
