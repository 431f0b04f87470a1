import type { Signer } from './signer.js';

/** What the scenarios are run against: our own private stack, or somebody's issuer. */
export interface Target {
  readonly name: string;
  readonly issuer: string;
  /** Where connections go: the plain listener of the private stack, or the issuer's origin. */
  readonly origin: string;
  readonly connect?: Readonly<Record<string, unknown>>;
  readonly endpoints: Endpoints;
  readonly metricsUrl: string | undefined;
  readonly client: Signer;
  readonly redirectUri: string;
  readonly scope: string;
  /** Headers with which a trusted proxy hands on the client's certificate; absent where there is none. */
  readonly certificateHeaders?: Readonly<Record<string, string>>;
  /** A customer who can sign in on our pages; absent for a foreign issuer. */
  readonly customer?: { readonly login: string; readonly password: string };
  /** Asks about tokens; a resource server's client. */
  readonly introspector?: Signer;
  readonly resource?: { readonly origin: string; readonly url: string; readonly metricsUrl: string };
}

/** Published addresses: proofs are signed for them, requests go to their path at `origin`. */
export interface Endpoints {
  readonly token: string;
  readonly pushed: string;
  readonly authorization: string;
  readonly introspection?: string;
}
