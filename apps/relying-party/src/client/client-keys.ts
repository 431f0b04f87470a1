import { openSigningKey, type SigningKey } from '@assent/crypto';
import { StartupError } from '@assent/http';
import type { Client, PublicJwk } from '@assent/protocol';
import { createPrivateKey, KeyObject, X509Certificate } from 'node:crypto';
import { randomDPoPKeyPair, type CryptoKey, type CryptoKeyPair } from 'openid-client';
import type { DemoClient } from './demo-client.js';
import { readOwn } from './own-file.js';

type PrivateJwk = PublicJwk & { readonly d?: string };

/** Its signing key and the key set to publish, from a private JWK Set. `StartupError` when it has no key of the client's algorithm. */
export async function readKeys(file: string, metadata: Client, certificatePem: string): Promise<Pick<DemoClient, 'key' | 'jwks'>> {
  const { keys } = JSON.parse(await readOwn(file)) as { readonly keys: readonly PrivateJwk[] };
  const named = metadata.token_endpoint_auth_signing_alg ?? 'ES256';
  // Two registered names of one algorithm (RFC 9864).
  const wanted = named === 'Ed25519' ? 'EdDSA' : named;
  const jwk = keys.find(({ alg }) => alg === wanted);
  if (!jwk?.kid) throw new StartupError(`${file}: holds no ${wanted} key`);
  const privateKeyPem = createPrivateKey({ key: jwk as never, format: 'jwk' }).export({ type: 'pkcs8', format: 'pem' }).toString();
  const key = openSigningKey({ kid: jwk.kid, alg: wanted, privateKeyPem });
  const published = keys.map(publicMembers);
  if (metadata.token_endpoint_auth_method === 'self_signed_tls_client_auth') published.push(certificateJwk(certificatePem));
  return { key, jwks: { keys: published } };
}

function publicMembers(jwk: PrivateJwk): PublicJwk {
  const { kty, kid, use, alg, crv, x, y, n, e } = jwk;
  return Object.fromEntries(Object.entries({ kty, kid, use, alg, crv, x, y, n, e }).filter(([, value]) => value !== undefined)) as PublicJwk;
}

/** The certificate as a key, so that the server can tell a self-signed one (RFC 8705 section 2.2.2). */
function certificateJwk(pem: string): PublicJwk {
  const certificate = new X509Certificate(pem);
  const jwk = certificate.publicKey.export({ format: 'jwk' });
  return { ...jwk, kty: jwk.kty as string, kid: `certificate-${certificate.serialNumber}`, use: 'sig', x5c: [certificate.raw.toString('base64')] } as PublicJwk;
}

/** The client's key as Web Crypto has it, which openid-client signs with. */
export async function signingWebKey({ key }: DemoClient): Promise<CryptoKey> {
  const pkcs8 = new Uint8Array(key.key.export({ type: 'pkcs8', format: 'der' }));
  return crypto.subtle.importKey('pkcs8', pkcs8, webAlgorithms[key.alg], false, ['sign']);
}

const webAlgorithms: Readonly<Record<SigningKey['alg'], { readonly name: string; readonly namedCurve?: string; readonly hash?: string }>> = {
  ES256: { name: 'ECDSA', namedCurve: 'P-256' },
  PS256: { name: 'RSA-PSS', hash: 'SHA-256' },
  EdDSA: { name: 'Ed25519' },
};

/** A DPoP key pair of one browser session, in the two shapes its users want. It is never written down. */
export interface DpopKey {
  readonly pair: CryptoKeyPair;
  readonly key: SigningKey;
}

export async function newDpopKey(): Promise<DpopKey> {
  const pair = await randomDPoPKeyPair('ES256', { extractable: true });
  const privateKeyPem = KeyObject.from(pair.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString();
  return { pair, key: openSigningKey({ kid: 'dpop', alg: 'ES256', privateKeyPem }) };
}
