import { invalidGrant } from '@assent/protocol';
import { constantTimeEqual } from '../constant-time.js';
import { s256 } from './issue.js';

/** 43 to 128 unreserved characters (RFC 7636 section 4.1). */
export const isCodeVerifier = (text: string): boolean => /^[A-Za-z0-9._~-]{43,128}$/.test(text);

/** The canonical base64url of 32 bytes: the last character carries four bits (RFC 7636 section 4.2). */
export const isS256Challenge = (text: string): boolean => /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/.test(text);

/** `invalid_grant` unless `verifier` is there, well-formed and hashes to `challenge` (F2-AZ-06). */
export function verifyPkce(challenge: string, verifier: string | undefined): void {
  if (verifier === undefined) throw invalidGrant('code_verifier is required', 'F2-AZ-06');
  if (!isCodeVerifier(verifier) || !constantTimeEqual(s256(verifier), challenge)) throw invalidGrant('code_verifier does not match', 'F2-AZ-06');
}
