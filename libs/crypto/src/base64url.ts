/**
 * The bytes of unpadded base64url text (RFC 7515 section 2). `undefined` when the text is not the one canonical
 * encoding of its bytes: padding, foreign characters and stray low bits would let one value be spelt many ways.
 */
export function decodeBase64url(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}

export const encodeBase64url = (bytes: Uint8Array | string): string =>
  (typeof bytes === 'string' ? Buffer.from(bytes, 'utf8') : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)).toString('base64url');
