import { generateSigningKey, openSigningKey, publicJwk, s256, signClientAssertion, signDpopProof, signRequestObject, type SigningKey } from '@assent/crypto';
import { requestTo, signRequest } from '@assent/http-signatures';
import type { PublicJwk, SigningAlgName } from '@assent/protocol';
import { randomBytes } from 'node:crypto';

/** Signs what a client sends, before the clock runs. */
export class Signer {
  private constructor(
    readonly clientId: string,
    readonly issuer: string,
    /** Signs its assertions. */
    readonly key: SigningKey,
    /** Its tokens are bound to this one. */
    readonly dpopKey: SigningKey,
  ) {}

  /** Signs assertions with a key of the caller's, or with a new one of an algorithm; DPoP proofs always with ES256. */
  static async create(clientId: string, issuer: string, key: SigningKey | SigningAlgName = 'ES256'): Promise<Signer> {
    const fresh = async (alg: SigningAlgName): Promise<SigningKey> => openSigningKey({ ...(await generateSigningKey(alg)), alg });
    return new Signer(clientId, issuer, typeof key === 'string' ? await fresh(key) : key, await fresh('ES256'));
  }

  get jwks(): { readonly keys: readonly PublicJwk[] } {
    return { keys: [publicJwk(this.key)] };
  }

  async authentication(): Promise<Record<string, string>> {
    const assertion = await signClientAssertion({ clientId: this.clientId, audience: this.issuer, key: this.key, now: new Date(), lifetime: 240 });
    return { client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer', client_assertion: assertion };
  }

  /** A signed authorization request (RFC 9101). */
  requestObject(parameters: Readonly<Record<string, string>>): Promise<string> {
    return signRequestObject({ clientId: this.clientId, audience: this.issuer, key: this.key, now: new Date(), parameters });
  }

  /** The fields that sign a request (FAPI 2.0 HTTP Signatures), with those it has. */
  async signed(method: string, url: string, headers: Record<string, string>): Promise<Record<string, string>> {
    const made = await signRequest(requestTo(url, method, Object.entries(headers)), { key: this.key, now: new Date() });
    return Object.fromEntries(made.headers);
  }

  proof(method: string, url: string, accessToken?: string): Promise<string> {
    return signDpopProof({ method, url, key: this.dpopKey, now: new Date(), ...(accessToken === undefined ? {} : { accessToken }) });
  }
}

export const verifierAndChallenge = (): { readonly verifier: string; readonly challenge: string } => {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: s256(verifier) };
};

/** `times` values made beforehand, a batch at a time so that signing does not starve anything. */
export async function prepared<T>(times: number, make: (index: number) => Promise<T>): Promise<readonly T[]> {
  const made: T[] = [];
  for (let index = 0; index < times; index += 64) {
    made.push(...(await Promise.all(Array.from({ length: Math.min(64, times - index) }, (_, offset) => make(index + offset)))));
  }
  return made;
}
