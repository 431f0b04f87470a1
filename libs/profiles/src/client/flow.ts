import type { Client } from '@assent/protocol';
import { cibaGrantType } from '../ciba.js';
import type { Policy } from '../policy.js';
import { isHybrid, responseTypeOf } from '../response-mode.js';
import { isAllowedRedirectUri, isLoopbackRedirectUri } from '../redirect-uri.js';
import type { IssuerForClients } from './issuer-for-clients.js';
import { oneOf, type Members } from './members.js';
import type { Findings } from './problem.js';

type Flow = Pick<Client, 'redirect_uris' | 'grant_types' | 'response_types' | 'scope'>;

/** Which grants the client may use, where it is answered, and what it may ask for. */
export function judgeFlow(members: Members, policy: Policy, issuer: IssuerForClients, findings: Findings): Flow {
  // An ID token beside the code is the implicit grant's (OpenID Connect Registration section 2); no more than that is meant.
  const implicit = policy.responseTypes.some(isHybrid) ? ['implicit'] : [];
  const named = each(members, 'grant_types', [...policy.grantTypes, ...implicit], 'RFC 7591 section 2', findings) ?? ['authorization_code'];
  const grants = named.filter((grant) => grant !== 'implicit');
  const byCode = grants.includes('authorization_code');
  const responses = each(members, 'response_types', policy.responseTypes, findings.clauseOf('responseTypes', 'FAPI 2.0 SP 5.3.2.2-1'), findings, responseTypeOf) ?? (byCode ? [policy.responseTypes[0] ?? 'code'] : []);
  if (byCode !== responses.some((type) => type.split(' ').includes('code'))) {
    const expected = byCode ? 'code in the list (grant_types has authorization_code)' : 'no code (grant_types lacks authorization_code)';
    findings.problem(['response_types'], expected, members.raw('response_types'), 'RFC 7591 section 2.1');
  }
  if (grants.length === 0) findings.problem(['grant_types'], 'at least one grant type', [], 'RFC 7591 section 2');
  const uris = judgeRedirectUris(members, findings);
  if (byCode && uris.length === 0 && members.raw('redirect_uris') === undefined && policy.redirectUris === 'registered') {
    findings.problem(['redirect_uris'], 'at least one https URL', undefined, findings.clauseOf('redirectUris', 'FAPI 2.0 SP 5.3.2.2-6'));
  }
  return { redirect_uris: uris, grant_types: grants, response_types: responses, scope: judgeScope(members, byCode || grants.includes(cibaGrantType), issuer, findings) };
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
function judgeScope(members: Members, signsIn: boolean, issuer: IssuerForClients, findings: Findings): readonly string[] {
  const clause = 'RFC 7591 section 2';
  if (Array.isArray(members.raw('scope'))) {
    findings.problem(['scope'], 'one text of scopes separated by spaces', members.raw('scope'), clause);
    return [];
  }
  const text = members.text('scope', clause);
  if (text === undefined) {
    if (!signsIn || !issuer.scopes.includes('openid')) return [];
    findings.warn(['scope'], 'none given: the client may ask for openid only', clause);
    return ['openid'];
  }
  const scopes = [...new Set(text.split(' ').filter((scope) => scope !== ''))];
  const foreign = scopes.filter((scope) => !issuer.scopes.includes(scope));
  if (foreign.length > 0) findings.problem(['scope'], `scopes this issuer offers (${issuer.scopes.join(' ')})`, foreign.join(' '), clause);
  return scopes;
}

/** A list of texts, each of them allowed. */
function each(members: Members, name: string, allowed: readonly string[], clause: string, findings: Findings, read = (value: string): string => value): readonly string[] | undefined {
  const values = members.texts(name, clause)?.map(read);
  values?.forEach((value, index) => {
    if (!allowed.includes(value)) findings.problem([name, index], oneOf(allowed), value, clause);
  });
  return values && [...new Set(values)];
}
