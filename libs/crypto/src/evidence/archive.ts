import { createHash } from 'node:crypto';
import { epochSeconds, type EvidenceChain, type PublicJwk } from '@assent/protocol';
import { publicJwk, type SigningKey } from '../jwks/signing-key.js';
import { signJws } from '../jws/issue.js';

/** `typ` of the signature over an archive. */
export const headTyp = 'evidence-head+jwt';

/** One link of a grant's chain, as it is hashed. Hashes are base64url. */
export interface ArchivedLink {
  readonly sequence: number;
  readonly body: string;
  readonly previous: string;
  readonly hash: string;
}

/** Everything there is about one grant, in one JSON file that needs nothing else to be checked (docs/evidence.md). */
export interface Archive {
  readonly format: 'assent-evidence';
  readonly version: 1;
  readonly grant: string;
  readonly issuer: string;
  readonly links: readonly ArchivedLink[];
  /** The text of each artefact, by its digest. */
  readonly artefacts: Readonly<Record<string, string>>;
  /** Digests of artefacts whose time of keeping is over: their links stay. */
  readonly dropped: readonly string[];
  /** The issuer's public keys, one of which verifies `head`. */
  readonly keys: readonly PublicJwk[];
  /** A JWS of the issuer over the chain's head and the digest of all the rest. */
  readonly head: string;
}

export type Content = Omit<Archive, 'head'>;

/** The members in the order they are written. */
export function contentOf({ format, version, grant, issuer, links, artefacts, dropped, keys }: Content): Content {
  return { format, version, grant, issuer, links, artefacts, dropped, keys };
}

/** What `head` says of the rest of the file. */
export const contentDigest = (content: Content): string => createHash('sha256').update(JSON.stringify(contentOf(content)), 'utf8').digest('base64url');

/** The one way an archive is written: two files with the same content have the same bytes. */
export const serializeArchive = ({ head, ...content }: Archive): string => `${JSON.stringify({ ...contentOf(content), head }, null, 1)}\n`;

const text = (hash: Buffer): string => hash.toString('base64url');

/** Puts a grant's chain and artefacts into an archive, signed by the issuer. */
export async function makeArchive(chain: EvidenceChain, { issuer, key, now }: { readonly issuer: string; readonly key: SigningKey; readonly now: Date }): Promise<Archive> {
  const links = chain.links.map(({ sequence, body, previous, hash }) => ({ sequence, body, previous: text(previous), hash: text(hash) }));
  const last = links.at(-1);
  if (!last) throw new Error('nothing was ever written about this grant');
  const artefacts = Object.fromEntries(chain.artefacts.map(({ digest, text: kept }) => [text(digest), kept]));
  const content: Content = { format: 'assent-evidence', version: 1, grant: chain.grantId, issuer, links, artefacts, dropped: chain.dropped.map(text), keys: [publicJwk(key)] };
  const claims = { iss: issuer, iat: epochSeconds(now), grant_id: chain.grantId, sequence: last.sequence, hash: last.hash, content: contentDigest(content) };
  return { ...content, head: await signJws({ typ: headTyp }, claims, key) };
}
