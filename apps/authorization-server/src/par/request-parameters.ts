import { formOfRequestObject, verifyRequestObject, type RequestObjectRules, type VerifiedRequestObject } from '@assent/crypto';
import { enforce, type RequestWay } from '@assent/profiles';
import type { Client, Form } from '@assent/protocol';
import type { Engine, IssuerRuntime } from '../engine.js';

/** Where an authorization request stands: at which issuer, when. */
export interface Occasion {
  readonly engine: Engine;
  readonly issuer: IssuerRuntime;
  readonly now: Date;
}

/** The parameters of a request, all from one place, and the signed object they come from, if they do. */
export interface RequestParameters {
  readonly form: Form;
  readonly object?: VerifiedRequestObject;
}

/**
 * The parameters of an authorization request: those of the form that was sent or, where it carries a request object,
 * those of the object and nothing else, whatever stands beside it (RFC 9101 section 6.3; MS-JAR-03, F1A-AS-04).
 * `invalid_request_object` when the object does not hold; `invalid_request` where it must be there and is not.
 */
export async function requestParameters(occasion: Occasion, client: Client, form: Form, way: RequestWay): Promise<RequestParameters> {
  enforce(occasion.issuer.profile, 'request', { client, form, way });
  const compact = form.optional('request');
  return compact === undefined ? { form } : provenParameters(occasion, client, compact);
}

/** The parameters of a request object, once it is proved to be the client's and meant for this issuer now. */
export async function provenParameters(occasion: Occasion, client: Client, compact: string): Promise<RequestParameters> {
  const object = await verifyRequestObject(compact, requestObjectRules(occasion, client));
  return { form: formOfRequestObject(object.claims), object };
}

/** What the issuer's policy asks of the client's request objects. */
export function requestObjectRules({ engine, issuer, now }: Occasion, client: Client): RequestObjectRules {
  const { policy } = issuer;
  return {
    client,
    issuer: issuer.issuer,
    algs: policy.requestObjectAlgs,
    keys: (header) => engine.clientKeys.find(client, header),
    now,
    types: policy.requestObjectTypes,
    claims: policy.requestObjectClaims,
    maxAge: policy.requestObjectMaxAge,
    maxLifetime: policy.requestObjectMaxLifetime,
    clockSkew: policy.clockSkew,
    encryption: policy.requestObjectEncryption,
    decryption: { algs: policy.encryptionAlgs, contentAlgs: policy.contentEncryptionAlgs, keys: issuer.keys.decrypting() },
  };
}
