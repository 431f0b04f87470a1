import type { Client, ClientAuthMethod, ContentEncryptionAlg, EncryptionAlg, HttpSignatures, SigningAlg } from '@assent/protocol';

/** `none`: bearer tokens. */
export type SenderConstraint = 'dpop' | 'mtls' | 'none';

/**
 * How strongly something is asked for. `optional`: of the clients whose registration says so; `expected`: of all but
 * those whose registration says otherwise; `required`: of everybody.
 */
export type Demand = 'off' | 'optional' | 'expected' | 'required';

/** How a signed request may arrive: pushed, in the query of the authorization endpoint, or at a registered address. */
export type RequestObjectWay = 'pushed' | 'value' | 'registered-uri';

/**
 * What a security profile demands, as a closed record of values. Discovery metadata, client validation, algorithm
 * lists and page texts all derive from it. Times are whole seconds.
 */
export interface Policy {
  readonly par: 'required' | 'allowed';
  readonly pkce: readonly 'S256'[];
  /** Which requests need a challenge; one that is sent counts always. */
  readonly pkceWhen: 'always' | 'pushed';
  /** Whether a request without `nonce` (with `openid`) or `state` (without) is refused. */
  readonly nonceOrState: 'optional' | 'required';
  readonly responseTypes: readonly string[];
  readonly responseModes: readonly string[];
  readonly grantTypes: readonly string[];
  readonly clientAuth: readonly ClientAuthMethod[];
  /** Whether clients present a certificate wherever they authenticate, also with an assertion. */
  readonly clientCertificate: 'as-registered' | 'always';
  /** Which `aud` a client assertion may carry: only the issuer as one string, or also endpoint URLs and arrays. */
  readonly assertionAudience: 'issuer' | 'issuer-or-endpoint';
  readonly senderConstraint: readonly SenderConstraint[];
  /** Signed request objects (RFC 9101). */
  readonly requestObject: Demand;
  readonly requestObjectBy: readonly RequestObjectWay[];
  readonly requestObjectAlgs: readonly SigningAlg[];
  /** Accepted media types, without `application/`; `''`: none named. */
  readonly requestObjectTypes: readonly string[];
  /** Claims that must be there beside the parameters. */
  readonly requestObjectClaims: readonly ('iss' | 'aud' | 'exp' | 'nbf' | 'jti')[];
  /** How far in the past `nbf` may lie. */
  readonly requestObjectMaxAge: number;
  /** How far apart `nbf` (or, without one, the present) and `exp` may lie. */
  readonly requestObjectMaxLifetime: number;
  readonly requestObjectEncryption: 'off' | 'optional' | 'required';
  /** Signed authorization responses: JARM, or an ID token beside the code as a detached signature. */
  readonly signedResponse: Demand;
  readonly responseAlgs: readonly SigningAlg[];
  readonly responseLifetime: number;
  readonly responseEncryption: 'off' | 'optional' | 'required';
  /** `front-channel`: those that travel through the browser. */
  readonly idTokenEncryption: 'off' | 'optional' | 'front-channel' | 'required';
  readonly encryptionAlgs: readonly EncryptionAlg[];
  readonly contentEncryptionAlgs: readonly ContentEncryptionAlg[];
  readonly algs: readonly SigningAlg[];
  readonly redirectUris: 'registered' | 'registered-or-pushed';
  readonly rotateRefreshTokens: boolean;
  readonly issInResponse: boolean;
  readonly dpopNonce: 'off' | 'required';
  readonly codeLifetime: number;
  readonly requestUriLifetime: number;
  readonly accessTokenLifetime: number;
  readonly refreshTokenLifetime: number;
  readonly idTokenLifetime: number;
  /** How long a grant lasts when nothing else says so. */
  readonly grantLifetime: number;
  readonly clientAssertionMaxLifetime: number;
  /** Claims a client assertion must have beside `iss`, `sub`, `aud`, `exp` and `jti`; with `iat` its life is counted from there. */
  readonly clientAssertionClaims: readonly 'iat'[];
  /** How far in the past a DPoP proof's `iat` may lie. */
  readonly dpopProofMaxAge: number;
  /** How far in the future `iat` and `nbf` may lie. */
  readonly clockSkew: number;
  readonly nonceMaxLength: number;
  readonly minimumRsaBits: number;
  readonly minimumEcBits: number;
  /** Whether all answers about tokens are signed (RFC 9701), or those of clients that ask or whose registration says so. */
  readonly signedIntrospection: 'optional' | 'required';
  /** Signatures on requests to resource servers and on their answers (RFC 9421). A client's registration may ask for more. */
  readonly httpSignatures: HttpSignatures;
  /** Authentication requests by the back channel (CIBA). */
  readonly ciba: 'off' | 'on';
  /** Whether such requests are signed (CIBA section 7.1.1). */
  readonly cibaRequestSigned: 'optional' | 'required';
  /** Accepted media types of signed ones, as `requestObjectTypes`. */
  readonly cibaRequestTypes: readonly string[];
  /** How far apart `nbf` and `exp` of signed ones may lie. */
  readonly cibaRequestMaxLifetime: number;
  /** Signed ones inside an encryption to this server. */
  readonly cibaRequestEncryption: 'off' | 'optional' | 'required';
  readonly cibaDelivery: readonly ('poll' | 'ping')[];
  /** Whether a request without a unique subject needs a message that both devices show. */
  readonly cibaBindingMessage: 'optional' | 'required';
  /** Longest life of such a request; and its life when its client names none. */
  readonly cibaMaxExpiry: number;
  /** Shortest life of such a request, whatever its client names. */
  readonly cibaMinExpiry: number;
  /** Seconds between two polls, at first. */
  readonly cibaInterval: number;
  /** Whether signed messages are kept as evidence of every client, or of those whose registration says so. */
  readonly evidence: 'off' | 'on';
}

const strength: readonly HttpSignatures[] = ['off', 'optional', 'required'];

/** What the policy and the client's registration ask together: the stronger of the two. */
export function httpSignaturesOf({ http_message_signatures: own = 'off' }: Pick<Client, 'http_message_signatures'>, { httpSignatures }: Pick<Policy, 'httpSignatures'>): HttpSignatures {
  return strength.indexOf(own) > strength.indexOf(httpSignatures) ? own : httpSignatures;
}

/** Whether answers to this client about tokens are signed, whatever it accepts. */
export const signsIntrospection = (client: Pick<Client, 'introspection_signed_response_alg' | 'introspection_encrypted_response_alg'>, policy: Pick<Policy, 'signedIntrospection'>): boolean =>
  policy.signedIntrospection === 'required' || client.introspection_signed_response_alg !== undefined || client.introspection_encrypted_response_alg !== undefined;

/** Whether the signed messages of this client are kept. */
export const keepsEvidence = (client: Pick<Client, 'evidence'>, policy: Pick<Policy, 'evidence'>): boolean => client.evidence === 'on' || policy.evidence === 'on';

/** Where a policy value comes from: a clause (`FAPI 2.0 SP 5.3.2.1-11`) or `ours`. */
export type PolicySource = string;
