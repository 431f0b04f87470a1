import { createHash } from 'node:crypto';
import type { EvidenceArtefact, EvidenceChain } from '@assent/protocol';
import { signBytes } from '../jws/algorithms.js';
import { signJws } from '../jws/issue.js';
import { publicJwk, type SigningKey } from '../jwks/signing-key.js';
import { aKey, after, issuer, jwksOf, now } from '../spec-support/fixtures.js';
import { makeArchive, serializeArchive, type Archive } from './archive.js';
import { artefact, type ArtefactRecord } from './artefact.js';
import { timelineOf } from './timeline.js';
import { verifyArchive } from './verify.js';

const grantId = 'g'.repeat(32);
let client: SigningKey;
let bank: SigningKey;
let api: SigningKey;
let archive: Archive;

const base = (...lines: string[]) => [...lines, '"@signature-params": ()'].join('\n');
async function http(key: SigningKey, text: string) {
  return { http: { alg: key.alg, base: text, signature: (await signBytes(key.alg, Buffer.from(text, 'latin1'), key.key)).toString('base64') } };
}

function chainOf(bodies: readonly object[], artefacts: readonly EvidenceArtefact[]): EvidenceChain {
  let previous: Buffer = Buffer.alloc(32);
  const links = bodies.map((body, index) => {
    const text = JSON.stringify(body);
    const hash = createHash('sha256').update(previous).update(text).digest();
    const link = { sequence: index + 1, body: text, previous, hash };
    previous = hash;
    return link;
  });
  return { grantId, issuer, links, artefacts, dropped: [] };
}

beforeAll(async () => {
  [client, bank, api] = [await aKey('ES256'), await aKey('PS256'), await aKey('EdDSA')];
  const ofClient = { role: 'client', id: 'tally', key: client, source: 'https://tpp.example/jwks.json' } as const;
  const ofIssuer = { role: 'authorization_server', id: issuer, key: bank, source: `${issuer}/jwks` } as const;
  const ofApi = { role: 'resource_server', id: 'https://rs.example', key: api, source: 'https://rs.example/jwks.json' } as const;
  const request = artefact('request_object', ofClient, now, { jws: await signJws({ typ: 'oauth-authz-req+jwt' }, { client_id: 'tally', scope: 'accounts' }, client) });
  const response = artefact('authorization_response', ofIssuer, after(60), { jws: await signJws({}, { iss: issuer, code: 'c' }, bank) });
  const idToken = artefact('id_token', ofIssuer, after(61), { jws: await signJws({}, { sub: 's', acr: 'a' }, bank) });
  const asked = artefact('http_request', ofClient, after(70), await http(client, base('"@method": GET', '"@target-uri": https://rs.example/accounts', '"authorization": DPoP secret-token')));
  const { http: sent } = (JSON.parse(asked.text) as ArtefactRecord);
  const answered = artefact('http_response', ofApi, after(71), await http(api, base('"@status": 200', '"@method";req: GET', '"@target-uri";req: https://rs.example/accounts', `"signature";req: sig1=:${sent!.signature}:`)));
  const event = (type: string, at: Date, artefacts: readonly EvidenceArtefact[] = []) => ({
    type, at: at.toISOString(), issuer, client_id: 'tally', customer_id: 'ana', grant_id: grantId, version: 1, actor: { kind: 'client', id: 'tally' }, rule: null, control: null, request_id: 'r',
    detail: artefacts.length === 0 ? null : { artefacts: artefacts.map(({ summary }) => summary) },
  }); // prettier-ignore
  const bodies = [event('grant.created', after(60)), event('evidence.authorization', after(61), [request, response, idToken]), event('evidence.request', after(70), [asked]), event('evidence.response', after(71), [answered])];
  archive = await makeArchive(chainOf(bodies, [request, response, idToken, asked, answered]), { issuer, key: bank, now: after(100) });
});

const bytes = (changed: Archive): Buffer => Buffer.from(serializeArchive(changed));
const faultsOf = (changed: Archive, trusted = jwksOf(bank).keys) => verifyArchive(bytes(changed), trusted).faults.map(({ where, what }) => `${where}: ${what}`);
const digestOf = (kind: string): string => Object.entries(archive.artefacts).find(([, text]) => (JSON.parse(text) as ArtefactRecord).kind === kind)![0];
const withArtefact = (kind: string, change: (text: string) => string): Archive => {
  const digest = digestOf(kind);
  return { ...archive, artefacts: { ...archive.artefacts, [digest]: change(archive.artefacts[digest]!) } };
};
const recordChanged = (kind: string, change: (record: ArtefactRecord) => object): Archive => withArtefact(kind, (text) => JSON.stringify({ ...(JSON.parse(text) as ArtefactRecord), ...change(JSON.parse(text) as ArtefactRecord) }));
const kinds = ['request_object', 'authorization_response', 'id_token', 'http_request', 'http_response'];
const linkOf = (kind: string): number => (kind === 'http_request' ? 3 : kind === 'http_response' ? 4 : 2);

describe('an archive', () => {
  it('holds, by its own keys and by those known from elsewhere', () => {
    for (const trusted of [undefined, jwksOf(bank).keys]) {
      const verdict = verifyArchive(bytes(archive), trusted);
      expect(verdict.faults).toEqual([]);
      expect(verdict).toMatchObject({ grant: grantId, issuer, signedBy: { kid: bank.kid, thumbprint: bank.kid, at: after(100) } });
    }
  });

  it('tells who said what, without the tokens', () => {
    const lines = timelineOf(verifyArchive(bytes(archive)).links).map(({ who, what }) => `${who}: ${what}`);
    expect(lines).toEqual([
      'client tally: signed authorization request: client_id tally, scope accounts',
      'client tally: grant.created, version 1',
      `authorization server ${issuer}: signed authorization response: with a code`,
      `authorization server ${issuer}: ID token: sub s, acr a`,
      'client tally: signed request: GET https://rs.example/accounts',
      'resource server https://rs.example: signed answer: 200 to GET https://rs.example/accounts of link 3',
    ]);
    expect(lines.join()).not.toContain('secret-token');
  });

  it('finds one changed byte, wherever it is', () => {
    const good = bytes(archive);
    // Every one was tried; each verifies six signatures, so that a thirteenth must do from day to day.
    for (let at = 0; at < good.length; at += 13) {
      const changed = Buffer.from(good);
      changed[at]! ^= 1;
      const { faults } = verifyArchive(changed, jwksOf(bank).keys);
      if (faults.length === 0) throw new Error(`byte ${at} (${JSON.stringify(good.subarray(at - 20, at + 20).toString())}) was changed and not found`);
    }
  }, 120_000);

  it.each(['', 'null', '{}', '[]', '{"format":"assent-evidence"}', '\u0000'])('is not %j', (text) => {
    expect(verifyArchive(Buffer.from(text)).faults).toEqual([{ where: 'file', what: expect.stringContaining('is no evidence archive') }]);
  });
});

describe('a hostile file', () => {
  const digest = 'd'.repeat(43);
  const summary = { kind: 'id_token', at: 'x', by: { role: 'client', id: 'c' }, key: 'k', digest };
  const withBody = (body: unknown, artefacts: Record<string, string> = {}): Archive => ({ ...archive, artefacts, links: [{ sequence: 1, body: typeof body === 'string' ? body : JSON.stringify(body), previous: 'x', hash: 'y' }] });
  const listing = (each: unknown, text?: string) => withBody({ detail: { artefacts: [each] } }, text === undefined ? {} : { [digest]: text });
  it.each<[string, () => Archive]>([
    ['a body that is no JSON', () => withBody('{')],
    ['a body that is a list', () => withBody([])],
    ['an actor that is text', () => withBody({ actor: 'x', at: 7, type: {}, detail: 'x' })],
    ['artefacts that are no list', () => withBody({ detail: { artefacts: {} } })],
    ['null for an artefact', () => listing(null)],
    ['no signer', () => listing({ ...summary, by: null })],
    ['a kind that is a number', () => listing({ ...summary, kind: 1 })],
    ['__proto__ for a digest', () => listing({ ...summary, digest: '__proto__' })],
    ['an artefact that is no JSON', () => listing(summary, '{')],
    ['an artefact that is null', () => listing(summary, 'null')],
    ['an artefact without a key', () => listing(summary, JSON.stringify({ ...summary, jws: 'a.b.c' }))],
    ['a JWS that is a number', () => listing(summary, JSON.stringify({ ...summary, key: { jwk: {}, thumbprint: 'x', source: 'x' }, jws: 1 }))],
    ['a base that is a number', () => listing(summary, JSON.stringify({ ...summary, key: { jwk: {}, thumbprint: 'x', source: 'x' }, http: { alg: 'ES256', base: 1, signature: '' } }))],
    ['a key of no kind', () => listing(summary, JSON.stringify({ ...summary, key: { jwk: { kty: 'oct', k: 'AA' }, thumbprint: 'x', source: 'x' }, http: { alg: 'none', base: '', signature: '' } }))],
    ['a head that is no JWS', () => ({ ...archive, head: 'x' })],
    ['keys that are none', () => ({ ...archive, keys: [{ kty: 'toString' }] })],
  ])('with %s is told from a good one, and read to the end', (_, made) => {
    const verdict = verifyArchive(bytes(made()));
    expect(verdict.faults).not.toEqual([]);
    expect(() => timelineOf(verdict.links)).not.toThrow();
  });

  it('with a head without a time cannot be read', async () => {
    const head = await signJws({ typ: 'evidence-head+jwt' }, { iss: issuer, grant_id: grantId, iat: 'never' }, bank);
    expect(faultsOf({ ...archive, head })).toContain('signed head: it cannot be read');
  });
});

describe('tampering is found and named', () => {
  it.each(kinds)('a changed signature of %s', (kind) => {
    const flip = (text: string) => text.replace(/(.)(.{40})$/s, (_, one: string, rest: string) => (one === 'A' ? 'B' : 'A') + rest);
    const changed = recordChanged(kind, ({ jws, http: signed }) => (jws === undefined ? { http: { ...signed, signature: flip(signed!.signature) } } : { jws: flip(jws) }));
    expect(faultsOf(changed)).toEqual(expect.arrayContaining([expect.stringMatching(new RegExp(`^${kind} of link ${linkOf(kind)}: its signature`)), `${kind} of link ${linkOf(kind)}: it is not the one that was kept: its digest is another`]));
  });

  it.each(kinds)('a changed content of %s', (kind) => {
    const changed = recordChanged(kind, ({ jws, http: signed }) => (jws === undefined ? { http: { ...signed, base: `${signed!.base}x` } } : { jws: jws.replace(/\.(.)/, (_, one: string) => `.${one === 'e' ? 'f' : 'e'}`) }));
    expect(faultsOf(changed)).toEqual(expect.arrayContaining([expect.stringMatching(new RegExp(`^${kind} of link ${linkOf(kind)}: `))]));
  });

  it.each(kinds)('another key for %s', async (kind) => {
    const jwk = publicJwk(await aKey('ES256'));
    const { alg: _, use: __, ...bare } = jwk;
    const changed = recordChanged(kind, ({ key }) => ({ key: { ...key, jwk: bare } }));
    expect(faultsOf(changed)).toContain(`${kind} of link ${linkOf(kind)}: its key is not the one its thumbprint names`);
    const renamed = recordChanged(kind, ({ key }) => ({ key: { ...key, jwk: bare, thumbprint: jwk.kid } }));
    expect(faultsOf(renamed)).toContain(`${kind} of link ${linkOf(kind)}: its key is not the one its link names`);
  });

  it.each(kinds)('another time or signer of %s', (kind) => {
    expect(faultsOf(recordChanged(kind, () => ({ at: after(5).toISOString() })))).toContain(`${kind} of link ${linkOf(kind)}: its time is not the one its link names`);
    expect(faultsOf(recordChanged(kind, () => ({ by: { role: 'client', id: 'eve' } })))).toContain(`${kind} of link ${linkOf(kind)}: its signer is not the one its link names`);
  });

  it.each(kinds)('%s left out, or another in its place', (kind) => {
    const { [digestOf(kind)]: gone, ...left } = archive.artefacts;
    expect(faultsOf({ ...archive, artefacts: left })).toContain(`${kind} of link ${linkOf(kind)}: it is missing`);
    const other = kinds.find((each) => each !== kind)!;
    expect(faultsOf(withArtefact(other, () => gone!))).toContain(`${other} of link ${linkOf(other)}: it is not the one that was kept: its digest is another`);
  });

  it('an artefact nobody linked', () => {
    expect(faultsOf({ ...archive, artefacts: { ...archive.artefacts, x: '{}' } })).toContain('artefact x: no link names it');
  });

  it('an artefact said to be dropped, when the issuer signed that it was there', () => {
    const { [digestOf('id_token')]: _, ...left } = archive.artefacts;
    expect(faultsOf({ ...archive, artefacts: left, dropped: [digestOf('id_token')] })).toEqual(['signed head: the file is not the one it was signed for']);
  });

  const links = () => [...archive.links];
  it.each<[string, () => Archive['links'], string]>([
    ['a link left out', () => links().filter((_, index) => index !== 1), 'link 3: it does not follow link 1: links are missing or out of order'],
    ['the last link left out', () => links().slice(0, -1), 'signed head: the last link is not the one it names'],
    ['the first link left out', () => links().slice(1), 'signed head: the file is not the one it was signed for'],
    ['two links swapped', () => [links()[0]!, links()[2]!, links()[1]!, links()[3]!], 'link 3: it does not follow link 1: links are missing or out of order'],
    ['a link twice', () => [links()[0]!, links()[0]!, ...links().slice(1)], 'link 1: it does not follow link 1: links are missing or out of order'],
    ['a changed body', () => links().map((link) => (link.sequence === 3 ? { ...link, body: link.body.replace('tally', 'eve') } : link)), 'link 3: its hash is not that of the hash before it and its body'],
    ['a changed time', () => links().map((link) => (link.sequence === 1 ? { ...link, body: link.body.replace('10:01', '10:02') } : link)), 'link 1: its hash is not that of the hash before it and its body'],
    ['a changed hash', () => links().map((link) => (link.sequence === 2 ? { ...link, hash: link.previous } : link)), 'link 2: its hash is not that of the hash before it and its body'],
    ['another beginning', () => links().map((link) => (link.sequence === 1 ? { ...link, previous: link.hash } : link)), 'link 1: the first link follows none'],
  ])('%s', (_, changed, fault) => {
    expect(faultsOf({ ...archive, links: changed() })).toContain(fault);
  });

  it('a chain written anew from a changed body on, unless the issuer signs it', async () => {
    const bodies = archive.links.map(({ body, sequence }) => (sequence === 3 ? body.replace('"tally"', '"eve"') : body)).map((body) => JSON.parse(body) as object);
    const made = await makeArchive(chainOf(bodies, []), { issuer, key: client, now });
    expect(faultsOf({ ...made, artefacts: archive.artefacts, head: archive.head, keys: archive.keys })).toEqual(['signed head: the last link is not the one it names', 'signed head: the file is not the one it was signed for']);
    expect(faultsOf({ ...made, artefacts: archive.artefacts })).toContain('signed head: it is by none of the trusted keys');
  });

  it('a head of another grant, of another kind, or by another key', async () => {
    const other = await makeArchive({ ...chainOf([{ grant_id: 'h', issuer }], []), grantId: 'h' }, { issuer, key: bank, now });
    expect(faultsOf({ ...archive, head: other.head })).toContain('signed head: it is about another grant');
    expect(faultsOf({ ...archive, head: await signJws({ typ: 'JWT' }, {}, bank) })).toContain('signed head: it is of another type');
    expect(faultsOf(archive, jwksOf(client).keys)).toEqual(['signed head: it is by none of the trusted keys']);
    expect(faultsOf({ ...archive, keys: jwksOf(client).keys })).toContain('signed head: the file is not the one it was signed for');
  });

  it('a file that was written in another way', () => {
    expect(verifyArchive(Buffer.from(JSON.stringify(archive))).faults).toEqual([{ where: 'file', what: 'is not written as it was exported, at byte 1' }]);
  });
});

describe('an archive of a grant whose first links and artefacts are no longer kept', () => {
  it('holds, and says so', async () => {
    const links = archive.links.slice(1).map((link) => ({ ...link, previous: Buffer.from(link.previous, 'base64url'), hash: Buffer.from(link.hash, 'base64url') }));
    const dropped = [digestOf('request_object')];
    const left = Object.entries(archive.artefacts).filter(([digest]) => !dropped.includes(digest)).map(([digest, text]) => ({ digest: Buffer.from(digest, 'base64url'), text }));
    const made = await makeArchive({ grantId, issuer, links, artefacts: left, dropped: dropped.map((digest) => Buffer.from(digest, 'base64url')) }, { issuer, key: bank, now });
    expect(faultsOf(made)).toEqual([]);
    expect(timelineOf(verifyArchive(bytes(made)).links)[0]).toMatchObject({ what: 'signed authorization request (no longer kept)' });
  });
});
