import type { Client, Organisation } from '@assent/protocol';
import type { IssuerForClients } from './issuer-for-clients.js';
import { oneOf, type Members } from './members.js';
import type { Findings } from './problem.js';

/** Members of our own (see `Client` of @assent/protocol). */
export function judgeExtensions(members: Members, issuer: IssuerForClients, findings: Findings): Pick<Client, 'access_token_format' | 'introspection' | 'organisation'> {
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
