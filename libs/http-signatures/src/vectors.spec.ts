import { serializeInput, signatureBase } from './signature-base.js';
import { readSignatures, type MessageSignature } from './signature-fields.js';
import { signMessage } from './sign.js';
import { holdsByName, isDeterministic, messageNamed, published, requestNamed, signByName } from './spec-support/vectors.js';
import type { HttpMessage } from './message.js';

type Vector = (typeof published.vectors)[number];
const table = published.vectors.map((vector) => [vector.id, vector.title, vector] as const);

/** The vector's signature, put into the message where the RFC prints it apart. */
function signed({ message, label, signature_input, signature }: Vector): HttpMessage {
  const plain = messageNamed(message);
  if (plain.headers.some(([name, value]) => name.toLowerCase() === 'signature-input' && value.includes(`${label}=`))) return plain;
  return { ...plain, headers: [...plain.headers, ['Signature-Input', `${label}=${signature_input}`], ['Signature', `${label}=:${signature}:`]] };
}

const signatureOf = (vector: Vector): MessageSignature => readSignatures(signed(vector)).find(({ label }) => label === vector.label)!;

describe('the signatures of RFC 9421', () => {
  it.each(table)('%s is read as it is written: %s', (_, __, vector) => {
    const signature = signatureOf(vector);
    expect(serializeInput(signature)).toBe(vector.signature_input);
    expect(signature.signature.toString('base64')).toBe(vector.signature);
  });

  it.each(table.filter(([, , { signature_base }]) => signature_base !== undefined))('%s has the published base: %s', (_, __, vector) => {
    const request = requestNamed(vector.request_message);
    expect(signatureBase(signatureOf(vector), signed(vector), { request })).toBe(vector.signature_base);
  });

  it.each(table)('%s verifies or fails as it should: %s', (_, __, vector) => {
    const signature = signatureOf(vector);
    const base = signatureBase(signature, signed(vector), { request: requestNamed(vector.request_message) });
    expect(holdsByName(vector, base, signature.signature)).toBe(vector.expect === 'valid');
  });

  it.each(table.filter(([, , { expect: outcome }]) => outcome === 'valid'))('%s is made again: %s', async (_, __, vector) => {
    const { components, parameters, label } = signatureOf(vector);
    const around = { request: requestNamed(vector.request_message) };
    const made = await signMessage(messageNamed(vector.message), { label, components, parameters }, (base) => signByName(vector, base), around);
    expect(made.fields[0]).toEqual(['Signature-Input', `${label}=${vector.signature_input}`]);
    expect(holdsByName(vector, made.base, made.signature)).toBe(true);
    if (isDeterministic(vector)) expect(made.signature.toString('base64')).toBe(vector.signature);
  });
});
