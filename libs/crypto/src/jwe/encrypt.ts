import { CompactEncrypt } from 'jose';
import type { ContentEncryptionAlg } from '@assent/protocol';
import type { EncryptionKey } from './encryption-key.js';

/**
 * A signed JWT inside an encrypted one (RFC 7519 section 5.2, JARM section 2.2). Nothing unsigned is ever encrypted
 * here: what goes in is a compact JWS.
 */
export function encryptJws(jws: string, key: EncryptionKey, enc: ContentEncryptionAlg): Promise<string> {
  return new CompactEncrypt(Buffer.from(jws, 'ascii'))
    .setProtectedHeader({ alg: key.alg, enc, cty: 'JWT', ...(key.kid === undefined ? {} : { kid: key.kid }) })
    .encrypt(key.key);
}
