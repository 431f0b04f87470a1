import { applyChange } from '@assent/grants';
import { cibaGrantType } from '@assent/profiles';
import { accessDeniedByCustomer, authorizationPending, expiredToken, invalidGrant, invalidTarget, parseHandle, slowDown, temporarilyUnavailable, type BackchannelRefusal, type Client, type Handle, type OAuthError } from '@assent/protocol';
import { authenticateConfidentialClient } from '../client-authentication/authenticate-client.js';
import { auditOf, type Call } from '../request/call.js';
import { refuseReplay } from '../request/replayed.js';
import { proveBinding, type Binding } from '../sender-constraint/prove-binding.js';
import { answerFirstTokens, planFirstTokens } from './first-tokens.js';
import type { GrantFlow, TokenResponse } from './grant-flow.js';
import { outlookIn } from './outlook.js';
import { Narrowing } from './narrowing.js';

/**
 * A decided request by the back channel for tokens (CIBA sections 10.1 and 11). While nothing is decided the poll is told
 * so, at once or, where the issuer lets polls wait, when the decision comes or the time is over (CB-TK-10).
 */
export const backchannelGrant: GrantFlow = async (call) => {
  const client = await authenticateConfidentialClient(call);
  const binding = await proveBinding(call, client, cibaGrantType);
  const poll: Poll = { client, binding, request: readRequestId(call), narrowing: Narrowing.of(call) };
  const waiting = call.engine.longPolls?.enter(poll.request, call.issuer.config.ciba.longPolling);
  try {
    const first = await redeem(call, poll, false);
    if (first !== 'waiting') return first;
    if (!waiting || (await waiting.wait()) === 'over') throw refusals.waiting();
    const second = await redeem({ ...call, now: call.engine.clock.now() }, poll, true);
    if (second === 'waiting') throw refusals.waiting();
    return second;
  } catch (error) {
    throw isOverload(error) ? temporarilyUnavailable('too many requests at the moment', 'CB-TK-11', error).withHeaders({ 'retry-after': '5' }) : error;
  } finally {
    waiting?.leave();
  }
};

/** No connection to the database came free in time. */
const isOverload = (error: unknown): boolean => error instanceof Error && /^timeout exceeded when trying to connect/.test(error.message);

interface Poll {
  readonly client: Client;
  readonly binding: Binding;
  readonly request: Handle;
  readonly narrowing: Narrowing | undefined;
}

/** One look: the store judges and redeems in one statement. `again`: what is left of a poll that waited. */
async function redeem(call: Call, { client, binding, request, narrowing }: Poll, again: boolean): Promise<TokenResponse | 'waiting'> {
  const outlook = await outlookIn(call, () => call.engine.stores.backchannelRequests.outlook(request));
  const tokens = planFirstTokens(call, client, binding, request.tag, outlook);
  const redeemed = await call.engine.stores.backchannelRequests.redeem({
    request,
    issuer: call.issuer.issuer,
    clientId: client.client_id,
    tokens: tokens.kept,
    apply: (current, change) => applyChange(current, change, call.engine.details),
    narrow: narrowing?.narrow,
    again,
    replay: call.proofs.spend(),
    now: call.now,
    audit: auditOf(call, 'token.issued', { grant_type: 'ciba' }),
  });
  refuseReplay(redeemed);
  if (redeemed.outcome === 'redeemed') return answerFirstTokens(call, client, binding, tokens, redeemed.context, { code: request, claims: { [requestClaim]: call.form.one('auth_req_id') } });
  if (redeemed.reason === 'waiting') return 'waiting';
  throw refusals[redeemed.reason](narrowing);
}

/** What the ID token says it answers (CIBA section 10.3.1; needed for push alone, right for all). */
const requestClaim = 'urn:openid:params:jwt:claim:auth_req_id';

function readRequestId(call: Call): Handle {
  const request = parseHandle(call.form.one('auth_req_id'));
  if (!request) throw refusals.unknown();
  return request;
}

const refusals: Readonly<Record<BackchannelRefusal, (narrowing?: Narrowing) => OAuthError>> = {
  waiting: () => authorizationPending('the customer has not decided yet', 'CB-TK-01'),
  slow_down: () => slowDown('the customer has not decided yet, and this was too soon: wait five seconds more each time', 'CB-TK-02'),
  expired: () => expiredToken('the request has expired', 'CB-TK-04'),
  denied: () => accessDeniedByCustomer('the customer said no', 'CB-TK-05'),
  unknown: () => invalidGrant('the auth_req_id is not known for this client', 'CB-TK-06'),
  foreign_client: () => invalidGrant('the auth_req_id is not known for this client', 'CB-TK-06'),
  used: () => invalidGrant('the auth_req_id was used before', 'CB-TK-06'),
  target: () => invalidTarget('the authorization does not cover this resource', 'AT-04'),
  details: Narrowing.refusal,
  grant_narrowed: () => invalidGrant('the authorization has lost something since the customer agreed to this: ask the customer again', 'ASSENT-GRANT-03'),
  grant_inactive: () => invalidGrant('the authorization has ended', 'ASSENT-GRANT-02'),
};
