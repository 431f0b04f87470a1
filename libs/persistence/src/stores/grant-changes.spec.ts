import { createHash } from 'node:crypto';
import { mintId, tagOf, type AccessTokenFacts, type AuthorizationDetail, type AuthorizedContext, type GrantChange, type GrantPermissions } from '@assent/protocol';
import { aHandle, actor, allowed, audit, auditTypes, clientId, count, inSeconds, issuer, newTokens, now, ontoGrant, onExisting, openBench, redeemed, redemption, refreshment, resource, type Bench } from './fixtures.js';

/* Grants that change: what a change does, and that of many at the same moment each is done whole and none is lost. */

let bench: Bench;
beforeAll(async () => (bench = await openBench()));
afterAll(() => bench.close());

const racers = <T>(number: number, run: (index: number) => Promise<T>): Promise<T[]> => Promise.all(Array.from({ length: number }, (_, index) => run(index)));

const permissions = (over: Partial<GrantPermissions> = {}): GrantPermissions => ({ scope: [], resources: [], accounts: [], authorizationDetails: [], expiresAt: inSeconds(3600), ...over });
const merging = (over: Partial<GrantPermissions> = {}): GrantChange => ({ action: 'merge', managed: true, seenVersion: 1, permissions: permissions(over) });
const replacing = (over: Partial<GrantPermissions> = {}): GrantChange => ({ action: 'replace', managed: true, seenVersion: 1, permissions: permissions({ scope: ['accounts'], resources: [resource], accounts: ['ana-savings'], ...over }) });

/** A managed grant with tokens. */
const aGrant = () => redeemed(bench.database, true, { context: { managed: true } });
type AGrant = Awaited<ReturnType<typeof aGrant>>;

const stores = () => bench.database.stores;
const grantOf = async ({ context }: Pick<AGrant, 'context'>) => (await stores().grants.find(context.grantId))!;
const decision = <More extends object>({ context }: Pick<AGrant, 'context'>, more: More = {} as More) => ({ grantId: context.grantId, actor, now: now(), audit: audit('grant.changed'), ...more });
const revoke = (grant: Pick<AGrant, 'context'>) => stores().grants.revoke(decision(grant));

async function redeem(code: Parameters<typeof newTokens>[0]) {
  const tokens = newTokens(code);
  return { tokens, result: await stores().codes.redeem(redemption(code, { tokens })) };
}
/** Agreed to and redeemed at once. */
const changed = async ({ context }: Pick<AGrant, 'context'>, change: GrantChange) => redeem(await ontoGrant(bench.database, context, change));

const isAlive = async (handle: Parameters<ReturnType<typeof stores>['accessTokens']['find']>[0]) => (await stores().accessTokens.find(handle, [], now())).outcome === 'found';
const refreshes = async ({ tokens }: Pick<AGrant, 'tokens'>) => {
  const used = await stores().refreshTokens.use(refreshment(tokens.refresh.handle));
  return used.outcome === 'refused' ? used.reason : used.outcome;
};

/** Recomputes every hash from the texts as they are stored. */
async function expectChain(grantId: string, types: readonly string[]): Promise<void> {
  const { rows } = await bench.database.pool.query<{ type: string; body: string; previous: Buffer; hash: Buffer; sequence: number }>(
    `SELECT type, body, previous, hash, sequence FROM assent.grant_event WHERE tag = $1 AND grant_id = $2 ORDER BY sequence`,
    [tagOf(grantId), grantId],
  );
  let previous: Buffer = Buffer.alloc(32);
  rows.forEach((row, index) => {
    expect([row.sequence, row.previous.equals(previous)]).toEqual([index + 1, true]);
    previous = createHash('sha256').update(row.previous).update(row.body, 'utf8').digest();
    expect(row.hash.equals(previous)).toBe(true);
    expect(Object.keys(JSON.parse(row.body) as object)).toEqual(['type', 'at', 'issuer', 'client_id', 'customer_id', 'grant_id', 'version', 'actor', 'rule', 'control', 'request_id', 'detail']);
  });
  expect(rows.map(({ type }) => type)).toEqual(types);
  const head = await bench.database.pool.query<{ hash: Buffer; sequence: number }>(`SELECT hash, sequence FROM assent.grant_chain WHERE tag = $1 AND grant_id = $2`, [tagOf(grantId), grantId]);
  expect([head.rows[0]?.sequence, head.rows[0]?.hash.equals(previous)]).toEqual([types.length, true]);
}

/** Versions follow one another without a gap, and each is the one before with its difference. */
async function expectHistory(grantId: string, events: readonly string[]): Promise<void> {
  const history = await stores().grants.history(grantId);
  expect(history.map(({ version }) => version)).toEqual(history.map((_, index) => index + 1));
  expect(history.map(({ event }) => event)).toEqual(events);
  history.reduce<readonly string[]>((scope, { difference, ...version }) => {
    const after = scope.filter((one) => !difference.scope?.removed.includes(one)).concat(difference.scope?.added ?? []);
    expect([...version.scope].sort()).toEqual([...after].sort());
    return version.scope;
  }, []);
}

const jwt = (context: AuthorizedContext, grantVersion: number): AccessTokenFacts => ({
  jti: `${mintId(tagOf(context.grantId))}.x`, issuer, clientId, subject: context.subject, scope: context.scope, audience: [resource],
  issuedAt: now(), expiresAt: inSeconds(300), confirmation: { jkt: 'x' }, grantId: context.grantId, grantVersion,
}); // prettier-ignore

describe('merge (GM-SE-01)', () => {
  it('joins what is new to what is there, gives tokens for all of it, and ends the older refresh tokens alone (GM-SE-03)', async () => {
    const grant = await aGrant();
    const until = inSeconds(7200);
    const detail = { type: 'x', actions: ['a'] };
    const { tokens, result } = await changed(grant, merging({ scope: ['transactions'], accounts: ['ana-savings'], authorizationDetails: [detail], claims: { userinfo: { phone_number: null } }, expiresAt: until }));
    const scope = [...grant.context.scope, 'transactions'];
    expect(result).toMatchObject({ outcome: 'redeemed', context: { grantId: grant.context.grantId, grantVersion: 2, managed: true, scope, resources: [resource], authorizationDetails: [detail], claims: { userinfo: { email: null, phone_number: null } } } });
    expect(await grantOf(grant)).toMatchObject({ version: 2, scope, accounts: ['ana-everyday', 'ana-savings'], authorizationDetails: [detail], expiresAt: until, updatedBy: 'client' });
    expect(await refreshes(grant)).toBe('superseded');
    expect(await stores().tokenFamilies.findRefreshToken(grant.tokens.refresh.handle, [], now())).toEqual({ outcome: 'inactive' });
    expect(await isAlive(grant.tokens.access.handle!)).toBe(true);
    expect(await stores().accessTokens.check(jwt(grant.context, 1), [], now())).toMatchObject({ outcome: 'active' });
    expect(await refreshes({ tokens })).toBe('used');
    expect(await stores().accessTokens.find(tokens.access.handle!, [], now())).toMatchObject({ facts: { scope, grantVersion: 2, authorizationDetails: [detail] } });
    await expectHistory(grant.context.grantId, ['created', 'merged']);
    await expectChain(grant.context.grantId, ['grant.created', 'grant.merged']);
  });

  it('never shortens', async () => {
    const grant = await aGrant();
    await changed(grant, merging({ scope: ['transactions'], expiresAt: inSeconds(10) }));
    expect((await grantOf(grant)).expiresAt!.getTime()).toBeGreaterThan(inSeconds(3000).getTime());
  });

  it('brings nothing back that was taken away before the code was redeemed', async () => {
    const grant = await aGrant();
    const code = await ontoGrant(bench.database, grant.context, merging({ scope: ['transactions'] }));
    await stores().grants.narrow(decision(grant, { permissions: (one: GrantPermissions) => ({ ...one, accounts: [] }) }));
    expect((await redeem(code)).result).toMatchObject({ outcome: 'redeemed', context: { grantVersion: 3 } });
    expect(await grantOf(grant)).toMatchObject({ accounts: [], scope: [...grant.context.scope, 'transactions'] });
  });

  it.each<[string, AuthorizationDetail]>([
    ['data', { type: 'account_information', actions: ['list_accounts'], accounts: ['ana-everyday', 'ana-savings'] }],
    ['a payment', { type: 'payment_initiation', debtorAccount: { accountId: 'ana-everyday' } }],
  ])('is refused for %s of an account that was taken away after the yes', async (_, detail) => {
    const grant = await aGrant();
    const [early, others] = [await ontoGrant(bench.database, grant.context, merging({ authorizationDetails: [detail] })), await ontoGrant(bench.database, grant.context, merging({ authorizationDetails: [{ type: 'other', accounts: ['ana-savings'] }] }))];
    await stores().grants.narrow(decision(grant, { permissions: (one: GrantPermissions) => ({ ...one, accounts: one.accounts.filter((id) => id !== 'ana-everyday') }) }));
    expect((await redeem(early)).result).toEqual({ outcome: 'refused', reason: 'grant_narrowed' });
    expect((await redeem(early)).result).toEqual({ outcome: 'refused', reason: 'used' });
    expect((await redeem(others)).result).toMatchObject({ outcome: 'redeemed' });
    const later = await ontoGrant(bench.database, grant.context, { ...merging({ accounts: ['ana-everyday'], authorizationDetails: [detail] }), seenVersion: 3 });
    expect((await redeem(later)).result).toMatchObject({ outcome: 'redeemed' });
  });
});

describe('replace (GM-SE-02)', () => {
  it('leaves exactly what was consented, and kills all older tokens (GM-SE-03)', async () => {
    const grant = await aGrant();
    const { tokens, result } = await changed(grant, replacing());
    expect(result).toMatchObject({ outcome: 'redeemed', context: { grantVersion: 2, scope: ['accounts'], resources: [resource] } });
    expect(result).not.toHaveProperty('context.claims');
    expect(await grantOf(grant)).toMatchObject({ version: 2, scope: ['accounts'], accounts: ['ana-savings'] });
    expect(await grantOf(grant)).not.toHaveProperty('claims');
    expect([await refreshes(grant), await isAlive(grant.tokens.access.handle!)]).toEqual(['superseded', false]);
    expect(await stores().accessTokens.check(jwt(grant.context, 1), [], now())).toEqual({ outcome: 'inactive' });
    expect(await stores().accessTokens.check(jwt(grant.context, 2), [], now())).toMatchObject({ outcome: 'active' });
    expect([await refreshes({ tokens }), await isAlive(tokens.access.handle!)]).toEqual(['used', true]);
    expect(await count(bench.database, `assent.revocation WHERE id = '${grant.context.grantId}' AND subject = 'version' AND below = 2`)).toBe(1);
    await expectHistory(grant.context.grantId, ['created', 'replaced']);
  });

  it('brings nothing back that customer or bank took away after the yes; what they took away before is asked about anew', async () => {
    const grant = await aGrant();
    const early = await ontoGrant(bench.database, grant.context, replacing());
    const merged = await ontoGrant(bench.database, grant.context, merging({ scope: ['transactions'] }));
    await redeem(merged);
    await stores().grants.narrow(decision(grant, { permissions: (one: GrantPermissions) => ({ ...one, accounts: [] }) }));
    expect((await redeem(early)).result).toEqual({ outcome: 'refused', reason: 'grant_narrowed' });
    expect((await redeem(early)).result).toEqual({ outcome: 'refused', reason: 'used' });
    expect(await grantOf(grant)).toMatchObject({ version: 3, accounts: [] });
    const later = await ontoGrant(bench.database, grant.context, { ...replacing(), seenVersion: 3 });
    expect((await redeem(later)).result).toMatchObject({ outcome: 'redeemed' });
    expect(await grantOf(grant)).toMatchObject({ version: 4, accounts: ['ana-savings'] });
  });

  it('ends what stands on the grant silently and asks for more than is left', async () => {
    const grant = await aGrant();
    const silent = await onExisting(bench.database, grant.context);
    await changed(grant, replacing());
    expect((await redeem(silent)).result).toEqual({ outcome: 'refused', reason: 'grant_inactive' });
  });
});

describe('nothing changes', () => {
  it('before the code is redeemed, and by a code that is presented wrongly (GM-SE-04)', async () => {
    const grant = await aGrant();
    for (const wrong of [{ codeChallenge: 'another' }, { clientId: 'bright-energy' }, { redirectUri: undefined }, { tokens: 'elsewhere' as const }]) {
      const code = await ontoGrant(bench.database, grant.context, replacing());
      const tokens = newTokens(code);
      const over = wrong.tokens ? { tokens: { ...tokens, access: { ...tokens.access, audience: ['https://elsewhere.example'] } } } : wrong;
      expect(await stores().codes.redeem(redemption(code, over as object))).toMatchObject({ outcome: 'refused' });
      expect((await redeem(code)).result).toEqual({ outcome: 'refused', reason: 'used' });
    }
    expect(await grantOf(grant)).toMatchObject({ version: 1, scope: grant.context.scope });
    expect([await refreshes(grant), await isAlive(grant.tokens.access.handle!)]).toEqual(['used', true]);
    await expectChain(grant.context.grantId, ['grant.created']);
  });

  it('when its process dies between reading the grant and writing it: the code is still good', async () => {
    const grant = await aGrant();
    const code = await ontoGrant(bench.database, grant.context, replacing());
    const died = (): never => {
      throw new Error('died here');
    };
    await expect(stores().codes.redeem(redemption(code, { apply: died }))).rejects.toThrow('died here');
    expect(await grantOf(grant)).toMatchObject({ version: 1 });
    expect(await refreshes(grant)).toBe('used');
    expect((await redeem(code)).result).toMatchObject({ outcome: 'redeemed' });
  });

  it('by a refusal, which is a link of the chain all the same', async () => {
    const grant = await aGrant();
    const request = aHandle(90);
    await stores().pushedRequests.push({ handle: request, request: { issuer, clientId, redirectUri: 'https://x', responseType: 'code', scope: [], resources: [], codeChallenge: 'x', prompt: [], acrValues: [], uiLocales: [], authorizationDetails: [], pushedAt: now() }, replay: [], audit: audit('par.pushed') });
    const refusal = { request, grantId: grant.context.grantId, now: now(), audit: { ...audit('authorize.refused'), customerId: grant.context.customerId, rule: 'GM-AZ-08', detail: { error: 'access_denied' } } };
    expect(await stores().authorizations.refuse(refusal)).toBe('refused');
    expect(await stores().authorizations.refuse(refusal)).toBe('already-completed');
    expect(await grantOf(grant)).toMatchObject({ version: 1 });
    await expectChain(grant.context.grantId, ['grant.created', 'authorize.refused']);
    const { rows } = await bench.database.pool.query<{ body: string }>(`SELECT body FROM assent.grant_event WHERE tag = $1 AND grant_id = $2 ORDER BY sequence`, [tagOf(grant.context.grantId), grant.context.grantId]);
    expect(rows.map(({ body }) => JSON.parse(body) as object)).toMatchObject([{ rule: null, control: null }, { rule: 'GM-AZ-08', control: 'grant-of-its-client', detail: { error: 'access_denied', attack: 'TM-GRNT-01' } }]);
  });

  it('by a code for a grant of another customer, client or issuer, whatever it says', async () => {
    const grant = await aGrant();
    await expect(ontoGrant(bench.database, { ...grant.context, customerId: 'customer-ben' }, replacing())).rejects.toThrow('grant-gone');
    const code = await ontoGrant(bench.database, grant.context, replacing());
    await bench.database.pool.query(`UPDATE assent."grant" SET customer_id = 'customer-ben' WHERE id = $1`, [grant.context.grantId]);
    expect((await redeem(code)).result).toEqual({ outcome: 'refused', reason: 'grant_inactive' });
    expect(await grantOf(grant)).toMatchObject({ version: 1 });
  });
});

describe('narrowing', () => {
  const withoutAccounts = (one: GrantPermissions): GrantPermissions => ({ ...one, accounts: [], scope: one.scope.filter((name) => name !== 'balances') });

  it('ends access tokens at once; a refresh brings what is left', async () => {
    const grant = await aGrant();
    expect(await stores().grants.narrow(decision(grant, { actor: { kind: 'customer', id: 'customer-ana' }, reason: 'moved', permissions: withoutAccounts }))).toBe('narrowed');
    expect(await isAlive(grant.tokens.access.handle!)).toBe(false);
    expect(await stores().accessTokens.check(jwt(grant.context, 1), [], now())).toEqual({ outcome: 'inactive' });
    const used = await stores().refreshTokens.use(refreshment(grant.tokens.refresh.handle));
    expect(used).toMatchObject({ outcome: 'used', scope: ['openid', 'accounts'], context: { grantVersion: 2 } });
    expect(await stores().refreshTokens.use(refreshment(grant.tokens.refresh.handle, { scope: ['balances'] }))).toEqual({ outcome: 'refused', reason: 'scope' });
    expect(await grantOf(grant)).toMatchObject({ version: 2, accounts: [], updatedBy: 'authorization_server' });
    expect(await stores().grants.history(grant.context.grantId)).toMatchObject([{}, { event: 'narrowed', actor: { kind: 'customer' }, reason: 'moved', difference: { accounts: { removed: ['ana-everyday'] }, scope: { removed: ['balances'] } } }]);
    await expectChain(grant.context.grantId, ['grant.created', 'grant.narrowed']);
  });

  it('cannot widen, does nothing where there is nothing to take, and keeps to the expected version', async () => {
    const grant = await aGrant();
    const { grants } = stores();
    await expect(grants.narrow(decision(grant, { permissions: (one: GrantPermissions) => ({ ...one, accounts: ['ana-savings'] }) }))).rejects.toThrow(RangeError);
    await expect(grants.narrow(decision(grant, { permissions: (one: GrantPermissions) => ({ ...one, expiresAt: null }) }))).rejects.toThrow(RangeError);
    expect(await grants.narrow(decision(grant, { permissions: () => undefined }))).toBe('unchanged');
    expect(await grants.narrow(decision(grant, { expectedVersion: 2, permissions: withoutAccounts }))).toBe('changed');
    expect(await grants.revoke(decision(grant, { expectedVersion: 2 }))).toBe('changed');
    expect(await grantOf(grant)).toMatchObject({ version: 1, status: 'active' });
    await revoke(grant);
    expect(await grants.narrow(decision(grant, { permissions: withoutAccounts }))).toBe('not-active');
  });
});

describe('the end', () => {
  it('of a grant is a version with actor and reason, a link, and an audit line', async () => {
    const grant = await aGrant();
    expect(await stores().grants.revoke(decision(grant, { actor: { kind: 'staff', id: 'staff-7' }, reason: 'fraud', audit: audit('grant.revoked') }))).toBe('revoked');
    expect(await grantOf(grant)).toMatchObject({ status: 'revoked', version: 2, updatedBy: 'authorization_server' });
    expect((await stores().grants.history(grant.context.grantId)).at(-1)).toMatchObject({ event: 'revoked', status: 'revoked', actor: { kind: 'staff', id: 'staff-7' }, reason: 'fraud', difference: { status: { from: 'active', to: 'revoked' } } });
    expect(await auditTypes(bench.database, `type = 'grant.revoked' AND grant_id = '${grant.context.grantId}'`)).toHaveLength(1);
    await expectChain(grant.context.grantId, ['grant.created', 'grant.revoked']);
  });

  it('of a consumed grant lets access tokens live and refresh tokens not', async () => {
    const grant = await aGrant();
    expect(await stores().grants.consume(decision(grant))).toBe('consumed');
    expect(await stores().grants.consume(decision(grant))).toBe('not-active');
    expect([await refreshes(grant), await isAlive(grant.tokens.access.handle!)]).toEqual(['grant_inactive', true]);
    expect(await stores().accessTokens.check(jwt(grant.context, 1), [], now())).toMatchObject({ outcome: 'active' });
    expect(await grantOf(grant)).toMatchObject({ status: 'consumed' });
  });
});

describe('at the same moment', () => {
  it('of 25 redemptions of one merging code one wins and the others take its tokens back; the grant changes once', async () => {
    const grant = await aGrant();
    const code = await ontoGrant(bench.database, grant.context, merging({ scope: ['transactions'] }));
    const results = await racers(25, () => redeem(code));
    expect(results.filter(({ result }) => result.outcome === 'redeemed')).toHaveLength(1);
    expect(results.filter(({ result }) => result.outcome === 'refused' && result.reason === 'used')).toHaveLength(24);
    const winner = results.find(({ result }) => result.outcome === 'redeemed')!;
    expect(await refreshes(winner)).toBe('revoked');
    expect(await grantOf(grant)).toMatchObject({ version: 2, status: 'active' });
    await expectChain(grant.context.grantId, ['grant.created', 'grant.merged']);
  });

  it('25 merges all count, one after the other (GM-CC-03)', async () => {
    const grant = await aGrant();
    const names = Array.from({ length: 25 }, (_, index) => `extra-${index}`);
    const codes = await Promise.all(names.map((name) => ontoGrant(bench.database, grant.context, merging({ scope: [name], accounts: [`account ${name}`] }))));
    const results = await racers(25, (index) => redeem(codes[index]!));
    expect(results.every(({ result }) => result.outcome === 'redeemed')).toBe(true);
    const after = await grantOf(grant);
    expect([after.version, new Set(after.scope)]).toEqual([26, new Set([...grant.context.scope, ...names])]);
    expect(after.accounts).toHaveLength(26);
    const alive = await Promise.all(results.map(refreshes));
    expect(alive.filter((one) => one === 'used')).toHaveLength(1);
    expect(alive.filter((one) => one === 'superseded')).toHaveLength(24);
    await expectHistory(grant.context.grantId, ['created', ...names.map(() => 'merged')]);
    await expectChain(grant.context.grantId, ['grant.created', ...names.map(() => 'grant.merged')]);
  }, 60_000);

  it('of 25 replacements the last committed holds, and only its tokens live (GM-CC-03)', async () => {
    const grant = await aGrant();
    const codes = await Promise.all(Array.from({ length: 25 }, (_, index) => ontoGrant(bench.database, grant.context, replacing({ scope: [`only-${index}`] }))));
    const results = await racers(25, (index) => redeem(codes[index]!));
    expect(results.every(({ result }) => result.outcome === 'redeemed')).toBe(true);
    const last = (await grantOf(grant)).scope[0]!;
    for (const { tokens, result } of results) {
      const isLast = result.outcome === 'redeemed' && result.context.scope[0] === last;
      expect([await refreshes({ tokens }), await isAlive(tokens.access.handle!)]).toEqual(isLast ? ['used', true] : ['superseded', false]);
    }
    await expectHistory(grant.context.grantId, ['created', ...codes.map(() => 'replaced')]);
  }, 60_000);

  it('an end wins over merges and replacements that are under way: nothing rises again (GM-CC-02)', async () => {
    for (let round = 0; round < 5; round++) {
      const grant = await aGrant();
      const codes = await Promise.all(Array.from({ length: 20 }, (_, index) => ontoGrant(bench.database, grant.context, index % 2 ? merging({ scope: [`extra-${index}`] }) : replacing())));
      const results = await racers(22, async (index) => (index === 7 || index === 15 ? revoke(grant) : redeem(codes[index % 20]!)));
      expect(results.filter((one) => one === 'revoked')).toHaveLength(1);
      expect(await grantOf(grant)).toMatchObject({ status: 'revoked' });
      for (const one of results) {
        if (typeof one === 'string') continue;
        if (one.result.outcome === 'refused') expect(['grant_inactive', 'used']).toContain(one.result.reason);
        expect(await refreshes(one)).not.toBe('used');
        expect(await isAlive(one.tokens.access.handle!)).toBe(false);
      }
      const history = await stores().grants.history(grant.context.grantId);
      expect(history.map(({ event }) => event).indexOf('revoked')).toBe(history.length - 1);
      expect((await changedLater(grant)).result).toMatchObject({ outcome: 'refused' });
    }
  }, 60_000);

  /** A code from before the end. */
  const changedLater = async (grant: AGrant) => {
    await bench.database.pool.query(`UPDATE assent."grant" SET status = 'active' WHERE id = $1`, [grant.context.grantId]);
    const code = await ontoGrant(bench.database, grant.context, merging());
    await bench.database.pool.query(`UPDATE assent."grant" SET status = 'revoked' WHERE id = $1`, [grant.context.grantId]);
    return redeem(code);
  };

  it('a refresh comes before a replacement or is refused: no token of the old grant outlives it (GM-CC-04)', async () => {
    const grant = await aGrant();
    const code = await ontoGrant(bench.database, grant.context, replacing());
    const opaque = Array.from({ length: 24 }, () => aHandle(120, grant.tokens.refresh.handle.tag));
    const [replaced, ...refreshed] = await Promise.all([
      redeem(code),
      ...opaque.map((handle) => stores().refreshTokens.use(refreshment(grant.tokens.refresh.handle, { access: { jtiSuffix: handle.hash.toString('hex').slice(0, 12), format: 'opaque', handle, audience: [], expiresAt: handle.expiresAt, confirmation: { jkt: 'x' } } }))),
    ]);
    expect(replaced.result.outcome).toBe('redeemed');
    for (const [index, one] of refreshed.entries()) {
      if (one.outcome === 'refused') expect(one.reason).toBe('superseded');
      else expect(one).toMatchObject({ outcome: 'used', context: { grantVersion: 1 } });
      expect(await isAlive(opaque[index]!)).toBe(false);
    }
    expect(await isAlive(replaced.tokens.access.handle!)).toBe(true);
  });

  it('narrowing, merging and replacing lose nothing of one another', async () => {
    const grant = await aGrant();
    const codes = await Promise.all(Array.from({ length: 12 }, (_, index) => ontoGrant(bench.database, grant.context, merging({ accounts: [`merged-${index}`] }))));
    await racers(24, async (index) =>
      index % 2 === 0 ? redeem(codes[index / 2]!) : stores().grants.narrow(decision(grant, { permissions: (one: GrantPermissions) => ({ ...one, accounts: one.accounts.filter((id) => id !== `merged-${index - 1}` && id !== 'ana-everyday') }) })),
    );
    const after = await grantOf(grant);
    const history = await stores().grants.history(grant.context.grantId);
    expect(history).toHaveLength(after.version);
    expect(history.filter(({ event }) => event === 'merged')).toHaveLength(12);
    const replayed = history.reduce<string[]>((accounts, { difference }) => accounts.filter((id) => !difference.accounts?.removed.includes(id)).concat(difference.accounts?.added ?? []), []);
    expect([...after.accounts].sort()).toEqual(replayed.sort());
    expect(after.accounts).not.toContain('ana-everyday');
    await expectChain(grant.context.grantId, history.map(({ event }) => `grant.${event}`));
  }, 60_000);

  it('of revocations that expect a version one wins, as of those that do not', async () => {
    const grant = await aGrant();
    const outcomes = await racers(20, (index) => stores().grants.revoke(decision(grant, index % 2 ? { expectedVersion: 1 } : {})));
    expect(outcomes.filter((one) => one === 'revoked')).toHaveLength(1);
    expect(outcomes.filter((one) => one === 'not-active')).toHaveLength(19);
    await expectChain(grant.context.grantId, ['grant.created', 'grant.revoked']);
  });
});

it('a code that changes nothing is still one statement and one commit', async () => {
  const [created, grant] = [await allowed(bench.database), await aGrant()];
  const silent = await onExisting(bench.database, grant.context);
  const cost = async (run: () => Promise<unknown>) => {
    const before = bench.database.statistics();
    await run();
    const after = bench.database.statistics();
    return [after.statements - before.statements, after.commits - before.commits];
  };
  expect(await cost(() => redeem(created.code))).toEqual([1, 1]);
  expect(await cost(() => redeem(silent))).toEqual([1, 1]);
  expect(await cost(() => stores().refreshTokens.use(refreshment(grant.tokens.refresh.handle)))).toEqual([1, 1]);
  const merge = await ontoGrant(bench.database, grant.context, merging());
  expect(await cost(() => redeem(merge))).toEqual([3, 2]);
});
