import { by, fapi2MessageSigning, loosened, refine, rule, type Rule } from '@assent/profiles';
import { invalidRequest, invalidScope } from '@assent/protocol';

const minutes = 60;
const days = 24 * 60 * minutes;

/** The longest `max_age` a request may name. */
const longestMaxAge = 60 * minutes;

const wholeRequest = rule({
  id: 'UAE-REQ-01',
  clause: 'UAE Open Finance v2.1, JWT claim rules: request object',
  at: 'par',
  stops: ['A1'],
  says: 'asks for state, nonce and a consent in every request',
  check: ({ form }) => {
    const missing = ['state', 'nonce', 'authorization_details'].find((name) => !form.has(name));
    return missing === undefined ? undefined : invalidRequest(`${missing} is required in the request object`, 'UAE-REQ-01');
  },
});

const recentSignIn = rule({
  id: 'UAE-REQ-02',
  clause: 'UAE Open Finance v2.1, JWT claim rules: max_age',
  at: 'par',
  stops: [],
  says: 'takes a max_age of an hour at most',
  check: ({ form }) => {
    const text = form.optional('max_age') ?? '';
    return /^\d+$/.test(text) && Number(text) > longestMaxAge ? invalidRequest(`max_age must not be above ${longestMaxAge}`, 'UAE-REQ-02') : undefined;
  },
});

const openId = rule({
  id: 'UAE-SC-01',
  clause: 'UAE Open Finance v2.1, security/fapi/scopes',
  at: 'par',
  stops: [],
  says: 'asks for openid beside the scope of the consent',
  check: ({ form }) => ((form.optional('scope') ?? '').split(' ').includes('openid') ? undefined : invalidScope('scope must hold openid beside accounts or payments', 'UAE-SC-01')),
});

const rules: readonly Rule[] = [wholeRequest, recentSignIn, openId];

/** Security profile of UAE Open Finance v2.1: FAPI 2.0 Message Signing for PS256, client assertions and certificates alone. */
export const uaeProfile = refine(
  fapi2MessageSigning,
  'uae',
  {
    clientAuth: by('UAE Open Finance v2.1, security/tokens: private_key_jwt at every endpoint', ['private_key_jwt']),
    clientCertificate: by('UAE Open Finance v2.1, security/fapi: mTLS on every call', 'always'),
    senderConstraint: by('UAE Open Finance v2.1, security/fapi: mTLS on every call', ['mtls']),
    algs: by('UAE Open Finance v2.1, security/fapi: PS256 alone', ['PS256']),
    requestObject: by('UAE Open Finance v2.1, security/fapi: every request is signed', 'required'),
    requestObjectAlgs: by('UAE Open Finance v2.1, security/fapi: PS256 alone', ['PS256']),
    requestObjectClaims: by('UAE Open Finance v2.1, JWT claim rules: request object', ['iss', 'aud', 'nbf', 'exp']),
    requestObjectMaxAge: by('UAE Open Finance v2.1, JWT claim rules: nbf at most ten minutes old', 10 * minutes),
    requestObjectMaxLifetime: by('UAE Open Finance v2.1, JWT claim rules: exp at most ten minutes after nbf', 10 * minutes),
    requestObjectEncryption: by('UAE Open Finance v2.1, security/fapi/message-encryption', 'optional'),
    encryptionAlgs: by('UAE Open Finance v2.1, security/fapi/message-encryption', ['RSA-OAEP-256']),
    contentEncryptionAlgs: by('UAE Open Finance v2.1, security/fapi/message-encryption', ['A256GCM']),
    clientAssertionMaxLifetime: by('UAE Open Finance v2.1, JWT claim rules: exp at most five minutes after iat', 5 * minutes),
    clientAssertionClaims: by('UAE Open Finance v2.1, JWT claim rules: client assertion', ['iat']),
    signedResponse: loosened('UAE Open Finance v2.1, security/fapi/handling-callback', 'off', {
      replaces: 'FAPI 2.0 Message Signing 5.4.1-1',
      why: 'the callback carries code, state and iss in the clear: JARM is no part of the market, and a client that gave up waiting for a signed answer would be locked out',
    }),
    responseModes: by('UAE Open Finance v2.1, security/fapi/handling-callback', ['query']),
    accessTokenLifetime: by('UAE Open Finance v2.1, security/tokens: 600 seconds', 10 * minutes),
    refreshTokenLifetime: loosened('UAE Open Finance v2.1, security/tokens: as long as the consent, at most a year', 366 * days, {
      replaces: 'ours: 180 days (fapi2-security)',
      why: 'a refresh token must live as long as its consent, and a consent may live a year; it ends with the consent',
    }),
    grantLifetime: loosened('UAE Open Finance v2.1, consent: ExpirationDateTime at most a year ahead', 366 * days, {
      replaces: 'ours: 180 days (fapi2-security)',
      why: 'every consent names its own end, which this only bounds',
    }),
  },
  rules,
);
