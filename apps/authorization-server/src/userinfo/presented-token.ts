import { invalidRequest, invalidToken, OAuthError } from '@assent/protocol';
import type { Call } from '../request/call.js';

export type Scheme = 'DPoP' | 'Bearer';

export interface PresentedToken {
  readonly scheme: Scheme;
  readonly token: string;
}

/** The one access token of the request, from the `Authorization` header and nowhere else (F2-CL-02, F2-DP-20). */
export function presentedToken({ authorization }: Pick<Call, 'authorization'>): PresentedToken {
  const [header] = authorization;
  if (header === undefined) throw invalidToken('present an access token in the Authorization header', noToken);
  if (authorization.length > 1) throw invalidRequest('send exactly one Authorization header', 'F2-DP-20');
  const [, scheme, token] = /^(dpop|bearer) +([A-Za-z0-9._~+/-]+=*)$/i.exec(header) ?? [];
  if (scheme === undefined || token === undefined) throw invalidToken('present the access token under the scheme DPoP or Bearer', noToken);
  return { scheme: scheme.toLowerCase() === 'dpop' ? 'DPoP' : 'Bearer', token };
}

/** The rule of requests without credentials: their challenge names no error (RFC 6750 section 3.1). */
const noToken = 'F2-RS-01';

/**
 * The refusal as a protected resource words it: its status (a proof's fault is 401 here), and the challenges of
 * RFC 6750 section 3 and RFC 9449 section 7.1.
 */
export function challenged(error: OAuthError, { issuer, authorization }: Pick<Call, 'issuer' | 'authorization'>): OAuthError {
  const status = error.code === 'invalid_dpop_proof' || error.code === 'use_dpop_nonce' ? 401 : error.status;
  if (status !== 401 && status !== 403) return error;
  const named = error.rule === noToken ? '' : `error="${error.code}", error_description="${error.description}"`;
  const dpop = challenge('DPoP', [named, scopeOf(error), `algs="${issuer.policy.algs.join(' ')}"`]);
  const bearer = challenge('Bearer', [named, scopeOf(error)]);
  const { code, description, rule, cause } = error;
  return new OAuthError({ code, status, description, rule, cause, headers: { ...error.headers, 'www-authenticate': schemesOf(authorization[0], { dpop, bearer }) } });
}

const scopeOf = (error: OAuthError): string => (error.code === 'insufficient_scope' ? 'scope="openid"' : '');

const challenge = (scheme: Scheme, parameters: readonly string[]): string => [scheme, parameters.filter((one) => one !== '').join(', ')].join(' ').trim();

/** The scheme the request used; both for one that used neither. */
function schemesOf(header: string | undefined, { dpop, bearer }: { dpop: string; bearer: string }): string {
  if (/^bearer /i.test(header ?? '')) return bearer;
  return /^dpop /i.test(header ?? '') ? dpop : `${dpop}, ${bearer}`;
}
