import { verifyDpopProof, type ProvedDpop } from '@assent/crypto';
import { enforce } from '@assent/profiles';
import { invalidDpopProof, OAuthError, type Client, type Confirmation } from '@assent/protocol';
import type { Call } from '../request/call.js';

/** What a token will be bound to, proved in this request. */
export interface Binding {
  /** `undefined`: a bearer token, where the profile has them. */
  readonly confirmation: Confirmation | undefined;
  /** Thumbprint of the DPoP key proved in this request, also when the token is bound to the certificate. */
  readonly jkt: string | undefined;
  readonly tokenType: 'DPoP' | 'Bearer';
}

/**
 * What the tokens of this request will be bound to, once every profile rule of the token endpoint agrees: the grant
 * type is the client's, and the sender constraint is the one it asked for (FAPI 2.0 SP 5.3.2.1-4).
 */
export async function proveBinding(call: Call, client: Client, grantType: string): Promise<Binding> {
  const jkt = await proveDpopKey(call);
  const confirmation = confirmationFor(client, jkt, call);
  enforce(call.issuer.profile, 'token', { client, grantType, confirmation });
  // The rules have refused this already; without them nothing is issued unbound either.
  if (!confirmation && !call.issuer.policy.senderConstraint.includes('none')) throw invalidDpopProof('prove possession of a key', 'F2-AS-04');
  return { confirmation, jkt, tokenType: confirmation && 'jkt' in confirmation ? 'DPoP' : 'Bearer' };
}

/** As the client's metadata demands, else whichever was proved, a DPoP proof before a certificate. */
function confirmationFor(client: Client, jkt: string | undefined, { transport, issuer }: Call): Confirmation | undefined {
  const byKey = jkt === undefined ? undefined : { jkt };
  const certificateBound = client.tls_client_certificate_bound_access_tokens;
  if (client.dpop_bound_access_tokens || (byKey && !certificateBound)) return byKey;
  const thumbprint = issuer.policy.senderConstraint.includes('mtls') ? transport.certificate?.thumbprint : undefined;
  return thumbprint === undefined ? undefined : { 'x5t#S256': thumbprint };
}

/**
 * The thumbprint of the key the request's DPoP proof proved, or `undefined` when there is no proof (or the profile
 * knows none). The proof's jti is kept among the one-time proofs. `invalid_dpop_proof` or `use_dpop_nonce` otherwise.
 */
export async function proveDpopKey(call: Call, accessToken?: string): Promise<string | undefined> {
  const { policy } = call.issuer;
  if (call.dpop.length === 0 || !policy.senderConstraint.includes('dpop')) return undefined;
  const [proof] = call.dpop;
  if (call.dpop.length > 1 || proof === undefined) throw invalidDpopProof('send exactly one DPoP header', 'F2-DP-01');
  const nonces = policy.dpopNonce === 'required' ? call.engine.dpopNonces : undefined;
  // F2-DP-13: every answer brings the nonce of the day, so that the client's next proof needs no second attempt.
  if (nonces) call.replyHeaders['dpop-nonce'] = nonces.issue(call.now);
  const rules = {
    method: call.method,
    algs: policy.algs,
    now: call.now,
    maxAge: policy.dpopProofMaxAge,
    clockSkew: policy.clockSkew,
    ...(accessToken === undefined ? {} : { accessToken }),
    ...(nonces ? { nonce: (nonce: string | undefined) => nonces.check(nonce, call.now) } : {}),
  };
  const { jkt, replay } = await verifyForAnyUrl(proof, rules, call.urls);
  call.proofs.keep(replay);
  return jkt;
}

type Rules = Omit<Parameters<typeof verifyDpopProof>[1], 'url'>;

/** An endpoint with an mTLS alias has two public URLs, and the proof may name either. */
async function verifyForAnyUrl(proof: string, rules: Rules, [url, ...others]: readonly string[]): Promise<ProvedDpop> {
  if (url === undefined) throw new TypeError('an endpoint has at least one URL');
  try {
    return await verifyDpopProof(proof, { ...rules, url });
  } catch (error) {
    const otherUrl = error instanceof OAuthError && error.rule === 'F2-DP-08' && others.length > 0;
    if (otherUrl) return verifyForAnyUrl(proof, rules, others);
    throw error;
  }
}
