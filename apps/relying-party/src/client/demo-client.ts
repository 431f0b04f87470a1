import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AssentConfig, RelyingPartyConfig } from '@assent/config';
import type { SigningKey } from '@assent/crypto';
import { StartupError } from '@assent/http';
import { httpSignaturesOf, mustSignRequests, mustSignResponses, type Policy } from '@assent/profiles';
import type { Client, PublicJwk } from '@assent/protocol';
import { Agent } from 'undici';
import { readKeys } from './client-keys.js';
import { readOwn } from './own-file.js';

/** One of the clients the demo plays, with the keys only a client has. */
export interface DemoClient {
  readonly metadata: Client;
  /** Name of the issuer in the configuration. */
  readonly issuerName: string;
  readonly issuer: string;
  /** What its issuer asks of everybody. */
  readonly policy: Policy;
  /** Signs client assertions. */
  readonly key: SigningKey;
  /** What `jwks_uri` serves. */
  readonly jwks: { readonly keys: readonly PublicJwk[] };
  readonly certificate: { readonly pem: string; readonly keyPem: string };
  /** Connections that present the client's certificate. */
  readonly withCertificate: Agent;
  /** Whether it signs its requests to the bank's API (RFC 9421). */
  readonly signsMessages: boolean;
  /** Whether its authorization requests are signed objects (RFC 9101). */
  readonly signsRequests: boolean;
  /** Whether it is answered by signed responses only (JARM). */
  readonly signedResponses: boolean;
}

type Tls = { readonly cert: string; readonly key: string };

/** Connections that trust the configured roots, and present a certificate where one is given. Slow or endless answers are given up. */
export function agent(authorities: readonly string[], tls?: Tls): Agent {
  return new Agent({ connect: { ca: [...authorities], ...tls }, headersTimeout: 10_000, bodyTimeout: 10_000, maxResponseSize: 1024 * 1024 });
}

/** Trust anchors of the outbound calls, as PEM text. */
export async function readAuthorities(config: AssentConfig): Promise<readonly string[]> {
  return Promise.all(config.tls.serverAuthorityFiles.map((file) => readFile(file, 'utf8')));
}

/** Authentication or sender constraint by certificate: such clients use the mTLS aliases (FAPI 2.0 SP 5.3.3.1-7). */
export const usesCertificate = ({ metadata }: DemoClient): boolean =>
  metadata.token_endpoint_auth_method !== 'private_key_jwt' || metadata.tls_client_certificate_bound_access_tokens;

/** Who may play the thief of what is this client's. */
export const othersOf = (client: DemoClient, all: readonly DemoClient[], where: 'anywhere' | 'same-issuer'): readonly DemoClient[] =>
  all.filter((other) => other !== client && (where === 'anywhere' || other.issuer === client.issuer));

/**
 * The clients of the configuration with their key sets and certificates from `<dataFolder>/pki/clients`.
 * `StartupError` when a file is not there or a client is not one of this configuration's issuers.
 */
export async function loadDemoClients(config: AssentConfig, relyingParty: RelyingPartyConfig): Promise<readonly DemoClient[]> {
  const authorities = await readAuthorities(config);
  const folder = join(config.dataFolder, 'pki', 'clients');
  return Promise.all(relyingParty.clients.map((named) => loadDemoClient(config, named, folder, authorities)));
}

async function loadDemoClient(config: AssentConfig, named: RelyingPartyConfig['clients'][number], folder: string, authorities: readonly string[]): Promise<DemoClient> {
  const { issuer: issuerName, clientId } = named;
  const issuer = config.issuers.find(({ name }) => name === issuerName);
  const metadata = issuer?.clients.find((client) => client.client_id === clientId);
  if (!issuer || !metadata) throw new StartupError(`relyingParty.clients: ${clientId} is not a client of an issuer ${issuerName} in this configuration; issuers elsewhere are not supported`);
  const stem = join(folder, clientId);
  const certificate = { pem: await readOwn(`${stem}.crt.pem`), keyPem: await readOwn(`${stem}.key.pem`) };
  const { key, jwks } = await readKeys(`${stem}.jwks.json`, metadata, certificate.pem);
  const withCertificate = agent(authorities, { cert: certificate.pem, key: certificate.keyPem });
  return { metadata, issuerName, issuer: issuer.issuer, policy: issuer.policy, key, jwks, certificate, withCertificate, signsMessages: httpSignaturesOf(metadata, issuer.policy) !== 'off', signsRequests: mustSignRequests(metadata, issuer.policy), signedResponses: mustSignResponses(metadata, issuer.policy) };
}
