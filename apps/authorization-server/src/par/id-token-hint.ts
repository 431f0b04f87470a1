import { verifyJws } from '@assent/crypto';
import { invalidRequest } from '@assent/protocol';
import type { IssuerRuntime } from '../engine.js';

/**
 * The subject of an `id_token_hint`: an ID token this issuer signed, for anyone, expired or not (OpenID Connect Core
 * section 3.1.2.1). `invalid_request` for anything else (OIDC-07).
 */
export async function subjectOfHint(hint: string, issuer: IssuerRuntime): Promise<string> {
  return (await ownIdToken(hint, issuer)).sub;
}

/** The claims of an ID token this issuer signed. */
export async function ownIdToken(hint: string, issuer: IssuerRuntime): Promise<Readonly<Record<string, unknown>> & { readonly sub: string }> {
  const refuse = (cause?: unknown) => invalidRequest('id_token_hint is not an ID token of this issuer', 'OIDC-07', cause);
  const { header, claims } = await verifyJws(hint, { algs: issuer.policy.algs, keys: issuer.keys.find }).catch((cause: unknown) => {
    throw refuse(cause);
  });
  // Access tokens come from the same keys: their type tells them apart (RFC 8725 section 3.11).
  const isIdToken = header.typ === undefined || header.typ === 'JWT';
  const { sub } = claims;
  if (!isIdToken || claims['iss'] !== issuer.issuer || typeof sub !== 'string') throw refuse();
  return { ...claims, sub };
}
