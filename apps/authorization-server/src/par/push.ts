import { mintHandle, newTag, plusSeconds, tagOf, type PushedRequest } from '@assent/protocol';
import { authenticateClient } from '../client-authentication/authenticate-client.js';
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
  const request = await readPushedRequest({ ...call, form }, client, jkt);
  if (object?.replay) call.proofs.keep(object.replay);
  const { requestUriLifetime } = call.issuer.policy;
  // What follows from the request lies where its grant lies.
  const tag = request.grantId === undefined ? newTag() : tagOf(request.grantId);
  const { value, handle } = mintHandle(tag, plusSeconds(call.now, requestUriLifetime));
  const ignored = ignoredParameters(form);
  const { scope, grantManagementAction: action, grantId } = request;
  const audit = { ...auditOf(call, 'par.pushed', { scope, ...typesOf(request), ...(object ? { signed: object.alg } : {}), ...(action ? { action } : {}), ...(ignored.length > 0 ? { ignored } : {}) }), ...(grantId === undefined ? {} : { grantId }) };
  refuseReplay(await call.engine.stores.pushedRequests.push({ handle, request, replay: call.proofs.spend(), audit }));
  if (object) await holdRequestObject(call, client, handle, object);
  return { status: 201, body: { request_uri: requestUriPrefix + value, expires_in: requestUriLifetime } };
};

/** Which types of details were asked for, for the audit line. */
const typesOf = ({ authorizationDetails: details }: PushedRequest) => (details.length === 0 ? {} : { authorization_details: [...new Set(details.map(({ type }) => type))] });
