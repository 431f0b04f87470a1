import type { ClientAuthMethod, EncryptionAlg, PublicJwk, SigningAlgName } from '@assent/protocol';
import { generateKeyPairSync, webcrypto, X509Certificate, type KeyObject } from 'node:crypto';
import * as oauth from 'oauth4webapi';
import { selfSigned, type Authority, type CertifiedKey } from './certificates.js';

export type Constraint = 'dpop' | 'mtls';

/** What a client is to be; the rest of its metadata has defaults. */
export interface WantedClient {
  readonly id: string;
  readonly auth: ClientAuthMethod;
  /** How its access tokens are bound; `either`: its metadata says nothing, each request decides. */
  readonly constraint: Constraint | 'either';
  /** Algorithm of its assertions. */
  readonly alg?: SigningAlgName;
  /** Registers its keys also where it authenticates by certificate: it signs requests. */
  readonly signs?: boolean;
  /** Has a key others encrypt to, for this algorithm. */
  readonly encryption?: EncryptionAlg;
  /** RFC 7591 metadata beside or in place of the defaults; `undefined` takes a default out. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** The one issuer it is registered at; all that sign customers in, when absent. */
  readonly at?: string;
}

/** A client as both sides know it: its metadata for the registry, its keys and certificate for itself. */
export interface TestClient {
  readonly id: string;
  readonly auth: ClientAuthMethod;
  readonly constraint: Constraint | 'either';
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly jwks: { readonly keys: readonly PublicJwk[] };
  readonly signing: oauth.PrivateKey;
  readonly privateJwk: PublicJwk;
  /** Opens what is encrypted to the client. */
  readonly decryption: KeyObject | undefined;
  readonly at: string | undefined;
  /** Presented where the client uses certificates at all. */
  readonly identity: CertifiedKey | undefined;
}

export const callbackOf = (clientId: string): string => `https://${clientId}.tpp.test/callback`;

/** Makes a client's keys and certificate and the metadata to register it with. */
export async function makeTestClient(wanted: WantedClient, authority: Authority): Promise<TestClient> {
  const { id, auth, constraint, alg = 'ES256' } = wanted;
  const pair = await oauth.generateKeyPair(alg === 'EdDSA' ? 'Ed25519' : alg, { extractable: true });
  const kid = `${id}-1`;
  const identity = await identityOf(wanted, authority);
  const decryption = wanted.encryption && (wanted.encryption === 'ECDH-ES' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('rsa', { modulusLength: 2048 }));
  const encrypting = decryption ? [{ ...(decryption.publicKey.export({ format: 'jwk' }) as PublicJwk), kid: `${id}-enc`, use: 'enc', alg: wanted.encryption! }] : [];
  const jwks = { keys: [{ ...(await exported(pair.publicKey)), kid, use: 'sig', alg }, ...encrypting, ...(auth === 'self_signed_tls_client_auth' && identity ? [certificateJwk(identity, id)] : [])] };
  const metadata = defined({
    client_id: id,
    client_name: `Test ${id}`,
    redirect_uris: [callbackOf(id)],
    grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
    scope: 'openid profile email offline_access accounts balances transactions',
    token_endpoint_auth_method: auth,
    ...(auth === 'private_key_jwt' ? { token_endpoint_auth_signing_alg: alg } : {}),
    ...(auth === 'tls_client_auth' ? { tls_client_auth_subject_dn: subjectOf(id) } : {}),
    ...(constraint === 'dpop' ? { dpop_bound_access_tokens: true } : {}),
    ...(constraint === 'mtls' ? { tls_client_certificate_bound_access_tokens: true } : {}),
    ...(auth === 'tls_client_auth' && !wanted.signs ? {} : { jwks }),
    id_token_signed_response_alg: 'ES256',
    ...wanted.metadata,
  });
  const privateJwk = { ...(await exported(pair.privateKey)), kid, alg };
  return { id, auth, constraint, at: wanted.at, metadata, jwks, signing: { key: pair.privateKey, kid }, privateJwk, decryption: decryption?.privateKey, identity };
}

export const subjectOf = (id: string): string => `CN=${id},O=Test ${id} Ltd,C=GB`;

async function identityOf({ id, auth, constraint }: WantedClient, authority: Authority): Promise<CertifiedKey | undefined> {
  if (auth === 'self_signed_tls_client_auth') return selfSigned({ subject: subjectOf(id) });
  return auth === 'tls_client_auth' || constraint !== 'dpop' ? authority.issue({ subject: subjectOf(id) }) : undefined;
}

/** The certificate's key with the certificate itself (RFC 8705 section 2.2.2). */
export function certificateJwk({ der }: CertifiedKey, kid: string): PublicJwk {
  return { ...(new X509Certificate(der).publicKey.export({ format: 'jwk' }) as PublicJwk), kid: `${kid}-tls`, x5c: [der.toString('base64')] };
}

async function exported(key: oauth.CryptoKey): Promise<PublicJwk> {
  const { kty, crv, x, y, n, e, d, p, q, dp, dq, qi } = await webcrypto.subtle.exportKey('jwk', key as webcrypto.CryptoKey);
  return defined({ kty, crv, x, y, n, e, d, p, q, dp, dq, qi }) as PublicJwk;
}

const defined = (members: Readonly<Record<string, unknown>>): Record<string, unknown> => Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
