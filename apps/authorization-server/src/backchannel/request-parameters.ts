import { formOfRequestObject, verifyRequestObject, type RequestObjectRules, type VerifiedRequestObject } from '@assent/crypto';
import { invalidRequest, OAuthError, type Client, type Form, type RuleId } from '@assent/protocol';
import { requestObjectRules, type RequestParameters } from '../par/request-parameters.js';
import type { Call } from '../request/call.js';

/** What may stand beside a signed request: who sends it, and how that is proved (CIBA section 7.1.1). */
const beside = new Set(['request', 'client_id', 'client_assertion', 'client_assertion_type']);

/**
 * The parameters of an authentication request: those of the form or, where it carries a signed request, those of that
 * alone (CB-SR-01 to CB-SR-08). Every refusal is `invalid_request`, as CIBA section 13 knows no other.
 */
export async function authenticationParameters(call: Call, client: Client): Promise<RequestParameters> {
  const { form, issuer } = call;
  const compact = form.optional('request');
  if (compact === undefined) {
    if (mustSign(client, issuer.policy.cibaRequestSigned)) throw invalidRequest('send the parameters in a signed request', 'CB-SR-08');
    return { form };
  }
  refuseBeside(form);
  const object = await verifyRequestObject(compact, signedRequestRules(call, client)).catch(asInvalidRequest);
  return { form: formOf(object), object };
}

/** Whoever registered how it signs, signs. */
const mustSign = (client: Client, demand: 'optional' | 'required'): boolean => demand === 'required' || client.backchannel_authentication_request_signing_alg !== undefined;

function refuseBeside(form: Form): void {
  const [other] = form.names().filter((name) => !beside.has(name));
  if (other !== undefined) throw invalidRequest('all parameters must stand in the signed request', 'CB-SR-02');
}

/** As for authorization requests, but for what CIBA section 7.1.1 wants there; encrypted only where the policy has it. */
function signedRequestRules(call: Call, client: Client): RequestObjectRules {
  const { request_object_signing_alg: _, request_object_encryption_alg: __, ...others } = client;
  const { backchannel_authentication_request_signing_alg: alg } = client;
  const { cibaRequestTypes: types, cibaRequestMaxLifetime: maxLifetime, cibaRequestEncryption: encryption } = call.issuer.policy;
  return { ...requestObjectRules(call, client), types, maxLifetime, client: { ...others, ...(alg && { request_object_signing_alg: alg }) }, claims: ['aud', 'iss', 'exp', 'iat', 'nbf', 'jti'], names: 'iss', encryption };
}

function formOf(object: VerifiedRequestObject): Form {
  try {
    return formOfRequestObject(object.claims);
  } catch (error) {
    return asInvalidRequest(error);
  }
}

/** What the rules of request objects are called here; missing claims are told by their names. */
const ruleHere: Readonly<Record<RuleId, RuleId>> = {
  'JR-02': 'CB-SR-06',
  'JR-05': 'CB-SR-06',
  'JR-08': 'CB-SR-01',
  'JR-09': 'CB-SR-03',
  'F2-AS-13': 'CB-SR-05',
  'MS-JAR-04': 'CB-SR-01',
  'MS-JAR-05': 'CB-SR-05',
  'MS-JAR-06': 'CB-SR-05',
  'MS-JAR-08': 'CB-SR-04',
  'MS-JAR-10': 'CB-SR-06',
  'MS-JAR-14': 'CB-SR-01',
};

function asInvalidRequest(error: unknown): never {
  if (!(error instanceof OAuthError) || error.code !== 'invalid_request_object') throw error;
  const rule = error.description.endsWith('is required') ? 'CB-SR-01' : (ruleHere[error.rule] ?? error.rule);
  throw invalidRequest(error.description.replace('request object:', 'signed request:'), rule, error);
}
