import { createHash, randomBytes } from 'node:crypto';

/** A fresh code verifier of 256 random bits (RFC 7636 section 4.1). */
export const newCodeVerifier = (): string => randomBytes(32).toString('base64url');

/** The S256 challenge of a verifier (RFC 7636 section 4.2). */
export const s256 = (verifier: string): string => createHash('sha256').update(verifier, 'ascii').digest('base64url');
