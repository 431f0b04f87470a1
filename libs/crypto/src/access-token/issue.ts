import { epochSeconds, type AccessTokenFacts } from '@assent/protocol';
import { signJws } from '../jws/issue.js';
import type { SigningKey } from '../jwks/signing-key.js';

/** A JWT access token (RFC 9068 section 2; AT-01..04) bound to its sender by `cnf` (RFC 7800, F2-AS-04), or to nobody where the profile has bearer tokens. */
export function signAccessToken(facts: AccessTokenFacts, key: SigningKey): Promise<string> {
  return signJws({ typ: 'at+jwt' }, claimsOf(facts), key);
}

function claimsOf(facts: AccessTokenFacts): object {
  const { audience, scope, grantId, grantVersion, authorizationDetails = [], acr, authTime } = facts;
  return {
    iss: facts.issuer,
    sub: facts.subject,
    client_id: facts.clientId,
    aud: audience.length === 1 ? audience[0] : audience,
    iat: epochSeconds(facts.issuedAt),
    exp: epochSeconds(facts.expiresAt),
    jti: facts.jti,
    ...(scope.length > 0 ? { scope: scope.join(' ') } : {}),
    ...(facts.confirmation === undefined ? {} : { cnf: facts.confirmation }),
    ...(grantId === undefined ? {} : { grant_id: grantId }),
    ...(grantVersion === undefined ? {} : { grant_version: grantVersion }),
    ...(authorizationDetails.length > 0 ? { authorization_details: authorizationDetails } : {}),
    ...(acr === undefined ? {} : { acr }),
    ...(authTime === undefined ? {} : { auth_time: epochSeconds(authTime) }),
  };
}
