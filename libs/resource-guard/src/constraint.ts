import { normaliseHtu, verifyDpopProof } from '@assent/crypto';
import { invalidDpopProof, invalidRequest, invalidToken, type Clock, type Confirmation, type ReplayClaim, type SigningAlg } from '@assent/protocol';
import type { DpopOptions, ResourceRequest } from './options.js';
import { headerValues, publicUrlOf, type Credentials } from './request.js';

export interface ConstraintOptions {
  readonly constraints: readonly ('dpop' | 'mtls')[];
  readonly algs: readonly SigningAlg[];
  readonly publicUrl: string;
  readonly dpop: DpopOptions;
  readonly clock: Clock;
}

/**
 * Proves that the caller holds the key the token is bound to (RFC 9449 section 7, RFC 8705 section 3). Resolves with
 * the proof to spend, if there is one; rejects with `invalid_token`, `invalid_dpop_proof` or `use_dpop_nonce`.
 */
export async function verifyConstraint(
  { scheme, token }: Credentials,
  confirmation: Confirmation | undefined,
  request: ResourceRequest,
  options: ConstraintOptions,
): Promise<ReplayClaim | undefined> {
  // Only issuers that may give bearer tokens get this far without a confirmation (`TrustedIssuer.bearerTokens`).
  if (confirmation === undefined) return bearer(scheme);
  if (scheme === 'DPoP') return proveKey(token, confirmation, request, options);
  if ('jkt' in confirmation) throw invalidToken('the access token is bound to a DPoP key', 'F2-DP-20');
  if (!options.constraints.includes('mtls')) throw invalidToken('certificate-bound access tokens are not accepted here', 'F2-RS-05');
  verifyCertificate(confirmation['x5t#S256'], request);
  return undefined;
}

function bearer(scheme: Credentials['scheme']): undefined {
  if (scheme !== 'Bearer') throw invalidToken('the access token is bound to no key: use the scheme Bearer', 'F2-RS-05');
  return undefined;
}

async function proveKey(token: string, confirmation: Confirmation, request: ResourceRequest, options: ConstraintOptions): Promise<ReplayClaim> {
  if (!options.constraints.includes('dpop')) throw invalidToken('DPoP-bound access tokens are not accepted here', 'F2-RS-05');
  const [proof, ...more] = headerValues(request.headers, 'dpop');
  if (proof === undefined || more.length > 0) throw invalidDpopProof('exactly one DPoP header is needed', 'F2-DP-01');
  const { dpop, algs, clock, publicUrl } = options;
  const url = normaliseHtu(publicUrlOf(request.url, publicUrl));
  if (url === undefined) throw invalidRequest('malformed request target', 'F2-DP-08');
  const now = clock.now();
  const { nonces } = dpop;
  const { jkt, replay } = await verifyDpopProof(proof, {
    method: request.method,
    url,
    algs,
    now,
    maxAge: dpop.maxAgeSeconds ?? 60,
    clockSkew: Math.min(dpop.clockSkewSeconds ?? 30, 60),
    accessToken: token,
    ...(nonces && { nonce: (nonce: string | undefined) => nonces.check(nonce, now) }),
  });
  if (!('jkt' in confirmation) || confirmation.jkt !== jkt) throw invalidToken('the access token is not bound to the key of the proof', 'F2-DP-12');
  return replay;
}

function verifyCertificate(thumbprint: string, { certificate }: ResourceRequest): void {
  if (!certificate) throw invalidToken('the access token is bound to a client certificate and none was presented', 'F2-MT-04');
  if (certificate.thumbprint !== thumbprint) throw invalidToken('the access token is bound to another client certificate', 'F2-MT-04');
}
