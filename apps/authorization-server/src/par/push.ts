import { invalidRequest, mintHandle, plusSeconds, type PushedRequest } from '@assent/protocol';
import { authenticateClient } from '../client-authentication/authenticate-client.js';
import { tagOfRequest } from '../consent/requested-consent.js';
import { holdRequestObject } from '../evidence/keep.js';
import { auditOf, type AnswerCall } from '../request/call.js';
import { refuseReplay } from '../request/replayed.js';
import { proveDpopKey } from '../sender-constraint/prove-binding.js';
import { ignoredParameters, readPushedRequest } from './pushed-request.js';
import { requestParameters } from './request-parameters.js';

const requestUriPrefix = 'urn:ietf:params:oauth:request_uri:';

/**
 * A pushed authorization request (RFC 9126 sections 2 and 3, FAPI 2.0 SP 5.3.2.2-2): checked, kept, answered with its
 * reference. Its parameters come from the form or, signed, from the request object in it.
 */
export const push: AnswerCall = async (call) => {
  const client = await authenticateClient(call);
  const jkt = await proveDpopKey(call);
  const { form, object } = await requestParameters(call, client, call.form, 'pushed');
  const { request, lodges } = await readPushedRequest({ ...call, form }, client, jkt);
  if (object?.replay) call.proofs.keep(object.replay);
  const { requestUriLifetime } = call.issuer.policy;
  const { value, handle } = mintHandle(tagOfRequest(request), plusSeconds(call.now, requestUriLifetime));
  const ignored = ignoredParameters(form);
  const { scope, grantManagementAction: action } = request;
  const grantId = request.grantId ?? request.consent?.grantId;
  const audit = { ...auditOf(call, 'par.pushed', { scope, ...typesOf(request), ...(object ? { signed: object.alg } : {}), ...(action ? { action } : {}), ...(ignored.length > 0 ? { ignored } : {}) }), ...(grantId === undefined ? {} : { grantId }) };
  const pushed = await call.engine.stores.pushedRequests.push({ handle, request, ...(lodges && { lodges }), replay: call.proofs.spend(), audit });
  refuseReplay(pushed);
  if (pushed.outcome === 'exists') throw consentExists();
  if (object) await holdRequestObject(call, client, handle, object);
  return { status: 201, body: { request_uri: requestUriPrefix + value, expires_in: requestUriLifetime } };
};

/** A name stands for one consent for ever: what a customer said yes to under it must not change. */
export const consentExists = () => invalidRequest('there is a consent of this name already: choose another', 'ASSENT-CONSENT-05');

/** Which types of details were asked for, for the audit line. */
const typesOf = ({ authorizationDetails: details }: PushedRequest) => (details.length === 0 ? {} : { authorization_details: [...new Set(details.map(({ type }) => type))] });
