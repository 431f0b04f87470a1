import type { Client } from '@assent/protocol';
import type { Policy } from '../policy.js';
import { isJarmMode } from '../response-mode.js';
import { demandOn } from './request-object.js';

/**
 * Whether every response to the client must be signed. A client chooses by the modes it registers: only JWT ones, or
 * plain ones as well (FAPI 2.0 Message Signing 5.3.3 and 5.4.1-1).
 */
export function mustSignResponses(client: Pick<Client, 'response_modes'>, { signedResponse }: Pick<Policy, 'signedResponse'>): boolean {
  return demandOn(signedResponse, client.response_modes?.every(isJarmMode));
}
