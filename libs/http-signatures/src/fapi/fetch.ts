import type { KeysById, SigningKey } from '@assent/crypto';
import type { Clock } from '@assent/protocol';
import { requestTo, type Fields, type HttpRequest } from '../message.js';
import { signRequest, type SignedMessage } from './request.js';
import { verifyResponse } from './response.js';
import type { VerifiedSignature } from './rules.js';

/** What is handed to a `fetch`, as far as a signature covers it. */
export interface FetchedRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** A signed request, ready to be sent: `headers` and `body` go to `fetch` as they are. */
export interface SentRequest {
  readonly headers: Record<string, string>;
  readonly body: Uint8Array | undefined;
  readonly request: HttpRequest;
  readonly signed: SignedMessage;
}

export interface AnsweredRequest {
  readonly status: number;
  readonly headers: Fields;
  readonly body: Uint8Array;
}

export interface MessageSignerOptions {
  /** Signs requests. Its public half is registered with the bank. */
  readonly key: SigningKey;
  /** Finds the published keys of the resource server. */
  readonly keys: KeysById;
  readonly clock: Clock;
  /** More request fields to cover where they are sent. */
  readonly covering?: readonly string[];
}

/** A client's side of signed exchanges (FAPI 2.0 HTTP Signatures), around any `fetch`. */
export class MessageSigner {
  constructor(private readonly options: MessageSignerOptions) {}

  /** Signs what is about to be sent. `TypeError` for a request without an access token, or a body that is a stream. */
  async sign(url: string, { method, headers, body }: FetchedRequest): Promise<SentRequest> {
    const { key, clock, covering = ['idempotency-key', 'x-fapi-interaction-id'] } = this.options;
    const bytes = bytesOf(body);
    const request = requestTo(url, method, Object.entries(headers));
    const signed = await signRequest({ ...request, body: bytes }, { key, now: clock.now(), covering });
    return { headers: Object.fromEntries(signed.headers), body: bytes, request: { ...request, headers: signed.headers }, signed };
  }

  /** Proves the answer to a request of ours. Rejects with `HttpSignatureError`: nothing of the answer may be used then. */
  verify({ request }: SentRequest, answer: AnsweredRequest): Promise<VerifiedSignature> {
    const { keys, clock } = this.options;
    return verifyResponse(answer, { request, keys, now: clock.now() });
  }
}

function bytesOf(body: unknown): Uint8Array | undefined {
  if (body === undefined || body === null) return undefined;
  if (typeof body === 'string') return Buffer.from(body, 'utf8');
  if (body instanceof URLSearchParams) return Buffer.from(body.toString(), 'utf8');
  if (body instanceof Uint8Array) return body;
  throw new TypeError('a body that cannot be read twice cannot be signed');
}
