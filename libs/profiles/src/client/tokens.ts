import type { Client } from '@assent/protocol';
import type { Policy } from '../policy.js';
import type { IssuerForClients } from './issuer-for-clients.js';
import { oneOf, type Members } from './members.js';
import type { Findings } from './problem.js';

type Constraint = Pick<
  Client,
  'dpop_bound_access_tokens' | 'tls_client_certificate_bound_access_tokens' | 'use_mtls_endpoint_aliases'
>;

/** Neither flag: whichever constraint a token request proves (F2-AS-04). Both: no token carries two bindings. */
export function judgeConstraint(members: Members, policy: Policy, findings: Findings): Constraint {
  const dpop = members.flag('dpop_bound_access_tokens', 'RFC 9449 section 5.2');
  const mtls = members.flag('tls_client_certificate_bound_access_tokens', 'RFC 8705 section 3.4');
  const refuse = (name: string, why: string): undefined => findings.problem([name], why, true, findings.clauseOf('senderConstraint', 'FAPI 2.0 SP 5.3.2.1-4,-5'));
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

/** What the client's ID tokens look like, and how it names customers. */
export function judgeTokens(members: Members, issuer: IssuerForClients, redirects: readonly string[], findings: Findings): Tokens {
  const algs = findings.clauseOf('algs', 'FAPI 2.0 SP 5.4.1-1');
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
    ...judgeSubject(members, issuer, redirects, findings),
    require_auth_time: members.flag('require_auth_time', 'OpenID Connect Registration section 2'),
    ...(sound && maxAge !== undefined && { default_max_age: maxAge as number }),
    ...(acrs && acrs.length > 0 && { default_acr_values: acrs }),
  };
}

/**
 * Pairwise subjects need one sector to be pairwise for (OpenID Connect Core section 8.1). A client without redirect URIs
 * has the host of its keys (CIBA section 4, CB-MD-11).
 */
function judgeSubject(members: Members, { subjectTypes = ['public', 'pairwise'] }: IssuerForClients, redirects: readonly string[], findings: Findings): Pick<Client, 'subject_type' | 'sector_identifier_uri'> {
  const clause = 'OpenID Connect Core section 8.1; CIBA section 4';
  const type = members.choice('subject_type', subjectTypes, clause) ?? subjectTypes[0] ?? 'public';
  const sector = members.httpsUrl('sector_identifier_uri', clause);
  const hosts = new Set(redirects.filter((uri) => URL.canParse(uri)).map((uri) => new URL(uri).host));
  const byKeys = hosts.size === 0 && members.raw('jwks_uri') !== undefined;
  // A client that acts for itself alone is never told of a customer.
  const forItself = members.texts('grant_types')?.every((grant) => grant === 'client_credentials') ?? false;
  if (!forItself && type === 'pairwise' && sector === undefined && members.raw('sector_identifier_uri') === undefined && hosts.size !== 1 && !byKeys) {
    findings.problem(['sector_identifier_uri'], `an https URL (pairwise subjects, and redirect_uris name ${hosts.size} hosts)`, undefined, clause);
  }
  return { subject_type: type, ...(sector !== undefined && { sector_identifier_uri: sector }) };
}
