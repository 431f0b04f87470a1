import { Secret, type Client } from '@assent/protocol';
import type { GrantManagementConfig, IssuerConfig, StaffConfig } from '../model.js';
import type { Path } from '../problem.js';
import type { Context } from './context.js';
import { unique } from './issuers.js';
import { notFound } from './not-found.js';

export function buildStaff(context: Context): readonly StaffConfig[] {
  const { staff, customers } = context.content;
  unique(context, staff.map(({ id }) => id), (index) => ['staff', index, 'id']);
  unique(context, staff.map(({ login }) => login.toLowerCase()), (index) => ['staff', index, 'login']);
  return staff.map(({ password, passwordHash, ...rest }, index) => {
    if (customers.some(({ id }) => id === rest.id)) context.problem(['staff', index, 'id'], `expected an id that no customer has, found "${rest.id}"`);
    if ((password === undefined) === (passwordHash === undefined)) {
      context.problem(['staff', index, 'password'], `expected either password or passwordHash, found ${password === undefined ? 'neither' : 'both'}`);
    }
    return { ...rest, password: password === undefined ? undefined : new Secret(password), passwordHash: passwordHash === undefined ? undefined : new Secret(passwordHash) };
  });
}

/** Each site's client, where its issuer is one of ours, must be registered there in the way the site uses it. */
export function judgeSites(context: Context, { dashboard, staff }: GrantManagementConfig, issuers: readonly IssuerConfig[]): void {
  const { grantManagement } = context.content;
  const { issuer: name, clientId } = grantManagement.dashboard;
  const at = (site: 'dashboard' | 'staff', key: string): Path => ['grantManagement', site, key];
  const names = issuers.map((one) => one.name);
  if (name !== undefined && !names.includes(name)) context.problem(at('dashboard', 'issuer'), `expected the name of an issuer, ${notFound(name, names)}`);
  if ((name === undefined) !== (clientId === undefined)) context.problem(at('dashboard', name === undefined ? 'issuer' : 'clientId'), 'expected issuer and clientId together, found one of them');
  const { issuerUrl, clientId: consoleId } = grantManagement.staff;
  if ((issuerUrl === undefined) !== (consoleId === undefined)) context.problem(at('staff', issuerUrl === undefined ? 'issuerUrl' : 'clientId'), 'expected issuerUrl and clientId together, found one of them');
  if (issuerUrl !== undefined && isOurs(issuerUrl, issuers)) context.problem(at('staff', 'issuerUrl'), `expected an issuer of this file with signsIn: staff, ${notFound(issuerUrl, issuers.map(({ issuer }) => issuer))}`);
  for (const [site, { client, publicUrl }, realm, key] of [['dashboard', dashboard, 'customers', 'issuer'], ['staff', staff, 'staff', 'issuerUrl']] as const) {
    const issuer = issuers.find((one) => one.issuer === client?.issuer);
    if (!client || !issuer) continue;
    if (issuer.signsIn !== realm) context.problem(at(site, key), `expected an issuer with signsIn: ${realm}, found "${issuer.name}" with signsIn: ${issuer.signsIn}`);
    judgeSiteClient(context, at(site, 'clientId'), client.clientId, issuer, `${publicUrl}/sign-in/callback`);
  }
}

/** At the address of our own issuers, and none of them: a slip, and no identity provider of the bank's. */
const isOurs = (url: string, issuers: readonly IssuerConfig[]): boolean => issuers.some(({ issuer }) => new URL(issuer).origin === new URL(url).origin) && !issuers.some(({ issuer }) => issuer === url);

function judgeSiteClient({ problem }: Context, path: Path, clientId: string, { name, clients }: IssuerConfig, callback: string): void {
  const client = clients.find(({ client_id }) => client_id === clientId);
  if (!client) return problem(path, `expected a client of issuer ${name}, ${notFound(clientId, clients.map(({ client_id }) => client_id))}`);
  const missing = needs(client, callback).find(([met]) => !met);
  if (missing) problem(path, `expected a client with ${missing[1]}, found "${clientId}" without`);
}

const needs = (client: Client, callback: string): readonly (readonly [met: boolean, what: string])[] => [
  [client.first_party === true, 'first_party: true'],
  [client.redirect_uris.includes(callback), `the redirect URI ${callback}`],
  [client.token_endpoint_auth_method === 'private_key_jwt', 'token_endpoint_auth_method: private_key_jwt'],
  [client.dpop_bound_access_tokens, 'dpop_bound_access_tokens: true'],
];
