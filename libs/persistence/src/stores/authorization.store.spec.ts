import { mintId } from '@assent/protocol';
import { aClaim, aContext, aCreation, actor, aHandle, aRequest, redeemed, allowed, audit, challenge, clientId, count, inSeconds, issuer, now, openBench, pushed, redemption, redirectUri, type Bench } from './fixtures.js';

let bench: Bench;
beforeAll(async () => (bench = await openBench()));
afterAll(() => bench.close());

const allow = (request: ReturnType<typeof aHandle>, context = aContext({}, request.tag), grant: 'new' | 'existing' = 'new') =>
  bench.database.stores.authorizations.allow({
    request,
    code: aHandle(60, request.tag),
    context,
    codeChallenge: challenge,
    redirectUri,
    change: grant === 'existing' ? 'existing' : aCreation(context, inSeconds(3600)),
    now: now(),
    audit: audit('authorize.allowed'),
  });

describe('pushed requests', () => {
  it('come back as pushed, also when revisited, and say when they are completed', async () => {
    const { pushedRequests, authorizations } = bench.database.stores;
    const handle = aHandle();
    const request = { ...aRequest(), state: 's'.repeat(2000), nonce: 'n', maxAge: 0, claims: { id_token: { acr: { essential: true } } } };
    expect(await pushedRequests.push({ handle, request, replay: [aClaim()], audit: audit('par.pushed') })).toEqual({ outcome: 'pushed' });
    for (let visit = 0; visit < 2; visit++) expect(await pushedRequests.open(handle, undefined)).toEqual({ found: { request, handle, completed: false } });
    expect(await authorizations.refuse({ request: handle, now: now(), audit: audit('authorize.refused') })).toBe('refused');
    expect(await pushedRequests.open(handle, undefined)).toMatchObject({ found: { completed: true } });
  });

  it('are not found under a forged expiry or tag', async () => {
    const handle = await pushed(bench.database);
    const { pushedRequests } = bench.database.stores;
    expect(await pushedRequests.open({ ...handle, tag: handle.tag ^ 1 }, undefined)).toEqual({});
    expect(await pushedRequests.open({ ...handle, expiresAt: inSeconds(500) }, undefined)).toEqual({});
  });

  it('leave nothing behind when the assertion was spent before', async () => {
    const { pushedRequests } = bench.database.stores;
    const [handle, claim] = [aHandle(), aClaim()];
    await pushedRequests.push({ handle: aHandle(), request: aRequest(), replay: [claim], audit: audit('par.pushed') });
    const again = await pushedRequests.push({ handle, request: aRequest(), replay: [claim], audit: audit('par.pushed') });
    expect(again).toEqual({ outcome: 'replayed', kind: 'client_assertion' });
    expect(await pushedRequests.open(handle, undefined)).toEqual({});
  });
});

describe('consent', () => {
  it('is given once: of 100 submissions at the same moment one wins (F2-AZ-16)', async () => {
    const request = await pushed(bench.database);
    const contexts = Array.from({ length: 100 }, () => aContext({ customerId: 'customer-ben' }, request.tag));
    const outcomes = await Promise.all(contexts.map((context) => allow(request, context)));
    expect(outcomes.filter((outcome) => outcome === 'allowed')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'already-completed')).toHaveLength(99);
    expect(await count(bench.database, `assent."grant" WHERE customer_id = 'customer-ben'`)).toBe(0);
    expect(await count(bench.database, `assent.authorization_code WHERE customer_id = 'customer-ben'`)).toBe(1);
    expect(await count(bench.database, `assent.audit_event WHERE type = 'authorize.allowed' AND customer_id = 'customer-ben'`)).toBe(1);
  });

  it('is decided once between yes and no at the same moment', async () => {
    const { authorizations } = bench.database.stores;
    for (let round = 0; round < 10; round++) {
      const request = await pushed(bench.database);
      const no = authorizations.refuse({ request, now: now(), audit: audit('authorize.refused') });
      const outcomes = await Promise.all([allow(request), no, allow(request)]);
      expect(outcomes.filter((outcome) => outcome !== 'already-completed')).toHaveLength(1);
    }
  });

  it('becomes a grant with all that was agreed when the code is redeemed, and not before (GM-SE-04, GM-SE-09)', async () => {
    const { code, context } = await allowed(bench.database);
    expect(await bench.database.stores.grants.find(context.grantId)).toBeUndefined();
    await bench.database.stores.codes.redeem(redemption(code));
    const grant = await bench.database.stores.grants.find(context.grantId);
    const { authentication, claims, scope, subject, customerId, grantId } = context;
    expect(grant).toMatchObject({ id: grantId, version: 1, status: 'active', issuer, clientId, customerId, subject, scope, claims, authentication, accounts: ['ana-everyday'] });
  });

  it('stands on an existing grant while that is active, and leaves the request open when it is gone', async () => {
    const { context } = await redeemed(bench.database);
    const request = await pushed(bench.database);
    expect(await allow(request, context, 'existing')).toBe('allowed');
    expect(await allow(request, context, 'existing')).toBe('already-completed');
    await bench.database.stores.grants.revoke({ grantId: context.grantId, actor, now: now(), audit: audit('grant.revoked') });
    const later = await pushed(bench.database);
    expect(await allow(later, context, 'existing')).toBe('grant-gone');
    expect(await allow(later, { ...context, grantId: mintId(9) }, 'existing')).toBe('grant-gone');
    expect(await allow(later)).toBe('allowed');
  });

  it('does not stand on a grant of another customer or of less scope', async () => {
    const { context } = await redeemed(bench.database);
    const request = await pushed(bench.database);
    expect(await allow(request, { ...context, customerId: 'customer-carla' }, 'existing')).toBe('grant-gone');
    expect(await allow(request, { ...context, scope: [...context.scope, 'transactions'] }, 'existing')).toBe('grant-gone');
  });
});

describe('the covering grant', () => {
  it('is the newest active one with all the scopes', async () => {
    const { authorizations, grants } = bench.database.stores;
    const customerId = 'customer-covering';
    const ask = (scope: string[], at = now()) => authorizations.covering({ issuer, clientId, customerId, scope, now: at });
    expect(await ask(['accounts'])).toBeUndefined();
    const older = await redeemed(bench.database, true, { context: { customerId }, at: inSeconds(-1) });
    const newer = await redeemed(bench.database, true, { context: { customerId } });
    expect((await ask(['accounts', 'openid']))?.id).toBe(newer.context.grantId);
    expect(await ask(['accounts', 'transactions'])).toBeUndefined();
    expect((await authorizations.covering({ issuer, clientId, customerId, scope: ['accounts'], covers: ({ id }) => id !== newer.context.grantId, now: now() }))?.id).toBe(older.context.grantId);
    await grants.revoke({ grantId: newer.context.grantId, actor, now: now(), audit: audit('grant.revoked') });
    expect((await ask(['accounts']))?.id).toBe(older.context.grantId);
    expect(await ask(['accounts'], inSeconds(7200))).toBeUndefined();
    expect(await authorizations.covering({ issuer, clientId: 'bright-energy', customerId, scope: [], now: now() })).toBeUndefined();
  });
});
