import type { Client, Clock, EncryptionAlg } from '@assent/protocol';
import type { EncryptionKey } from '../jwe/encryption-key.js';
import { LRUCache } from 'lru-cache';
import type { JwsHeader } from '../jws/parse.js';
import { KeySet } from './key-set.js';
import type { PublicKey } from './public-key.js';
import { RemoteKeySet, type FetchJson } from './remote-key-set.js';
import { sameKey } from './same-key.js';

const maxRemoteSets = 10_000;

/** The registered keys of every client: inline `jwks` imported once, `jwks_uri` fetched through the port and cached. */
export class ClientKeys {
  private readonly inline = new WeakMap<object, KeySet>();
  private readonly remote: LRUCache<string, RemoteKeySet>;

  constructor(private readonly opts: { readonly fetchJson: FetchJson; readonly clock: Clock }) {
    this.remote = new LRUCache({ max: maxRemoteSets });
  }

  /** The keys that may have signed under `header`; at once when they are cached. `KeySetError` when a `jwks_uri` cannot be read. */
  find(client: Pick<Client, 'jwks' | 'jwks_uri'>, header: JwsHeader): readonly PublicKey[] | Promise<readonly PublicKey[]> {
    if (client.jwks) return this.inlineSet(client.jwks).find(header);
    if (client.jwks_uri !== undefined) return this.remoteSet(client.jwks_uri).find(header);
    return [];
  }

  /** The keys of this name, whatever they sign with. `KeySetError` when a `jwks_uri` cannot be read. */
  named(client: Client, kid: string): readonly PublicKey[] | Promise<readonly PublicKey[]> {
    if (client.jwks) return this.inlineSet(client.jwks).named(kid);
    if (client.jwks_uri !== undefined) return this.remoteSet(client.jwks_uri).named(kid);
    return [];
  }

  /**
   * The keys a self-signed certificate of this client may be compared with (RFC 8705 section 2.2). With `certificate`,
   * only those that match it, and a published set is looked up again when none does.
   */
  async certificates(client: Client, certificate?: { readonly publicKey: PublicKey['key'] }): Promise<readonly PublicKey[]> {
    const wanted = (key: PublicKey): boolean => !certificate || sameKey(key.key, certificate.publicKey);
    if (client.jwks) return this.inlineSet(client.jwks).certificateKeys().filter(wanted);
    if (client.jwks_uri !== undefined) return this.remoteSet(client.jwks_uri).certificateKeys(wanted);
    return [];
  }

  /** The client's key to encrypt to with `alg`; `undefined` when it has none. `KeySetError` when a `jwks_uri` cannot be read. */
  async encryptionKey(client: Client, alg: EncryptionAlg): Promise<EncryptionKey | undefined> {
    if (client.jwks) return this.inlineSet(client.jwks).encryptionKey(alg);
    return client.jwks_uri === undefined ? undefined : this.remoteSet(client.jwks_uri).encryptionKey(alg);
  }

  private inlineSet(jwks: NonNullable<Client['jwks']>): KeySet {
    let set = this.inline.get(jwks);
    if (!set) {
      set = KeySet.read(jwks) ?? emptySet;
      this.inline.set(jwks, set);
    }
    return set;
  }

  private remoteSet(url: string): RemoteKeySet {
    let set = this.remote.get(url);
    if (!set) {
      set = new RemoteKeySet(url, this.opts.fetchJson, this.opts.clock);
      this.remote.set(url, set);
    }
    return set;
  }
}

const emptySet = KeySet.read({ keys: [] }) as KeySet;
