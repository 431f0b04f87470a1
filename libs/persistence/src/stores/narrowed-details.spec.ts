import type { AuthorizationDetail, GrantChange, NarrowDetails } from '@assent/protocol';
import { aClaim, actor, aHandle, allowed, audit, count, inSeconds, newTokens, now, onExisting, openBench, redemption, refreshment, type Bench } from './fixtures.js';

let bench: Bench;
beforeAll(async () => (bench = await openBench()));
afterAll(() => bench.close());

const detail = (...actions: string[]): AuthorizationDetail => ({ type: 'account_information', actions });
const whole = [detail('list', 'read')];
const listOnly: NarrowDetails = ([granted]) => (granted ? [{ ...granted, actions: ['list'] }] : undefined);
const tooMuch: NarrowDetails = () => undefined;

const consented = () => allowed(bench.database, { context: { authorizationDetails: whole } });
const stores = () => bench.database.stores;

async function held(handle: Parameters<ReturnType<typeof stores>['accessTokens']['find']>[0]) {
  const found = await stores().accessTokens.find(handle, [], now());
  return found.outcome === 'found' ? found.facts : undefined;
}

describe('a token request that narrows (RR-09)', () => {
  it('gives the access token less, and leaves grant and refresh token whole', async () => {
    const { code, context } = await consented();
    const tokens = newTokens(code);
    const redeemed = await stores().codes.redeem(redemption(code, { tokens, narrow: listOnly }));
    expect(redeemed).toMatchObject({ outcome: 'redeemed', context: { authorizationDetails: [detail('list')], grantVersion: 1 } });
    expect(await held(tokens.access.handle!)).toMatchObject({ authorizationDetails: [detail('list')], grantVersion: 1 });
    expect(await stores().grants.find(context.grantId)).toMatchObject({ authorizationDetails: whole });

    const again = await stores().refreshTokens.use(refreshment(tokens.refresh.handle));
    expect(again).toMatchObject({ outcome: 'used', context: { authorizationDetails: whole } });
    const opaque = aHandle(300, code.tag);
    const narrowed = await stores().refreshTokens.use(refreshment(tokens.refresh.handle, { narrow: listOnly, access: { ...refreshment(tokens.refresh.handle).access, format: 'opaque', handle: opaque, expiresAt: opaque.expiresAt } }));
    expect(narrowed).toMatchObject({ outcome: 'used', context: { authorizationDetails: [detail('list')] } });
    expect(await held(opaque)).toMatchObject({ authorizationDetails: [detail('list')] });
  });

  it('is refused when it asks for more: nothing is issued, the code stays good, the proofs are spent', async () => {
    const { code, context } = await consented();
    const attempt = redemption(code, { narrow: tooMuch });
    expect(await stores().codes.redeem(attempt)).toEqual({ outcome: 'refused', reason: 'details' });
    expect(await stores().codes.redeem(attempt)).toMatchObject({ outcome: 'replayed' });
    expect(await stores().grants.find(context.grantId)).toBeUndefined();
    expect(await count(bench.database, `assent.refresh_token WHERE family_id = '${attempt.tokens.familyId}'`)).toBe(0);
    expect(await stores().codes.redeem(redemption(code))).toMatchObject({ outcome: 'redeemed' });
  });

  it('is refused for its own faults first, which spend the code as ever', async () => {
    const { code } = await consented();
    expect(await stores().codes.redeem(redemption(code, { narrow: tooMuch, codeChallenge: 'another' }))).toEqual({ outcome: 'refused', reason: 'pkce' });
    expect(await stores().codes.redeem(redemption(code, { narrow: tooMuch }))).toEqual({ outcome: 'refused', reason: 'used' });
    expect(await stores().codes.redeem(redemption(aHandle(), { narrow: tooMuch }))).toEqual({ outcome: 'refused', reason: 'unknown' });
  });

  it('is refused at refresh, spending nothing but the proofs', async () => {
    const { code } = await consented();
    const tokens = newTokens(code);
    await stores().codes.redeem(redemption(code, { tokens }));
    const attempt = refreshment(tokens.refresh.handle, { narrow: tooMuch, replay: [aClaim()] });
    expect(await stores().refreshTokens.use(attempt)).toEqual({ outcome: 'refused', reason: 'details' });
    expect(await stores().refreshTokens.use(attempt)).toMatchObject({ outcome: 'replayed' });
    expect(await stores().refreshTokens.use(refreshment(tokens.refresh.handle))).toMatchObject({ outcome: 'used' });
    expect(await stores().refreshTokens.use(refreshment(tokens.refresh.handle, { narrow: tooMuch, clientId: 'bright-energy' }))).toEqual({ outcome: 'refused', reason: 'foreign_client' });
  });

  it('measures a code on a grant that is there by that grant', async () => {
    const { code, context } = await consented();
    await stores().codes.redeem(redemption(code));
    const existing = await onExisting(bench.database, context);
    const tokens = newTokens(existing);
    expect(await stores().codes.redeem(redemption(existing, { tokens, narrow: listOnly }))).toMatchObject({ outcome: 'redeemed', context: { authorizationDetails: [detail('list')] } });
    expect(await held(tokens.access.handle!)).toMatchObject({ authorizationDetails: [detail('list')] });
  });

  it('measures a merge by the grant as it becomes, and leaves it alone when too much is asked', async () => {
    const { code, context } = await consented();
    await stores().codes.redeem(redemption(code));
    const added = [detail('write')];
    const change: GrantChange = { action: 'merge', managed: true, seenVersion: 1, permissions: { scope: [], resources: [], accounts: [], authorizationDetails: added, expiresAt: inSeconds(3600) } };
    const merged = await allowed(bench.database, { context, change });
    expect(await stores().codes.redeem(redemption(merged.code, { narrow: tooMuch }))).toEqual({ outcome: 'refused', reason: 'details' });
    expect(await stores().grants.find(context.grantId)).toMatchObject({ version: 1, authorizationDetails: whole });
    const tokens = newTokens(merged.code);
    const seen: (readonly AuthorizationDetail[])[] = [];
    const writeOnly: NarrowDetails = (granted) => (seen.push(granted), added);
    expect(await stores().codes.redeem(redemption(merged.code, { tokens, narrow: writeOnly }))).toMatchObject({ outcome: 'redeemed', context: { authorizationDetails: added, grantVersion: 2 } });
    expect(seen).toEqual([[...whole, ...added]]);
    expect(await held(tokens.access.handle!)).toMatchObject({ authorizationDetails: added, grantVersion: 2 });
    expect(await stores().grants.find(context.grantId)).toMatchObject({ version: 2, authorizationDetails: [...whole, ...added] });
  });

  it('gives a token that dies with what the grant loses while it is measured', async () => {
    const { code, context } = await consented();
    const tokens = newTokens(code);
    await stores().codes.redeem(redemption(code, { tokens }));
    const opaque = aHandle(300, code.tag);
    let narrowedMeanwhile: Promise<unknown> = Promise.resolve();
    const slow: NarrowDetails = (granted) => {
      narrowedMeanwhile = stores().grants.narrow({ grantId: context.grantId, actor, now: now(), audit: audit('grant.narrowed'), permissions: (grant) => ({ ...grant, authorizationDetails: [] }) });
      return granted;
    };
    const use = refreshment(tokens.refresh.handle, { narrow: slow, access: { ...refreshment(tokens.refresh.handle).access, format: 'opaque', handle: opaque, expiresAt: opaque.expiresAt } });
    await stores().refreshTokens.use(use);
    expect(await narrowedMeanwhile).toBe('narrowed');
    expect(await held(opaque)).toBeUndefined();
  });

  it('never leaves a living token with what the grant has lost, whoever comes first', async () => {
    const { code, context } = await consented();
    const tokens = newTokens(code);
    await stores().codes.redeem(redemption(code, { tokens }));
    const racers = Array.from({ length: 30 }, () => {
      const handle = aHandle(300, code.tag);
      const use = refreshment(tokens.refresh.handle, { narrow: ([granted]) => (granted ? [granted] : undefined), access: { ...refreshment(tokens.refresh.handle).access, format: 'opaque', handle, expiresAt: handle.expiresAt } });
      return { handle, run: () => stores().refreshTokens.use(use) };
    });
    const permissions: Parameters<ReturnType<typeof stores>['grants']['narrow']>[0]['permissions'] = (grant) => ({ ...grant, authorizationDetails: [detail('list')] });
    const narrowing = () => stores().grants.narrow({ grantId: context.grantId, actor, now: now(), audit: audit('grant.narrowed'), permissions });
    await Promise.all([...racers.slice(0, 15).map(({ run }) => run()), narrowing(), ...racers.slice(15).map(({ run }) => run())]);
    const living = (await Promise.all(racers.map(({ handle }) => held(handle)))).filter((facts) => facts !== undefined);
    for (const { authorizationDetails } of living) expect(authorizationDetails).toEqual([detail('list')]);
    const after = aHandle(300, code.tag);
    await stores().refreshTokens.use(refreshment(tokens.refresh.handle, { narrow: listOnly, access: { ...refreshment(tokens.refresh.handle).access, format: 'opaque', handle: after, expiresAt: after.expiresAt } }));
    expect(await held(after)).toMatchObject({ authorizationDetails: [detail('list')], grantVersion: 2 });
  });
});
