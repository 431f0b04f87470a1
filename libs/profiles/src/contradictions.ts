import { cibaGrantType } from './ciba.js';
import type { Policy } from './policy.js';
import type { Profile } from './profile.js';
import { isHybrid, isJarmMode } from './response-mode.js';

/** Two values of a profile that cannot both hold, or a value that could never be acted on. */
export interface Contradiction {
  readonly id: string;
  readonly values: readonly (keyof Policy)[];
  readonly says: string;
}

interface Check extends Contradiction {
  readonly holds: (policy: Policy) => boolean;
}

const has = (list: readonly string[], ...some: readonly string[]): boolean => some.some((one) => list.includes(one));
const hybrid = ({ responseTypes }: Policy): boolean => responseTypes.some(isHybrid);

const checks: readonly Check[] = [
  {
    id: 'hybrid-unsigned',
    values: ['responseTypes', 'requestObject'],
    says: 'an ID token through the browser needs signed requests of everybody (FAPI 1.0 Advanced 5.2.2-1)',
    holds: (policy) => hybrid(policy) && policy.requestObject !== 'required',
  },
  {
    id: 'hybrid-without-mode',
    values: ['responseTypes', 'responseModes'],
    says: 'no response mode can carry an ID token',
    holds: (policy) => hybrid(policy) && policy.responseModes.every((mode) => mode.startsWith('query')),
  },
  {
    id: 'code-without-mode',
    values: ['responseTypes', 'responseModes', 'signedResponse'],
    says: 'a code alone can never be answered: responses must be signed and no mode signs them',
    holds: ({ responseTypes, responseModes, signedResponse }) => responseTypes.includes('code') && signedResponse === 'required' && !responseModes.some(isJarmMode),
  },
  {
    id: 'code-without-default-mode',
    values: ['responseModes', 'signedResponse'],
    says: 'a request that names no response mode could not be answered: neither query nor a signed response is offered',
    holds: ({ responseModes, signedResponse }) => signedResponse === 'off' && !responseModes.includes('query'),
  },
  {
    id: 'jarm-off',
    values: ['responseModes', 'signedResponse'],
    says: 'a JWT response mode is offered where responses are never signed',
    holds: ({ responseModes, signedResponse }) => signedResponse === 'off' && responseModes.some(isJarmMode),
  },
  {
    id: 'jarm-without-mode',
    values: ['responseModes', 'signedResponse', 'responseTypes'],
    says: 'signed responses are asked for and nothing offered can sign one',
    holds: (policy) => policy.signedResponse !== 'off' && !policy.responseModes.some(isJarmMode) && !hybrid(policy),
  },
  {
    id: 'jarm-without-algorithm',
    values: ['responseModes', 'responseAlgs'],
    says: 'a JWT response mode is offered without an algorithm to sign with',
    holds: ({ responseModes, responseAlgs }) => responseModes.some(isJarmMode) && responseAlgs.length === 0,
  },
  {
    id: 'request-object-without-algorithm',
    values: ['requestObject', 'requestObjectAlgs'],
    says: 'signed requests are used without an algorithm to sign with',
    holds: ({ requestObject, requestObjectAlgs }) => requestObject !== 'off' && requestObjectAlgs.length === 0,
  },
  {
    id: 'request-object-without-way',
    values: ['requestObject', 'requestObjectBy', 'par'],
    says: 'signed requests are used and none can arrive',
    holds: ({ requestObject, requestObjectBy, par }) => requestObject !== 'off' && (requestObjectBy.length === 0 || (par === 'required' && !requestObjectBy.includes('pushed'))),
  },
  {
    id: 'request-object-beside-par',
    values: ['requestObject', 'requestObjectBy', 'par'],
    says: 'requests must be pushed, and signed ones may come through the browser',
    holds: ({ requestObject, requestObjectBy, par }) => requestObject !== 'off' && par === 'required' && has(requestObjectBy, 'value', 'registered-uri'),
  },
  {
    id: 'request-object-unbounded',
    values: ['requestObject', 'requestObjectClaims'],
    says: 'signed requests are demanded whose audience and end nobody names',
    holds: ({ requestObject, requestObjectClaims }) => (requestObject === 'expected' || requestObject === 'required') && !['aud', 'exp'].every((claim) => has(requestObjectClaims, claim)),
  },
  {
    id: 'request-object-encryption',
    values: ['requestObject', 'requestObjectEncryption'],
    says: 'request objects are encrypted where none are used',
    holds: ({ requestObject, requestObjectEncryption }) => requestObject === 'off' && requestObjectEncryption !== 'off',
  },
  {
    id: 'response-encryption',
    values: ['responseEncryption', 'responseModes'],
    says: 'responses are encrypted where no mode makes JWTs of them',
    holds: ({ responseEncryption, responseModes }) => responseEncryption !== 'off' && !responseModes.some(isJarmMode),
  },
  {
    id: 'encryption-without-algorithm',
    values: ['requestObjectEncryption', 'responseEncryption', 'idTokenEncryption', 'encryptionAlgs', 'contentEncryptionAlgs'],
    says: 'something is encrypted without an algorithm to encrypt with',
    holds: (policy) =>
      [policy.requestObjectEncryption, policy.responseEncryption, policy.idTokenEncryption].some((wanted) => wanted !== 'off') && (policy.encryptionAlgs.length === 0 || policy.contentEncryptionAlgs.length === 0),
  },
  {
    id: 'front-channel-encryption',
    values: ['idTokenEncryption', 'responseTypes'],
    says: 'ID tokens through the browser are to be encrypted, and there are none',
    holds: (policy) => policy.idTokenEncryption === 'front-channel' && !hybrid(policy),
  },
  {
    id: 'pkce-or-signature',
    values: ['pkceWhen', 'requestObject', 'signedResponse'],
    says: 'requests may go without PKCE and without signatures (RFC 9700 section 2.1.1)',
    holds: ({ pkceWhen, requestObject, signedResponse, par }) => pkceWhen !== 'always' && par !== 'required' && (requestObject !== 'required' || signedResponse !== 'required'),
  },
  {
    id: 'public-without-pkce',
    values: ['clientAuth', 'pkceWhen'],
    says: 'public clients need PKCE always (RFC 9700 section 2.1.1)',
    holds: ({ clientAuth, pkceWhen }) => clientAuth.includes('none') && pkceWhen !== 'always',
  },
  {
    id: 'public-signed',
    values: ['clientAuth', 'requestObject'],
    says: 'public clients hold no key to sign requests with',
    holds: ({ clientAuth, requestObject }) => clientAuth.includes('none') && requestObject === 'required',
  },
  {
    id: 'public-pushed',
    values: ['clientAuth', 'par'],
    says: 'requests must be pushed by authenticated clients, and clients may go without authentication',
    holds: ({ clientAuth, par }) => clientAuth.includes('none') && par === 'required',
  },
  {
    id: 'public-bound',
    values: ['clientAuth', 'senderConstraint'],
    says: 'public clients cannot present the certificate every token is bound to',
    holds: ({ clientAuth, senderConstraint }) => clientAuth.includes('none') && !has(senderConstraint, 'none', 'dpop'),
  },
  {
    id: 'bearer-too-long',
    values: ['senderConstraint', 'accessTokenLifetime'],
    says: 'bearer tokens must live less than ten minutes (FAPI 1.0 Baseline 5.2.2-21)',
    holds: ({ senderConstraint, accessTokenLifetime }) => senderConstraint.includes('none') && accessTokenLifetime >= 600,
  },
  {
    id: 'no-constraint',
    values: ['senderConstraint'],
    says: 'no kind of access token is named',
    holds: ({ senderConstraint }) => senderConstraint.length === 0,
  },
  {
    id: 'nonce-without-dpop',
    values: ['dpopNonce', 'senderConstraint'],
    says: 'DPoP nonces are required where there is no DPoP',
    holds: ({ dpopNonce, senderConstraint }) => dpopNonce === 'required' && !senderConstraint.includes('dpop'),
  },
  {
    id: 'pushed-uris-unsigned',
    values: ['redirectUris', 'par'],
    says: 'unregistered redirect URIs may come through the browser: only pushed requests prove who sends them',
    holds: ({ redirectUris, par }) => redirectUris === 'registered-or-pushed' && par !== 'required',
  },
  {
    id: 'rotation',
    values: ['rotateRefreshTokens'],
    says: 'refresh tokens are bound to their sender and not rotated here (FAPI 2.0 SP 5.3.2.1-9)',
    holds: ({ rotateRefreshTokens }) => rotateRefreshTokens,
  },
  {
    id: 'code-without-grant',
    values: ['responseTypes', 'grantTypes'],
    says: 'codes are given that no grant type takes',
    holds: ({ responseTypes, grantTypes }) => responseTypes.length > 0 && !grantTypes.includes('authorization_code'),
  },
  {
    id: 'ciba-without-grant',
    values: ['ciba', 'grantTypes'],
    says: 'requests by the back channel and their grant type come together or not at all',
    holds: ({ ciba, grantTypes }) => (ciba === 'on') !== grantTypes.includes(cibaGrantType),
  },
  {
    id: 'ciba-without-delivery',
    values: ['ciba', 'cibaDelivery'],
    says: 'no client can learn of decisions on requests by the back channel',
    holds: ({ ciba, cibaDelivery }) => ciba === 'on' && cibaDelivery.length === 0,
  },
  {
    id: 'ciba-expiry',
    values: ['ciba', 'cibaMinExpiry', 'cibaMaxExpiry'],
    says: 'requests by the back channel must live longer than they may',
    holds: ({ ciba, cibaMinExpiry, cibaMaxExpiry }) => ciba === 'on' && cibaMinExpiry > cibaMaxExpiry,
  },
  {
    id: 'ciba-without-algorithm',
    values: ['ciba', 'cibaRequestSigned', 'requestObjectAlgs'],
    says: 'requests by the back channel must be signed, and there is no algorithm to sign with',
    holds: ({ ciba, cibaRequestSigned, requestObjectAlgs }) => ciba === 'on' && cibaRequestSigned === 'required' && requestObjectAlgs.length === 0,
  },
  {
    id: 'ciba-public',
    values: ['ciba', 'clientAuth'],
    says: 'public clients may make nobody’s device ring (CIBA section 13)',
    holds: ({ ciba, clientAuth }) => ciba === 'on' && clientAuth.includes('none'),
  },
  {
    id: 'clock-skew',
    values: ['clockSkew', 'requestObjectMaxLifetime', 'responseLifetime'],
    says: 'the clock skew is longer than a signed message lives',
    holds: ({ clockSkew, requestObjectMaxLifetime, responseLifetime }) => clockSkew >= requestObjectMaxLifetime || clockSkew >= responseLifetime,
  },
];

/** Everything that cannot hold together in a policy; empty for a sound one. */
export const contradictionsOf = (policy: Policy): readonly Contradiction[] => checks.filter(({ holds }) => holds(policy)).map(({ id, values, says }) => ({ id, values, says }));

/** A profile no issuer may start with. */
export class ContradictoryProfile extends Error {
  constructor(
    readonly profile: string,
    readonly contradictions: readonly Contradiction[],
  ) {
    super(`${profile} contradicts itself: ${contradictions.map(({ says, values }) => `${says} (${values.join(', ')})`).join('; ')}`);
    this.name = 'ContradictoryProfile';
  }
}

/** The profile, unless two of its values cannot both hold: then `ContradictoryProfile`. Profiles only others build on pass. */
export function refuseContradictions(profile: Profile): Profile {
  const found = profile.base === undefined ? [] : contradictionsOf(profile.policy);
  if (found.length > 0) throw new ContradictoryProfile(profile.name, found);
  return profile;
}
