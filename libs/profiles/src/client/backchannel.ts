import type { Client, SigningAlg } from '@assent/protocol';
import { cibaGrantType } from '../ciba.js';
import { loginHintTokenTypes } from '../discovery.js';
import type { Policy } from '../policy.js';
import { oneOf, type Members } from './members.js';
import type { Findings } from './problem.js';

type Backchannel = Pick<
  Client,
  | 'backchannel_token_delivery_mode'
  | 'backchannel_client_notification_endpoint'
  | 'backchannel_authentication_request_signing_alg'
  | 'backchannel_user_code_parameter'
  | 'backchannel_endpoint_login_hint_token_types'
>;

const names = [
  'backchannel_token_delivery_mode', 'backchannel_client_notification_endpoint', 'backchannel_authentication_request_signing_alg',
  'backchannel_user_code_parameter', 'backchannel_endpoint_login_hint_token_types',
]; // prettier-ignore

/** How the client asks by the back channel and learns of decisions (CIBA section 4; CB-MD-06 to CB-MD-09). */
export function judgeBackchannel(members: Members, policy: Policy, grants: readonly string[], keys: Pick<Client, 'jwks' | 'jwks_uri'>, findings: Findings): Backchannel {
  const clause = 'CIBA section 4';
  if (!grants.includes(cibaGrantType)) {
    for (const name of names) if (members.raw(name) !== undefined) findings.warn([name], `unused: grant_types lacks ${cibaGrantType}`, clause);
    return {};
  }
  const mode = members.choice('backchannel_token_delivery_mode', policy.cibaDelivery, 'FAPI-CIBA ID1 5.2.2-1');
  if (members.raw('backchannel_token_delivery_mode') === undefined) findings.problem(['backchannel_token_delivery_mode'], oneOf(policy.cibaDelivery), undefined, clause);
  const endpoint = judgeEndpoint(members, mode, findings);
  const alg = members.choice<SigningAlg>('backchannel_authentication_request_signing_alg', policy.requestObjectAlgs, 'FAPI-CIBA ID1 7.10');
  if ((policy.cibaRequestSigned === 'required' || alg) && !keys.jwks && keys.jwks_uri === undefined && !findings.problems.some(({ path }) => path[0] === 'jwks' || path[0] === 'jwks_uri')) {
    findings.problem(['jwks'], 'jwks or jwks_uri (the client signs its requests)', undefined, 'CIBA section 7.1.1');
  }
  const userCode = members.flagIfGiven('backchannel_user_code_parameter', clause);
  const types = members.texts('backchannel_endpoint_login_hint_token_types', 'FAPI-CIBA draft 4.3');
  types?.forEach((type, index) => {
    if (!loginHintTokenTypes.includes(type)) findings.problem(['backchannel_endpoint_login_hint_token_types', index], oneOf(loginHintTokenTypes), type, 'FAPI-CIBA draft 4.3');
  });
  return {
    ...(mode && { backchannel_token_delivery_mode: mode }),
    ...(endpoint !== undefined && { backchannel_client_notification_endpoint: endpoint }),
    ...(alg && { backchannel_authentication_request_signing_alg: alg }),
    ...(userCode !== undefined && { backchannel_user_code_parameter: userCode }),
    ...(types && { backchannel_endpoint_login_hint_token_types: types }),
  };
}

/** CB-MD-07. What answers at it is the client's; that it is nobody's internal address is seen when connecting. */
function judgeEndpoint(members: Members, mode: 'poll' | 'ping' | undefined, findings: Findings): string | undefined {
  const clause = 'CIBA section 4';
  const name = 'backchannel_client_notification_endpoint';
  const endpoint = members.httpsUrl(name, clause);
  if (mode === 'ping' && members.raw(name) === undefined) return findings.problem([name], 'an https URL (the client is notified)', undefined, clause);
  if (mode !== 'poll' || endpoint === undefined) return endpoint;
  return findings.warn([name], 'unused: the client polls', clause);
}
