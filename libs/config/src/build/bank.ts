import { Secret } from '@assent/protocol';
import type { CustomerConfig, IssuerConfig, RelyingPartyConfig, ResourceConfig, ResourceServerConfig } from '../model.js';
import type { Path } from '../problem.js';
import type { Context } from './context.js';
import { unique } from './issuers.js';
import { notFound } from './not-found.js';

/** What tokens say of themselves, never of a customer (OpenID Connect Core section 2, RFC 9068 section 2.2). */
const protocolClaims = new Set(['iss', 'sub', 'aud', 'exp', 'iat', 'nbf', 'jti', 'nonce', 'auth_time', 'acr', 'amr', 'azp', 'at_hash', 'c_hash', 's_hash', 'cnf', 'client_id', 'scope', 'sid', 'events']);

export function buildResources(context: Context): readonly ResourceConfig[] {
  const { resources } = context.content;
  unique(context, resources.map(({ identifier }) => identifier), (index) => ['resources', index, 'identifier']);
  return resources;
}

export function buildCustomers(context: Context): readonly CustomerConfig[] {
  const { customers } = context.content;
  unique(context, customers.map(({ id }) => id), (index) => ['customers', index, 'id']);
  unique(context, customers.map(({ login }) => login.toLowerCase()), (index) => ['customers', index, 'login']);
  const places = customers.flatMap(({ accounts }, customer) =>
    accounts.map(({ id }, account): { id: string; path: Path } => ({ id, path: ['customers', customer, 'accounts', account, 'id'] })),
  );
  unique(context, places.map(({ id }) => id), (index) => places[index]?.path ?? []);
  judgeApprovers(context);
  return customers.map(({ password, passwordHash, userCode, userCodeHash, ...rest }, index) => {
    for (const name of Object.keys(rest.claims)) {
      if (protocolClaims.has(name)) context.problem(['customers', index, 'claims', name], 'expected claims about the customer, found one that tokens say of themselves');
    }
    if ((password === undefined) === (passwordHash === undefined)) {
      context.problem(['customers', index, 'password'], `expected either password or passwordHash, found ${password === undefined ? 'neither' : 'both'}`);
    }
    if (userCode !== undefined && userCodeHash !== undefined) context.problem(['customers', index, 'userCode'], 'expected either userCode or userCodeHash, found both');
    return {
      ...rest,
      userCode: userCode === undefined ? undefined : new Secret(userCode),
      userCodeHash: userCodeHash === undefined ? undefined : new Secret(userCodeHash),
      password: password === undefined ? undefined : new Secret(password),
      passwordHash: passwordHash === undefined ? undefined : new Secret(passwordHash),
      accounts: rest.accounts.map((account) => ({ ...account, unavailable: account.unavailable })),
    };
  });
}

/** Who must agree is a customer, and somebody else. */
function judgeApprovers(context: Context): void {
  const { customers } = context.content;
  const known = customers.map(({ id }) => id);
  customers.forEach(({ id, accounts }, customer) =>
    accounts.forEach(({ approvers }, account) =>
      approvers.forEach((approver, index) => {
        const path = ['customers', customer, 'accounts', account, 'approvers', index];
        if (approver === id) context.problem(path, 'expected another customer than its holder, found the holder');
        else if (!known.includes(approver)) context.problem(path, `expected the id of a customer, ${notFound(approver, known)}`);
      }),
    ),
  );
}

/** The resource server's own resource and introspection client must be among those declared. */
export function judgeResourceServer(
  context: Context,
  { resource, verification, introspectionClientId }: ResourceServerConfig,
  resources: readonly ResourceConfig[],
  issuers: readonly IssuerConfig[],
): void {
  const own = resources.find(({ identifier }) => identifier === resource);
  if (resources.length > 0 && !own) {
    const known = resources.map(({ identifier }) => identifier);
    context.problem(['resourceServer', 'resource'], `expected one of resources (${known.join(', ')}), ${notFound(resource, known)}`);
  }
  if (verification === 'jwt') {
    if (own?.accessTokenFormat === 'opaque') context.problem(['resourceServer', 'verification'], 'expected introspection (its access tokens are opaque), found "jwt"');
    return;
  }
  const path = ['resourceServer', 'introspectionClientId'];
  if (introspectionClientId === undefined) return context.problem(path, 'expected the client_id it introspects as, found nothing');
  // No access token of a staff issuer is for an API, and those of a market are for its own, which reads them itself.
  for (const { name, clients } of issuers.filter(({ signsIn, market }) => signsIn === 'customers' && !market)) {
    const client = clients.find(({ client_id }) => client_id === introspectionClientId);
    const known = clients.map(({ client_id }) => client_id);
    if (!client) context.problem(path, `expected a client of issuer ${name}, ${notFound(introspectionClientId, known)}`);
    else if (!client.introspection?.includes(resource)) context.problem(path, `expected a client of issuer ${name} with introspection: ["${resource}"], found "${introspectionClientId}" without`);
  }
}

/** The clients the demo TPP plays at our own issuers must be registered there. */
export function judgeRelyingParty(context: Context, relyingParty: RelyingPartyConfig | undefined, issuers: readonly IssuerConfig[]): void {
  relyingParty?.clients.forEach(({ issuer, clientId }, index) => {
    const path = ['relyingParty', 'clients', index];
    const names = issuers.map(({ name }) => name);
    const known = context.content.issuers.find(({ name }) => name === issuer)?.clients.map(({ client_id }) => String(client_id));
    if (!known) context.problem([...path, 'issuer'], `expected the name of an issuer, ${notFound(issuer, names)}`);
    else if (!known.includes(clientId)) context.problem([...path, 'clientId'], `expected a client of issuer ${issuer}, ${notFound(clientId, known)}`);
  });
}
