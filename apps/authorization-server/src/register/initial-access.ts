import { constantTimeEqual } from '@assent/crypto';
import { invalidToken, sha256 } from '@assent/protocol';
import type { RegistrationCall } from './call.js';

/** The one bearer token of the request; `undefined` when there is none. `invalid_token` when it is written wrongly. */
export function bearerToken({ authorization }: Pick<RegistrationCall, 'authorization'>): string | undefined {
  const [header] = authorization;
  if (header === undefined) return undefined;
  const token = /^bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(header)?.[1];
  if (authorization.length > 1 || token === undefined) throw refusedToken('send one token, under the scheme Bearer');
  return token;
}

/** To whom the operator gave the request's initial access token (DCR-03); `undefined` when it has none. `invalid_token` for a wrong one. */
export function initialAccess(call: RegistrationCall): string | undefined {
  const token = bearerToken(call);
  if (token === undefined) return undefined;
  const hash = sha256(token).toString('base64url');
  const known = call.registration.initialAccessTokens.filter((one) => constantTimeEqual(one.hash.toString('base64url'), hash))[0];
  if (!known) throw refusedToken('the initial access token is not one of those given out');
  return known.name;
}

export const refusedToken = (what: string, rule = 'DCR-03') => {
  const error = invalidToken(what, rule);
  return error.withHeaders({ 'www-authenticate': `Bearer error="${error.code}", error_description="${error.description}"` });
};
