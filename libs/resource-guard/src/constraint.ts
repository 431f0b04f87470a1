import { verifyDpopProof } from '@assent/crypto';
import { invalidDpopProof, invalidToken, type Clock, type Confirmation, type ReplayClaim, type SigningAlg } from '@assent/protocol';
import type { DpopOptions, ResourceRequest } from './options.js';
import { headerValues, publicUrlOf, type Credentials } from './request.js';

export interface ConstraintOptions {
  readonly constraints: readonly ('dpop' | 'mtls')[];
  readonly algs: readonly SigningAlg[];
  readonly publicUrl: string;
  readonly dpop: DpopOptions;
  readonly clock: Clock;
}

export interface ProvedConstraint {
  readonly confirmation: Confirmation;
  /** The proof to spend, when there is one. */
  readonly replay: readonly ReplayClaim[];
}

interface Bound {
  readonly jkt: string | undefined;
  readonly x5t: string | undefined;
}

/**
 * Proves that the caller holds the key the token is bound to (RFC 9449 section 7, RFC 8705 section 3); tokens bound to
 * nothing are refused (F2-RS-05). Rejects with `invalid_token`, `invalid_dpop_proof` or `use_dpop_nonce`.
 */
export async function verifyConstraint(
  credentials: Credentials,
  claims: Readonly<Record<string, unknown>>,
  request: ResourceRequest,
  options: ConstraintOptions,
): Promise<ProvedConstraint> {
  const bound = boundTo(claims['cnf']);
  if (credentials.scheme === 'DPoP') return proveKey(credentials.token, bound, request, options);
  if (bound.jkt !== undefined) throw invalidToken('the access token is bound to a DPoP key', 'F2-DP-20');
  if (bound.x5t === undefined || !options.constraints.includes('mtls')) throw invalidToken('the access token is not sender-constrained', 'F2-RS-05');
  proveCertificate(bound.x5t, request);
  return { confirmation: { 'x5t#S256': bound.x5t }, replay: [] };
}

async function proveKey(token: string, bound: Bound, request: ResourceRequest, options: ConstraintOptions): Promise<ProvedConstraint> {
  if (!options.constraints.includes('dpop')) throw invalidToken('DPoP is not used here', 'F2-RS-05');
  const [proof, ...more] = headerValues(request.headers, 'dpop');
  if (proof === undefined || more.length > 0) throw invalidDpopProof('exactly one DPoP header is needed', 'F2-DP-01');
  const { dpop, algs, clock, publicUrl } = options;
  const now = clock.now();
  const { nonces } = dpop;
  const { jkt, replay } = await verifyDpopProof(proof, {
    method: request.method,
    url: publicUrlOf(request.url, publicUrl),
    algs,
    now,
    maxAge: dpop.maxAgeSeconds ?? 60,
    clockSkew: Math.min(dpop.clockSkewSeconds ?? 30, 60),
    accessToken: token,
    ...(nonces && { nonce: (nonce: string | undefined) => nonces.check(nonce, now) }),
  });
  if (bound.jkt !== jkt) throw invalidToken('the access token is not bound to the key of the proof', 'F2-DP-12');
  if (bound.x5t !== undefined) proveCertificate(bound.x5t, request);
  return { confirmation: { jkt }, replay: [replay] };
}

function proveCertificate(thumbprint: string, { certificate }: ResourceRequest): void {
  if (!certificate) throw invalidToken('the access token is bound to a client certificate and none was presented', 'F2-MT-04');
  if (certificate.thumbprint !== thumbprint) throw invalidToken('the access token is bound to another client certificate', 'F2-MT-04');
}

/** RFC 7800 `cnf`. A member of the wrong type counts as a binding nobody can prove. */
function boundTo(cnf: unknown): Bound {
  if (typeof cnf !== 'object' || cnf === null) return { jkt: undefined, x5t: undefined };
  const { jkt, 'x5t#S256': x5t } = cnf as Record<string, unknown>;
  return { jkt: member(jkt), x5t: member(x5t) };
}

const member = (value: unknown): string | undefined => (value === undefined ? undefined : typeof value === 'string' ? value : '');
