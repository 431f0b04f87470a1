import type { AssentConfig } from '@assent/config';
import type { Signer } from './signer.js';

export const publicUrl = 'https://as.bench.test';
export const mtlsUrl = 'https://mtls.bench.test';
export const resourceUrl = 'https://api.bench.test';
export const grantsUrl = 'https://grants.bench.test';
export const redirectUri = 'https://tpp.bench.test/callback';
export const customer = { login: 'bench', password: 'bench-password-1' };
export const certificateClient = { id: 'bench-certificate', subject: 'CN=bench-certificate,O=Bench,C=GB' };
export const issuerOf = (name: string): string => `${publicUrl}/${name}`;

/** The clients of the bench, each the signer of what it sends. */
export interface Clients {
  readonly plain: Signer;
  readonly opaque: Signer;
  readonly introspector: Signer;
  readonly ps256: Signer;
  /** Signs its requests to the resource server. */
  readonly signing: Signer;
  /** Likewise, and what is signed is kept as evidence. */
  readonly evidence: Signer;
  /** Of the issuers under profiles that sign requests and responses. */
  readonly messageSigning: Signer;
  readonly fapi1: Signer;
}

export interface ServerPorts {
  /** The address that serves the issuer, and beside it, where TLS ends here, the one that asks for certificates. */
  readonly main: number;
  readonly mtls?: number;
  readonly health: number;
  readonly resource: number;
  readonly resourceHealth: number;
}

/** Certificate files of a server where TLS ends. */
export interface TlsFiles {
  readonly certificateFile: string;
  readonly keyFile: string;
}

export interface ConfigurationOptions {
  readonly ports: ServerPorts;
  readonly clients: Clients;
  /** Who issues the clients' certificates. */
  readonly authorityFile: string;
  /** Absent: plain listeners behind a proxy. */
  readonly tls?: TlsFiles;
  /** Where the issuer is, for the bench's other servers; the main port unless said. */
  readonly issuerPort?: number;
  readonly grants: { readonly api: number; readonly dashboard: number; readonly staff: number; readonly health: number };
  readonly logLevel: AssentConfig['logLevel'];
}

/** The configuration file of the private stack: shipped defaults wherever the bench does not need its own value. */
export function configuration({ ports, clients, authorityFile, tls, grants, issuerPort = ports.main, logLevel }: ConfigurationOptions): object {
  return {
    mode: 'development',
    logLevel,
    tls: { termination: tls ? 'here' : 'proxy', ...tls, clientAuthorityFiles: [authorityFile], serverAuthorityFiles: [] },
    outbound: { authorizationServerUrl: `http://127.0.0.1:${issuerPort}` },
    proxy: { trustedAddresses: ['127.0.0.1'], clientCertificateHeader: 'rfc9440' },
    authorizationServer: { publicUrl, mtlsUrl, host: '127.0.0.1', port: ports.main, ...(ports.mtls === undefined ? {} : { mtlsPort: ports.mtls }), healthPort: ports.health },
    resourceServer: { publicUrl: resourceUrl, host: '127.0.0.1', port: ports.resource, healthPort: ports.resourceHealth, verification: 'jwt' },
    grantManagement: { publicUrl: grantsUrl, host: '127.0.0.1', port: grants.api, healthPort: grants.health, dashboard: { port: grants.dashboard }, staff: { port: grants.staff } },
    resources: [
      { identifier: resourceUrl, name: 'Accounts API', scopes: ['accounts', 'balances', 'transactions'], accessTokenFormat: 'jwt' },
      { identifier: `${grantsUrl}/grants`, name: 'Grants API', scopes: ['grant_management_query', 'grant_management_revoke'], accessTokenFormat: 'jwt' },
      { identifier: `${grantsUrl}/revocations`, name: 'Revocation feed', scopes: ['revocation_feed'], accessTokenFormat: 'jwt' },
    ],
    issuers: [
      { name: 'fapi2', profile: 'fapi2-security', signingAlgs: ['ES256'], clients: clientsOf(clients) },
      { name: 'signed', profile: 'fapi2-message-signing', signingAlgs: ['ES256'], clients: [reading(clients.messageSigning)] },
      { name: 'fapi1', profile: 'fapi1-advanced', signingAlgs: ['ES256'], clients: [{ ...reading(clients.fapi1), response_types: ['code', 'code id_token'], tls_client_certificate_bound_access_tokens: true }] },
      { name: 'ps256', profile: 'fapi2-security', signingAlgs: ['PS256'], clients: [machine(clients.ps256, 'PS256')] },
      { name: 'ciba', profile: 'fapi2-ciba', signingAlgs: ['ES256'], ciba: { longPolling: '30s', pendingPerClient: 1_000_000, approvalEndpoint: true }, clients: [waiting] },
    ],
    customers: [
      {
        id: 'bench-customer', ...customer, displayName: 'Bench Customer',
        accounts: [{ id: 'bench-account', name: 'Everyday account', type: 'current', iban: 'GB82WEST12345698765432', openingBalance: '1250.00', historyDays: 30 }],
      },
    ],
  }; // prettier-ignore
}

const clientsOf = ({ plain, opaque, introspector, signing, evidence }: Clients): object[] => [
  {
    ...byAssertion(plain, 'ES256'), client_name: 'Bench', redirect_uris: [redirectUri], grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
    scope: 'openid accounts balances transactions grant_management_query grant_management_revoke', id_token_signed_response_alg: 'ES256',
  },
  { ...machine(opaque, 'ES256'), access_token_format: 'opaque' },
  { ...machine(introspector, 'ES256'), introspection: [resourceUrl], scope: 'accounts revocation_feed' },
  {
    ...acting(certificateClient.id), token_endpoint_auth_method: 'tls_client_auth', tls_client_auth_subject_dn: certificateClient.subject,
    tls_client_certificate_bound_access_tokens: true,
  },
  { ...reading(signing), http_message_signatures: 'required' },
  { ...reading(evidence), http_message_signatures: 'required', evidence: 'on' },
]; // prettier-ignore

/** A client that reads a customer's accounts. */
const reading = (signer: Signer): object => ({
  ...byAssertion(signer, 'ES256'), client_name: signer.clientId, redirect_uris: [redirectUri], grant_types: ['authorization_code', 'refresh_token'],
  scope: 'openid accounts balances transactions', id_token_signed_response_alg: 'ES256',
}); // prettier-ignore

/** A client that asks by the back channel. */
const waiting = {
  client_id: certificateClient.id, client_name: 'Bench', grant_types: ['urn:openid:params:grant-type:ciba', 'refresh_token'], response_types: [], scope: 'openid', backchannel_token_delivery_mode: 'poll',
  token_endpoint_auth_method: 'tls_client_auth', tls_client_auth_subject_dn: certificateClient.subject, tls_client_certificate_bound_access_tokens: true,
}; // prettier-ignore

/** A client that acts only for itself. */
const acting = (clientId: string): object => ({ client_id: clientId, client_name: clientId, redirect_uris: [], grant_types: ['client_credentials'], response_types: [], scope: 'accounts' });
const machine = (signer: Signer, alg: string): object => ({ ...acting(signer.clientId), ...byAssertion(signer, alg) });
const byAssertion = ({ clientId, jwks }: Signer, alg: string): object => ({ client_id: clientId, jwks, token_endpoint_auth_method: 'private_key_jwt', token_endpoint_auth_signing_alg: alg });
