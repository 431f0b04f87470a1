import type { Client, ClientAuthMethod, SigningAlg } from '@assent/protocol';
import type { Policy } from '../policy.js';
import { judgeKeySet, signsUnder } from './keys.js';
import { oneOf, type Members } from './members.js';
import { InWords, type Findings } from './problem.js';

const certificateNames = [
  'tls_client_auth_subject_dn',
  'tls_client_auth_san_dns',
  'tls_client_auth_san_uri',
  'tls_client_auth_san_ip',
  'tls_client_auth_san_email',
] as const;

type Authentication = Pick<
  Client,
  'token_endpoint_auth_method' | 'token_endpoint_auth_signing_alg' | 'jwks' | 'jwks_uri' | (typeof certificateNames)[number]
>;

/** How the client proves itself, and the keys or the certificate name that takes (F2-AS-03, F2-AS-06). */
export function judgeAuthentication(members: Members, policy: Policy, findings: Findings): Authentication | undefined {
  const method = judgeMethod(members, policy, findings);
  const keys = judgeKeySource(members, policy, findings);
  const names = judgeCertificateNames(members, method, findings);
  const alg = judgeAssertionAlg(members, policy, method, findings);
  if (method === undefined) return undefined;
  if (method === 'none') judgePublic(members, findings);
  judgeNeeds(method, keys, alg ? [alg] : policy.algs, findings);
  return { token_endpoint_auth_method: method, ...(alg && { token_endpoint_auth_signing_alg: alg }), ...keys, ...names };
}

function judgeMethod(members: Members, policy: Policy, findings: Findings): ClientAuthMethod | undefined {
  const clause = findings.clauseOf('clientAuth', 'FAPI 2.0 SP 5.3.2.1-3,-6');
  const value = members.raw('token_endpoint_auth_method');
  if (policy.clientAuth.includes(value as ClientAuthMethod)) return value as ClientAuthMethod;
  // Left out, it means client_secret_basic (RFC 7591 section 2), which no profile here allows.
  return findings.problem(['token_endpoint_auth_method'], oneOf(policy.clientAuth), value, clause);
}

/** A public client proves nothing but PKCE: it gets no refresh token and acts for nobody but a customer (RFC 9700 section 2.2.2). */
function judgePublic(members: Members, findings: Findings): void {
  const grants = members.texts('grant_types')?.filter((grant) => grant !== 'authorization_code' && grant !== 'implicit') ?? [];
  if (grants.length > 0) findings.problem(['grant_types'], 'authorization_code alone (a public client)', grants.join(', '), 'RFC 9700 section 2.2.2');
  if (members.raw('tls_client_certificate_bound_access_tokens') === true) findings.problem(['tls_client_certificate_bound_access_tokens'], 'false (a public client presents no certificate)', true, 'RFC 8705 section 3');
}

function judgeKeySource(members: Members, policy: Policy, findings: Findings): Pick<Client, 'jwks' | 'jwks_uri'> {
  const inline = members.raw('jwks');
  const uri = members.httpsUrl('jwks_uri', 'FAPI 2.0 SP 5.6');
  if (inline !== undefined && uri !== undefined) {
    findings.problem(['jwks_uri'], 'either jwks or jwks_uri', new InWords('both'), 'RFC 7591 section 2');
    return {};
  }
  const jwks = inline === undefined ? undefined : judgeKeySet(inline, policy, findings);
  return { ...(jwks && { jwks }), ...(uri !== undefined && { jwks_uri: uri }) };
}

function judgeCertificateNames(
  members: Members,
  method: ClientAuthMethod | undefined,
  findings: Findings,
): Partial<Record<(typeof certificateNames)[number], string>> {
  const clause = 'RFC 8705 section 2.1.2';
  const given = certificateNames.filter((name) => members.raw(name) !== undefined);
  if (method === 'tls_client_auth' && given.length !== 1) {
    const found = given.length === 0 ? undefined : new InWords(given.join(' and '));
    findings.problem(['tls_client_auth_subject_dn'], 'exactly one of the tls_client_auth_* names', found, clause);
  }
  if (method !== undefined && method !== 'tls_client_auth' && given.length > 0) {
    findings.warn([given[0] ?? ''], `unused: the client authenticates by ${method}`, clause);
    return {};
  }
  const names: Partial<Record<(typeof certificateNames)[number], string>> = {};
  for (const name of given) {
    const value = members.text(name, clause);
    if (value !== undefined) names[name] = value;
  }
  return names;
}

function judgeAssertionAlg(
  members: Members,
  policy: Policy,
  method: ClientAuthMethod | undefined,
  findings: Findings,
): SigningAlg | undefined {
  const alg = members.choice('token_endpoint_auth_signing_alg', policy.algs, findings.clauseOf('algs', 'FAPI 2.0 SP 5.4.1-1'));
  if (alg === undefined || method === 'private_key_jwt') return alg;
  return findings.warn(['token_endpoint_auth_signing_alg'], 'unused: only private_key_jwt signs an assertion', 'RFC 7591 section 2');
}

function judgeNeeds(
  method: ClientAuthMethod,
  { jwks, jwks_uri }: Pick<Client, 'jwks' | 'jwks_uri'>,
  algs: readonly SigningAlg[],
  findings: Findings,
): void {
  if (method === 'tls_client_auth' || method === 'none' || findings.problems.some(({ path }) => path[0] === 'jwks' || path[0] === 'jwks_uri')) return;
  if (!jwks && jwks_uri === undefined) {
    findings.problem(['jwks'], `jwks or jwks_uri (the client authenticates by ${method})`, undefined, 'RFC 7591 section 2');
  } else if (jwks && method === 'private_key_jwt' && !jwks.keys.some((key) => signsUnder(key, algs))) {
    findings.problem(['jwks', 'keys'], `at least one signing key for ${algs.join(', ')}`, new InWords('none'), findings.clauseOf('algs', 'FAPI 2.0 SP 5.4.1-1'));
  } else if (jwks && method === 'self_signed_tls_client_auth' && !jwks.keys.some((key) => Array.isArray(key.x5c) && key.x5c.length > 0)) {
    findings.problem(['jwks', 'keys'], 'at least one key with its certificate (x5c)', new InWords('none'), 'RFC 8705 section 2.2.2');
  }
}
