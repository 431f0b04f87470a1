import type { AuthorizationServerConfig, IssuerConfig } from '@assent/config';
import { generateDecryptionKey, generateSigningKey, isEncryptionAlg } from '@assent/crypto';
import { plusSeconds, type Clock, type EncryptionAlg, type KeyAlgName, type SigningAlgName, type SigningKeys } from '@assent/protocol';
import type { Logger } from 'pino';
import { IssuerKeyRing, signingAlgName } from './key-ring.js';

/** What an issuer's keys depend on. */
export type KeyOwner = Pick<IssuerConfig, 'issuer' | 'signingAlgs' | 'accessTokenAlg' | 'clients'> & { readonly policy?: DecryptionPolicy };

/** What of a profile says whether others encrypt to the issuer. */
type DecryptionPolicy = Pick<IssuerConfig['policy'], 'requestObject' | 'requestObjectEncryption' | 'encryptionAlgs'>;

export interface KeyRingsOptions {
  readonly store: SigningKeys;
  /** Whose keys: an issuer's, or those of another party of the deployment, such as the resource server. */
  readonly issuers: readonly KeyOwner[];
  readonly rotation: AuthorizationServerConfig['keyRotation'];
  readonly clock: Clock;
  readonly log: Logger;
}

/** How often the age of the current keys is looked at, and whether each has a next one, at most. */
const maxLookEvery = 60_000;

/**
 * The signing keys of all issuers: made where they are missing, followed when any process changes them, rotated when
 * they come of age. What signs now is there before a server is ready; the next keys are made when it has time. A rotation needs no restart: the next key has long been published when it begins to sign, and the
 * previous one stays published until everything it signed has expired.
 */
export class KeyRings {
  private readonly rings: ReadonlyMap<string, IssuerKeyRing>;
  private timer: NodeJS.Timeout | undefined;
  private stopListening: (() => Promise<void>) | undefined;
  private loading: Promise<void> | undefined;
  private again = false;
  private preparing: Promise<void> | undefined;
  private closed = false;

  private constructor(private readonly options: KeyRingsOptions) {
    this.rings = new Map(options.issuers.map((issuer) => [issuer.issuer, new IssuerKeyRing(keyAlgsOf(issuer))]));
  }

  /** Makes the keys to sign with that are missing, reads all there are and begins to follow changes. */
  static async open(options: KeyRingsOptions): Promise<KeyRings> {
    const rings = new KeyRings(options);
    const wanted = options.issuers.flatMap((issuer) => keyAlgsOf(issuer).map((alg) => ({ issuer: issuer.issuer, alg })));
    await options.store.ensure(wanted, generateKey, options.clock.now(), 'current');
    rings.stopListening = await options.store.onChange(() => void rings.follow());
    await rings.load();
    const every = Math.min(maxLookEvery, options.rotation.everySeconds * 1000);
    rings.timer = setInterval(() => void rings.look(), every).unref();
    return rings;
  }

  /** The keys of one issuer, by its identifier. */
  of(issuer: string): IssuerKeyRing {
    const ring = this.rings.get(issuer);
    if (!ring) throw new Error(`no keys are kept for ${issuer}`);
    return ring;
  }

  ready(): boolean {
    return [...this.rings.values()].every((ring) => ring.ready());
  }

  async close(): Promise<void> {
    this.closed = true;
    clearInterval(this.timer);
    await this.preparing;
    await this.stopListening?.();
    await this.loading;
  }

  /**
   * Makes the next keys that are missing, one after the other: an RSA key takes a core for a good part of a second, and
   * whoever waits for the lock waits for one of them only. A server does so once it is ready; a failure is tried again
   * with the next look.
   */
  prepareNext(): Promise<void> {
    this.preparing ??= this.makeNext().finally(() => (this.preparing = undefined));
    return this.preparing;
  }

  private async makeNext(): Promise<void> {
    const { store, clock, log } = this.options;
    for (const [issuer, ring] of this.rings) {
      for (const alg of ring.withoutNext()) {
        if (this.closed) return;
        try {
          await store.ensure([{ issuer, alg }], generateKey, clock.now(), 'next');
        } catch (err) {
          return log.error({ err, issuer, alg }, 'could not make the next signing key; it is tried again');
        }
      }
    }
  }

  private async look(): Promise<void> {
    await this.rotateDue();
    await this.prepareNext();
  }

  /** Rotates every key that is older than configured; of several processes one does it. */
  async rotateDue(): Promise<void> {
    const { store, clock, rotation, log } = this.options;
    const now = clock.now();
    const dueBefore = plusSeconds(now, -rotation.everySeconds);
    for (const [issuer, ring] of this.rings) {
      for (const { alg } of ring.currentSince().filter(({ since }) => since <= dueBefore)) {
        try {
          await store.rotate(issuer, alg, generateKey, now, plusSeconds(now, -rotation.keepPreviousSeconds), dueBefore);
          log.info({ issuer, alg }, 'rotated a signing key');
        } catch (err) {
          log.error({ err, issuer, alg }, 'could not rotate a signing key');
        }
      }
    }
  }

  /** Reads again; a change that is announced meanwhile is read after this one. A failure keeps the keys there are. */
  private async follow(): Promise<void> {
    this.again = true;
    this.loading ??= (async () => {
      while (this.again) {
        this.again = false;
        await this.load().catch((err: unknown) => this.options.log.error({ err }, 'could not read the signing keys'));
      }
      this.loading = undefined;
    })();
    return this.loading;
  }

  private async load(): Promise<void> {
    const stored = await this.options.store.all([...this.rings.keys()]);
    for (const [issuer, ring] of this.rings) ring.replace(stored.filter((key) => key.issuer === issuer));
  }
}

/** Every algorithm an issuer has keys for: to sign with, and to have request objects encrypted to. */
export const keyAlgsOf = (issuer: KeyOwner): readonly KeyAlgName[] => [...algsOf(issuer), ...decryptionAlgsOf(issuer.policy)];

/** What request objects may be encrypted to the issuer with. */
export const decryptionAlgsOf = (policy: DecryptionPolicy | undefined): readonly EncryptionAlg[] =>
  policy === undefined || policy.requestObject === 'off' || policy.requestObjectEncryption === 'off' ? [] : policy.encryptionAlgs;

/** A new key pair for either purpose. */
export const generateKey = (alg: KeyAlgName): Promise<{ kid: string; privateKeyPem: string }> => (isEncryptionAlg(alg) ? generateDecryptionKey(alg) : generateSigningKey(alg));

/** Every algorithm an issuer may have to sign with. */
export function algsOf(issuer: KeyOwner): readonly SigningAlgName[] {
  const clients = issuer.clients.flatMap((client) => [client.id_token_signed_response_alg, client.userinfo_signed_response_alg ?? issuer.accessTokenAlg, client.authorization_signed_response_alg ?? issuer.accessTokenAlg]);
  return [...new Set([...issuer.signingAlgs, issuer.accessTokenAlg, ...clients.map(signingAlgName)])];
}
