import type { Client } from '@assent/protocol';
import type { IssuerForClients } from './issuer-for-clients.js';
import type { Members } from './members.js';
import type { Findings } from './problem.js';

type SignedMessages = Pick<Client, 'http_message_signatures' | 'evidence' | 'introspection_signed_response_alg'>;

/** What beside tokens is signed between the client and the bank, and whether it is kept. */
export function judgeSignedMessages(members: Members, issuer: IssuerForClients, findings: Findings): SignedMessages {
  const signatures = members.choice('http_message_signatures', ['off', 'optional', 'required'] as const, 'FAPI 2.0 HTTP Signatures');
  if (signatures !== undefined && signatures !== 'off' && members.raw('jwks') === undefined && members.raw('jwks_uri') === undefined) {
    findings.problem(['http_message_signatures'], 'off, or else jwks or jwks_uri to verify with', signatures, 'FAPI 2.0 HTTP Signatures 5.3.1.2');
  }
  const evidence = members.choice('evidence', ['off', 'on'] as const, 'ours');
  // The RFC's own default, RS256, is none of FAPI's: a client that names nothing gets the issuer's (MS-INT-09).
  const introspection = members.choice('introspection_signed_response_alg', issuer.signingAlgs, 'RFC 9701 section 6');
  return { ...(introspection && { introspection_signed_response_alg: introspection }), ...(signatures && { http_message_signatures: signatures }), ...(evidence && { evidence }) };
}
