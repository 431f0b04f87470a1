import { Secret, type GrantEvents } from '@assent/protocol';
import { isHttpsUrl, oneOf, type Members } from './members.js';
import { InWords, type Findings } from './problem.js';

const deliveries = ['push', 'poll'] as const;

/** How the client wants to be told of changes of its grants (ours). A push endpoint is an https URL, whoever it leads to. */
export function judgeGrantEvents(members: Members, findings: Findings): GrantEvents | undefined {
  const value = members.raw('grant_events');
  if (value === undefined) return undefined;
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return findings.problem(['grant_events'], 'a mapping', value, 'ours');
  const { delivery, endpoint, authorization_header: header, ...more } = value as Readonly<Record<string, unknown>>;
  if (!deliveries.includes(delivery as 'push')) return findings.problem(['grant_events', 'delivery'], oneOf(deliveries), delivery, 'RFC 8935, RFC 8936');
  for (const name of [...Object.keys(more), ...(delivery === 'poll' ? Object.keys({ ...(endpoint !== undefined && { endpoint }), ...(header !== undefined && { authorization_header: header }) }) : [])]) {
    findings.problem(['grant_events', name], delivery === 'poll' ? 'only delivery' : 'only delivery, endpoint, authorization_header', new InWords(name), 'ours');
  }
  if (delivery === 'poll') return judgePoll(members, findings);
  if (typeof endpoint !== 'string' || !isHttpsUrl(endpoint) || endpoint.includes('#')) return findings.problem(['grant_events', 'endpoint'], 'an https URL', endpoint, 'RFC 8935 section 3');
  if (header === undefined) return { delivery: 'push', endpoint };
  // What was found is a secret: it is not shown.
  if (typeof header !== 'string' || !/^[\x21-\x7e][\x20-\x7e]{0,4000}$/.test(header)) return findings.problem(['grant_events', 'authorization_header'], 'the value of a header', new InWords('something else'), 'RFC 8935 section 3');
  return { delivery: 'push', endpoint, authorization_header: new Secret(header) };
}

function judgePoll(members: Members, findings: Findings): GrantEvents {
  const grants = members.texts('grant_types') ?? [];
  const scopes = (members.text('scope') ?? '').split(' ');
  if (!grants.includes('client_credentials') || !scopes.includes('grant_events')) findings.problem(['grant_events', 'delivery'], 'the grant type client_credentials and the scope grant_events (delivery: poll)', new InWords('a client without'), 'ours');
  return { delivery: 'poll' };
}
