import { createHash } from 'node:crypto';
import type { EvidenceSummary, PublicJwk } from '@assent/protocol';
import { decodeBase64url } from '../base64url.js';
import { importPublicJwk } from '../jwks/public-key.js';
import { thumbprint } from '../jwks/thumbprint.js';
import { signatureHolds } from '../jws/algorithms.js';
import { JwsError } from '../jws/jws-error.js';
import { parseJws } from '../jws/parse.js';
import { allowedAlg, proveSignature } from '../jws/verify.js';
import { isObject, parseStrictObject, type JsonObject } from '../strict-json.js';
import { contentDigest, headTyp, serializeArchive, type Archive, type ArchivedLink } from './archive.js';
import { digestOf, summaryOf, type ArtefactRecord } from './artefact.js';

/** One thing that is wrong, and where. */
export interface Fault {
  readonly where: string;
  readonly what: string;
}

/** An artefact as a link names it, with what it says where that is known. */
export interface CheckedArtefact {
  readonly summary: EvidenceSummary;
  readonly record: ArtefactRecord | undefined;
}

export interface CheckedLink {
  readonly sequence: number;
  /** The event, read from `body`. */
  readonly event: JsonObject;
  readonly artefacts: readonly CheckedArtefact[];
}

export interface Verdict {
  readonly faults: readonly Fault[];
  readonly links: readonly CheckedLink[];
  readonly grant: string | undefined;
  readonly issuer: string | undefined;
  /** The key that signed the archive: whose it is must be known from elsewhere. */
  readonly signedBy: { readonly kid: string; readonly thumbprint: string; readonly at: Date } | undefined;
}

const algs = ['PS256', 'ES256', 'EdDSA', 'Ed25519'] as const;
const beforeFirst = Buffer.alloc(32).toString('base64url');

/**
 * Checks an archive with nothing but its bytes: every link, artefact, signature, key and the signed head. `trusted`, where
 * given, are the issuer's keys as known from elsewhere; the head must be by one of them. Never throws: what is wrong is
 * in `faults`, each with its place.
 */
export function verifyArchive(bytes: Buffer, trusted?: readonly PublicJwk[]): Verdict {
  const faults: Fault[] = [];
  const fault = (where: string, what: string): void => void faults.push({ where, what });
  const archive = readArchive(bytes, fault);
  if (!archive) return { faults, links: [], grant: undefined, issuer: undefined, signedBy: undefined };
  const links = verifyLinks(archive, fault);
  verifyArtefacts(archive, links, fault);
  const signedBy = verifyHead(archive, trusted, fault);
  return { faults, links, grant: archive.grant, issuer: archive.issuer, signedBy };
}

type Report = (where: string, what: string) => void;

/** The archive, if the bytes are one as it is written. */
function readArchive(bytes: Buffer, fault: Report): Archive | undefined {
  const read = parseStrictObject(bytes);
  if (!read || !isArchive(read)) return void fault('file', 'is no evidence archive: not well-formed, or members are missing or of the wrong type') as undefined;
  const written = Buffer.from(serializeArchive(read), 'utf8');
  if (!written.equals(bytes)) fault('file', `is not written as it was exported, at byte ${firstDifference(written, bytes)}`);
  return read;
}

function firstDifference(one: Buffer, other: Buffer): number {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at += 1;
  return at;
}

function isArchive(value: JsonObject): value is JsonObject & Archive {
  const { format, version, grant, issuer, links, artefacts, dropped, keys, head } = value;
  const texts = [grant, issuer, head].every((each) => typeof each === 'string');
  const link = (each: unknown): boolean => isObject(each) && typeof each['sequence'] === 'number' && ['body', 'previous', 'hash'].every((name) => typeof each[name] === 'string');
  return (
    format === 'assent-evidence' && version === 1 && texts && Array.isArray(links) && links.length > 0 && links.every(link) && isObject(artefacts) &&
    Object.values(artefacts).every((each) => typeof each === 'string') && Array.isArray(dropped) && dropped.every((each) => typeof each === 'string') && Array.isArray(keys) && keys.every(isObject)
  ); // prettier-ignore
}

function verifyLinks({ links, grant, issuer }: Archive, fault: Report): readonly CheckedLink[] {
  return links.map((link, index) => {
    const where = `link ${link.sequence}`;
    verifyPlace(link, links[index - 1], where, fault);
    if (hashOf(link) !== link.hash) fault(where, 'its hash is not that of the hash before it and its body');
    const event = parseStrictObject(Buffer.from(link.body, 'utf8'));
    if (!event) fault(where, 'its body cannot be read');
    else if (listedIn(event).length !== summariesIn(event).length) fault(where, 'what it says of its artefacts cannot be read');
    else if (event['grant_id'] !== grant || event['issuer'] !== issuer) fault(where, 'it is about another grant');
    return { sequence: link.sequence, event: event ?? {}, artefacts: [] };
  });
}

/** A chain whose first parts were dropped begins later: the head, which is signed, vouches for what came before. */
function verifyPlace(link: ArchivedLink, before: ArchivedLink | undefined, where: string, fault: Report): void {
  if (!before) {
    if (link.sequence === 1 && link.previous !== beforeFirst) fault(where, 'the first link follows none');
    return;
  }
  if (link.sequence !== before.sequence + 1) fault(where, `it does not follow link ${before.sequence}: links are missing or out of order`);
  if (link.previous !== before.hash) fault(where, `it does not stand on link ${before.sequence}`);
}

function hashOf({ previous, body }: ArchivedLink): string {
  const before = decodeBase64url(previous) ?? Buffer.alloc(0);
  return createHash('sha256').update(before).update(body, 'utf8').digest('base64url');
}

function verifyArtefacts({ artefacts, dropped }: Archive, links: readonly CheckedLink[], fault: Report): void {
  const named = new Set<string>();
  for (const link of links) {
    const checked = summariesIn(link.event).map((summary): CheckedArtefact => {
      named.add(summary.digest);
      const where = `${summary.kind} of link ${link.sequence}`;
      const text = Object.hasOwn(artefacts, summary.digest) ? artefacts[summary.digest] : undefined;
      if (text === undefined) {
        if (!dropped.includes(summary.digest)) fault(where, 'it is missing');
        return { summary, record: undefined };
      }
      return { summary, record: verifyArtefact(text, summary, where, fault) };
    });
    Object.assign(link, { artefacts: checked });
  }
  for (const digest of Object.keys(artefacts)) if (!named.has(digest)) fault(`artefact ${digest}`, 'no link names it');
  for (const digest of dropped) if (!named.has(digest)) fault(`dropped artefact ${digest}`, 'no link names it');
}

function listedIn({ detail }: JsonObject): readonly unknown[] {
  return isObject(detail) && Array.isArray(detail['artefacts']) ? detail['artefacts'] : [];
}

const summariesIn = (event: JsonObject): readonly EvidenceSummary[] => listedIn(event).filter(isSummary);

const texts = (value: JsonObject, ...names: readonly string[]): boolean => names.every((name) => typeof value[name] === 'string');

const isSummary = (value: unknown): value is EvidenceSummary & JsonObject =>
  isObject(value) && texts(value, 'kind', 'at', 'key', 'digest') && isObject(value['by']) && texts(value['by'], 'role', 'id');

function isRecord(value: JsonObject | undefined): value is JsonObject & ArtefactRecord {
  if (!value || !texts(value, 'kind', 'at')) return false;
  const { by, key, jws, http } = value;
  const signed = http === undefined ? typeof jws === 'string' : jws === undefined && isObject(http) && texts(http, 'alg', 'base', 'signature');
  return signed && isObject(by) && texts(by, 'role', 'id') && isObject(key) && texts(key, 'thumbprint', 'source') && isObject(key['jwk']);
}

function verifyArtefact(text: string, summary: EvidenceSummary, where: string, fault: Report): ArtefactRecord | undefined {
  const digest = digestOf(text);
  if (digest.toString('base64url') !== summary.digest) fault(where, 'it is not the one that was kept: its digest is another');
  const record = parseStrictObject(Buffer.from(text, 'utf8'));
  if (!isRecord(record)) return void fault(where, 'it cannot be read') as undefined;
  const told = summaryOf(record, digest);
  for (const name of ['kind', 'at', 'key'] as const) if (told[name] !== summary[name]) fault(where, `its ${name === 'at' ? 'time' : name} is not the one its link names`);
  if (told.by.id !== summary.by.id || told.by.role !== summary.by.role) fault(where, 'its signer is not the one its link names');
  verifySignature(record, where, fault);
  return record;
}

function verifySignature({ key, jws, http }: ArtefactRecord, where: string, fault: Report): void {
  try {
    const { kid: _, ...bare } = key.jwk;
    if (thumbprint(bare as PublicJwk) !== key.thumbprint) fault(where, 'its key is not the one its thumbprint names');
    const imported = importPublicJwk(bare as PublicJwk);
    if (typeof jws === 'string') {
      const parsed = parseJws(jws);
      proveSignature(parsed, allowedAlg(parsed.header, algs), [imported]);
      return;
    }
    const signature = http && Buffer.from(http.signature, 'base64');
    const holds = signature?.toString('base64') === http?.signature && imported.algs.includes(http?.alg as never) && signatureHolds(http!.alg, Buffer.from(http!.base, 'latin1'), imported.key, signature!);
    if (!holds) fault(where, 'its signature is wrong');
  } catch (error) {
    fault(where, error instanceof JwsError ? `its signature cannot be verified: ${error.message}` : 'it cannot be verified');
  }
}

function verifyHead(archive: Archive, trusted: readonly PublicJwk[] | undefined, fault: Report): Verdict['signedBy'] {
  const where = 'signed head';
  try {
    const jws = parseJws(archive.head);
    const claims = jws.payload();
    if (jws.header.typ !== headTyp) fault(where, 'it is of another type');
    const keys = (trusted ?? archive.keys).flatMap(imported);
    const { key } = proveSignature(jws, allowedAlg(jws.header, algs), keys);
    const last = archive.links.at(-1);
    if (claims['iss'] !== archive.issuer || claims['grant_id'] !== archive.grant) fault(where, 'it is about another grant');
    if (claims['sequence'] !== last?.sequence || claims['hash'] !== last?.hash) fault(where, 'the last link is not the one it names');
    const at = new Date(Number(claims['iat']) * 1000);
    if (Number.isNaN(at.getTime())) throw new TypeError('no time');
    if (claims['content'] !== contentDigest(archive)) fault(where, 'the file is not the one it was signed for');
    const jwk = key.key.export({ format: 'jwk' }) as PublicJwk;
    return { kid: key.kid ?? '', thumbprint: thumbprint(jwk), at };
  } catch (error) {
    const why = error instanceof JwsError && error.reason === 'key' && trusted ? 'it is by none of the trusted keys' : 'its signature is wrong';
    fault(where, error instanceof JwsError ? why : 'it cannot be read');
    return undefined;
  }
}

function imported(jwk: PublicJwk) {
  try {
    return [importPublicJwk(jwk)];
  } catch {
    return [];
  }
}
