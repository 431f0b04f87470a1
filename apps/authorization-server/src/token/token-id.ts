import { randomBytes } from 'node:crypto';

/** The part of a `jti` that tells the tokens of one family apart: 128 random bits. */
export const tokenSuffix = (): string => randomBytes(16).toString('base64url');
