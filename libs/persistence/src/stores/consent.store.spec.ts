import { mintId, newTag, Secret, type Grant, type GrantActivation, type NewConsent } from '@assent/protocol';
import { publicCheckpointKey, readCheckpointKey } from '../audit/checkpoint-key.js';
import { verifyAudit } from '../audit/verify-audit.js';
import { startHousekeeping } from '../housekeeping.js';
import { aClaim, aContext, aHandle, aRequest, actor, audit, challenge, clientId, count, inSeconds, issuer, now, openBench, pushed, redemption, redirectUri, refreshment, resource, type Bench } from './fixtures.js';

let bench: Bench;
beforeAll(async () => (bench = await openBench()));
afterAll(() => bench.close());

const detail = { type: 'urn:test:data', permissions: ['ReadAccounts'] };
const aConsent = (over: Partial<NewConsent> = {}): NewConsent => ({ kind: 'account-access', namePrefix: 'urn:bank:', details: [detail], document: { Data: { Permissions: ['ReadAccounts'] } }, expiresAt: inSeconds(86_400), ...over });
const lodge = async (over: Partial<NewConsent> = {}) => {
  const lodged = await bench.database.stores.consents.lodge({ issuer, clientId, consent: aConsent(over), now: now(), audit: audit('consent.lodged') });
  if (lodged.outcome !== 'lodged') throw new Error(lodged.outcome);
  return lodged.consent;
};
const find = (name: string, of = clientId) => bench.database.stores.consents.find({ issuer, clientId: of, name, now: now() });
const waitingOf = async (grantId: string): Promise<Grant> => (await bench.database.stores.grants.find(grantId)) as Grant;

const permissions = { scope: ['openid', 'accounts'], resources: [resource], accounts: ['ana-everyday'], authorizationDetails: [{ ...detail, accounts: ['ana-everyday'] }], expiresAt: inSeconds(86_400) };
const activation = (waiting: Grant, furtherAuthorisers: readonly string[] = []): GrantActivation => ({ action: 'activate', waiting, permissions, furtherAuthorisers });

async function allow(waiting: Grant, { customerId = 'customer-ana', further = [] as readonly string[], request = undefined as Awaited<ReturnType<typeof pushed>> | undefined } = {}) {
  const handle = request ?? (await pushed(bench.database));
  const code = aHandle(60, handle.tag);
  const context = aContext({ customerId, subject: `subject-${customerId}`, grantId: waiting.id, scope: permissions.scope, authorizationDetails: permissions.authorizationDetails, grantVersion: 2, consent: { name: waiting.id, once: false, expiresAt: permissions.expiresAt } });
  const outcome = await bench.database.stores.authorizations.allow({ request: handle, code, context, codeChallenge: challenge, redirectUri, change: activation(waiting, further), now: now(), audit: audit('authorize.allowed') });
  return { outcome, code, context, request: handle };
}

describe('a consent that is lodged', () => {
  it('waits as a grant of nobody, is known to its client by its name, and begins its chain', async () => {
    const lodged = await lodge({ authoriseBy: inSeconds(600), customerClaims: { cpf: '1' }, once: true });
    expect(lodged.name).toBe(`urn:bank:${lodged.grantId}`);
    expect(await find(lodged.name)).toEqual(lodged);
    expect(await find(lodged.grantId)).toEqual(lodged);
    expect(await bench.database.stores.consents.ofGrant({ grantId: lodged.grantId, now: now() })).toEqual(lodged);
    expect(await waitingOf(lodged.grantId)).toMatchObject({ status: 'awaiting_authorisation', customerId: '', subject: '', authorizationDetails: [detail], version: 1 });
    expect(await bench.database.stores.grants.history(lodged.grantId)).toMatchObject([{ event: 'lodged', actor, version: 1, status: 'awaiting_authorisation' }]);
    expect(await count(bench.database, `assent.audit_event WHERE type = 'consent.lodged' AND grant_id = '${lodged.grantId}'`)).toBe(1);
    expect(await count(bench.database, `assent.customer_grant WHERE grant_id = '${lodged.grantId}'`)).toBe(0);
  });

  it('is nobody else’s: another client finds nothing, by name or by id', async () => {
    const { name, grantId } = await lodge();
    expect(await find(name, 'bright-energy')).toBeUndefined();
    expect(await find(grantId, 'bright-energy')).toBeUndefined();
    expect(await find('urn:bank:none')).toBeUndefined();
  });

  it('has its name alone: of fifty at the same moment one is kept', async () => {
    const { consents } = bench.database.stores;
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => consents.lodge({ issuer, clientId, consent: aConsent({ name: 'chosen-by-client' }), now: now(), audit: audit('consent.lodged') })));
    expect(outcomes.filter(({ outcome }) => outcome === 'lodged')).toHaveLength(1);
    expect(await count(bench.database, `assent.consent WHERE name = 'chosen-by-client'`)).toBe(1);
    expect((await consents.lodge({ issuer, clientId: 'bright-energy', consent: aConsent({ name: 'chosen-by-client' }), now: now(), audit: audit('consent.lodged') })).outcome).toBe('lodged');
  });

  it('ends by itself when nobody says yes in time', async () => {
    const { name } = await lodge({ authoriseBy: inSeconds(60) });
    const later = await bench.database.stores.consents.find({ issuer, clientId, name, now: inSeconds(61) });
    expect(later).toMatchObject({ status: 'expired', customerId: undefined, ended: { by: 'system' } });
  });

  it('is written down as expired when its time is over, and kept; it is in no list of grants', async () => {
    const { database } = bench;
    const client = 'asks-in-vain';
    const lodgedFor = async (over: Partial<NewConsent>) => {
      const kept = await database.stores.consents.lodge({ issuer, clientId: client, consent: aConsent(over), now: now(), audit: audit('consent.lodged') });
      if (kept.outcome !== 'lodged') throw new Error(kept.outcome);
      return kept.consent;
    };
    const [soon, endless] = [await lodgedFor({ authoriseBy: inSeconds(60), name: 'in-vain' }), await lodgedFor({ expiresAt: null })];
    const statuses = async () => (await Promise.all([soon, endless].map(({ grantId }) => waitingOf(grantId)))).map(({ status }) => status);
    const round = async (seconds: number) => (await startHousekeeping(database.pool, { now: () => inSeconds(seconds) })).stop();
    const scope = { issuers: [issuer], own: [] };
    const listed = async () => (await database.stores.grantDirectory.search({ page: 1, clientId: client }, scope)).grants;
    await round(59);
    expect([await statuses(), await listed()]).toEqual([['awaiting_authorisation', 'awaiting_authorisation'], []]);
    await round(61);
    expect([await statuses(), await listed()]).toEqual([['expired', 'awaiting_authorisation'], []]);
    // Where the client named no end, thirty days are as long as it waits.
    expect(endless.expiresAt).toBeNull();
    await round(30 * 86_400 + 60);
    expect([await statuses(), await listed()]).toEqual([['expired', 'expired'], []]);
    for (const { grantId } of [soon, endless]) {
      expect((await database.stores.grants.history(grantId)).map(({ event, actor: { kind } }) => [event, kind])).toEqual([['lodged', 'client'], ['expired', 'system']]);
      expect(await count(database, `assent.grant_event WHERE type = 'grant.expired' AND grant_id = '${grantId}'`)).toBe(1);
      expect(await count(database, `assent.audit_event WHERE type = 'grant.expired' AND grant_id = '${grantId}'`)).toBe(1);
    }
    // Whoever has its id finds it, its client is still told, and the name stays taken.
    expect((await database.stores.grantDirectory.search({ page: 1, grant: soon.grantId }, scope)).grants).toMatchObject([{ status: 'expired', customerId: '' }]);
    expect(await find('in-vain', client)).toMatchObject({ status: 'expired', ended: { by: 'system' } });
    await expect(lodgedFor({ name: 'in-vain' })).rejects.toThrow('exists');
  });

  it('is neither used up nor narrowed while it waits', async () => {
    const { grantId } = await lodge();
    const { grants } = bench.database.stores;
    expect(await grants.consume({ grantId, actor, now: now(), audit: audit('grant.consumed') })).toBe('not-active');
    expect(await grants.narrow({ grantId, actor, now: now(), audit: audit('grant.narrowed'), permissions: (grant) => ({ ...grant, authorizationDetails: [] }) })).toBe('not-active');
    expect((await waitingOf(grantId)).version).toBe(1);
  });

  it('comes with the request that carries it, or not at all', async () => {
    const { pushedRequests } = bench.database.stores;
    const push = (grantId: string, name: string, claim = aClaim()) => {
      const handle = aHandle(90);
      return pushedRequests.push({ handle, request: { ...aRequest() }, lodges: { grantId, consent: aConsent({ name }) }, replay: [claim], audit: audit('par.pushed') }).then((result) => ({ handle, result }));
    };
    const ids = [mintId(newTag()), mintId(newTag())] as const;
    const first = await push(ids[0], 'carried-1');
    expect(first.result).toEqual({ outcome: 'pushed' });
    expect((await find('carried-1'))?.grantId).toBe(ids[0]);
    const second = await push(ids[1], 'carried-1');
    expect(second.result).toEqual({ outcome: 'exists' });
    expect(await pushedRequests.open(second.handle, undefined)).toEqual({});
    const claim = aClaim();
    await bench.database.stores.replay.spend([claim]);
    expect((await push(ids[1], 'carried-2', claim)).result).toMatchObject({ outcome: 'replayed' });
    expect(await find('carried-2')).toBeUndefined();
  });
});

describe('a customer’s yes', () => {
  it('makes it active at once, with all that was agreed; the code stands on it, and it ends as every grant', async () => {
    const { grantId, name } = await lodge();
    const { outcome, code, context } = await allow(await waitingOf(grantId));
    expect(outcome).toBe('allowed');
    expect(await waitingOf(grantId)).toMatchObject({ status: 'active', version: 2, customerId: 'customer-ana', subject: 'subject-customer-ana', accounts: ['ana-everyday'], scope: permissions.scope, managed: false });
    expect(await find(name)).toMatchObject({ status: 'active', customerId: 'customer-ana', accounts: ['ana-everyday'] });
    expect(await count(bench.database, `assent.customer_grant WHERE grant_id = '${grantId}' AND customer_id = 'customer-ana'`)).toBe(1);
    expect(await bench.database.stores.grants.history(grantId)).toMatchObject([{ event: 'lodged' }, { event: 'authorised', actor: { kind: 'customer', id: 'customer-ana' }, difference: { status: { from: 'awaiting_authorisation', to: 'active' } } }]);
    expect(await bench.database.stores.codes.outlook(code)).toEqual({ expiresAt: permissions.expiresAt, once: false, waiting: false });
    const input = redemption(code);
    expect(await bench.database.stores.codes.redeem(input)).toMatchObject({ outcome: 'redeemed', context: { grantId, grantVersion: 2, consent: context.consent } });
    const refresh = input.tokens.refresh!.handle;
    expect((await bench.database.stores.refreshTokens.use(refreshment(refresh))).outcome).toBe('used');
    expect(await bench.database.stores.grants.revoke({ grantId, actor, reason: 'not needed', now: now(), audit: audit('grant.revoked') })).toBe('revoked');
    expect(await find(name)).toMatchObject({ status: 'revoked', ended: { by: 'client', reason: 'not needed' } });
    expect(await bench.database.stores.refreshTokens.use(refreshment(refresh))).toMatchObject({ outcome: 'refused', reason: 'grant_inactive' });
  });

  it('is heard once: of forty customers and browsers at the same moment one wins, the others’ requests stay open', async () => {
    const { grantId } = await lodge();
    const waiting = await waitingOf(grantId);
    const all = await Promise.all(Array.from({ length: 40 }, (_, index) => allow(waiting, { customerId: `customer-${index % 4}` })));
    const won = all.filter(({ outcome }) => outcome === 'allowed');
    expect(won).toHaveLength(1);
    expect(all.filter(({ outcome }) => outcome === 'grant-gone')).toHaveLength(39);
    expect((await waitingOf(grantId)).customerId).toBe(won[0]!.context.customerId);
    expect(await count(bench.database, `assent.authorization_code WHERE grant_id = '${grantId}'`)).toBe(1);
    expect(await count(bench.database, `assent.customer_grant WHERE grant_id = '${grantId}'`)).toBe(1);
  });

  it('of one request counts once', async () => {
    const { grantId } = await lodge();
    const waiting = await waitingOf(grantId);
    const request = await pushed(bench.database);
    const outcomes = (await Promise.all(Array.from({ length: 20 }, () => allow(waiting, { request })))).map(({ outcome }) => outcome);
    expect(outcomes.filter((outcome) => outcome === 'allowed')).toHaveLength(1);
    expect((await allow(waiting, { request })).outcome).toBe('already-completed');
  });

  it('and a no, an end or a revocation at the same moment: one of them decides', async () => {
    const { authorizations, grants } = bench.database.stores;
    for (let round = 0; round < 10; round++) {
      const { grantId } = await lodge();
      const waiting = await waitingOf(grantId);
      const request = await pushed(bench.database);
      const no = authorizations.refuse({ request, rejects: grantId, now: now(), audit: { ...audit('authorize.refused'), customerId: 'customer-ben' } });
      const end = grants.revoke({ grantId, actor, now: now(), audit: audit('grant.revoked') });
      const [yes, refused, revoked] = await Promise.all([allow(waiting), no, end]);
      expect(refused).toBe('refused');
      const history = (await grants.history(grantId)).map(({ event }) => event);
      const status = (await waitingOf(grantId)).status;
      // A yes may be followed by the revocation; a no by nothing.
      expect([['lodged', 'authorised', 'revoked'], ['lodged', 'rejected'], ['lodged', 'revoked'], ['lodged', 'authorised']]).toContainEqual(history);
      expect(yes.outcome === 'allowed').toBe(history.includes('authorised'));
      expect(revoked === 'revoked').toBe(status === 'revoked');
    }
  });

  it('comes too late after the end, for another version, and for another client', async () => {
    const { grantId } = await lodge({ authoriseBy: inSeconds(-1) });
    expect((await allow(await waitingOf(grantId))).outcome).toBe('grant-gone');
    const other = await waitingOf((await lodge()).grantId);
    expect((await allow({ ...other, version: 7 })).outcome).toBe('grant-gone');
    expect((await waitingOf(other.id)).status).toBe('awaiting_authorisation');
  });
});

describe('a customer’s no', () => {
  it('ends it, with the customer in its history', async () => {
    const { grantId, name } = await lodge();
    const request = await pushed(bench.database);
    expect(await bench.database.stores.authorizations.refuse({ request, rejects: grantId, now: now(), audit: { ...audit('authorize.refused'), customerId: 'customer-ana' } })).toBe('refused');
    expect(await find(name)).toMatchObject({ status: 'rejected', customerId: undefined, ended: { by: 'customer' } });
    expect(await bench.database.stores.grants.history(grantId)).toMatchObject([{ event: 'lodged' }, { event: 'rejected', actor: { kind: 'customer', id: 'customer-ana' } }]);
    expect((await allow(await waitingOf(grantId))).outcome).toBe('grant-gone');
    expect(await bench.database.stores.grants.revoke({ grantId, actor, now: now(), audit: audit('grant.revoked') })).toBe('not-active');
  });
});

describe('several who must say yes', () => {
  const shared = async () => {
    const { grantId, name } = await lodge();
    const { code } = await allow(await waitingOf(grantId), { further: ['customer-ben', 'customer-carla'] });
    const input = redemption(code);
    expect(await bench.database.stores.codes.outlook(code)).toMatchObject({ waiting: true });
    expect((await bench.database.stores.codes.redeem(input)).outcome).toBe('redeemed');
    return { grantId, name, refresh: input.tokens.refresh!.handle, access: input.tokens.access.handle! };
  };
  const decide = (grantId: string, customerId: string, decision: 'approve' | 'reject') => bench.database.stores.consents.decide({ grantId, customerId, decision, now: now(), audit: audit(`consent.${decision}d`) });
  const isGood = async (access: Parameters<Bench['database']['stores']['accessTokens']['find']>[0]) => (await bench.database.stores.accessTokens.find(access, [], now())).outcome === 'found';

  it('gives tokens that open nothing until the last has said yes', async () => {
    const { grantId, access, refresh } = await shared();
    const { consents, refreshTokens } = bench.database.stores;
    expect(await isGood(access)).toBe(false);
    expect(await refreshTokens.outlook(refresh)).toMatchObject({ waiting: true });
    expect((await refreshTokens.use(refreshment(refresh))).outcome).toBe('used');
    expect((await consents.awaiting({ customerId: 'customer-ben', now: now() })).map(({ id }) => id)).toContain(grantId);
    expect(await decide(grantId, 'customer-dora', 'approve')).toBe('not-asked');
    expect(await decide(grantId, 'customer-ana', 'approve')).toBe('not-asked');
    expect(await decide(grantId, 'customer-ben', 'approve')).toBe('approved');
    expect(await decide(grantId, 'customer-ben', 'reject')).toBe('not-asked');
    expect(await isGood(access)).toBe(false);
    expect(await decide(grantId, 'customer-carla', 'approve')).toBe('active');
    expect(await isGood(access)).toBe(true);
    const agreedBy = async (customerId: string) => (await consents.agreed({ customerId, now: now() })).map(({ id }) => id).includes(grantId);
    expect(await Promise.all(['customer-ben', 'customer-carla', 'customer-ana', 'customer-dora'].map(agreedBy))).toEqual([true, true, false, false]);
    expect((await consents.approvals(grantId)).map(({ customerId, state }) => [customerId, state]).sort()).toEqual([['customer-ana', 'approved'], ['customer-ben', 'approved'], ['customer-carla', 'approved']]);
    expect((await bench.database.stores.grants.history(grantId)).map(({ event, status }) => [event, status])).toEqual([
      ['lodged', 'awaiting_authorisation'], ['authorised', 'awaiting_authorisation'], ['approved', 'awaiting_authorisation'], ['approved', 'active'],
    ]); // prettier-ignore
  });

  it('ends with the first no, tokens and all', async () => {
    const { grantId, access, refresh, name } = await shared();
    expect(await decide(grantId, 'customer-ben', 'reject')).toBe('rejected');
    expect(await decide(grantId, 'customer-carla', 'approve')).toBe('not-asked');
    expect(await find(name)).toMatchObject({ status: 'rejected', ended: { by: 'customer' } });
    expect(await isGood(access)).toBe(false);
    expect(await bench.database.stores.refreshTokens.use(refreshment(refresh))).toMatchObject({ reason: 'grant_inactive' });
    expect(await count(bench.database, `assent.revocation WHERE id = '${grantId}' AND subject = 'grant'`)).toBe(1);
  });

  it('decide at once without losing an answer: the last yes makes it active, whoever it is', async () => {
    for (let round = 0; round < 10; round++) {
      const { grantId } = await shared();
      const outcomes = await Promise.all(['customer-ben', 'customer-carla'].map((customer) => decide(grantId, customer, 'approve')));
      expect([...outcomes].sort()).toEqual(['active', 'approved']);
      expect((await waitingOf(grantId)).status).toBe('active');
    }
  });
});

it('lives in its chain: every decision is proved by the audit, and a consent that was widened beside it is found', async () => {
  const { pool } = bench.database;
  const encryptionKey = new Secret(Buffer.alloc(32, 1));
  const findings = async () => (await verifyAudit(pool, { key: readCheckpointKey(publicCheckpointKey(encryptionKey)) })).findings;
  expect(await findings()).toEqual([]);
  const { grantId } = await lodge();
  await pool.query(`UPDATE assent."grant" SET authorization_details = '[{"type":"urn:test:data","permissions":["All"]}]' WHERE id = $1`, [grantId]);
  expect(await findings()).toEqual([expect.objectContaining({ what: 'altered', grantId })]);
});
