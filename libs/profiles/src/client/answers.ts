import type { Client } from '@assent/protocol';
import type { Policy } from '../policy.js';
import { isHybrid, isJarmMode, modesOf } from '../response-mode.js';
import { mustSignResponses } from '../rules/signed-response.js';
import { InWords, type Findings } from './problem.js';

/** What a client registers must fit together: a response type that no request could ever be answered with is a mistake. */
export function judgeAnswers({ response_types: types, scope }: Pick<Client, 'response_types' | 'scope'>, client: Pick<Client, 'response_modes' | 'authorization_encrypted_response_alg'>, policy: Policy, findings: Findings): void {
  // A mode nobody knows is told already.
  if (findings.problems.some(({ path }) => path[0] === 'response_modes')) return;
  const modes = modesOf(client, policy);
  for (const type of types.filter((one) => policy.responseTypes.includes(one))) {
    const fitting = policy.responseModes.filter((mode) => (isHybrid(type) ? carriesIdToken(mode, client) : isJarmMode(mode) || !mustSignResponses(client, policy)));
    if (modes.some((mode) => fitting.includes(mode))) continue;
    const signed = isHybrid(type) ? '' : ', as answers are signed here';
    findings.problem(['response_modes'], `one of ${fitting.join(', ')} among them (for response type ${type}${signed})`, new InWords(modes.join(', ')), findings.clauseOf('signedResponse', 'FAPI 2.0 Message Signing 5.3.3'));
  }
  if (types.some(isHybrid) && !scope.includes('openid')) {
    findings.problem(['scope'], 'openid in it (an ID token comes beside the code)', new InWords(scope.join(' ') || 'none'), 'FAPI 1.0 Advanced 5.2.3.1');
  }
}

/** Not in a query, but for an encrypted response (JM-04). */
const carriesIdToken = (mode: string, { authorization_encrypted_response_alg: encrypted }: Pick<Client, 'authorization_encrypted_response_alg'>): boolean =>
  !mode.startsWith('query') || (mode === 'query.jwt' && encrypted !== undefined);
