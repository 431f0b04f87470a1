import type { Client } from '@assent/protocol';
import type { Members } from './members.js';
import type { Findings } from './problem.js';

type SignedMessages = Pick<Client, 'http_message_signatures' | 'evidence'>;

/** What beside tokens is signed between the client and the bank, and whether it is kept. Members of our own. */
export function judgeSignedMessages(members: Members, findings: Findings): SignedMessages {
  const signatures = members.choice('http_message_signatures', ['off', 'optional', 'required'] as const, 'FAPI 2.0 HTTP Signatures');
  if (signatures !== undefined && signatures !== 'off' && members.raw('jwks') === undefined && members.raw('jwks_uri') === undefined) {
    findings.problem(['http_message_signatures'], 'off, or else jwks or jwks_uri to verify with', signatures, 'FAPI 2.0 HTTP Signatures 5.3.1.2');
  }
  const evidence = members.choice('evidence', ['off', 'on'] as const, 'ours');
  return { ...(signatures && { http_message_signatures: signatures }), ...(evidence && { evidence }) };
}
