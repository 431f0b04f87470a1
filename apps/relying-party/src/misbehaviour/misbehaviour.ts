import { generateSigningKey, openSigningKey, type SigningKey } from '@assent/crypto';
import { usesCertificate } from '../client/demo-client.js';
import { firstAccount, grantedScope, type OpenFlow } from '../flow/actions.js';
import type { Attempt } from './attempt.js';

/** Something no honest client does, sent for real. */
export interface Misbehaviour {
  readonly name: string;
  readonly title: string;
  /** Whose move it is in the FAPI 2.0 attacker model. */
  readonly attacker: string;
  /** The attack's id in the threat model, or the rule that is broken. */
  readonly attack: string;
  readonly clause: string;
  readonly explains: string;
  readonly possible: (flow: OpenFlow) => boolean;
  /** Needs a second client to play the thief: any with a certificate, or one the same issuer knows. */
  readonly needsOther?: 'anywhere' | 'same-issuer';
  /** Ends this flow's access: the answer to the attack revokes tokens. */
  readonly endsAccess?: true;
  readonly run: (attempt: Attempt) => Promise<void>;
}

export const always = (): boolean => true;
export const byDpop = ({ client }: OpenFlow): boolean => client.metadata.dpop_bound_access_tokens;
export const byCertificate = (flow: OpenFlow): boolean => !byDpop(flow) && usesCertificate(flow.client);
/** Not of bearer tokens, which some profiles have. */
export const bound = (flow: OpenFlow): boolean => byDpop(flow) || byCertificate(flow);
export const byAssertion = ({ client }: OpenFlow): boolean => client.metadata.token_endpoint_auth_method === 'private_key_jwt';
export const without = (scope: string) => (flow: OpenFlow): boolean => !grantedScope(flow).includes(scope);

export const accountsUrl = ({ around }: Attempt): string => `${around.resource}/accounts`;

export async function transactionsUrl(attempt: Attempt): Promise<string> {
  const { accountId } = await firstAccount(attempt.flow, attempt.around);
  return `${accountsUrl(attempt)}/${encodeURIComponent(accountId)}/transactions`;
}

/** A key nobody registered and nothing is bound to. */
export async function strangerKey(): Promise<SigningKey> {
  return openSigningKey({ ...(await generateSigningKey('ES256')), alg: 'ES256' });
}
