import type { Policy } from './policy.js';

/** What a value decides, and where in the source it does. */
export interface Meaning {
  readonly says: string;
  /** Files that act on it, from the root of the checkout; a spec looks whether they name it. */
  readonly enforced: readonly string[];
}

const server = (path: string): string => `apps/authorization-server/src/${path}`;
const here = (path: string): string => `libs/profiles/src/${path}`;
const requestRules = here('rules/authorization-request.ts');
const requestObjects = server('par/request-parameters.ts');
const discovery = here('discovery.ts');

/** Every value of a policy, in the order they are told. A new value does not compile before it stands here. */
export const meanings: { readonly [K in keyof Policy]: Meaning } = {
  par: { says: 'Whether authorization requests must be pushed.', enforced: [requestRules, discovery] },
  redirectUris: { says: 'Whether a client may push a redirect URI it did not register.', enforced: [requestRules, server('par/redirect-uri.ts')] },
  pkce: { says: 'PKCE methods.', enforced: [requestRules, discovery] },
  pkceWhen: { says: 'Which requests need a PKCE challenge.', enforced: [requestRules] },
  nonceOrState: { says: 'Whether a request needs a nonce (with openid) or a state (without).', enforced: [requestRules] },
  nonceMaxLength: { says: 'Longest nonce, in characters.', enforced: [requestRules] },
  responseTypes: { says: 'Response types.', enforced: [requestRules, here('client/flow.ts'), discovery] },
  responseModes: { says: 'Response modes.', enforced: [here('response-mode.ts'), requestRules, discovery] },
  issInResponse: { says: 'Whether responses name their issuer.', enforced: [discovery] },
  grantTypes: { says: 'Grant types.', enforced: [server('token/index.ts'), here('client/flow.ts'), discovery] },
  clientAuth: { says: 'How clients authenticate; none: public clients.', enforced: [here('client/authentication.ts'), discovery] },
  clientCertificate: { says: 'Whether clients present a certificate wherever they authenticate, also with an assertion.', enforced: [server('client-authentication/authenticate-client.ts')] },
  assertionAudience: { says: 'Which audience a client assertion may name.', enforced: [server('client-authentication/authenticate-client.ts')] },
  clientAssertionMaxLifetime: { says: 'Longest life of a client assertion, in seconds.', enforced: [server('client-authentication/authenticate-client.ts')] },
  clientAssertionClaims: { says: 'Claims a client assertion must have beside iss, sub, aud, exp and jti; with iat its life is counted from there.', enforced: [server('client-authentication/authenticate-client.ts')] },
  senderConstraint: { says: 'What access tokens are bound to; none: bearer tokens.', enforced: [here('rules/token.ts'), server('sender-constraint/prove-binding.ts'), discovery] },
  dpopNonce: { says: 'Whether DPoP proofs carry a nonce of the server.', enforced: [server('sender-constraint/prove-binding.ts')] },
  dpopProofMaxAge: { says: 'Greatest age of a DPoP proof, in seconds.', enforced: [server('sender-constraint/prove-binding.ts')] },
  algs: { says: 'Signature algorithms of assertions, proofs, tokens and ID tokens.', enforced: [server('client-authentication/authenticate-client.ts'), server('sender-constraint/prove-binding.ts'), here('client/keys.ts'), discovery] },
  minimumRsaBits: { says: 'Smallest RSA key.', enforced: [here('client/keys.ts')] },
  minimumEcBits: { says: 'Smallest elliptic-curve key.', enforced: [here('client/keys.ts')] },
  clockSkew: { says: 'How far ahead another clock may be, in seconds.', enforced: [server('client-authentication/authenticate-client.ts'), server('sender-constraint/prove-binding.ts'), requestObjects] },
  requestObject: { says: 'Whether authorization requests are signed.', enforced: [here('rules/request-object.ts'), here('client/signing.ts'), discovery] },
  requestObjectBy: { says: 'How a signed request may arrive.', enforced: [here('rules/request-object.ts'), discovery] },
  requestObjectAlgs: { says: 'Signature algorithms of request objects.', enforced: [requestObjects, discovery] },
  requestObjectTypes: { says: 'Media types (typ) of request objects; empty: none named.', enforced: [requestObjects] },
  requestObjectClaims: { says: 'Claims a request object must have.', enforced: [requestObjects] },
  requestObjectMaxAge: { says: 'How far in the past nbf of a request object may lie, in seconds.', enforced: [requestObjects] },
  requestObjectMaxLifetime: { says: 'Longest life of a request object, in seconds.', enforced: [requestObjects] },
  requestObjectEncryption: { says: 'Whether request objects are encrypted.', enforced: [requestObjects, discovery] },
  signedResponse: { says: 'Whether authorization responses are signed.', enforced: [here('rules/signed-response.ts'), requestRules] },
  responseAlgs: { says: 'Signature algorithms of authorization responses.', enforced: [here('client/signing.ts'), discovery] },
  responseLifetime: { says: 'Life of a signed authorization response, in seconds.', enforced: [server('authorize/authorization-response.ts')] },
  responseEncryption: { says: 'Whether signed authorization responses are encrypted.', enforced: [here('client/signing.ts'), discovery] },
  idTokenEncryption: { says: 'Whether ID tokens are encrypted.', enforced: [here('client/signing.ts'), discovery] },
  encryptionAlgs: { says: 'Key management algorithms of JWE.', enforced: [here('client/signing.ts'), discovery] },
  contentEncryptionAlgs: { says: 'Content encryption algorithms of JWE.', enforced: [here('client/signing.ts'), discovery] },
  signedIntrospection: { says: 'Whether answers about tokens are signed.', enforced: [here('policy.ts')] },
  httpSignatures: { says: 'Whether messages at resource servers are signed.', enforced: [here('policy.ts'), 'apps/resource-server/src/access/signatures.ts'] },
  evidence: { says: 'Whether signed messages are kept as evidence.', enforced: [here('policy.ts')] },
  ciba: { says: 'Authentication requests by the back channel, decided on another device.', enforced: [server('backchannel/index.ts'), discovery] },
  cibaRequestSigned: { says: 'Whether these requests are signed.', enforced: [server('backchannel/request-parameters.ts'), here('client/backchannel.ts')] },
  cibaRequestTypes: { says: 'Media types (typ) of signed ones; empty: none named.', enforced: [server('backchannel/request-parameters.ts')] },
  cibaRequestMaxLifetime: { says: 'Longest life of a signed one, in seconds.', enforced: [server('backchannel/request-parameters.ts')] },
  cibaRequestEncryption: { says: 'Whether signed ones are encrypted.', enforced: [server('backchannel/request-parameters.ts')] },
  cibaDelivery: { says: 'How clients learn of the decision.', enforced: [here('client/backchannel.ts'), discovery] },
  cibaBindingMessage: { says: 'Whether these requests need a message that both devices show, unless a payment tells them apart.', enforced: [server('backchannel/binding-message.ts')] },
  cibaMaxExpiry: { says: 'Longest life of these requests, in seconds.', enforced: [server('backchannel/read-request.ts')] },
  cibaMinExpiry: { says: 'Shortest life of these requests, in seconds, whatever a client names.', enforced: [server('backchannel/read-request.ts')] },
  cibaInterval: { says: 'Seconds between two polls.', enforced: [server('backchannel/request-authentication.ts')] },
  codeLifetime: { says: 'Life of an authorization code, in seconds.', enforced: [server('authorize/authorization.ts')] },
  requestUriLifetime: { says: 'Life of a pushed request, in seconds.', enforced: [server('par/push.ts')] },
  accessTokenLifetime: { says: 'Life of an access token, in seconds.', enforced: [server('token/access-token.ts')] },
  refreshTokenLifetime: { says: 'Life of a refresh token, in seconds.', enforced: [server('token/outlook.ts')] },
  rotateRefreshTokens: { says: 'Whether refresh tokens are exchanged at each use. They are sender-constrained instead.', enforced: [here('contradictions.ts')] },
  idTokenLifetime: { says: 'Life of an ID token, in seconds.', enforced: [server('token/id-token.ts')] },
  grantLifetime: { says: 'How long a grant lasts when nothing else says so, in seconds.', enforced: [server('interaction/asking.ts')] },
};
