import { relative } from 'node:path';
import Table from 'cli-table3';
import type { AssentConfig } from '@assent/config';
import type { Policy } from '@assent/profiles';
import type { Client } from '@assent/protocol';

export interface BoardFacts {
  readonly config: AssentConfig;
  readonly databaseUrl: string;
  readonly embeddedDatabase: boolean;
  readonly seconds: number;
  /** In development: of the token that administers the directory. */
  readonly directoryToken?: string | undefined;
  readonly cwd: string;
}

/** What is running, who can sign in, which clients are known, and what to do next. */
export function board(facts: BoardFacts): string {
  const { config } = facts;
  const parts = [`Assent is ready (${facts.seconds.toFixed(1)} s).`, addresses(facts), markets(config), customers(config), staff(config), clients(config), next(facts)];
  return `\n${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function addresses(facts: BoardFacts): string {
  const { config, databaseUrl, embeddedDatabase } = facts;
  const { authorizationServer, resourceServer, grantManagement, relyingParty, directory } = config;
  const servers = [authorizationServer, resourceServer, grantManagement, ...(relyingParty ? [relyingParty] : []), ...(directory ? [directory] : [])];
  const rows: (readonly [string, string])[] = [
    ...(relyingParty ? [['Demo app (relying party)', relyingParty.publicUrl] as const] : []),
    ...config.issuers.filter(({ market }) => !market).flatMap(({ issuer, mtlsBase }) => [['Issuer', issuer] as const, ...(mtlsBase === undefined ? [] : [['  its mTLS aliases', mtlsBase] as const])]),
    ['Accounts API', resourceServer.publicUrl],
    ['Grants API', grantManagement.publicUrl],
    ['Customer dashboard', grantManagement.dashboard.publicUrl],
    ['Staff console', grantManagement.staff.publicUrl],
    ...(directory ? [['Directory', directory.publicUrl] as const] : []),
    ...(directory && facts.directoryToken !== undefined ? [['  its administrator token', facts.directoryToken] as const] : []),
    ['Health and metrics', servers.map(({ health: { host, port } }, index) => (index === 0 ? `http://${host}:${port}` : `:${port}`)).join(' ')],
    [embeddedDatabase ? 'PostgreSQL (embedded)' : 'PostgreSQL', withoutPassword(databaseUrl)],
  ];
  return table(['What', 'Where'], rows);
}

/** Each is an issuer with an API of its own; what could not be checked against the market's own text says so. */
function markets({ issuers, resourceServer: { publicUrl } }: AssentConfig): string {
  const rows = issuers.flatMap(({ issuer, market, resources: [api] }) => (market ? [[market.maturity === 'stable' ? market.name : `${market.name} *`, issuer, api?.identifier.slice(publicUrl.length) ?? '']] : []));
  if (rows.length === 0) return '';
  const footnote = issuers.some(({ market }) => market?.maturity === 'experimental') ? '\n* experimental: `npm run profile -- explain <market>` says what is unverified' : '';
  return table(['Market', 'Issuer', `API at ${new URL(publicUrl).host}`], rows) + footnote;
}

function customers(config: AssentConfig): string {
  if (config.mode !== 'development' || config.customers.length === 0) return '';
  const rows = config.customers.map(({ displayName, login, password, accounts }) => [displayName, login, password?.reveal() ?? '(set by hash)', String(accounts.length)]);
  return table(['Customer', 'User ID', 'Password', 'Accounts'], rows);
}

function staff(config: AssentConfig): string {
  if (config.mode !== 'development' || config.staff.length === 0) return '';
  return table(['Staff', 'User ID', 'Password', 'Roles'], config.staff.map(({ displayName, login, password, roles }) => [displayName, login, password?.reveal() ?? '(set by hash)', roles.join(', ')]));
}

function clients(config: AssentConfig): string {
  // The bank's own pages sign in by themselves: nobody plays them.
  const issuers = config.issuers.map(({ name, policy, clients }) => ({ name, policy, clients: clients.filter((client) => !client.first_party) })).filter(({ clients }) => clients.length > 0);
  const several = issuers.length > 1;
  const tables = issuers.map(({ name, policy, clients }) =>
    table([several ? `Client of ${name}` : 'Client', 'Authenticates by', 'Access tokens'], clients.map((client) => [client.client_id, client.token_endpoint_auth_method, binding(client, policy)])),
  );
  return tables.join('\n');
}

function binding(client: Client, { senderConstraint }: Policy): string {
  if (client.introspection !== undefined) return 'introspects';
  const bound = client.dpop_bound_access_tokens ? 'DPoP-bound' : client.tls_client_certificate_bound_access_tokens || !senderConstraint.includes('none') ? 'mTLS-bound' : 'bearer';
  return `${client.access_token_format ?? 'jwt'}, ${bound}`;
}

function next({ config, cwd }: BoardFacts): string {
  const folder = relative(cwd, config.dataFolder) || '.';
  const shown = folder.startsWith('..') ? config.dataFolder : folder;
  const first = config.relyingParty ? [`Open ${config.relyingParty.publicUrl} and connect an account; sign in with a user ID above.`] : [];
  const local = config.tls.certificateFile?.startsWith(config.dataFolder) ? [`Your browser warns until it trusts this machine's own root: import ${shown}/pki/root.crt.pem (curl: --cacert).`] : [];
  const steps = [...first, ...local, 'In another terminal, `npm run demo` walks through the whole flow and checks every step.', `Logs: ${shown}/logs. Ctrl-C stops everything.`];
  return ['What next', ...steps.map((step, index) => `  ${index + 1}. ${step}`)].join('\n');
}

const withoutPassword = (url: string): string => {
  const { protocol, username, host, pathname } = new URL(url);
  return `${protocol}//${username === '' ? '' : `${username}@`}${host}${pathname}`;
};

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const made = new Table({ head: [...head], style: { head: [], border: [], compact: true } });
  made.push(...rows.map((row) => [...row]));
  return made.toString();
}
