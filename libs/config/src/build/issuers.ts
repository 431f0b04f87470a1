import type { Market } from '@assent/markets';
import type { Client, SigningAlgName } from '@assent/protocol';
import {
  by, checkClient, contradictionsOf, fapi2Security, isAtLeastAsStrict, isJarmMode, loosened, profileNamed, refine, type Policy, type Profile, type SourcedPolicy,
} from '@assent/profiles'; // prettier-ignore
import type { AuthorizationServerConfig, CibaRules, GrantManagementRules, IssuerConfig, ResourceConfig, ResourceServerConfig, SupportedGrantAction } from '../model.js';
import type { Path } from '../problem.js';
import { ciba as cibaDefaults, grantActions } from '../schema/issuer.js';
import type { ConfigFile, IssuerEntry } from '../schema/index.js';
import type { Context } from './context.js';
import { carriedTypes, judgeInMarket, marketOf, resourcesInMarket } from './market.js';
import { notFound } from './not-found.js';
import { registrationOf } from './registration.js';

const openidScopes = ['openid', 'profile', 'email', 'offline_access'];
const staffScopes = ['openid', 'profile', 'email'];
const staffClaims = ['name', 'preferred_username', 'roles'];

interface Servers {
  readonly server: AuthorizationServerConfig;
  readonly resourceServer: ResourceServerConfig;
}

export function buildIssuers(context: Context, servers: Servers, resources: readonly ResourceConfig[]): readonly IssuerConfig[] {
  const issuers = context.content.issuers.map((entry, index) => buildIssuer(context, entry, ['issuers', index], servers, resources));
  unique(context, issuers.map(({ name }) => name), (index) => ['issuers', index, 'name']);
  unique(context, issuers.map(({ issuer }) => issuer), (index) => ['issuers', index, 'url']);
  return issuers;
}

function buildIssuer(
  context: Context,
  entry: IssuerEntry,
  path: Path,
  { server, resourceServer }: Servers,
  configured: readonly ResourceConfig[],
): IssuerConfig {
  const { name } = entry;
  const market = marketOf(context, entry, path);
  const rules = rulesOf(context, entry, path, market?.profile ?? profileNamed(entry.profile ?? fapi2Security.name));
  if (market) judgeInMarket(context, entry, market, rules.policy, path);
  const resources = market ? resourcesInMarket(market, name, resourceServer, context.content.bank) : configured;
  const named = entry.signingAlgs ?? market?.issuer.signingAlgs ?? (['PS256', 'ES256'] as const);
  const signingAlgs = named.length > 0 ? named : (['PS256'] as const);
  if (named.length === 0) context.problem([...path, 'signingAlgs'], 'expected at least one of PS256, ES256, EdDSA, found an empty list');
  judgeProfile(context, rules, signingAlgs, path);
  const staff = entry.signsIn === 'staff';
  const scopes = [...new Set(entry.scopes ?? market?.issuer.scopes ?? (staff ? staffScopes : [...openidScopes, ...resources.flatMap((one) => one.scopes)]))];
  const foreign = staff ? scopes.filter((scope) => !staffScopes.includes(scope)) : [];
  if (foreign.length > 0) context.problem([...path, 'scopes'], `expected only ${staffScopes.join(', ')} (staff have no account data), found "${foreign.join(' ')}"`);
  const mtls = entry.mtlsUrl ?? server.mtlsUrl;
  const issuer: Omit<IssuerConfig, 'clients'> = {
    name,
    issuer: entry.url ?? `${server.publicUrl}/${name}`,
    mtlsBase: mtls && `${mtls}/${name}`,
    signsIn: entry.signsIn,
    profile: market?.profile.name ?? entry.profile ?? '',
    ...(market && { market }),
    ...(market && entry.participant && { participant: entry.participant }),
    resources,
    rules,
    policy: rules.policy,
    signingAlgs,
    accessTokenAlg: accessTokenAlg(context, entry, path, signingAlgs, market),
    acrValues: entry.acrValues ?? market?.issuer.acrValues ?? ['urn:assent:acr:password'],
    subjectTypes: market?.issuer.subjectTypes ?? ['public', 'pairwise'],
    scopes,
    authorizationDetailsTypes: detailTypesOf(context, entry, path, market ? carriedTypes(market) : resources.flatMap((one) => one.authorizationDetailsTypes)),
    grantManagement: grantManagementOf(context, entry, path, scopes),
    ciba: cibaOf(context, entry, path, rules.policy),
    registration: registrationOf(context, entry, path, market, market?.profile.name ?? entry.profile ?? ''),
    claims: entry.claims ?? market?.issuer.claims ?? (staff ? staffClaims : claimsOf(context.content.customers)),
  };
  return { ...issuer, clients: buildClients(context, entry, path, issuer, resources) };
}

/** The profile as this issuer has it must not contradict itself, and the issuer must be able to sign as it says. */
function judgeProfile(context: Context, { policy, sources }: Profile, signingAlgs: readonly SigningAlgName[], path: Path): void {
  for (const { says, values } of contradictionsOf(policy)) context.problem(path, `${says} (${values.join(', ')})`);
  signingAlgs.forEach((alg, index) => {
    if (!policy.algs.includes(alg)) context.problem([...path, 'signingAlgs', index], `expected one of ${policy.algs.join(', ')} (${sources.algs}), found "${alg}"`);
  });
  const signsResponses = policy.responseModes.some(isJarmMode);
  if (signsResponses && !signingAlgs.some((alg) => policy.responseAlgs.includes(alg))) context.problem([...path, 'signingAlgs'], `expected one of ${policy.responseAlgs.join(', ')} (${sources.responseAlgs}: responses are signed)`);
}

/** Closed by default: what no resource understands, no token is for (RFC 9396 section 9). */
function detailTypesOf(context: Context, entry: IssuerEntry, path: Path, types: readonly string[]): readonly string[] {
  const understood = [...new Set(types)];
  const offered = [...new Set(entry.authorizationDetailsTypes ?? (entry.signsIn === 'staff' ? [] : understood))];
  offered.forEach((type, index) => {
    if (entry.signsIn === 'staff') context.problem([...path, 'authorizationDetailsTypes', index], `expected none (staff have no account data), found "${type}"`);
    else if (!understood.includes(type)) context.problem([...path, 'authorizationDetailsTypes', index], `expected one of resources[].authorizationDetailsTypes, ${notFound(type, understood)}`);
  });
  return offered;
}

function cibaOf(context: Context, { ciba, market, profile = market, signsIn }: IssuerEntry, path: Path, policy: Policy): CibaRules {
  if (policy.ciba === 'off' && ciba) context.problem([...path, 'ciba'], `expected nothing (${profile} has no requests by the back channel), found a mapping`);
  if (policy.ciba === 'on' && signsIn === 'staff') context.problem([...path, 'profile'], `expected a profile without requests by the back channel (staff are not asked for data), found "${profile}"`);
  return ciba ?? cibaDefaults.parse({});
}

/** Actions at the grants API and the scopes that open it come together or not at all (GM-MD-01, GM-MD-06). */
function grantManagementOf(context: Context, { grantManagement, market, signsIn }: IssuerEntry, path: Path, scopes: readonly string[]): GrantManagementRules {
  const { actionRequired, actions: named } = grantManagement;
  const reachable = (action: SupportedGrantAction): boolean => !(action in grantScopes) || scopes.includes(grantScopes[action as keyof typeof grantScopes]);
  const actions = named ?? (signsIn === 'staff' || market !== undefined ? [] : grantActions.filter(reachable));
  const place = [...path, 'grantManagement'];
  for (const [action, scope] of Object.entries(grantScopes) as [keyof typeof grantScopes, string][]) {
    if (actions.includes(action) && !scopes.includes(scope)) context.problem([...place, 'actions'], `expected the scope ${scope} among scopes, as actions has ${action}`);
    if (!actions.includes(action) && scopes.includes(scope)) context.problem([...place, 'actions'], `expected ${action} among actions, as scopes has ${scope}`);
  }
  if (actionRequired && !actions.some((action) => !(action in grantScopes))) context.problem([...place, 'actionRequired'], 'expected at least one of create, merge, replace among actions, as every request must name one');
  return { actionRequired, actions };
}

const grantScopes = { query: 'grant_management_query', revoke: 'grant_management_revoke' } as const;

function accessTokenAlg(context: Context, entry: IssuerEntry, path: Path, algs: readonly SigningAlgName[], market: Market | undefined): SigningAlgName {
  const { accessTokenAlg: given } = entry;
  if (given !== undefined && !algs.includes(given)) {
    context.problem([...path, 'accessTokenAlg'], `expected one of signingAlgs (${algs.join(', ')}), found "${given}"`);
  }
  const usual = market?.issuer.accessTokenAlg;
  if (usual !== undefined && algs.includes(usual)) return given ?? usual;
  // ES256 signs some ten times faster than PS256.
  return given ?? (algs.includes('ES256') ? 'ES256' : (algs[0] ?? 'ES256'));
}

const lifetimeOf = {
  code: 'codeLifetime',
  requestUri: 'requestUriLifetime',
  accessToken: 'accessTokenLifetime',
  refreshToken: 'refreshTokenLifetime',
  idToken: 'idTokenLifetime',
  grant: 'grantLifetime',
  clientAssertion: 'clientAssertionMaxLifetime',
  dpopProof: 'dpopProofMaxAge',
} as const satisfies Record<keyof IssuerEntry['lifetimes'], keyof Policy>;

/** The profile with what this issuer asks beyond it. A lifetime longer than the profile's is a problem. */
function rulesOf(context: Context, entry: IssuerEntry, path: Path, base: Profile): Profile {
  const own: Own = {};
  for (const name of Object.keys(lifetimeOf) as (keyof typeof lifetimeOf)[]) {
    const seconds = entry.lifetimes[name];
    const key = lifetimeOf[name];
    if (seconds === undefined) continue;
    if (isAtLeastAsStrict(key, seconds, base.policy[key])) own[key] = by('configuration', seconds);
    else context.problem([...path, 'lifetimes', name], `expected at most ${base.policy[key]} seconds (${base.sources[key]}), found ${seconds}`);
  }
  if (entry.dpopNonce === 'required') own.dpopNonce = by('configuration', 'required');
  demand(context, path, own, base, 'httpSignatures', entry.httpSignatures);
  demand(context, path, own, base, 'evidence', entry.evidence);
  if (entry.redirectUris === 'registered-or-pushed') {
    own.redirectUris = loosened('FAPI 2.0 SP 5.3.2.2-6; RFC 9126 section 2.4', 'registered-or-pushed', {
      replaces: base.sources.redirectUris,
      why: 'the operator lets authenticated clients push redirect URIs',
    });
  }
  return refine(base, `${base.name}/${entry.name}`, own);
}

type Own = { -readonly [K in keyof SourcedPolicy]?: SourcedPolicy[K] };

/** A value the issuer may only raise. */
function demand<K extends 'httpSignatures' | 'evidence'>(context: Context, path: Path, own: Own, base: Profile, key: K, value: Policy[K] | undefined): void {
  if (value === undefined) return;
  if (isAtLeastAsStrict(key, value, base.policy[key])) Object.assign(own, { [key]: by('configuration', value) });
  else context.problem([...path, key], `expected "${base.policy[key]}" or more (${base.sources[key]}), found "${value}"`);
}

/** `claims_supported` may name only what is really delivered. */
const claimsOf = (customers: ConfigFile['customers']): readonly string[] => [...new Set(customers.flatMap(({ claims }) => Object.keys(claims)))];

function buildClients(
  context: Context,
  entry: IssuerEntry,
  path: Path,
  issuer: Omit<IssuerConfig, 'clients'>,
  resources: readonly ResourceConfig[],
): readonly Client[] {
  const facts = { ...issuer, sources: issuer.rules.sources, resources: resources.map(({ identifier }) => identifier), operated: true };
  const clients: Client[] = [];
  entry.clients.forEach((metadata, index) => {
    const checked = checkClient(metadata, issuer.policy, facts);
    const place = [...path, 'clients', index];
    for (const { path: member, problem, clause } of checked.warnings) context.warn([...place, ...member], `${problem} (${clause})`);
    if (checked.outcome === 'accepted') clients.push(checked.client);
    else for (const { path: member, problem, clause } of checked.problems) context.problem([...place, ...member], `${problem} (${clause})`);
  });
  const ids = entry.clients.map(({ client_id }, index) => (typeof client_id === 'string' ? client_id : `(none ${index})`));
  const placeOf = (index: number): Path => [...path, 'clients', index, 'client_id'];
  unique(context, ids, placeOf);
  ids.forEach((id, index) => refuseLookAlike(context, id, placeOf(index)));
  return clients;
}

/** A client's id must not read as a customer's subject: `sub` of a token may be either (FAPI 2.0 SP 6.7). */
function refuseLookAlike(context: Context, clientId: string, path: Path): void {
  if (/^[A-Za-z0-9_-]{43}$/.test(clientId)) context.problem(path, `expected a client_id that resembles no subject identifier (43 base64url characters), found "${clientId}" (FAPI 2.0 SP 6.7)`);
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  const twin = context.content.customers.find(({ id }) => plain(id) === plain(clientId));
  if (twin) context.problem(path, `expected a client_id that resembles no customer's id, found "${clientId}" beside customer "${twin.id}" (FAPI 2.0 SP 6.7)`);
  const colleague = context.content.staff.find(({ id }) => plain(id) === plain(clientId));
  if (colleague) context.problem(path, `expected a client_id that resembles no staff member's id, found "${clientId}" beside "${colleague.id}" (FAPI 2.0 SP 6.7)`);
}

/** Each value once. */
export function unique(context: Context, values: readonly string[], path: (index: number) => Path): void {
  values.forEach((value, index) => {
    if (values.indexOf(value) !== index) context.problem(path(index), `expected a value of its own, found "${value}" a second time`);
  });
}
