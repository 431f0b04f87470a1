import type { KeysById, SigningKey } from '@assent/crypto';
import type { Fields, VerifiedSignature } from '@assent/http-signatures';
import type { HttpSignatures, SigningAlg } from '@assent/protocol';
import type { VerifiedAccess } from '../options.js';

/** Whom an access token was issued to, which decides about its requests' signatures. */
export type Caller = Pick<VerifiedAccess, 'issuer' | 'clientId' | 'grantId' | 'claims'>;

export interface HttpSignatureOptions {
  /** The key that signs answers now. Callers find its public half in this server's key set (`jwks_uri` of its metadata). */
  readonly key: () => SigningKey;
  /** How it is with this caller. `off`: signatures are not looked at, and answers to it are not signed. */
  readonly demand: (caller: Caller) => HttpSignatures;
  /** Finds the caller's published keys by the `keyid` of a signature. */
  readonly keys: (caller: Caller) => KeysById;
  /** How far in the past `created` may lie; default 60 s. */
  readonly maxAgeSeconds?: number;
  /** How far in the future; default 10 s. */
  readonly clockSkewSeconds?: number;
  /** More response fields to cover, beside `content-type`. */
  readonly covering?: readonly string[];
  /** Keeps what was signed. A request whose signature cannot be kept is refused; so is an answer. */
  readonly evidence?: SignatureEvidence;
}

/** Where the signatures of one exchange are kept, each before anything follows from it. */
export interface SignatureEvidence {
  request(caller: Caller, signature: VerifiedSignature): Promise<void>;
  response(caller: Caller, signature: SignedAnswer): Promise<void>;
}

/** An answer as it was signed. */
export interface SignedAnswer {
  readonly base: string;
  readonly signature: Buffer;
  readonly alg: SigningAlg;
  readonly key: SigningKey;
}

/** An answer about to be sent. */
export interface Answer {
  readonly status: number;
  readonly headers: Fields;
  readonly body?: Uint8Array | undefined;
}
