import { importPublicJwk, isEncryptionAlg, openDecryptionKey, openSigningKey, publicEncryptionJwk, publicJwk, type DecryptionKey, type JwsHeader, type KeyFinder, type PublicKey, type SigningKey } from '@assent/crypto';
import type { EncryptionAlg, KeyAlgName, PublicJwk, SigningAlg, SigningAlgName, SigningKeyState, StoredSigningKey } from '@assent/protocol';

/** The keys of one issuer, opened and kept in memory; they follow the database without a restart. */
export interface KeyRing {
  /** The key that signs now. */
  signing(alg: SigningAlgName): SigningKey;
  /** What opens messages encrypted to the issuer: current, next and previous keys. */
  decrypting(): readonly DecryptionKey[];
  /**
   * The JWK Set document: next, current and previous public keys, each with a unique `kid`; of the keys to encrypt to
   * those that will go on, the current one first.
   */
  jwks(): { readonly keys: readonly PublicJwk[] };
  /** Finds the issuer's own keys, to verify what it signed itself (access tokens, ID token hints). */
  readonly find: KeyFinder;
  /** Whether every algorithm the issuer is configured for has a current key. */
  ready(): boolean;
}

/** `Ed25519` and `EdDSA` are one algorithm under two names (RFC 9864); keys are stored under the older one. */
export const signingAlgName = (alg: SigningAlg): SigningAlgName => (alg === 'Ed25519' ? 'EdDSA' : alg);

interface OpenKey {
  readonly signing: SigningKey;
  readonly published: PublicJwk;
  readonly verifying: PublicKey;
}

const isForDecryption = (key: StoredSigningKey): key is StoredSigningKey & { readonly alg: EncryptionAlg } => isEncryptionAlg(key.alg);
const isForSignatures = (key: StoredSigningKey): key is StoredSigningKey & { readonly alg: SigningAlgName } => !isForDecryption(key);

/** Clients that cache the document meet a new key before it signs anything. */
const order: readonly SigningKeyState[] = ['current', 'next', 'previous'];

/** One issuer's keys in memory. `replace` swaps them as a whole; each key is opened once in its life. */
export class IssuerKeyRing implements KeyRing {
  private readonly opened = new Map<string, OpenKey>();
  private stored: readonly StoredSigningKey[] = [];
  private current: ReadonlyMap<SigningAlgName, SigningKey> = new Map();
  private document: { readonly keys: readonly PublicJwk[] } = { keys: [] };
  private all: readonly PublicKey[] = [];
  private decryptionKeys: readonly DecryptionKey[] = [];
  private readonly openedForDecryption = new Map<string, DecryptionKey>();

  constructor(private readonly wanted: readonly KeyAlgName[]) {}

  replace(stored: readonly StoredSigningKey[]): void {
    const all = order.flatMap((state) => stored.filter((key) => key.state === state));
    const ordered = all.filter(isForSignatures);
    const open = ordered.map((key) => this.open(key));
    const toDecrypt = all.filter(isForDecryption);
    this.decryptionKeys = toDecrypt.map((key) => this.openToDecrypt(key));
    const goOn = this.decryptionKeys.filter((_, index) => toDecrypt[index]?.state !== 'previous');
    this.stored = all;
    this.current = new Map(ordered.flatMap((key, index) => (key.state === 'current' && open[index] ? [[key.alg, open[index].signing] as const] : [])));
    this.document = { keys: [...open.map(({ published }) => published), ...goOn.map(publicEncryptionJwk)] };
    this.all = open.map(({ verifying }) => verifying);
  }

  signing(alg: SigningAlgName): SigningKey {
    const key = this.current.get(alg);
    if (!key) throw new Error(`the issuer has no current ${alg} key`);
    return key;
  }

  decrypting(): readonly DecryptionKey[] {
    return this.decryptionKeys;
  }

  jwks(): { readonly keys: readonly PublicJwk[] } {
    return this.document;
  }

  readonly find = ({ kid }: JwsHeader): readonly PublicKey[] => (kid === undefined ? this.all : this.all.filter((key) => key.kid === kid));

  ready(): boolean {
    return this.wanted.every((alg) => this.stored.some((key) => key.alg === alg && key.state === 'current'));
  }

  /** The algorithms whose next key is not there yet. */
  withoutNext(): readonly KeyAlgName[] {
    return this.wanted.filter((alg) => !this.stored.some((key) => key.alg === alg && key.state === 'next'));
  }

  /** Since when each algorithm's current key has signed. */
  currentSince(): readonly { readonly alg: KeyAlgName; readonly since: Date }[] {
    return this.stored.flatMap(({ state, alg, since }) => (state === 'current' ? [{ alg, since }] : []));
  }

  private openToDecrypt(stored: StoredSigningKey & { readonly alg: EncryptionAlg }): DecryptionKey {
    const key = this.openedForDecryption.get(stored.kid) ?? openDecryptionKey(stored);
    this.openedForDecryption.set(stored.kid, key);
    return key;
  }

  private open(stored: StoredSigningKey & { readonly alg: SigningAlgName }): OpenKey {
    const known = this.opened.get(stored.kid);
    if (known) return known;
    const signing = openSigningKey(stored);
    const published = publicJwk(signing);
    const key = { signing, published, verifying: importPublicJwk(published) };
    this.opened.set(stored.kid, key);
    return key;
  }
}
