import { cibaGrantType } from '@assent/profiles';
import { accessDenied, invalidRequest, mintHandle, mintId, plusSeconds, Secret, unauthorizedClient, type BackchannelRequests, type Client, type LodgedConsent, type OAuthError, type RequestedConsent } from '@assent/protocol';
import { unusableGrantId } from '../authorize/current-grant.js';
import { authenticateConfidentialClient } from '../client-authentication/authenticate-client.js';
import { tagOfRequest, unusableConsent } from '../consent/requested-consent.js';
import { holdRequestObject } from '../evidence/keep.js';
import { auditOf, type AnswerCall } from '../request/call.js';
import { refuseReplay } from '../request/replayed.js';
import { notifyDevice } from './device-notifier.js';
import { hintedCustomer, readHint } from './customer-hint.js';
import { readExpiry, readNotificationToken, readRequest } from './read-request.js';
import { authenticationParameters } from './request-parameters.js';
import type { UserCodes } from './user-code.js';

/**
 * An authentication request by the back channel (CIBA section 7): judged, kept for its customer's device, and answered
 * with the `auth_req_id` its client redeems once the customer has decided.
 */
export const requestAuthentication =
  (userCodes: UserCodes): AnswerCall =>
  async (call) => {
    const client = await authenticateConfidentialClient(call);
    verifyMayAsk(client);
    const { form, object } = await authenticationParameters(call, client);
    if (object?.replay) call.proofs.keep(object.replay);
    const asking = { ...call, form };
    const { asked, grantOf, lodged } = await readRequest(asking, client);
    const lifetime = readExpiry(form, call.issuer.policy);
    const token = readNotificationToken(form, client);
    const hint = readHint(form);
    const { id: customerId, customer } = await hintedCustomer(asking, client, hint, lodged);
    if (grantOf !== undefined && grantOf !== customerId) throw unusableGrantId('GM-AZ-08');
    if (!mayAnswer(asked.consent, lodged, customerId)) throw unusableConsent();
    await userCodes.verify(asking, client, customer);
    const tag = tagOfRequest(asked);
    const { value, handle } = mintHandle(tag, plusSeconds(call.now, lifetime));
    const { cibaInterval: interval } = call.issuer.policy;
    const { pendingPerCustomer: perCustomer, pendingPerClient: perClient, refusals, refusalWindow: windowSeconds } = call.issuer.config.ciba;
    const id = mintId(tag);
    const pushed = await call.engine.stores.backchannelRequests.push({
      handle,
      id,
      request: { ...asked, customerId },
      ...(token === undefined ? {} : { notification: { authReqId: new Secret(value), token: new Secret(token) } }),
      interval,
      limits: { perCustomer, perClient, refusals, windowSeconds },
      replay: call.proofs.spend(),
      audit: auditOf(call, 'backchannel.requested', { scope: asked.scope, hint: hint.kind, delivery: asked.delivery, ...(object ? { signed: object.alg } : {}), ...(asked.grantManagementAction ? { action: asked.grantManagementAction } : {}) }),
    });
    if (pushed.outcome === 'replayed' && pushed.kind === 'request_object') throw invalidRequest('the signed request was used before: sign a new one with a new jti', 'CB-SR-07');
    refuseReplay(pushed);
    if (pushed.outcome === 'refused') throw tooMany[pushed.reason]();
    if (object) await holdRequestObject(call, client, handle, object);
    if (customer) notifyDevice(call.engine, { issuer: call.issuer, client, id, customerId, expiresAt: handle.expiresAt });
    return { status: 200, body: { auth_req_id: value, expires_in: lifetime, interval } };
  };

/** Whether a consent is for this customer, as far as that is known before they sign in. */
const mayAnswer = (consent: RequestedConsent | undefined, lodged: LodgedConsent | undefined, customerId: string): boolean =>
  [consent?.ofCustomer, lodged?.customerId].every((only) => only === undefined || only === customerId);

/** CB-RQ-15. */
function verifyMayAsk(client: Client): void {
  if (client.grant_types.includes(cibaGrantType) && client.backchannel_token_delivery_mode !== undefined) return;
  throw unauthorizedClient('this client is not registered for requests by the back channel', 'CB-RQ-15');
}

type Reason = Extract<Awaited<ReturnType<BackchannelRequests['push']>>, { outcome: 'refused' }>['reason'];

/** Refused before anybody is asked (CB-RQ-16). */
const tooMany: Readonly<Record<Reason, () => OAuthError>> = {
  customer_busy: () => accessDenied('this customer has too many undecided requests', 'ASSENT-CIBA-01'),
  client_busy: () => accessDenied('this client has too many undecided requests', 'ASSENT-CIBA-02'),
  consent_busy: () => invalidRequest('another request about this consent is waiting for its customer', 'ASSENT-CIBA-07'),
  blocked: () => accessDenied('this customer wants no requests of this client', 'ASSENT-CIBA-06'),
  fatigue: () => accessDenied('this customer has refused or left alone too many requests of this client: wait before asking again', 'ASSENT-CIBA-03'),
};
