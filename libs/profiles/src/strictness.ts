import type { Demand, Policy } from './policy.js';
import { isJarmMode } from './response-mode.js';

type Compare<T> = (next: T, base: T) => boolean;

const smaller: Compare<number> = (next, base) => next > 0 && next <= base;
const larger: Compare<number> = (next, base) => next >= base;
const fewer: Compare<readonly string[]> = (next, base) => next.length > 0 && next.every((item) => base.includes(item));
const more: Compare<readonly string[]> = (next, base) => base.every((item) => next.includes(item));
/** `order` runs from loose to strict. */
const ordered =
  <T>(...order: readonly T[]): Compare<T> =>
  (next, base) =>
    order.indexOf(next) >= order.indexOf(base);

/** A response mode that signs asks less of nobody; of the others there may only be fewer. */
const responseModes: Compare<readonly string[]> = (next, base) => next.length > 0 && next.every((mode) => base.includes(mode) || isJarmMode(mode));
const demanded = ordered<Demand>('off', 'optional', 'expected', 'required');

/** For each value, which way is stricter. A new value of `Policy` does not compile before it is judged here. */
const atLeastAsStrict: { readonly [K in keyof Policy]: Compare<Policy[K]> } = {
  par: ordered<Policy['par']>('allowed', 'required'),
  pkce: fewer,
  pkceWhen: ordered<Policy['pkceWhen']>('pushed', 'always'),
  nonceOrState: ordered<Policy['nonceOrState']>('optional', 'required'),
  responseTypes: fewer,
  responseModes,
  grantTypes: fewer,
  clientAuth: fewer,
  clientCertificate: ordered<Policy['clientCertificate']>('as-registered', 'always'),
  assertionAudience: ordered<Policy['assertionAudience']>('issuer-or-endpoint', 'issuer'),
  senderConstraint: fewer,
  requestObject: demanded,
  requestObjectBy: fewer,
  requestObjectAlgs: fewer,
  requestObjectTypes: fewer,
  requestObjectClaims: more,
  requestObjectMaxAge: smaller,
  requestObjectMaxLifetime: smaller,
  requestObjectEncryption: ordered<Policy['requestObjectEncryption']>('off', 'optional', 'required'),
  signedResponse: demanded,
  responseAlgs: fewer,
  responseLifetime: smaller,
  responseEncryption: ordered<Policy['responseEncryption']>('off', 'optional', 'required'),
  idTokenEncryption: ordered<Policy['idTokenEncryption']>('off', 'optional', 'front-channel', 'required'),
  encryptionAlgs: fewer,
  contentEncryptionAlgs: fewer,
  algs: fewer,
  redirectUris: ordered<Policy['redirectUris']>('registered-or-pushed', 'registered'),
  rotateRefreshTokens: ordered<boolean>(true, false),
  issInResponse: ordered<boolean>(false, true),
  dpopNonce: ordered<Policy['dpopNonce']>('off', 'required'),
  codeLifetime: smaller,
  requestUriLifetime: smaller,
  accessTokenLifetime: smaller,
  refreshTokenLifetime: smaller,
  idTokenLifetime: smaller,
  grantLifetime: smaller,
  clientAssertionMaxLifetime: smaller,
  clientAssertionClaims: more,
  dpopProofMaxAge: smaller,
  clockSkew: smaller,
  nonceMaxLength: smaller,
  minimumRsaBits: larger,
  minimumEcBits: larger,
  signedIntrospection: ordered<Policy['signedIntrospection']>('optional', 'required'),
  httpSignatures: ordered<Policy['httpSignatures']>('off', 'optional', 'required'),
  ciba: ordered<Policy['ciba']>('on', 'off'),
  cibaRequestSigned: ordered<Policy['cibaRequestSigned']>('optional', 'required'),
  cibaRequestTypes: fewer,
  cibaRequestMaxLifetime: smaller,
  cibaRequestEncryption: ordered<Policy['cibaRequestEncryption']>('off', 'optional', 'required'),
  cibaDelivery: fewer,
  cibaBindingMessage: ordered<Policy['cibaBindingMessage']>('optional', 'required'),
  cibaMaxExpiry: smaller,
  cibaMinExpiry: larger,
  cibaInterval: larger,
  evidence: ordered<Policy['evidence']>('off', 'on'),
};

export function isAtLeastAsStrict<K extends keyof Policy>(key: K, next: Policy[K], base: Policy[K]): boolean {
  return atLeastAsStrict[key](next, base);
}
