import type { SigningKey } from '@assent/crypto';
import { epochSeconds } from '@assent/protocol';
import type { Component } from '../component.js';
import { contentDigest, verifyDigest, type DigestAlgorithm } from '../digest/content-digest.js';
import { HttpSignatureError } from '../http-signature-error.js';
import { hasField, type Fields, type HttpRequest } from '../message.js';
import { signMessage, type MadeSignature } from '../sign.js';
import { signatureBase } from '../signature-base.js';
import { covers, proveSignature, requestTag, signBase, taggedSignature, verifyTimes, type SignatureRules, type VerifiedSignature } from './rules.js';

export interface RequestSigning {
  readonly key: SigningKey;
  readonly now: Date;
  /** More fields to cover where the request has them, beside `content-type` (HS-RQ-09). */
  readonly covering?: readonly string[];
  /** Makes the signature good for one use, where the server remembers nonces (HS-SB-07). */
  readonly nonce?: string;
  readonly digest?: DigestAlgorithm;
  readonly label?: string;
}

/** What to add to the message, and what was signed. */
export interface SignedMessage extends MadeSignature {
  /** `Content-Digest` where there is content, `Signature-Input` and `Signature`. */
  readonly fields: Fields;
  /** The message with these fields. */
  readonly headers: Fields;
}

/**
 * Signs a request to a resource server (FAPI 2.0 HTTP Signatures 5.3.1.1): method, address, `authorization`, and `dpop`
 * and the content where there are any. `TypeError` for a request without `authorization`.
 */
export async function signRequest(request: HttpRequest & { readonly body?: Uint8Array | undefined }, options: RequestSigning): Promise<SignedMessage> {
  const { key, now, covering = [], nonce, label = 'sig1' } = options;
  if (!hasField(request.headers, 'authorization')) throw new TypeError('a request is signed with its authorization field');
  const digest: Fields = hasContent(request.body) ? [['Content-Digest', contentDigest(request.body, options.digest)]] : [];
  const message = { ...request, headers: [...request.headers.filter(([name]) => name.toLowerCase() !== 'content-digest'), ...digest] };
  const present = ['authorization', 'dpop', 'content-digest', 'content-type', ...covering].filter((name) => hasField(message.headers, name));
  const components: Component[] = [{ name: '@method' }, { name: '@target-uri' }, ...[...new Set(present)].map((name) => ({ name }))];
  const parameters = { created: epochSeconds(now), ...(nonce !== undefined && { nonce }), keyid: key.kid, tag: requestTag };
  const made = await signMessage(message, { label, components, parameters }, signBase(key));
  return { ...made, fields: [...digest, ...made.fields], headers: [...message.headers, ...made.fields] };
}

export const hasContent = (body: Uint8Array | undefined): body is Uint8Array => body !== undefined && body.length > 0;

/**
 * Proves the signature of a request as it came in (FAPI 2.0 HTTP Signatures 5.3.1.2). `body` is its content, byte for
 * byte. Rejects with `HttpSignatureError`; its rule names what was wrong, and the answer is 401 (HS-RQ-07).
 */
export async function verifyRequest(request: HttpRequest & { readonly body?: Uint8Array | undefined }, rules: SignatureRules): Promise<VerifiedSignature> {
  const signature = taggedSignature(request, requestTag);
  if (!signature) throw new HttpSignatureError('missing', `no signature is tagged ${requestTag}`, hasField(request.headers, 'signature-input') ? 'HS-RQ-05' : 'HS-RQ-07');
  const need = (name: string, rule: string): void => {
    if (!covers(signature, { name })) throw new HttpSignatureError('component', `the signature must cover ${name}`, rule);
  };
  for (const name of ['@method', '@target-uri', 'authorization']) need(name, 'HS-RQ-01');
  if (hasField(request.headers, 'dpop')) need('dpop', 'HS-RQ-02');
  if (hasContent(request.body)) need('content-digest', 'HS-RQ-03');
  const created = verifyTimes(signature, rules);
  const base = signatureBase(signature, request);
  const proved = await proveSignature(signature, base, rules);
  if (hasContent(request.body) || hasField(request.headers, 'content-digest')) verifyDigest(request.headers, request.body ?? new Uint8Array());
  const { nonce } = signature.parameters;
  return { label: signature.label, base, signature: signature.signature, created, ...(nonce !== undefined && { nonce }), ...proved };
}

/** What a server that wants requests signed says so with (RFC 9421 section 5.1). */
export const acceptSignature = (withDpop: boolean, withContent: boolean): string => {
  const names = ['@method', '@target-uri', 'authorization', ...(withDpop ? ['dpop'] : []), ...(withContent ? ['content-digest'] : [])];
  return `sig1=(${names.map((name) => `"${name}"`).join(' ')});created;keyid;tag="${requestTag}"`;
};
