import type { Client } from '@assent/protocol';
import type { IssuerForClients } from './issuer-for-clients.js';
import { oneOf, type Members } from './members.js';
import type { Findings } from './problem.js';

/** Which types of `authorization_details` the client may ask for (RFC 9396 section 10). Left out: none. */
export function judgeDetailTypes(members: Members, { authorizationDetailsTypes: offered = [] }: IssuerForClients, findings: Findings): Pick<Client, 'authorization_details_types'> {
  const types = members.texts('authorization_details_types', clause);
  types?.forEach((type, index) => {
    if (!offered.includes(type)) findings.problem(['authorization_details_types', index], oneOf(offered), type, clause);
  });
  if (types && types.length > 0 && members.raw('first_party') === true) {
    findings.problem(['authorization_details_types'], 'none (first_party: no consent page is shown)', types, clause);
  }
  return types && types.length > 0 ? { authorization_details_types: [...new Set(types)] } : {};
}

const clause = 'RFC 9396 section 10';
