import { createPrivateKey, KeyObject, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AssentConfig, RelyingPartyConfig } from '@assent/config';
import { openSigningKey, type SigningKey } from '@assent/crypto';
import type { Client, PublicJwk } from '@assent/protocol';
import { Agent } from 'undici';
import { randomDPoPKeyPair, type CryptoKeyPair } from 'openid-client';

/** One of the clients the demo plays, with the keys only a client has. */
export interface DemoClient {
  readonly metadata: Client;
  /** Name of the issuer in the configuration. */
  readonly issuerName: string;
  readonly issuer: string;
  /** Signs client assertions. */
  readonly key: SigningKey;
  /** What `jwks_uri` serves. */
  readonly jwks: { readonly keys: readonly PublicJwk[] };
  readonly certificate: { readonly pem: string; readonly keyPem: string };
  /** Connections that present the client's certificate. */
  readonly withCertificate: Agent;
}

/** Connections that present no certificate, trusting the configured roots. */
export function plainAgent(authorities: readonly string[]): Agent {
  return new Agent({ connect: { ca: [...authorities] } });
}

/** Trust anchors of the outbound calls, as PEM text. */
export async function readAuthorities(config: AssentConfig): Promise<readonly string[]> {
  return Promise.all(config.tls.serverAuthorityFiles.map((file) => readFile(file, 'utf8')));
}

/** The clients of the configuration with their key sets and certificates from `<dataFolder>/pki/clients`. */
export async function loadDemoClients(config: AssentConfig, relyingParty: RelyingPartyConfig): Promise<readonly DemoClient[]> {
  const authorities = await readAuthorities(config);
  const folder = join(config.dataFolder, 'pki', 'clients');
  return Promise.all(
    relyingParty.clients.map(async ({ issuer: issuerName, clientId }) => {
      const issuer = config.issuers.find(({ name }) => name === issuerName);
      const metadata = issuer?.clients.find((client) => client.client_id === clientId);
      if (!issuer || !metadata) throw new Error(`relyingParty.clients: ${clientId} is not a client of issuer ${issuerName}`);
      const certificate = await readCertificate(join(folder, clientId));
      const { key, jwks } = await readKeys(join(folder, `${clientId}.jwks.json`), metadata, certificate.pem);
      const withCertificate = new Agent({ connect: { ca: [...authorities], cert: certificate.pem, key: certificate.keyPem } });
      return { metadata, issuerName, issuer: issuer.issuer, key, jwks, certificate, withCertificate };
    }),
  );
}

async function readCertificate(stem: string): Promise<DemoClient['certificate']> {
  const [pem, keyPem] = await Promise.all([readFile(`${stem}.crt.pem`, 'utf8'), readFile(`${stem}.key.pem`, 'utf8')]);
  return { pem, keyPem };
}

type PrivateJwk = PublicJwk & { readonly d?: string };

async function readKeys(file: string, metadata: Client, certificatePem: string): Promise<Pick<DemoClient, 'key' | 'jwks'>> {
  const { keys } = JSON.parse(await readFile(file, 'utf8')) as { readonly keys: readonly PrivateJwk[] };
  const wanted = metadata.token_endpoint_auth_signing_alg ?? 'ES256';
  const jwk = keys.find(({ alg }) => alg === wanted) ?? keys[0];
  if (!jwk?.kid) throw new Error(`${file}: holds no signing key`);
  const privateKeyPem = createPrivateKey({ key: jwk as never, format: 'jwk' }).export({ type: 'pkcs8', format: 'pem' }).toString();
  const key = openSigningKey({ kid: jwk.kid, alg: jwk.alg as SigningKey['alg'], privateKeyPem });
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
