import type { EncryptionAlg, PublicJwk } from '@assent/protocol';
import { encryptionKeyOf, type EncryptionKey } from '../jwe/encryption-key.js';
import type { JwsHeader } from '../jws/parse.js';
import { isSigningAlg } from '../jws/algorithms.js';
import { isObject } from '../strict-json.js';
import { importCertificateJwk, importPublicJwk, type PublicKey } from './public-key.js';

/** More keys than any honest party publishes at once. */
const maxKeys = 100;

/** The keys of one JWKS document, each imported once. Keys that serve no purpose of ours are passed over (RFC 7517 section 5). */
export class KeySet {
  private readonly byKid = new Map<string, PublicKey[]>();
  /** Keys a certificate may be compared with, imported when first asked for. */
  private forCertificates: readonly PublicKey[] | undefined;
  private readonly forEncryption = new Map<EncryptionAlg, EncryptionKey | undefined>();

  private constructor(
    private readonly jwks: readonly PublicJwk[],
    readonly signatureKeys: readonly PublicKey[],
  ) {
    for (const key of signatureKeys) {
      if (key.kid === undefined) continue;
      const same = this.byKid.get(key.kid);
      if (same) same.push(key);
      else this.byKid.set(key.kid, [key]);
    }
  }

  /** `undefined` when the document is not a JWKS or holds too many keys. */
  static read(document: unknown): KeySet | undefined {
    if (!isObject(document) || !Array.isArray(document['keys']) || document['keys'].length > maxKeys) return undefined;
    const jwks = document['keys'].filter(isObject) as unknown as PublicJwk[];
    return new KeySet(jwks, imported(jwks, importPublicJwk));
  }

  /**
   * The keys that may have signed under this header: those of its `kid`, or all without one, as far as the algorithm
   * fits. Keys that share a `kid` are told apart by type, curve and `alg` (F2-CR-04).
   */
  find(header: JwsHeader): readonly PublicKey[] {
    const candidates = header.kid === undefined ? this.signatureKeys : (this.byKid.get(header.kid) ?? []);
    const { alg } = header;
    return isSigningAlg(alg) ? candidates.filter((key) => key.algs.includes(alg)) : [];
  }

  /** The keys of this name, whatever they sign with: where a message names a key and the key says the algorithm (RFC 9421). */
  named(kid: string): readonly PublicKey[] {
    return this.byKid.get(kid) ?? [];
  }

  /** The key something may be encrypted to with `alg`, if the set has one; imported when first asked for. */
  encryptionKey(alg: EncryptionAlg): EncryptionKey | undefined {
    if (!this.forEncryption.has(alg)) this.forEncryption.set(alg, encryptionKeyOf(this.jwks, alg));
    return this.forEncryption.get(alg);
  }

  certificateKeys(): readonly PublicKey[] {
    this.forCertificates ??= imported(this.jwks, importCertificateJwk);
    return this.forCertificates;
  }
}

function imported(jwks: readonly PublicJwk[], read: (jwk: PublicJwk) => PublicKey): readonly PublicKey[] {
  return jwks.flatMap((jwk) => {
    try {
      return [read(jwk)];
    } catch {
      return [];
    }
  });
}
