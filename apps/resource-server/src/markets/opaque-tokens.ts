import { epochSeconds, parseHandle, type AccessTokens, type Clock } from '@assent/protocol';
import type { AskAboutToken } from '@assent/resource-guard';

/**
 * What tokens are worth that are no JWTs, as those of a consent that others must still agree to: read where they are kept,
 * for the market's API shares the database with its issuer. Answers as RFC 7662 section 2.2 has it.
 */
export function askTheStore(issuer: string, accessTokens: Pick<AccessTokens, 'find'>, clock: Clock): AskAboutToken {
  return async (token) => {
    const handle = parseHandle(token);
    const found = handle && (await accessTokens.find(handle, [], clock.now()));
    if (found?.outcome !== 'found' || found.facts.issuer !== issuer) return { active: false };
    const { facts } = found;
    return {
      active: true,
      iss: issuer,
      jti: facts.jti,
      client_id: facts.clientId,
      sub: facts.subject,
      aud: facts.audience,
      scope: facts.scope.join(' '),
      iat: epochSeconds(facts.issuedAt),
      exp: epochSeconds(facts.expiresAt),
      cnf: facts.confirmation,
      ...(facts.grantId !== undefined && { grant_id: facts.grantId }),
      ...(facts.grantVersion !== undefined && { grant_version: facts.grantVersion }),
      ...(facts.authorizationDetails && { authorization_details: facts.authorizationDetails }),
    };
  };
}
