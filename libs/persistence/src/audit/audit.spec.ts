import { beforeFirst, checkpointHash, hashOf } from '@assent/grants';
import { mintId, newTag, Secret, tagOf, type GrantPermissions } from '@assent/protocol';
import { randomBytes } from 'node:crypto';
import { checkpointHeads, checkpointKey, publicCheckpointKey, readCheckpointKey, startHousekeeping, verifyAudit } from '../index.js';
import { audit, inSeconds, newTokens, now, ontoGrant, openBench, redeemed, redemption, type Bench } from '../stores/fixtures.js';

const encryptionKey = new Secret(randomBytes(32));
const signing = checkpointKey(encryptionKey);
const key = readCheckpointKey(publicCheckpointKey(encryptionKey));
const day = 86_400;

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.close());

const query = (text: string, values: unknown[] = []) => bench.database.pool.query(text, values);
const verify = async (): Promise<string[]> => (await verifyAudit(bench.database.pool, { key, batch: 3 })).findings.map(({ what, sequence = '', says }) => `${what} ${sequence}: ${says}`);
async function checkpoint(at = now()): Promise<number> {
  const client = await bench.database.pool.connect();
  return checkpointHeads(client, signing, at).finally(() => client.release());
}

/** A chain as the stores write it, of looks at a grant that is not kept, of so many events, a day apart; answers with the grant's id. */
async function chain(length: number, { grantId = mintId(newTag()), from = 1, start = now() } = {}): Promise<string> {
  const { rows } = await query('SELECT hash FROM assent.grant_chain WHERE grant_id = $1', [grantId]);
  let previous: Buffer = (rows[0] as { hash: Buffer } | undefined)?.hash ?? beforeFirst;
  for (let sequence = from; sequence < from + length; sequence += 1) {
    const at = new Date(start.getTime() + (sequence - from) * day * 1000);
    const body = JSON.stringify({ type: 'staff.viewed', at: at.toISOString(), issuer: 'i', client_id: 'c', customer_id: 'a', grant_id: grantId, version: sequence, actor: { kind: 'client', id: 'c' }, rule: null, control: null, request_id: null, detail: null });
    const hash = hashOf(previous, body);
    await query('INSERT INTO assent.grant_event (tag, grant_id, sequence, at, type, body, previous, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)', [tagOf(grantId), grantId, sequence, at, 'staff.viewed', body, previous, hash]);
    await query('INSERT INTO assent.grant_chain VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (tag, grant_id) DO UPDATE SET sequence = excluded.sequence, previous = excluded.previous, hash = excluded.hash, at = excluded.at', [tagOf(grantId), grantId, sequence, previous, hash, at]);
    previous = hash;
  }
  return grantId;
}

/** With the database and without the key: the chain is hashed anew from an event on, head included. */
async function rehash(grantId: string): Promise<void> {
  const { rows } = await query('SELECT sequence, body FROM assent.grant_event WHERE grant_id = $1 ORDER BY sequence', [grantId]);
  let previous: Buffer = beforeFirst;
  for (const { sequence, body } of rows as { sequence: number; body: string }[]) {
    const hash = hashOf(previous, body);
    await query('UPDATE assent.grant_event SET previous = $3, hash = $4 WHERE grant_id = $1 AND sequence = $2', [grantId, sequence, previous, hash]);
    await query('UPDATE assent.grant_chain SET sequence = $2, previous = $3, hash = $4 WHERE grant_id = $1', [grantId, sequence, previous, hash]);
    previous = hash;
  }
}

describe('verifyAudit', () => {
  it('finds nothing in what the stores write, with and without checkpoints, and counts it', async () => {
    for (let count = 0; count < 4; count += 1) {
      const { context } = await redeemed(bench.database);
      await bench.database.stores.grants.revoke({ grantId: context.grantId, now: now(), audit: audit('grant.revoked'), actor: { kind: 'client', id: 'c' } });
    }
    expect(await verify()).toEqual([]);
    expect(await checkpoint()).toBe(4);
    expect(await checkpoint()).toBe(0);
    const result = await verifyAudit(bench.database.pool, { key });
    expect(result).toMatchObject({ findings: [], chains: 4, events: 8, checkpoints: 1, last: { number: 1 } });
  });

  it.each<[string, (id: string) => Promise<unknown>, RegExp]>([
    ['an event altered', (id) => query(`UPDATE assent.grant_event SET body = replace(body, '"c"', '"d"') WHERE grant_id = $1 AND sequence = 2`, [id]), /^altered 2: /],
    ['an event deleted', (id) => query('DELETE FROM assent.grant_event WHERE grant_id = $1 AND sequence = 2', [id]), /^missing 2: /],
    ['the last events deleted', (id) => query('DELETE FROM assent.grant_event WHERE grant_id = $1 AND sequence > 2', [id]), /^missing 3: events 3 to 4 missing/],
    ['an event put in', (id) => query(`INSERT INTO assent.grant_event SELECT tag, grant_id, sequence, at + interval '1 s', type, body, previous, sha256('x') FROM assent.grant_event WHERE grant_id = $1 AND sequence = 3`, [id]), /^inserted 3: /],
    ['two that changed places', (id) => query('UPDATE assent.grant_event SET sequence = 5 - sequence WHERE grant_id = $1 AND sequence IN (2, 3)', [id]), /^reordered 2: /],
    ['a head set back', (id) => query('UPDATE assent.grant_chain c SET sequence = 2, hash = e.hash FROM assent.grant_event e WHERE c.grant_id = $1 AND e.grant_id = $1 AND e.sequence = 2', [id]), /^inserted 3: events 3 to 4/],
  ])('names %s, among chains that are sound', async (_, tamper, expected) => {
    const ids: string[] = [];
    for (let count = 0; count < 5; count += 1) ids.push(await chain(4));
    await tamper(ids[2]!);
    const found = await verifyAudit(bench.database.pool, { key, batch: 2 });
    expect(found.findings[0]).toMatchObject({ grantId: ids[2] });
    expect((await verify())[0]).toMatch(expected);
    expect(found.findings.every(({ grantId }) => grantId === ids[2])).toBe(true);
  });

  it.each<[string, (id: string) => Promise<unknown>, RegExp]>([
    ['an event altered', async (id) => { await query(`UPDATE assent.grant_event SET body = replace(body, '"c"', '"d"') WHERE grant_id = $1 AND sequence = 2`, [id]); await rehash(id); }, /^altered 1: events 1 to 4 altered and hashed anew: checkpoint 1/],
    ['the end cut off', async (id) => { await query('DELETE FROM assent.grant_event WHERE grant_id = $1 AND sequence > 2', [id]); await rehash(id); }, /^missing 3: events 3 to 4 missing: checkpoint 1/],
    ['a whole chain deleted', async (id) => { await query('DELETE FROM assent.grant_event WHERE grant_id = $1', [id]); await query('DELETE FROM assent.grant_chain WHERE grant_id = $1', [id]); }, /^missing 1: events 1 to 4 missing: checkpoint 1/],
  ])('names %s, though everything was hashed anew', async (_, tamper, expected) => {
    const [id] = [await chain(4), await chain(2)];
    await checkpoint();
    await tamper(id);
    expect((await verify())[0]).toMatch(expected);
  }); // prettier-ignore

  it('names checkpoints that were altered, deleted, or signed with another key', async () => {
    await chain(2);
    await checkpoint();
    const id = await chain(1);
    await checkpoint();
    await chain(1, { grantId: id, from: 2 });
    await checkpoint();
    expect(await verify()).toEqual([]);
    const { last } = await verifyAudit(bench.database.pool, { key });
    const forger = checkpointKey(new Secret(randomBytes(32)));
    const others = await verifyAudit(bench.database.pool, { key: readCheckpointKey(publicCheckpointKey(new Secret(randomBytes(32)))) });
    expect(others.findings.map(({ says }) => says)).toEqual([1, 2, 3].map((number) => `checkpoint ${number} was altered: its signature does not hold`));
    expect(forger.kid).not.toBe(signing.kid);
    await query('UPDATE assent.audit_checkpoint_leaf SET sequence = 9 WHERE number = 2');
    expect((await verify())[0]).toMatch(/the leaves of checkpoint 2/);
    await query('DELETE FROM assent.audit_checkpoint WHERE number = 2');
    expect((await verify())[0]).toMatch(/checkpoints 2 to 2 are missing/);
    // Cut off at the end, together with all that it signed: only a checkpoint that was kept elsewhere tells.
    await query('DELETE FROM assent.audit_checkpoint WHERE number > 1');
    expect(await verify()).toEqual([2, 3].map((number) => `checkpoint : checkpoint ${number} is missing: only its leaves are there`));
    await query('DELETE FROM assent.audit_checkpoint_leaf WHERE number > 1');
    expect(await verify()).toEqual([]);
    const anchored = await verifyAudit(bench.database.pool, { key, anchor: { number: last.number, hash: last.hash! } });
    expect(anchored.findings.map(({ says }) => says)).toEqual(['checkpoint 3 is not the one that was kept elsewhere, or is missing']);
  });

  it('takes the chain of checkpoints for what it is', async () => {
    await chain(1);
    await checkpoint();
    await chain(1);
    await checkpoint();
    const { rows } = await query('SELECT jws FROM assent.audit_checkpoint ORDER BY number');
    const [first, second] = (rows as { jws: string }[]).map(({ jws }) => JSON.parse(Buffer.from(jws.split('.')[1]!, 'base64url').toString()) as { previous: string | null });
    expect([first!.previous, second!.previous]).toEqual([null, checkpointHash((rows[0] as { jws: string }).jws)]);
  });
});

describe('grants and their histories against their chains', () => {
  const permissions = (over: Partial<GrantPermissions> = {}): GrantPermissions => ({ scope: [], resources: [], accounts: [], authorizationDetails: [], expiresAt: inSeconds(3600), ...over });
  /** Created, extended, replaced, narrowed. */
  async function changed(): Promise<string> {
    const { context } = await redeemed(bench.database, true, { context: { managed: true } });
    const detail = { type: 'account_information', actions: ['list_accounts'], accounts: ['ana-everyday'] };
    for (const [action, over] of [['merge', { scope: ['transactions'], authorizationDetails: [detail], expiresAt: null }], ['replace', { scope: ['balances', 'accounts'], accounts: ['ana-savings', 'ana-everyday'] }]] as const) {
      const code = await ontoGrant(bench.database, context, { action, managed: true, seenVersion: 1, permissions: permissions(over) });
      await bench.database.stores.codes.redeem(redemption(code, { tokens: newTokens(code) }));
    }
    await bench.database.stores.grants.narrow({ grantId: context.grantId, now: now(), audit: audit('grant.narrowed'), actor: { kind: 'customer', id: 'customer-ana' }, permissions: (one) => ({ ...one, accounts: ['ana-everyday'] }) });
    return context.grantId;
  }
  const ended = async (): Promise<string> => {
    const id = await changed();
    await bench.database.stores.grants.revoke({ grantId: id, now: now(), audit: audit('grant.revoked'), actor: { kind: 'staff', id: 'sam' }, reason: 'fraud' });
    return id;
  };

  it('finds nothing where all was decided', async () => {
    const [, stopped] = [await changed(), await ended()];
    expect((await bench.database.stores.grants.history(stopped)).map(({ event }) => event)).toEqual(['created', 'merged', 'replaced', 'narrowed', 'revoked']);
    expect(await verify()).toEqual([]);
  });

  it.each<[string, string, RegExp]>([
    ['a grant that was widened', `UPDATE assent."grant" SET scope = scope || '{payments}' WHERE id = $1`, /^altered : the grant was altered: it is not version 5/],
    ['a grant that rose again', `UPDATE assent."grant" SET status = 'active' WHERE id = $1`, /^altered : the grant was altered/],
    ['a grant that lives longer', `UPDATE assent."grant" SET expires_at = expires_at + interval '1 day' WHERE id = $1`, /^altered : the grant was altered/],
    ['a grant that is gone', 'DELETE FROM assent."grant" WHERE id = $1', /^missing : the grant itself is missing/],
    ['a version that is gone', 'DELETE FROM assent.grant_version WHERE grant_id = $1 AND version = 2', /^missing 2: version 2 of the history is missing: event 2 decided it/],
    ['a version of another actor', `UPDATE assent.grant_version SET actor_id = 'kim' WHERE grant_id = $1 AND version = 5`, /^altered 5: version 5 of the history was altered: event 5 says something else/],
    ['a version of another difference', `UPDATE assent.grant_version SET difference = '{}' WHERE grant_id = $1 AND version = 4`, /^altered 4: version 4/],
    ['a version that permits something else', `UPDATE assent.grant_version SET accounts = '{ana-studio}' WHERE grant_id = $1 AND version = 3`, /^altered : version 3 of the history was altered: it is not version 2 with its difference/],
    ['a version nobody decided', `INSERT INTO assent.grant_version SELECT tag, grant_id, 6, at, actor_kind, actor_id, event, status, scope, resources, accounts, authorization_details, claims, expires_at, '{}', reason FROM assent.grant_version WHERE grant_id = $1 AND version = 5`, /^inserted : version 6 of the history was put in/],
  ])('names %s', async (_, tamper, expected) => {
    const [others, id] = [await ended(), await ended()];
    await query(tamper, [id]);
    const found = await verifyAudit(bench.database.pool, { key });
    expect((await verify())[0]).toMatch(expected);
    expect(found.findings.every(({ grantId }) => grantId === id && grantId !== others)).toBe(true);
  });
});

describe('dropping old partitions', () => {
  const years = 8 * 366 * day;
  /** Housekeeping at a later time: makes that time's partitions and drops what is too old then. */
  const later = async (seconds: number, checkpoints = true): Promise<void> => {
    const failures: Error[] = [];
    const housekeeping = await startHousekeeping(bench.database.pool, { now: () => inSeconds(seconds) }, { ...(checkpoints && { checkpoints: signing }), onError: (error) => failures.push(error) });
    await housekeeping.stop();
    expect(failures).toEqual([]);
  };
  const left = async (): Promise<number> => ((await query('SELECT count(*)::int AS n FROM assent.grant_event')).rows[0] as { n: number }).n;

  it('leaves the heads proven: whole chains, and those that go on', async () => {
    const [old, living] = [await chain(3), await chain(2)];
    await checkpoint();
    await later(years);
    expect(await left()).toBe(0);
    expect(await verify()).toEqual([]);
    await chain(2, { grantId: living, from: 3, start: inSeconds(years) });
    await later(years + 60);
    expect(await verify()).toEqual([]);
    // What is left of them cannot be changed any more.
    await query('UPDATE assent.grant_chain SET hash = sha256($2) WHERE grant_id = $1', [old, Buffer.from('x')]);
    await query('DELETE FROM assent.grant_event WHERE grant_id = $1 AND sequence = 3', [living]);
    const { findings } = await verifyAudit(bench.database.pool, { key });
    expect(findings.map(({ grantId, what }) => [grantId, what])).toEqual(expect.arrayContaining([[old, 'head'], [living, 'missing']]));
    expect(findings).toHaveLength(2);
  });

  it('that nobody signed for counts as events missing', async () => {
    const id = await chain(3);
    await query('DELETE FROM assent.grant_event WHERE grant_id = $1 AND sequence < 3', [id]);
    expect(await verify()).toEqual(['missing 1: events 1 to 2 missing']);
  });

  it('waits for somebody who can sign', async () => {
    await chain(3);
    await later(years, false);
    expect(await left()).toBe(3);
  });
});
