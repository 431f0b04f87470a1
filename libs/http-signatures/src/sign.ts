import { serializeByteSequence, serializeKey } from 'structured-headers';
import type { Around } from './component-value.js';
import type { Fields, HttpMessage } from './message.js';
import { serializeInput, signatureBase, type SignatureInput } from './signature-base.js';

export interface MadeSignature {
  readonly label: string;
  /** What was signed. */
  readonly base: string;
  readonly signature: Buffer;
  /**
   * The two fields to add. Beside the fields of other signatures they may stand as lines of their own: lines of one
   * dictionary are one dictionary (RFC 9421 section 4.3).
   */
  readonly fields: Fields;
}

/**
 * Signs a message (RFC 9421 section 3.1): `sign` gets the signature base. Rejects with `HttpSignatureError` component
 * when the message lacks what is to be covered.
 */
export async function signMessage(
  message: HttpMessage,
  input: SignatureInput & { readonly label: string },
  sign: (base: string) => Buffer | Promise<Buffer>,
  around: Around = {},
): Promise<MadeSignature> {
  const label = serializeKey(input.label);
  const base = signatureBase(input, message, around);
  const signature = await sign(base);
  return {
    label,
    base,
    signature,
    fields: [
      ['Signature-Input', `${label}=${serializeInput(input)}`],
      ['Signature', `${label}=${serializeByteSequence(signature)}`],
    ],
  };
}
