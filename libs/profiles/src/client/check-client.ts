import type { Client } from '@assent/protocol';
import type { Policy } from '../policy.js';
import { judgeAnswers } from './answers.js';
import { judgeAuthentication } from './authentication.js';
import { judgeDetailTypes } from './authorization-details.js';
import { judgeBackchannel } from './backchannel.js';
import { judgeExtensions } from './extensions.js';
import { judgeFlow } from './flow.js';
import type { IssuerForClients } from './issuer-for-clients.js';
import { judgeMembers, Members, type Metadata } from './members.js';
import { Findings, type ClientProblem } from './problem.js';
import { judgeSignedMessages } from './signed-messages.js';
import { judgeIdTokenEncryption, judgeIntrospectionEncryption, judgeRequests, judgeResponses } from './signing.js';
import { judgeConstraint, judgeTokens } from './tokens.js';

export type CheckedClient =
  | { readonly outcome: 'accepted'; readonly client: Client; readonly warnings: readonly ClientProblem[] }
  | { readonly outcome: 'refused'; readonly problems: readonly ClientProblem[]; readonly warnings: readonly ClientProblem[] };

/**
 * A client's metadata under its RFC 7591 names, judged by the policy: the effective client with all defaults filled
 * in, or everything that is wrong with it. Unknown members are ignored with a warning (RFC 7591 section 2).
 */
export function checkClient(metadata: Metadata, policy: Policy, issuer: IssuerForClients): CheckedClient {
  const findings = new Findings(issuer.sources);
  const members = new Members(metadata, findings);
  judgeMembers(metadata, findings);
  const identity = judgeIdentity(members, findings);
  const flow = judgeFlow(members, policy, issuer, findings);
  const authentication = judgeAuthentication(members, policy, findings);
  const constraint = judgeConstraint(members, policy, findings);
  const tokens = judgeTokens(members, issuer, flow.redirect_uris, findings);
  const details = judgeDetailTypes(members, issuer, findings);
  const ours = { ...judgeExtensions(members, issuer, findings), ...judgeSignedMessages(members, issuer, findings) };
  const keys = { ...(authentication?.jwks && { jwks: authentication.jwks }), ...(authentication?.jwks_uri !== undefined && { jwks_uri: authentication.jwks_uri }) };
  const backchannel = judgeBackchannel(members, policy, flow.grant_types, keys, findings);
  const requests = judgeRequests(members, policy, findings);
  const responses = judgeResponses(members, policy, issuer, keys, findings);
  judgeAnswers(flow, responses, policy, findings);
  const idTokens = judgeIdTokenEncryption(members, policy, keys, findings);
  const introspection = judgeIntrospectionEncryption(members, policy, keys, findings);
  const { problems, warnings } = findings;
  if (problems.length > 0 || !authentication) return { outcome: 'refused', problems, warnings };
  return {
    outcome: 'accepted',
    client: { ...identity, ...flow, ...authentication, ...constraint, ...tokens, ...requests, ...responses, ...idTokens, ...introspection, ...backchannel, ...details, ...ours },
    warnings,
  };
}

function judgeIdentity(members: Members, findings: Findings): Pick<Client, 'client_id' | 'client_name' | 'client_uri' | 'recipient_base_uri'> {
  const id = members.text('client_id') ?? '';
  // Printable ASCII (RFC 6749 appendix A.1); no spaces, so that a log line can hold it.
  if (!/^[\x21-\x7e]{1,255}$/.test(id)) {
    findings.problem(['client_id'], '1 to 255 printable ASCII characters without spaces', members.raw('client_id'), 'RFC 6749 appendix A.1');
  }
  const name = members.text('client_name');
  if (name !== undefined && !isShowable(name)) findings.problem(['client_name'], 'up to 255 characters on one line, none of which turns the direction of what follows', name, 'RFC 7591 section 2');
  const uri = members.httpsUrl('client_uri', 'RFC 7591 section 2');
  const recipient = members.httpsUrl('recipient_base_uri', 'Consumer Data Standards, Dynamic Client Registration');
  return { client_id: id, client_name: name ?? id, ...(uri !== undefined && { client_uri: uri }), ...(recipient !== undefined && { recipient_base_uri: recipient }) };
}

/** Customers decide by the name: it must not draw another on their page, nor fill it. */
const isShowable = (name: string): boolean => /^[^\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]{1,255}$/u.test(name);
