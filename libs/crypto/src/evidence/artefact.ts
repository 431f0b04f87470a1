import { createHash } from 'node:crypto';
import type { EvidenceArtefact, EvidenceKind, EvidenceSummary, PublicJwk, SigningAlg } from '@assent/protocol';
import type { PublicKey } from '../jwks/public-key.js';
import { bareJwk, type SigningKey } from '../jwks/signing-key.js';
import { thumbprint } from '../jwks/thumbprint.js';

export type { EvidenceArtefact, EvidenceKind, EvidenceSummary } from '@assent/protocol';

/** Who signed, and the public key that verifies it, with where that came from. */
export interface Signer {
  readonly role: EvidenceSummary['by']['role'];
  /** A client id, an issuer or a resource identifier. */
  readonly id: string;
  readonly key: PublicKey | SigningKey;
  /** Where the key was published: `jwks` of the registration, a `jwks_uri`, the server's own key set. */
  readonly source: string;
}

/** What was signed, so that it can be verified again: a compact JWS, or a signature base (RFC 9421) with its signature. */
export type Signed = { readonly jws: string } | { readonly http: { readonly alg: SigningAlg; readonly base: string; readonly signature: string } };

/** The text that is kept: one JSON object. */
export interface ArtefactRecord {
  readonly kind: EvidenceKind;
  /** When it was received or made. */
  readonly at: string;
  readonly by: EvidenceSummary['by'];
  readonly key: { readonly jwk: PublicJwk; readonly thumbprint: string; readonly source: string };
  readonly jws?: string;
  readonly http?: { readonly alg: SigningAlg; readonly base: string; readonly signature: string };
}

/** A signed message as evidence: the text to keep, its digest, and what a link of the grant's chain says of it. */
export function artefact(kind: EvidenceKind, { role, id, key, source }: Signer, at: Date, signed: Signed): EvidenceArtefact {
  const jwk = publicMembers(key);
  const record: ArtefactRecord = { kind, at: at.toISOString(), by: { role, id }, key: { jwk, thumbprint: thumbprint(jwk), source }, ...signed };
  const text = JSON.stringify(record);
  const digest = digestOf(text);
  return { text, digest, at, summary: summaryOf(record, digest) };
}

/** What a link says: enough to find the artefact again and to see that neither it, its time nor its key was changed. */
export const summaryOf = ({ kind, at, by, key }: ArtefactRecord, digest: Buffer): EvidenceSummary => ({ kind, at, by, key: key.thumbprint, digest: digest.toString('base64url') });

export const digestOf = (text: string): Buffer => createHash('sha256').update(text, 'utf8').digest();

function publicMembers({ kid, key }: PublicKey | SigningKey): PublicJwk {
  const bare = key.type === 'private' ? bareJwk(key) : (key.export({ format: 'jwk' }) as PublicJwk);
  return { ...bare, ...(kid === undefined ? {} : { kid }) };
}
