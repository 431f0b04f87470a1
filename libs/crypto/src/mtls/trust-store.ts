import { X509Certificate, type KeyObject } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { CertificateError, certificateThumbprint, takeApart, type ReadCertificate } from './take-apart.js';

/** The authorities client certificates must chain to, with the chains found so far. */
export interface TrustStore {
  readonly anchors: readonly ReadCertificate[];
  /** By certificate and intermediates: when the chain found is valid. That there is none can change with time, and is not kept. */
  readonly chains: LRUCache<string, Validity>;
}

interface Validity {
  readonly from: Date;
  readonly until: Date;
}

/** A trust store out of PEM texts, each of one certificate or more. `CertificateError` when one cannot be read. */
export function loadTrustStore(pems: readonly string[]): TrustStore {
  const anchors = pems.flatMap(certificatesOf);
  return { anchors, chains: new LRUCache({ max: 5_000 }) };
}

function certificatesOf(pem: string): ReadCertificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
  if (!blocks) throw new CertificateError('no certificate in this PEM');
  return blocks.map((block) => {
    try {
      return takeApart(new X509Certificate(block).raw);
    } catch (cause) {
      throw new CertificateError('a trusted certificate cannot be read', { cause });
    }
  });
}

const maxIntermediates = 8;
/** Certificates between the client's and the anchor. */
const maxDepth = 4;
const clientAuth = '1.3.6.1.5.5.7.3.2';
const anyUsage = '2.5.29.37.0';

/** Signature algorithms with MD2, MD4, MD5 or SHA-1: a chain must not rest on them. */
const weakSignatures = new Set([
  '1.2.840.113549.1.1.2', '1.2.840.113549.1.1.3', '1.2.840.113549.1.1.4', '1.2.840.113549.1.1.5',
  '1.3.14.3.2.29', '1.2.840.10040.4.3', '1.2.840.10045.4.1',
]);

/**
 * Whether a chain leads from `leaf` to an anchor of the store at `now` (RFC 5280 section 6.1, without revocation and
 * without policies): signatures, validity dates, CA and key usage of each issuer, path lengths, client authentication
 * as purpose. Chains under name constraints are refused: they are not evaluated here.
 */
export function isTrusted(store: TrustStore, leaf: ReadCertificate, intermediates: readonly Buffer[], now: Date): boolean {
  if (intermediates.length > maxIntermediates) return false;
  const id = [leaf.facts.thumbprint, ...intermediates.map(certificateThumbprint)].join();
  const holds = (found: Validity | undefined): boolean => found !== undefined && now >= found.from && now <= found.until;
  if (holds(store.chains.get(id))) return true;
  const found = judge(store, leaf, intermediates, now);
  if (found) store.chains.set(id, found);
  return holds(found);
}

function judge(store: TrustStore, leaf: ReadCertificate, intermediates: readonly Buffer[], now: Date): Validity | undefined {
  if (!mayBeClient(leaf)) return undefined;
  const helpers = intermediates.flatMap((der) => {
    try {
      return [takeApart(der)];
    } catch {
      return [];
    }
  });
  // Certificates out of their dates are left aside, so that the window found holds now; outside it, it is judged anew.
  const valid = (certificate: ReadCertificate): boolean => now >= certificate.facts.notBefore && now <= certificate.facts.notAfter;
  const chain = climb([leaf], store.anchors.filter(valid), helpers.filter(valid));
  if (!chain) return undefined;
  return {
    from: new Date(Math.max(...chain.map(({ facts }) => facts.notBefore.getTime()))),
    until: new Date(Math.min(...chain.map(({ facts }) => facts.notAfter.getTime()))),
  };
}

/** Depth first from the leaf up; `path` is proved so far. */
function climb(path: readonly ReadCertificate[], anchors: readonly ReadCertificate[], helpers: readonly ReadCertificate[]): readonly ReadCertificate[] | undefined {
  const top = path.at(-1) as ReadCertificate;
  const below = path.length - 1;
  const anchor = anchors.find((candidate) => issued(candidate, top, below));
  if (anchor) return [...path, anchor];
  if (path.length > maxDepth) return undefined;
  for (const helper of helpers) {
    if (path.includes(helper) || helper.parts.unknownCritical.length > 0 || helper.parts.hasNameConstraints || !issued(helper, top, below)) continue;
    const chain = climb([...path, helper], anchors, helpers);
    if (chain) return chain;
  }
  return undefined;
}

/** Whether `issuer` may sign certificates with `below` intermediates under it, and did sign `subject`. */
function issued(issuer: ReadCertificate, subject: ReadCertificate, below: number): boolean {
  const { facts, parts, x509 } = issuer;
  if (!x509.ca || parts.keyCertSign === false || !isStrong(facts.publicKey) || below > (parts.pathLength ?? Infinity)) return false;
  if (weakSignatures.has(subject.parts.signatureAlgorithm) || !subject.x509.checkIssued(x509)) return false;
  try {
    return subject.x509.verify(x509.publicKey);
  } catch {
    return false;
  }
}

/** RSA from 2048 bits, elliptic curves from 224 (FAPI 2.0 SP 5.4.1). */
export function isStrong(key: KeyObject): boolean {
  const { modulusLength = 0, namedCurve = '' } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'rsa' || key.asymmetricKeyType === 'rsa-pss') return modulusLength >= 2048;
  if (key.asymmetricKeyType === 'ec') return Number(/\d{3}/.exec(namedCurve)?.[0] ?? 0) >= 224;
  return key.asymmetricKeyType === 'ed25519' || key.asymmetricKeyType === 'ed448';
}

function mayBeClient({ parts, facts }: ReadCertificate): boolean {
  const usages = parts.extendedKeyUsages;
  return isStrong(facts.publicKey) && parts.unknownCritical.length === 0 && (usages === undefined || usages.includes(clientAuth) || usages.includes(anyUsage));
}
