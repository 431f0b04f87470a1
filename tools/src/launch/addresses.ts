import type { AssentConfig, ListenerConfig } from '@assent/config';
import type { Address } from './ports.js';

interface Server {
  readonly what: string;
  /** Key in the configuration file. */
  readonly key: string;
  /** Prefix of its environment variables. */
  readonly prefix: string;
  readonly publicUrl: string;
  readonly listeners: readonly ListenerConfig[];
  readonly mtlsUrl?: string | undefined;
  readonly health?: { readonly host: string; readonly port: number };
}

/** Every address the stack listens on, each with the configuration key and environment variable that move it. */
export function addressesOf(config: AssentConfig): readonly Address[] {
  const { authorizationServer, resourceServer, grantManagement, relyingParty, directory } = config;
  const servers: readonly Server[] = [
    { what: 'authorization server', key: 'authorizationServer', prefix: 'ASSENT_', ...authorizationServer },
    { what: 'resource server', key: 'resourceServer', prefix: 'ASSENT_RESOURCE_', ...resourceServer },
    { what: 'grants API', key: 'grantManagement', prefix: 'ASSENT_GRANTS_', ...grantManagement },
    { what: 'customer dashboard', key: 'grantManagement.dashboard', prefix: 'ASSENT_DASHBOARD_', ...grantManagement.dashboard },
    { what: 'staff console', key: 'grantManagement.staff', prefix: 'ASSENT_STAFF_', ...grantManagement.staff },
    ...(relyingParty ? [{ what: 'relying party', key: 'relyingParty', prefix: 'ASSENT_RELYING_PARTY_', ...relyingParty }] : []),
    ...(directory ? [{ what: 'directory', key: 'directory', prefix: 'ASSENT_DIRECTORY_', ...directory }] : []),
  ];
  return servers.flatMap((server) => [...listeners(server), ...health(server)]);
}

/** The embedded database's own address. */
export const databaseAddress = (port: number): Address => ({ what: 'embedded PostgreSQL', host: '127.0.0.1', port, key: 'ASSENT_DATABASE_PORT (or use another PostgreSQL: DATABASE_URL)' });

/** The first listener is the server's own, a second one that of its mTLS aliases. */
function listeners({ what, key, prefix, publicUrl, mtlsUrl, listeners: all }: Server): Address[] {
  return all.map(({ host, port }, index) => {
    const [url, name, variable] = index === 0 ? [publicUrl, '', ''] : [mtlsUrl ?? publicUrl, 'mtls', 'MTLS_'];
    const byUrl = Number(new URL(url).port) === port;
    const field = byUrl ? (name === '' ? 'publicUrl' : 'mtlsUrl') : name === '' ? 'port' : 'mtlsPort';
    const env = byUrl ? (name === '' ? 'PUBLIC_URL' : 'MTLS_URL') : `${variable}PORT`;
    return { what: name === '' ? what : `${what}, mTLS`, host, port, key: `${key}.${field} (${prefix}${env})` };
  });
}

function health({ what, key, prefix, health: address }: Server): Address[] {
  return address ? [{ what: `health of the ${what}`, ...address, key: `${key}.healthPort (${prefix}HEALTH_PORT)` }] : [];
}
