import type * as oauth from 'oauth4webapi';
import type { CertifiedKey } from './certificates.js';
import type { Answer, Message } from './message.js';

type Members = Record<string, oauth.JsonValue | undefined>;

/** What is different from the good request; everything left out stays good. */
export interface Change {
  /** The client assertion, right before it is signed. */
  readonly assertion?: (header: Members, claims: Members) => void;
  /** What it is signed with instead of the registered key. */
  readonly assertionKey?: oauth.PrivateKey;
  /** The DPoP proof, right before it is signed. */
  readonly proof?: (header: Members, claims: Members) => void;
  /** Another DPoP key; `null`: no proof at all. */
  readonly dpop?: oauth.CryptoKeyPair | null;
  /** Another client certificate; `null`: none. */
  readonly identity?: CertifiedKey | null;
  /** The whole message, right before it is sent. */
  readonly message?: (message: Message) => void | Promise<void>;
}

/** An authorization request before it is pushed, with what its client must remember. */
export interface Prepared {
  readonly parameters: Readonly<Record<string, string>>;
  readonly verifier: string;
  readonly state: string;
  readonly nonce: string | undefined;
}

/** What was sent, and what came back. */
export interface Exchange {
  readonly message: Message;
  readonly answer: Answer;
}

