import type { Client, Organisation, SigningAlgName } from '@assent/protocol';
import type { Policy } from '../policy.js';
import { isAllowedRedirectUri, isLoopbackRedirectUri } from '../redirect-uri.js';
import { judgeAuthentication } from './authentication.js';
import { judgeMembers, Members, oneOf, type Metadata } from './members.js';
import { Findings, type ClientProblem } from './problem.js';

/** What a client's metadata is measured against, beside the policy. */
export interface IssuerForClients {
  readonly scopes: readonly string[];
  /** What the issuer signs ID tokens and UserInfo with; the first is the default. */
  readonly signingAlgs: readonly SigningAlgName[];
  readonly acrValues: readonly string[];
  /** Resource identifiers a client may introspect for. */
  readonly resources: readonly string[];
}

export type CheckedClient =
  | { readonly outcome: 'accepted'; readonly client: Client; readonly warnings: readonly ClientProblem[] }
  | { readonly outcome: 'refused'; readonly problems: readonly ClientProblem[]; readonly warnings: readonly ClientProblem[] };

/**
 * A client's metadata under its RFC 7591 names, judged by the policy: the effective client with all defaults filled
 * in, or everything that is wrong with it. Unknown members are ignored with a warning (RFC 7591 section 2).
 */
export function checkClient(metadata: Metadata, policy: Policy, issuer: IssuerForClients): CheckedClient {
  const findings = new Findings();
  const members = new Members(metadata, findings);
  judgeMembers(metadata, findings);
  const identity = judgeIdentity(members, findings);
  const flow = judgeFlow(members, policy, issuer, findings);
  const authentication = judgeAuthentication(members, policy, findings);
  const constraint = judgeConstraint(members, policy, findings);
  const tokens = judgeTokens(members, issuer, flow.redirect_uris, findings);
  const ours = judgeExtensions(members, issuer, findings);
  const { problems, warnings } = findings;
  if (problems.length > 0 || !authentication) return { outcome: 'refused', problems, warnings };
  return {
    outcome: 'accepted',
    client: { ...identity, ...flow, ...authentication, ...constraint, ...tokens, ...ours },
    warnings,
  };
}

function judgeIdentity(members: Members, findings: Findings): Pick<Client, 'client_id' | 'client_name' | 'client_uri'> {
  const id = members.text('client_id') ?? '';
  // Printable ASCII (RFC 6749 appendix A.1); no spaces, so that a log line can hold it.
  if (!/^[\x21-\x7e]{1,255}$/.test(id)) {
    findings.problem(['client_id'], '1 to 255 printable ASCII characters without spaces', members.raw('client_id'), 'RFC 6749 appendix A.1');
  }
  const uri = members.httpsUrl('client_uri', 'RFC 7591 section 2');
  return { client_id: id, client_name: members.text('client_name') ?? id, ...(uri !== undefined && { client_uri: uri }) };
}

type Flow = Pick<Client, 'redirect_uris' | 'grant_types' | 'response_types' | 'scope'>;

function judgeFlow(members: Members, policy: Policy, issuer: IssuerForClients, findings: Findings): Flow {
  const grants = each(members, 'grant_types', policy.grantTypes, 'RFC 7591 section 2', findings) ?? ['authorization_code'];
  const byCode = grants.includes('authorization_code');
  const responses = each(members, 'response_types', policy.responseTypes, 'FAPI 2.0 SP 5.3.2.2-1', findings) ?? (byCode ? ['code'] : []);
  if (byCode !== responses.includes('code')) {
    const expected = byCode ? 'code in the list (grant_types has authorization_code)' : 'no code (grant_types lacks authorization_code)';
    findings.problem(['response_types'], expected, members.raw('response_types'), 'RFC 7591 section 2.1');
  }
  if (grants.length === 0) findings.problem(['grant_types'], 'at least one grant type', [], 'RFC 7591 section 2');
  const uris = judgeRedirectUris(members, findings);
  if (byCode && uris.length === 0 && members.raw('redirect_uris') === undefined && policy.redirectUris === 'registered') {
    findings.problem(['redirect_uris'], 'at least one https URL', undefined, 'FAPI 2.0 SP 5.3.2.2-6');
  }
  return { redirect_uris: uris, grant_types: grants, response_types: responses, scope: judgeScope(members, byCode, issuer, findings) };
}

function judgeRedirectUris(members: Members, findings: Findings): readonly string[] {
  const native = members.raw('application_type') === 'native';
  const uris = members.texts('redirect_uris') ?? [];
  uris.forEach((uri, index) => {
    if (isAllowedRedirectUri(uri) || (native && isLoopbackRedirectUri(uri))) return;
    const expected = native ? 'an https URL, or http on 127.0.0.1 or [::1]' : 'an https URL';
    findings.problem(['redirect_uris', index], isHttps(uri) ? `${expected} without fragment, user name or wildcard` : expected, uri, 'FAPI 2.0 SP 5.3.2.2-8');
  });
  return uris;
}

const isHttps = (uri: string): boolean => uri.startsWith('https://');

/** One text of scopes separated by spaces. Left out, a client that signs people in may ask who they are, no more. */
function judgeScope(members: Members, byCode: boolean, issuer: IssuerForClients, findings: Findings): readonly string[] {
  const clause = 'RFC 7591 section 2';
  if (Array.isArray(members.raw('scope'))) {
    findings.problem(['scope'], 'one text of scopes separated by spaces', members.raw('scope'), clause);
    return [];
  }
  const text = members.text('scope', clause);
  if (text === undefined) {
    if (!byCode || !issuer.scopes.includes('openid')) return [];
    findings.warn(['scope'], 'none given: the client may ask for openid only', clause);
    return ['openid'];
  }
  const scopes = [...new Set(text.split(' ').filter((scope) => scope !== ''))];
  const foreign = scopes.filter((scope) => !issuer.scopes.includes(scope));
  if (foreign.length > 0) findings.problem(['scope'], `scopes this issuer offers (${issuer.scopes.join(' ')})`, foreign.join(' '), clause);
  return scopes;
}

type Constraint = Pick<
  Client,
  'dpop_bound_access_tokens' | 'tls_client_certificate_bound_access_tokens' | 'use_mtls_endpoint_aliases'
>;

/** Neither flag: whichever constraint a token request proves (F2-AS-04). Both: no token carries two bindings. */
function judgeConstraint(members: Members, policy: Policy, findings: Findings): Constraint {
  const dpop = members.flag('dpop_bound_access_tokens', 'RFC 9449 section 5.2');
  const mtls = members.flag('tls_client_certificate_bound_access_tokens', 'RFC 8705 section 3.4');
  const refuse = (name: string, why: string): undefined => findings.problem([name], why, true, 'FAPI 2.0 SP 5.3.2.1-4,-5');
  if (dpop && mtls) refuse('tls_client_certificate_bound_access_tokens', 'at most one of dpop_bound_access_tokens and tls_client_certificate_bound_access_tokens');
  if (dpop && !policy.senderConstraint.includes('dpop')) refuse('dpop_bound_access_tokens', 'certificate-bound access tokens, as this issuer issues');
  if (mtls && !policy.senderConstraint.includes('mtls')) refuse('tls_client_certificate_bound_access_tokens', 'DPoP-bound access tokens, as this issuer issues');
  return {
    dpop_bound_access_tokens: dpop,
    tls_client_certificate_bound_access_tokens: mtls,
    use_mtls_endpoint_aliases: members.flag('use_mtls_endpoint_aliases', 'FAPI 2.0 SP 5.2.2.1'),
  };
}

type Tokens = Pick<
  Client,
  | 'id_token_signed_response_alg'
  | 'userinfo_signed_response_alg'
  | 'subject_type'
  | 'sector_identifier_uri'
  | 'require_auth_time'
  | 'default_max_age'
  | 'default_acr_values'
>;

function judgeTokens(members: Members, issuer: IssuerForClients, redirects: readonly string[], findings: Findings): Tokens {
  const algs = 'FAPI 2.0 SP 5.4.1-1';
  const userinfo = members.choice('userinfo_signed_response_alg', issuer.signingAlgs, algs);
  const acrs = members.texts('default_acr_values');
  acrs?.forEach((acr, index) => {
    if (!issuer.acrValues.includes(acr)) findings.problem(['default_acr_values', index], oneOf(issuer.acrValues), acr, 'OpenID Connect Registration section 2');
  });
  const maxAge = members.raw('default_max_age');
  const sound = maxAge === undefined || (Number.isInteger(maxAge) && (maxAge as number) >= 0);
  if (!sound) findings.problem(['default_max_age'], 'a whole number of seconds, 0 or more', maxAge, 'OpenID Connect Registration section 2');
  return {
    id_token_signed_response_alg: members.choice('id_token_signed_response_alg', issuer.signingAlgs, algs) ?? issuer.signingAlgs[0] ?? 'PS256',
    ...(userinfo && { userinfo_signed_response_alg: userinfo }),
    ...judgeSubject(members, redirects, findings),
    require_auth_time: members.flag('require_auth_time', 'OpenID Connect Registration section 2'),
    ...(sound && maxAge !== undefined && { default_max_age: maxAge as number }),
    ...(acrs && acrs.length > 0 && { default_acr_values: acrs }),
  };
}

/** Pairwise subjects need one sector to be pairwise for (OpenID Connect Core section 8.1). */
function judgeSubject(members: Members, redirects: readonly string[], findings: Findings): Pick<Client, 'subject_type' | 'sector_identifier_uri'> {
  const clause = 'OpenID Connect Core section 8.1';
  const type = members.choice('subject_type', ['public', 'pairwise'], clause) ?? 'public';
  const sector = members.httpsUrl('sector_identifier_uri', clause);
  const hosts = new Set(redirects.filter((uri) => URL.canParse(uri)).map((uri) => new URL(uri).host));
  if (type === 'pairwise' && sector === undefined && members.raw('sector_identifier_uri') === undefined && hosts.size !== 1) {
    findings.problem(['sector_identifier_uri'], `an https URL (pairwise subjects, and redirect_uris name ${hosts.size} hosts)`, undefined, clause);
  }
  return { subject_type: type, ...(sector !== undefined && { sector_identifier_uri: sector }) };
}

function judgeExtensions(members: Members, issuer: IssuerForClients, findings: Findings): Pick<Client, 'access_token_format' | 'introspection' | 'organisation'> {
  const format = members.choice('access_token_format', ['jwt', 'opaque'] as const, 'ours');
  const resources = members.texts('introspection', 'ours');
  resources?.forEach((one, index) => {
    if (!issuer.resources.includes(one)) findings.problem(['introspection', index], oneOf(issuer.resources), one, 'RFC 7662 section 2.1');
  });
  const organisation = judgeOrganisation(members.raw('organisation'), findings);
  return {
    ...(format && { access_token_format: format }),
    ...(resources && resources.length > 0 && { introspection: resources }),
    ...(organisation && { organisation }),
  };
}

function judgeOrganisation(value: unknown, findings: Findings): Organisation | undefined {
  if (value === undefined) return undefined;
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return findings.problem(['organisation'], 'a mapping', value, 'ours');
  const allowed = ['legal_name', 'register_number', 'purpose'];
  for (const [name, text] of Object.entries(value)) {
    if (!allowed.includes(name)) findings.problem(['organisation', name], `only ${allowed.join(', ')}`, name, 'ours');
    else if (typeof text !== 'string' || text.length > 300) findings.problem(['organisation', name], 'text of at most 300 characters', text, 'ours');
  }
  return value as Organisation;
}

/** A list of texts, each of them allowed. */
function each(members: Members, name: string, allowed: readonly string[], clause: string, findings: Findings): readonly string[] | undefined {
  const values = members.texts(name, clause);
  values?.forEach((value, index) => {
    if (!allowed.includes(value)) findings.problem([name, index], oneOf(allowed), value, clause);
  });
  return values && [...new Set(values)];
}
