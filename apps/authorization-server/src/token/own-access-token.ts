import { verifyAccessToken } from '@assent/crypto';
import { OAuthError, type AccessTokenFacts } from '@assent/protocol';
import type { Call } from '../request/call.js';

/** Opaque values have no dots. */
export const looksLikeJwt = (token: string): boolean => token.includes('.');

/** A JWT access token this issuer signed and that has not expired, or `undefined` for anything else. */
export async function verifyOwnAccessToken(call: Pick<Call, 'issuer' | 'now'>, token: string): Promise<AccessTokenFacts | undefined> {
  const { issuer, keys, policy } = call.issuer;
  try {
    return await verifyAccessToken(token, { issuer, algs: policy.algs, keys: keys.find, bearer: policy.senderConstraint.includes('none'), now: call.now });
  } catch (error) {
    if (error instanceof OAuthError) return undefined;
    throw error;
  }
}
