import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/*
 * version (1) | nonce (12) | tag (16) | AES-256-GCM ciphertext. The version is authenticated together with the context.
 */
const version = 1;
const nonceLength = 12;
const tagLength = 16;
const headLength = 1 + nonceLength + tagLength;

/** Sealed bytes that cannot be opened: another key, another context, altered or not sealed by us. */
export class SealError extends Error {
  constructor(message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = 'SealError';
  }
}

/**
 * Encrypts what is stored but must be read again. `key` has 32 bytes (see `deriveKey`); `context` says what and whose
 * it is (for instance `signing-key/<kid>`), so that a sealed value moved to another row does not open there.
 */
export function seal(plain: Buffer, key: Buffer, context: string): Buffer {
  const nonce = randomBytes(nonceLength);
  const cipher = createCipheriv('aes-256-gcm', keyOf(key), nonce, { authTagLength: tagLength });
  cipher.setAAD(associated(context));
  const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([Buffer.of(version), nonce, cipher.getAuthTag(), sealed]);
}

/** The plain bytes. `SealError` when key or context are not those it was sealed under, or the bytes were altered. */
export function open(sealed: Buffer, key: Buffer, context: string): Buffer {
  if (sealed.length < headLength) throw new SealError('the sealed value is too short');
  if (sealed[0] !== version) throw new SealError(`the sealed value has format ${sealed[0]}; this version reads format ${version}`);
  const nonce = sealed.subarray(1, 1 + nonceLength);
  const decipher = createDecipheriv('aes-256-gcm', keyOf(key), nonce, { authTagLength: tagLength });
  decipher.setAAD(associated(context));
  decipher.setAuthTag(sealed.subarray(1 + nonceLength, headLength));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(headLength)), decipher.final()]);
  } catch (cause) {
    throw new SealError(`cannot open the sealed value (${context}): the encryption key is not the one it was sealed under, or it was altered`, { cause });
  }
}

function keyOf(key: Buffer): Buffer {
  if (key.length !== 32) throw new RangeError('a sealing key has 32 bytes');
  return key;
}

const associated = (context: string): Buffer => Buffer.from(`${version}|${context}`, 'utf8');
