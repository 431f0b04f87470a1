import { join } from 'node:path';
import type { AssentConfig } from '@assent/config';
import type { Client } from '@assent/protocol';
import { readDistinguishedName, type DistinguishedName, type SubjectName } from './certificates.js';
import type { PkiClient, PkiNeeds } from './index.js';

const alwaysServed = ['localhost', '127.0.0.1', '::1'];

/** Every host the configuration serves, and every client whose keys lie with us. */
export function pkiNeeds(config: AssentConfig): PkiNeeds {
  const hosts = new Set([...alwaysServed, ...publicUrls(config).map((url) => new URL(url).hostname.replace(/^\[|\]$/g, ''))]);
  return { hosts: [...hosts], clients: ourClients(config).map(describeClient), directory: config.directory !== undefined };
}

const publicUrls = (config: AssentConfig): readonly string[] => {
  const { authorizationServer, resourceServer, grantManagement, relyingParty, directory } = config;
  const urls = [authorizationServer.publicUrl, authorizationServer.mtlsUrl, resourceServer.publicUrl, grantManagement.publicUrl];
  return [...urls, grantManagement.dashboard.publicUrl, grantManagement.staff.publicUrl, relyingParty?.publicUrl, directory?.publicUrl, directory?.mtlsUrl].filter((url) => url !== undefined);
};

/** The clients the demo relying party plays, the one the resource server introspects with, and those of the two sites. */
function ourClients(config: AssentConfig): readonly Client[] {
  const ids = new Set(config.relyingParty?.clients.map((client) => client.clientId));
  const { introspectionClientId, clientKeyFile } = config.resourceServer;
  const local = join(config.dataFolder, 'pki', 'clients', `${introspectionClientId}.jwks.json`);
  if (introspectionClientId !== undefined && (clientKeyFile === undefined || clientKeyFile === local)) ids.add(introspectionClientId);
  for (const { client } of [config.grantManagement.dashboard, config.grantManagement.staff]) if (client && client.clientKeyFile === undefined) ids.add(client.clientId);
  const clients = new Map(config.issuers.flatMap((issuer) => issuer.clients).map((client) => [client.client_id, client]));
  return [...ids].map((id) => clients.get(id)).filter((client) => client !== undefined);
}

function describeClient(client: Client): PkiClient {
  return {
    clientId: client.client_id,
    subject: subjectOf(client),
    names: alternativeNames(client),
    selfSigned: client.token_endpoint_auth_method === 'self_signed_tls_client_auth',
  };
}

function subjectOf(client: Client): DistinguishedName {
  if (client.tls_client_auth_subject_dn !== undefined) return readDistinguishedName(client.tls_client_auth_subject_dn);
  return [{ C: ['GB'] }, { O: [client.organisation?.legal_name ?? client.client_name] }, { CN: [client.client_id] }];
}

function alternativeNames(client: Client): readonly SubjectName[] {
  const names: [SubjectName['type'], string | undefined][] = [
    ['dns', client.tls_client_auth_san_dns],
    ['url', client.tls_client_auth_san_uri],
    ['ip', client.tls_client_auth_san_ip],
    ['email', client.tls_client_auth_san_email],
  ];
  return names.flatMap(([type, value]) => (value === undefined ? [] : [{ type, value }]));
}
