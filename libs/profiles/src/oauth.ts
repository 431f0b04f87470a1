import { by, define } from './profile.js';
import { tokenRules } from './rules/token.js';
import { requestRules } from './rules/authorization-request.js';

const minutes = 60;
const hours = 60 * minutes;
const days = 24 * hours;

/**
 * OAuth 2.0 as its current security practice (RFC 9700) has it: what every profile builds on. No issuer runs on it
 * as it stands.
 */
export const oauth = define(
  'oauth',
  {
    par: by('RFC 9126 section 4', 'allowed'),
    pkce: by('RFC 9700 section 2.1.1', ['S256']),
    pkceWhen: by('RFC 9700 section 2.1.1', 'always'),
    nonceOrState: by('RFC 9700 section 2.1.2: PKCE does their work', 'optional'),
    responseTypes: by('RFC 9700 section 2.1.2', ['code']),
    responseModes: by('RFC 6749 section 4.1.2; OAuth 2.0 Form Post Response Mode', ['query', 'form_post']),
    grantTypes: by('RFC 6749 section 4', ['authorization_code', 'refresh_token', 'client_credentials']),
    clientAuth: by('RFC 9700 section 2.5', ['private_key_jwt', 'tls_client_auth', 'self_signed_tls_client_auth']),
    assertionAudience: by('RFC 7523 section 3', 'issuer-or-endpoint'),
    senderConstraint: by('ours, after RFC 9700 section 2.2.1: no bearer tokens', ['dpop', 'mtls']),
    requestObject: by('RFC 9101 section 10.5: by the client’s registration', 'off'),
    requestObjectBy: by('RFC 9101 section 5; RFC 9126 section 3', ['pushed', 'value', 'registered-uri']),
    requestObjectAlgs: by('ours, within RFC 8725 section 3.2', ['PS256', 'ES256', 'EdDSA', 'Ed25519']),
    requestObjectTypes: by('RFC 9101 sections 4 and 10.8', ['oauth-authz-req+jwt', 'jwt', '']),
    requestObjectClaims: by('RFC 9101 section 4: aud should be there', ['aud']),
    requestObjectMaxAge: by('ours', 1 * hours),
    requestObjectMaxLifetime: by('ours', 1 * hours),
    requestObjectEncryption: by('RFC 9101 section 4: optional', 'off'),
    signedResponse: by('JARM section 2.3: by the request', 'off'),
    responseAlgs: by('JARM section 3, within RFC 8725 section 3.2', ['PS256', 'ES256', 'EdDSA', 'Ed25519']),
    responseLifetime: by('JARM section 2.1: at most ten minutes', 10 * minutes),
    responseEncryption: by('JARM section 2.2: optional', 'off'),
    idTokenEncryption: by('OpenID Connect Core section 2: optional', 'off'),
    encryptionAlgs: by('RFC 7518 section 4.1, without RSA1_5', ['RSA-OAEP', 'RSA-OAEP-256', 'ECDH-ES']),
    contentEncryptionAlgs: by('RFC 7518 section 5.1', ['A256GCM', 'A128CBC-HS256']),
    algs: by('ours, within RFC 8725 section 3.2', ['PS256', 'ES256', 'EdDSA', 'Ed25519']),
    redirectUris: by('RFC 9126 section 2.4', 'registered-or-pushed'),
    rotateRefreshTokens: by('RFC 9700 section 4.14.2: sender-constrained instead', false),
    issInResponse: by('RFC 9700 section 4.4.2.1', true),
    dpopNonce: by('RFC 9449 section 8: optional', 'off'),
    codeLifetime: by('RFC 6749 section 4.1.2', 10 * minutes),
    requestUriLifetime: by('RFC 9126 section 2.2', 10 * minutes),
    accessTokenLifetime: by('ours', 1 * hours),
    refreshTokenLifetime: by('ours', 365 * days),
    idTokenLifetime: by('ours', 1 * hours),
    grantLifetime: by('ours', 365 * days),
    clientAssertionMaxLifetime: by('ours', 1 * hours),
    clientCertificate: by('RFC 8705 sections 2 and 3: by the client’s registration', 'as-registered'),
    clientAssertionClaims: by('RFC 7523 section 3: iat is optional', []),
    dpopProofMaxAge: by('RFC 9449 section 11.1: seconds or minutes', 5 * minutes),
    clockSkew: by('ours', 60),
    nonceMaxLength: by('ours', 255),
    minimumRsaBits: by('RFC 7518 section 3.5', 2048),
    minimumEcBits: by('RFC 9325 section 4.4', 224),
    signedIntrospection: by('RFC 9701 section 4', 'optional'),
    httpSignatures: by('RFC 9421 leaves it to its users', 'off'),
    ciba: by('ours: CIBA is an addition to OpenID Connect', 'off'),
    cibaRequestSigned: by('OpenID Connect CIBA section 7.1.1: by the client’s registration', 'optional'),
    cibaRequestTypes: by('RFC 9101 sections 4 and 10.8', ['oauth-authz-req+jwt', 'jwt', '']),
    cibaRequestMaxLifetime: by('ours', 1 * hours),
    cibaRequestEncryption: by('OpenID Connect CIBA section 7.1.1: signed', 'off'),
    cibaDelivery: by('OpenID Connect CIBA section 5; push sends tokens to whoever answers', ['poll', 'ping']),
    cibaBindingMessage: by('OpenID Connect CIBA section 7.1', 'optional'),
    cibaMaxExpiry: by('ours', 1 * hours),
    cibaMinExpiry: by('ours: as short as the client likes', 1),
    cibaInterval: by('OpenID Connect CIBA section 7.3', 5),
    evidence: by('ours', 'off'),
  },
  [...requestRules, ...tokenRules],
);
