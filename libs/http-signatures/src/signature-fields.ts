import type { BareItem, Parameters } from 'structured-headers';
import { readComponent } from './component.js';
import { boundedField } from './field-value.js';
import { HttpSignatureError, malformed } from './http-signature-error.js';
import type { HttpMessage } from './message.js';
import { maxComponents, type SignatureInput, type SignatureParameters } from './signature-base.js';
import { isInnerList, parseUnambiguousDictionary } from './structured-field.js';

/** One signature of a message, read and not yet verified. */
export interface MessageSignature extends SignatureInput {
  readonly label: string;
  readonly signature: Buffer;
}

/** Most signatures of one message that are looked at. */
const maxSignatures = 8;

/**
 * The signatures of a message (RFC 9421 sections 4.1 and 4.2); none when it has neither field. `HttpSignatureError`
 * malformed when a field cannot be read, names a label twice, or the two do not name the same labels.
 */
export function readSignatures({ headers }: HttpMessage): readonly MessageSignature[] {
  const input = boundedField(headers, 'signature-input');
  const value = boundedField(headers, 'signature');
  if (input === undefined && value === undefined) return [];
  if (input === undefined || value === undefined) throw malformed('Signature and Signature-Input go together');
  const inputs = parseUnambiguousDictionary('Signature-Input', input);
  const values = parseUnambiguousDictionary('Signature', value);
  if (inputs.size > maxSignatures) throw malformed(`more than ${maxSignatures} signatures`);
  if (inputs.size !== values.size) throw malformed('Signature and Signature-Input name different labels');
  return [...inputs].map(([label, member]) => {
    if (!isInnerList(member)) throw malformed('a member of Signature-Input is a list of components');
    const [components, parameters] = member;
    if (components.length > maxComponents) throw malformed(`a signature covers at most ${maxComponents} components`);
    return { label, components: components.map(readComponent), parameters: readParameters(parameters), signature: bytesOf(values.get(label)) };
  });
}

function bytesOf(member: unknown): Buffer {
  const value: unknown = Array.isArray(member) ? member[0] : undefined;
  if (!(value instanceof ArrayBuffer)) throw malformed('a member of Signature is a byte sequence, under the label of its input');
  return Buffer.from(value);
}

const texts: readonly string[] = ['nonce', 'alg', 'keyid', 'tag'];
const times: readonly string[] = ['created', 'expires'];

function readParameters(parameters: Parameters): SignatureParameters {
  for (const [name, value] of parameters) {
    const sound = texts.includes(name) ? typeof value === 'string' : times.includes(name) ? isTime(value) : true;
    if (!sound) throw new HttpSignatureError('parameter', `${name} of a signature has the wrong type`, 'HS-SB-02');
  }
  // A map keeps names such as __proto__ apart; they are refused where an object would lose them.
  if (parameters.has('__proto__')) throw malformed('unusable parameter name');
  return Object.fromEntries(parameters) as SignatureParameters;
}

const isTime = (value: BareItem): boolean => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
