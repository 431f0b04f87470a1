import { carriedTypes, resourcesInMarket, type AssentConfig, type IssuerConfig } from '@assent/config';
import type { Market } from '@assent/markets';
import { checkClient, explainProfile, isAtLeastAsStrict, type Policy } from '@assent/profiles';
import type { Client } from '@assent/protocol';
import { told } from './told.js';

/** One reason why an issuer, or one of its clients, would not pass a market. */
export interface Reason {
  /** Of the market's profile where it is one of its rules, else ours (`ASSENT-ML-<nn>`). */
  readonly rule: string;
  /** `issuer`, or the client's id. */
  readonly about: string;
  /** The setting: a key of the configuration, or a member of the client's metadata. */
  readonly at: string;
  readonly problem: string;
  readonly clause: string;
  readonly fix: string;
}

/** Every reason why the issuer as configured would not pass the market; none: it would. */
export function lintIssuer(config: AssentConfig, issuer: IssuerConfig, market: Market): readonly Reason[] {
  const whole = { config, issuer, market };
  const judges = [membership, policyValues, rules, lifetimes, offers, subjects, api, certificates, joining];
  return [...judges.flatMap((judge) => judge(whole)), ...clientsOf(whole)];
}

interface Whole {
  readonly config: AssentConfig;
  readonly issuer: IssuerConfig;
  readonly market: Market;
}

const key = (name: string): string => `issuers[].${name}`;
const reason = (rule: string, at: string, problem: string, clause: string, fix: string): Reason => ({ rule, about: 'issuer', at, problem, clause, fix });

/** Without it there are neither consents nor an API to ask. */
function membership({ issuer, market }: Whole): readonly Reason[] {
  const found: Reason[] = [];
  if (issuer.signsIn === 'staff') found.push(reason('ASSENT-ML-01', key('signsIn'), 'staff sign in here, who share no data', market.title, 'name an issuer with signsIn: customers'));
  if (issuer.market?.name === market.name) return found;
  const now = issuer.market ? `market: ${issuer.market.name}` : `profile: ${issuer.profile}`;
  return [...found, reason('ASSENT-ML-01', key('market'), `is part of ${issuer.market ? `another market (${issuer.market.title})` : 'no market'}: there is no consent (${market.consent.says}) and no API of ${market.title}`, market.consent.clause, `market: ${market.name}, in place of ${now}`)];
}

/** Values an issuer may tighten without shutting a third party of the market out. Of all others the market's own is wanted. */
const mayTighten: ReadonlySet<keyof Policy> = new Set([
  'algs', 'clientAuth', 'senderConstraint', 'requestObjectAlgs', 'responseAlgs', 'encryptionAlgs', 'contentEncryptionAlgs', 'pkce', 'redirectUris', 'minimumRsaBits', 'minimumEcBits',
  'codeLifetime', 'requestUriLifetime', 'accessTokenLifetime', 'refreshTokenLifetime', 'idTokenLifetime', 'grantLifetime', 'responseLifetime', 'clientAssertionMaxLifetime', 'dpopProofMaxAge',
  'evidence', 'cibaMaxExpiry', 'cibaDelivery', 'signedIntrospection',
]); // prettier-ignore

/** What of a policy has a key of its own in the configuration. */
const keyOf: { readonly [K in keyof Policy]?: string } = {
  codeLifetime: 'lifetimes.code', requestUriLifetime: 'lifetimes.requestUri', accessTokenLifetime: 'lifetimes.accessToken', refreshTokenLifetime: 'lifetimes.refreshToken',
  idTokenLifetime: 'lifetimes.idToken', grantLifetime: 'lifetimes.grant', clientAssertionMaxLifetime: 'lifetimes.clientAssertion', dpopProofMaxAge: 'lifetimes.dpopProof',
  dpopNonce: 'dpopNonce', redirectUris: 'redirectUris', httpSignatures: 'httpSignatures', evidence: 'evidence',
}; // prettier-ignore

function policyValues({ issuer, market }: Whole): readonly Reason[] {
  return explainProfile(market.profile).values.flatMap(({ key: name, value, source, says }): Reason[] => {
    const own = issuer.policy[name];
    if (same(own, value) || (name.startsWith('ciba') && name !== 'ciba' && market.profile.policy.ciba === 'off')) return [];
    const strict = isAtLeastAsStrict(name, own as never, value as never);
    if (strict && mayTighten.has(name)) return [];
    const [at, wanted] = [keyOf[name], line(value)];
    const [rule, what] = strict ? ['ASSENT-ML-03', 'its third parties could not comply'] : ['ASSENT-ML-02', 'that is less than the market asks'];
    const fix = at !== undefined && issuer.market?.name === market.name ? `${key(at)}: ${strict ? wanted : `${wanted}${typeof value === 'number' ? ' or less' : ''}`}, or leave it out` : `comes with market: ${market.name}`;
    return [reason(rule, at === undefined ? `policy.${name}` : key(at), `${says} Found ${line(own)}, where the market has ${wanted}: ${what}`, source, fix)];
  });
}

const same = (one: unknown, other: unknown): boolean => sorted(one) === sorted(other);
const sorted = (value: unknown): string => JSON.stringify(Array.isArray(value) ? [...(value as readonly string[])].sort() : value);
const line = (value: unknown): string => told(value).replaceAll('\n', ', ');

function rules({ issuer, market }: Whole): readonly Reason[] {
  const asked = new Set(issuer.rules.rules.map(({ id }) => id));
  return market.profile.rules.filter(({ id }) => !asked.has(id)).map(({ id, clause, says }) => reason(id, `rules.${id}`, `is not asked: the server ${says}`, clause, `comes with market: ${market.name}`));
}

function lifetimes({ issuer: { policy }, market: { least = [], refreshTokens } }: Whole): readonly Reason[] {
  const found = least.flatMap(({ key: name, seconds, clause }) => (policy[name] >= seconds ? [] : [reason('ASSENT-ML-04', key(keyOf[name] ?? name), `found ${policy[name]} seconds, where ${seconds} are the least`, clause, `${key(keyOf[name] ?? name)}: ${seconds}s at least`)]));
  if (policy.refreshTokenLifetime >= policy.grantLifetime) return found;
  return [...found, reason('ASSENT-ML-04', key('lifetimes.refreshToken'), `refresh tokens end after ${policy.refreshTokenLifetime} seconds, consents after ${policy.grantLifetime}`, refreshTokens.clause, `${key('lifetimes.refreshToken')}: as long as lifetimes.grant`)];
}

/** What the issuer's metadata offers must be what the market's third parties look for. */
function offers({ issuer, market }: Whole): readonly Reason[] {
  const wanted = market.issuer;
  const lists = [
    ['ASSENT-ML-05', 'scopes', wanted.scopes, issuer.scopes],
    ['ASSENT-ML-06', 'acrValues', wanted.acrValues, issuer.acrValues],
    ['ASSENT-ML-07', 'claims', wanted.claims, issuer.claims],
    ['ASSENT-ML-08', 'authorizationDetailsTypes', carriedTypes(market), issuer.authorizationDetailsTypes],
  ] as const;
  const missing = lists.flatMap(([rule, at, all, own]) => {
    const absent = all.filter((one) => !own.includes(one));
    return absent.length === 0 ? [] : [reason(rule, key(at), `lacks ${absent.join(', ')}`, market.title, `add ${absent.join(', ')} to ${key(at)}, or leave ${at} out in the market`)];
  });
  const foreign = issuer.signingAlgs.filter((alg) => !wanted.signingAlgs.includes(alg));
  const clause = market.profile.sources.algs;
  return [
    ...missing,
    ...(foreign.length === 0 ? [] : [reason('ASSENT-ML-09', key('signingAlgs'), `signs by ${foreign.join(', ')}, which the market does not know`, clause, `${key('signingAlgs')}: [${wanted.signingAlgs.join(', ')}]`)]),
    ...(wanted.signingAlgs[0] === undefined || issuer.signingAlgs.includes(wanted.signingAlgs[0]) ? [] : [reason('ASSENT-ML-09', key('signingAlgs'), `does not sign by ${wanted.signingAlgs[0]}`, clause, `add ${wanted.signingAlgs[0]} to ${key('signingAlgs')}`)]),
    ...(wanted.signingAlgs.includes(issuer.accessTokenAlg) ? [] : [reason('ASSENT-ML-09', key('accessTokenAlg'), `access tokens are signed by ${issuer.accessTokenAlg}`, clause, `${key('accessTokenAlg')}: ${wanted.accessTokenAlg}`)]),
  ];
}

function subjects({ issuer, market }: Whole): readonly Reason[] {
  const foreign = issuer.subjectTypes.filter((type) => !market.issuer.subjectTypes.includes(type));
  return foreign.length === 0 ? [] : [reason('ASSENT-ML-10', 'subject_types_supported', `names customers by ${foreign.join(', ')} subjects, where the market has ${market.issuer.subjectTypes.join(', ')}`, market.title, `comes with market: ${market.name}`)];
}

/** The market's API is the one resource its tokens are for. */
function api({ config, issuer, market }: Whole): readonly Reason[] {
  const [own] = resourcesInMarket(market, issuer.name, config.resourceServer, config.bank);
  const found: Reason[] = [];
  const foreign = issuer.resources.filter(({ identifier }) => identifier !== own?.identifier).map(({ identifier }) => identifier);
  if (foreign.length > 0) found.push(reason('ASSENT-ML-11', 'resources', `its access tokens may be for ${foreign.join(', ')}: a token of a market is for the market's API alone`, market.title, `comes with market: ${market.name}`));
  if (issuer.grantManagement.actions.length > 0) found.push(reason('ASSENT-ML-12', key('grantManagement.actions'), `offers ${issuer.grantManagement.actions.join(', ')}: a consent of a market is changed in the market's own ways alone`, market.title, `${key('grantManagement.actions')}: [], or leave it out in the market`));
  return found;
}

/** Where certificates count, they must be asked for, and arrive. */
function certificates({ config, issuer, market }: Whole): readonly Reason[] {
  const { policy, sources } = market.profile;
  const counts = policy.senderConstraint.includes('mtls') || policy.clientAuth.some((method) => method.endsWith('tls_client_auth'));
  if (!counts) return [];
  const { authorizationServer: server, resourceServer } = config;
  const found: Reason[] = [];
  if (issuer.mtlsBase === undefined) found.push(reason('ASSENT-ML-13', 'authorizationServer.mtlsUrl', 'mtls_endpoint_aliases are not published', sources.senderConstraint, 'authorizationServer.mtlsUrl: the base of its mTLS aliases'));
  for (const [name, { listeners, proxy }] of [['authorizationServer', server], ['resourceServer', resourceServer]] as const) {
    const plain = listeners.every(({ kind }) => kind === 'plain');
    if (plain && (proxy?.clientCertificateHeader ?? 'none') === 'none') found.push(reason('ASSENT-ML-14', `${name}.proxy.clientCertificateHeader`, 'TLS ends at a proxy that hands no client certificate on', sources.senderConstraint, 'proxy.clientCertificateHeader: how the proxy hands them on'));
  }
  return found;
}

/** How third parties come in. */
function joining({ issuer, market: { onboarding, name } }: Whole): readonly Reason[] {
  if (onboarding.kind === 'configured') return [];
  const { registration } = issuer;
  if (!registration) return issuer.clients.length > 0 ? [] : [reason('ASSENT-ML-15', key('registration'), 'nobody can join: there are no clients, and none can register', onboarding.clause, `${key('registration')}: who may sign software statements, with market: ${name}`)];
  return registration.statementIssuers.length > 0 || registration.initialAccessTokens.length > 0 ? [] : [reason('ASSENT-ML-16', key('registration.statementIssuers'), 'nobody can join: no software statement is trusted', onboarding.clause, `${key('registration.statementIssuers')}: the directory of the market`)];
}

/** Each client as if it registered at the market today. The bank's own are none of its third parties. */
function clientsOf({ config, issuer, market }: Whole): readonly Reason[] {
  const resources = resourcesInMarket(market, issuer.name, config.resourceServer, config.bank).map(({ identifier }) => identifier);
  const { scopes, signingAlgs, acrValues, subjectTypes } = market.issuer;
  const facts = { scopes, signingAlgs, acrValues, subjectTypes, authorizationDetailsTypes: carriedTypes(market), resources, sources: market.profile.sources, operated: false };
  return issuer.clients
    .filter(({ first_party: own, introspection }) => !own && introspection === undefined)
    .flatMap((client) => {
      const checked = checkClient(metadataOf(client), market.profile.policy, facts);
      const problems = checked.outcome === 'refused' ? checked.problems : [];
      return problems.map(({ path, problem, expected, clause }): Reason => {
        const member = path.join('.');
        return { rule: 'ASSENT-ML-17', about: client.client_id, at: member, problem, clause, fix: expected === '' ? `change ${member}` : `${member}: ${expected}` };
      });
    });
}

/** A client's effective metadata as it would be sent. */
const metadataOf = ({ scope, ...client }: Client): Readonly<Record<string, unknown>> => ({ ...client, ...(scope.length > 0 && { scope: scope.join(' ') }) });
