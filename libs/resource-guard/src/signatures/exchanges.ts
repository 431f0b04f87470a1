import { KeySetError, replayClaim } from '@assent/crypto';
import { acceptSignature, fieldsOf, hasField, HttpSignatureError, requestTag, readSignatures, signResponse, verifyRequest, type Fields, type HttpRequest, type VerifiedSignature } from '@assent/http-signatures';
import { invalidSignature, plusSeconds, temporarilyUnavailable, type Clock, type OAuthError, type ReplayClaim } from '@assent/protocol';
import type { ResourceRequest } from '../options.js';
import type { Answer, Caller, HttpSignatureOptions } from './options.js';

/** What was found out about a request, for its answer. */
interface Known {
  readonly caller: Caller;
  readonly signsAnswer: boolean;
}

/** A signature that holds. */
export interface ProvedRequest {
  readonly nonce: ReplayClaim | undefined;
  /** A replayed request leaves no evidence: it says nothing that was not said before. */
  keep(): Promise<void>;
}

/**
 * The signatures on requests and answers of one guard (FAPI 2.0 HTTP Signatures): proves those of requests, and signs
 * answers bound to what they answer.
 */
export class SignedExchanges {
  /** By what `ResourceRequest.exchange` is, or the request itself. */
  readonly #known = new WeakMap<object, Known>();

  constructor(
    readonly options: HttpSignatureOptions,
    private readonly publicUrl: string,
    private readonly clock: Clock,
  ) {}

  /**
   * Proves the request's signature, as far as its caller is to sign. Resolves with the nonce to spend, if there is one,
   * and with what keeps the signature as evidence once that was new; rejects with 401 `invalid_signature`,
   * or 503 when the caller's keys cannot be had.
   */
  async verify(request: ResourceRequest, caller: Caller): Promise<ProvedRequest | undefined> {
    const demand = this.options.demand(caller);
    const message = this.#message(request);
    const signed = isTagged(message);
    this.#known.set(request.exchange ?? request, { caller, signsAnswer: demand === 'required' || (demand === 'optional' && signed) });
    if (demand === 'off' || (demand === 'optional' && !signed)) return undefined;
    const signature = await this.#prove(message, contentOf(request), caller);
    return { nonce: signature.nonce === undefined ? undefined : this.#nonce(signature, caller), keep: async () => this.options.evidence?.request(caller, signature) };
  }

  async #prove(message: HttpRequest, body: Uint8Array | undefined, caller: Caller): Promise<VerifiedSignature> {
    const { maxAgeSeconds, clockSkewSeconds, keys } = this.options;
    try {
      return await verifyRequest(
        { ...message, body },
        { keys: keys(caller), now: this.clock.now(), ...(maxAgeSeconds !== undefined && { maxAge: maxAgeSeconds }), ...(clockSkewSeconds !== undefined && { clockSkew: clockSkewSeconds }) },
      );
    } catch (error) {
      if (error instanceof HttpSignatureError) throw refused(error, message, body);
      // Never 401, which would have the client look for a fault of its own.
      if (error instanceof KeySetError) throw temporarilyUnavailable('the keys of the client cannot be read at the moment', 'ASSENT-RG-07', error).withHeaders({ 'Retry-After': '5' });
      throw error;
    }
  }

  /** A nonce is good once, as long as its signature could be accepted (HS-SB-07). */
  #nonce({ nonce = '', created, key }: VerifiedSignature, { issuer, clientId }: Caller): ReplayClaim {
    const expiresAt = plusSeconds(new Date(created * 1000), (this.options.maxAgeSeconds ?? 60) + 1);
    return replayClaim('http_signature', [issuer, clientId, key.kid ?? '', nonce], expiresAt);
  }

  /**
   * The fields to add to an answer: digest, signature and its input; `undefined` for an answer that is not signed. One
   * to a caller nobody got to know is signed when its request was (HS-RS-07).
   */
  async sign(request: ResourceRequest, answer: Answer): Promise<Fields | undefined> {
    const known = this.#known.get(request.exchange ?? request);
    const message = this.#message(request);
    if (!(known ? known.signsAnswer : isTagged(message))) return undefined;
    const { covering } = this.options;
    const key = this.options.key();
    const made = await signResponse(answer, { request: message, key, now: this.clock.now(), ...(covering && { covering }) });
    if (known) await this.options.evidence?.response(known.caller, { base: made.base, signature: made.signature, alg: key.alg, key });
    return made.fields;
  }

  /** The request under its public address: Host and forwarding headers are never trusted (HS-SB-04). */
  #message({ method, url, headers }: ResourceRequest): HttpRequest {
    const { protocol, host, pathname } = new URL(this.publicUrl);
    const prefix = pathname === '/' ? '' : pathname;
    const local = url.startsWith('/') ? url : URL.canParse(url) ? new URL(url).pathname + new URL(url).search : '/';
    return { method, scheme: protocol.slice(0, -1), authority: host, target: prefix + local, headers: fieldsOf(headers) };
  }
}

/** Whether the request carries a signature that is meant for us. One that cannot be read is. */
function isTagged(message: HttpRequest): boolean {
  if (!hasField(message.headers, 'signature-input') && !hasField(message.headers, 'signature')) return false;
  try {
    return readSignatures(message).some(({ parameters }) => parameters.tag === requestTag);
  } catch {
    return true;
  }
}

/** The content, byte for byte. A server that reads bodies must hand them over: without them nothing could be said about it. */
function contentOf({ headers, body }: ResourceRequest): Uint8Array | undefined {
  const fields = fieldsOf(headers);
  const length = fields.find(([name]) => name.toLowerCase() === 'content-length')?.[1].trim();
  const announced = hasField(fields, 'transfer-encoding') || (length !== undefined && !/^0+$/.test(length));
  if (announced && body === undefined) throw new Error('the request has content, and the guard was not given it: see signedAnswers or keepContent');
  return body;
}

function refused(error: HttpSignatureError, message: HttpRequest, body: Uint8Array | undefined): OAuthError {
  const wanted = acceptSignature(hasField(message.headers, 'dpop'), body !== undefined && body.length > 0);
  return invalidSignature(error.message, error.rule, error).withHeaders({ 'Accept-Signature': wanted });
}
