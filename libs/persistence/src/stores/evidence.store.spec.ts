import { createHash } from 'node:crypto';
import { Secret, type EvidenceArtefact, type EvidenceKind } from '@assent/protocol';
import { actor, challenge, aContext, aHandle, audit, aCreation, count, inSeconds, issuer, now, openBench, pushed, redeemed, redemption, redirectUri, type Bench } from './fixtures.js';

let bench: Bench;
beforeAll(async () => (bench = await openBench({ encryptionKey: new Secret(Buffer.alloc(32, 7)) })));
afterAll(() => bench.close());

let made = 0;
function anArtefact(kind: EvidenceKind, at = now()): EvidenceArtefact {
  const text = JSON.stringify({ kind, number: (made += 1), token: 'secret-token' });
  const digest = createHash('sha256').update(text).digest();
  return { text, digest, at, summary: { kind, at: at.toISOString(), by: { role: 'client', id: 'tally' }, key: 'k', digest: digest.toString('base64url') } };
}

const chain = async (grantId: string) => (await bench.database.stores.evidence.chain(grantId))!;
const link = (grantId: string, artefacts: readonly EvidenceArtefact[], more = {}) =>
  bench.database.stores.evidence.link({ what: 'authorization', grantId, actor, artefacts, now: now(), ...more });
const kindsIn = (body: string): readonly string[] => (JSON.parse(body) as { detail: { artefacts: { kind: string }[] } }).detail.artefacts.map(({ kind }) => kind);
const sound = ({ links }: Awaited<ReturnType<typeof chain>>): boolean =>
  links.every(({ sequence, body, previous, hash }, index) => {
    const before = links[index - 1]?.hash ?? Buffer.alloc(32);
    return sequence === index + 1 && previous.equals(before) && createHash('sha256').update(previous).update(body).digest().equals(hash);
  });

describe('evidence', () => {
  it('goes from the pushed request over the code to the grant, in the order of its times', async () => {
    const { database } = bench;
    const request = await pushed(database);
    const object = anArtefact('request_object', inSeconds(-20));
    await database.stores.evidence.hold({ holder: request, artefacts: [object] });
    const context = aContext({}, request.tag);
    const code = aHandle(60, request.tag);
    await database.stores.authorizations.allow({ request, code, context, codeChallenge: challenge, redirectUri, change: aCreation(context, inSeconds(3600)), now: now(), audit: audit('authorize.allowed') });
    const response = anArtefact('authorization_response', inSeconds(-10));
    await database.stores.evidence.hold({ holder: code, artefacts: [response] });
    expect(await link(context.grantId, [], { held: code })).toBe('unknown');

    expect((await database.stores.codes.redeem(redemption(code, { jkt: undefined }))).outcome).toBe('redeemed');
    const idToken = anArtefact('id_token');
    expect(await link(context.grantId, [idToken], { held: code, requestId: 'req-9' })).toBe('linked');
    const found = await chain(context.grantId);
    const last = found.links.at(-1)!;
    expect(kindsIn(last.body)).toEqual(['request_object', 'authorization_response', 'id_token']);
    expect(JSON.parse(last.body)).toMatchObject({ type: 'evidence.authorization', issuer, grant_id: context.grantId, customer_id: 'customer-ana', actor, request_id: 'req-9' });
    expect(sound(found)).toBe(true);
    expect(new Set(found.artefacts.map(({ text }) => text))).toEqual(new Set([object.text, response.text, idToken.text]));
    expect(found.dropped).toEqual([]);
  });

  it('of a flow with another tag is found again: an authorization on a grant that is there (prompt=none)', async () => {
    const { context } = await redeemed(bench.database);
    const code = aHandle(60);
    const [held, idToken] = [anArtefact('request_object'), anArtefact('id_token')];
    await bench.database.stores.evidence.hold({ holder: code, artefacts: [held] });
    expect(await link(context.grantId, [idToken], { held: code })).toBe('linked');
    const found = await chain(context.grantId);
    expect(new Set(found.artefacts.map(({ text }) => text))).toEqual(new Set([held.text, idToken.text]));
    expect(found.dropped).toEqual([]);
  });

  it('of a request that was refused goes nowhere', async () => {
    const { database } = bench;
    const request = await pushed(database);
    await database.stores.evidence.hold({ holder: request, artefacts: [anArtefact('request_object')] });
    await database.stores.authorizations.refuse({ request, now: now(), audit: audit('authorize.refused') });
    expect(await count(database, `assent.evidence_held WHERE holder <> '\\x${request.hash.toString('hex')}' AND tag = ${request.tag} AND expires_at > now()`)).toBe(0);
  });

  it('writes no link without an artefact, and none for an unknown grant', async () => {
    const { database } = bench;
    const { code, context } = await redeemed(database);
    const before = (await chain(context.grantId)).links.length;
    expect(await link(context.grantId, [], { held: code })).toBe('linked');
    expect((await chain(context.grantId)).links).toHaveLength(before);
    expect(await link('A'.repeat(32), [anArtefact('id_token')])).toBe('unknown');
    expect(await database.stores.evidence.chain('A'.repeat(32))).toBeUndefined();
  });

  it('links what 30 write at the same moment one after the other', async () => {
    const { context } = await redeemed(bench.database);
    const before = (await chain(context.grantId)).links.length;
    const all = Array.from({ length: 30 }, () => anArtefact('http_request'));
    expect(new Set(await Promise.all(all.map((one) => link(context.grantId, [one], { what: 'request' }))))).toEqual(new Set(['linked']));
    const found = await chain(context.grantId);
    expect(found.links).toHaveLength(before + 30);
    expect([sound(found), found.artefacts.length]).toEqual([true, 30]);
  });

  it('is sealed at rest, and opens in no other row', async () => {
    const { database } = bench;
    const { context } = await redeemed(database);
    const [one, other] = [anArtefact('id_token'), anArtefact('id_token')];
    await link(context.grantId, [one, other]);
    const { rows } = await database.pool.query<{ sealed: Buffer; digest: Buffer }>('SELECT sealed, digest FROM assent.evidence');
    expect(rows.some(({ sealed }) => sealed.includes('secret-token'))).toBe(false);
    const { rows: events } = await database.pool.query<{ body: string }>('SELECT body FROM assent.grant_event');
    expect(events.some(({ body }) => body.includes('secret-token'))).toBe(false);
    await database.pool.query('UPDATE assent.evidence SET sealed = (SELECT sealed FROM assent.evidence WHERE digest = $1) WHERE digest = $2', [one.digest, other.digest]);
    await expect(database.stores.evidence.chain(context.grantId)).rejects.toMatchObject({ name: 'SealError' });
  });

  it('that is no longer kept is told as dropped, and its link stays', async () => {
    const { database } = bench;
    const { context } = await redeemed(database);
    const one = anArtefact('id_token');
    await link(context.grantId, [one, anArtefact('id_token')]);
    await database.pool.query('DELETE FROM assent.evidence WHERE digest = $1', [one.digest]);
    const found = await chain(context.grantId);
    expect([found.dropped, found.artefacts.length, sound(found)]).toEqual([[one.digest], 1, true]);
  });

  it('needs the encryption key', async () => {
    const plain = await openBench();
    const { context } = await redeemed(plain.database);
    await expect(plain.database.stores.evidence.link({ what: 'request', grantId: context.grantId, actor, artefacts: [anArtefact('id_token')], now: now() })).rejects.toMatchObject({ name: 'DatabaseError' });
    await plain.close();
  });
});
