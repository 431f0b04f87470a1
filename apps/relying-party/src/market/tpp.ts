import type { CryptoKey } from 'jose';
import type * as openid from 'openid-client';

/** A third party as a market knows it: its registration, and the keys only it has. */
export interface Tpp {
  readonly clientId: string;
  readonly organisationId: string;
  readonly softwareId: string;
  readonly redirectUri: string;
  readonly authentication: 'private_key_jwt' | 'tls_client_auth';
  readonly signing: TppKey;
  /** Opens what is encrypted to it. */
  readonly decryption: TppKey | undefined;
  /** How it was registered, as far as openid-client wants to know. */
  readonly metadata: Partial<openid.ClientMetadata>;
  /** Presents its transport certificate, and trusts the local roots. */
  readonly fetch: openid.CustomFetch;
}

export interface TppKey {
  readonly key: CryptoKey;
  readonly kid: string;
  readonly alg: string;
}
