import type { Client, Organisation } from '@assent/protocol';
import { judgeGrantEvents } from './grant-events.js';
import type { IssuerForClients } from './issuer-for-clients.js';
import { oneOf, type Members } from './members.js';
import { InWords, type Findings } from './problem.js';

/** Members of our own (see `Client` of @assent/protocol). */
export function judgeExtensions(members: Members, issuer: IssuerForClients, findings: Findings): Pick<Client, 'access_token_format' | 'first_party' | 'grant_events' | 'introspection' | 'organisation'> {
  const format = members.choice('access_token_format', ['jwt', 'opaque'] as const, 'ours');
  const resources = members.texts('introspection', 'ours');
  resources?.forEach((one, index) => {
    if (!issuer.resources.includes(one)) findings.problem(['introspection', index], oneOf(issuer.resources), one, 'RFC 7662 section 2.1');
  });
  const organisation = judgeOrganisation(members.raw('organisation'), findings);
  const firstParty = judgeFirstParty(members, issuer, findings);
  const events = judgeGrantEvents(members, findings);
  return {
    ...(events && { grant_events: events }),
    ...(format && { access_token_format: format }),
    ...(resources && resources.length > 0 && { introspection: resources }),
    ...(organisation && { organisation }),
    ...(firstParty && { first_party: true }),
  };
}

/** Who somebody is, and no data of theirs: all that may be handed out without a consent page. */
const identityScopes = ['openid', 'profile', 'email', 'phone', 'address'];

/** The bank's own application (ours): written by the operator, never registered; signs people in and does nothing else. */
function judgeFirstParty(members: Members, issuer: IssuerForClients, findings: Findings): boolean {
  if (!members.flag('first_party', 'ours')) return false;
  if (!issuer.operated) findings.problem(['first_party'], 'no such member (only the operator says which clients are the bank’s own)', true, 'ours');
  const scopes = (members.text('scope') ?? 'openid').split(' ').filter((scope) => scope !== '');
  const more = scopes.filter((scope) => !identityScopes.includes(scope));
  if (more.length > 0) findings.problem(['scope'], `only ${identityScopes.join(', ')} (first_party)`, more.join(' '), 'ours');
  const grants = members.texts('grant_types') ?? ['authorization_code'];
  if (grants.some((grant) => grant !== 'authorization_code')) findings.problem(['grant_types'], 'only authorization_code (first_party)', new InWords(grants.join(' and ')), 'ours');
  if (members.raw('introspection') !== undefined) findings.problem(['introspection'], 'no such member (first_party)', new InWords('a list'), 'ours');
  return true;
}

function judgeOrganisation(value: unknown, findings: Findings): Organisation | undefined {
  if (value === undefined) return undefined;
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return findings.problem(['organisation'], 'a mapping', value, 'ours');
  const allowed = ['id', 'legal_name', 'register_number', 'purpose'];
  for (const [name, text] of Object.entries(value)) {
    if (!allowed.includes(name)) findings.problem(['organisation', name], `only ${allowed.join(', ')}`, name, 'ours');
    else if (typeof text !== 'string' || text.length > 300) findings.problem(['organisation', name], 'text of at most 300 characters', text, 'ours');
  }
  return value as Organisation;
}
