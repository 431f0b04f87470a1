import type { SigningKey } from '@assent/crypto';
import { epochSeconds } from '@assent/protocol';
import type { Component } from '../component.js';
import { contentDigest, verifyDigest, type DigestAlgorithm } from '../digest/content-digest.js';
import { HttpSignatureError } from '../http-signature-error.js';
import { hasField, type Fields, type HttpRequest, type HttpResponse } from '../message.js';
import { signMessage } from '../sign.js';
import { signatureBase } from '../signature-base.js';
import { readSignatures } from '../signature-fields.js';
import { hasContent, type SignedMessage } from './request.js';
import { covers, proveSignature, requestTag, responseTag, signBase, taggedSignature, verifyTimes, type SignatureRules, type VerifiedSignature } from './rules.js';

export interface ResponseSigning {
  /** The request that is answered, as it was received, signature fields included. */
  readonly request: HttpRequest;
  readonly key: SigningKey;
  readonly now: Date;
  /** More fields to cover where the response has them, beside `content-type`. */
  readonly covering?: readonly string[];
  readonly digest?: DigestAlgorithm;
  readonly label?: string;
}

/**
 * Signs an answer together with what it answers (FAPI 2.0 HTTP Signatures 5.3.2.1): status, content, and of the request
 * its method, address, content and signature.
 */
export async function signResponse(response: HttpResponse & { readonly body?: Uint8Array | undefined }, options: ResponseSigning): Promise<SignedMessage> {
  const { request, key, now, covering = [], label = 'sig1' } = options;
  const digest: Fields = hasContent(response.body) ? [['Content-Digest', contentDigest(response.body, options.digest)]] : [];
  const message = { ...response, headers: [...response.headers.filter(([name]) => name.toLowerCase() !== 'content-digest'), ...digest] };
  const present = ['content-digest', 'content-type', ...covering].filter((name) => hasField(message.headers, name));
  const components: Component[] = [{ name: '@status' }, ...[...new Set(present)].map((name) => ({ name })), ...ofTheRequest(request)];
  const parameters = { created: epochSeconds(now), keyid: key.kid, tag: responseTag };
  const made = await signMessage(message, { label, components, parameters }, signBase(key), { request });
  return { ...made, fields: [...digest, ...made.fields], headers: [...message.headers, ...made.fields] };
}

/** HS-RS-01, HS-RS-02. A request whose signature fields cannot be read is answered without them. */
function ofTheRequest(request: HttpRequest): readonly Component[] {
  const always: Component[] = [{ name: '@method', req: true }, { name: '@target-uri', req: true }];
  const digest: Component[] = hasField(request.headers, 'content-digest') ? [{ name: 'content-digest', req: true }] : [];
  return [...always, ...digest, ...signatureOf(request)];
}

function signatureOf(request: HttpRequest): readonly Component[] {
  try {
    const signatures = readSignatures(request);
    const tagged = signatures.filter(({ parameters }) => parameters.tag === requestTag);
    const [one] = tagged;
    if (!one || tagged.length > 1) return [];
    // Of several signatures only the one that counts: an intermediary may add or remove others on the way.
    const key = signatures.length > 1 ? { key: one.label } : {};
    return [{ name: 'signature', ...key, req: true }, { name: 'signature-input', ...key, req: true }];
  } catch (error) {
    if (error instanceof HttpSignatureError) return [];
    throw error;
  }
}

/**
 * Proves the signature of an answer (FAPI 2.0 HTTP Signatures 5.3.2.2). `request` is the request as it was sent, with
 * its signature fields; `keys` finds the keys of the issuer or of the resource server. Rejects with `HttpSignatureError`.
 */
export async function verifyResponse(
  response: HttpResponse & { readonly body?: Uint8Array | undefined },
  rules: SignatureRules & { readonly request: HttpRequest },
): Promise<VerifiedSignature> {
  const { request } = rules;
  const signature = taggedSignature(response, responseTag);
  if (!signature) throw new HttpSignatureError('missing', `no signature is tagged ${responseTag}`, 'HS-RS-04');
  const need = (covered: boolean, name: string, rule: string): void => {
    if (!covered) throw new HttpSignatureError('component', `the signature of the response must cover ${name}`, rule);
  };
  need(covers(signature, { name: '@status' }), '@status', 'HS-RS-03');
  for (const name of ['@method', '@target-uri']) need(covers(signature, { name, req: true }), `${name} of the request`, 'HS-RS-01');
  if (hasField(request.headers, 'content-digest')) need(covers(signature, { name: 'content-digest', req: true }), 'content-digest of the request', 'HS-RS-01');
  const asked = taggedSignature(request, requestTag);
  for (const name of asked ? ['signature', 'signature-input'] : []) {
    const bound = covers(signature, { name, req: true }) || covers(signature, { name, req: true, key: asked?.label ?? '' });
    need(bound, `${name} of the request`, 'HS-RS-02');
  }
  if (hasContent(response.body)) need(covers(signature, { name: 'content-digest' }), 'content-digest', 'HS-RS-05');
  const created = verifyTimes(signature, rules);
  const base = signatureBase(signature, response, { request });
  const proved = await proveSignature(signature, base, rules);
  if (hasContent(response.body) || hasField(response.headers, 'content-digest')) verifyDigest(response.headers, response.body ?? new Uint8Array());
  return { label: signature.label, base, signature: signature.signature, created, ...proved };
}
