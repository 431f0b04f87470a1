import type { Signer } from './signer.js';

/** What the scenarios are run against: our own private stack, or somebody's issuer. */
export interface Target {
  readonly name: string;
  readonly issuer: string;
  /** Where connections go: the plain listener of the private stack, or the issuer's origin. */
  readonly main: Door;
  /** The same issuer where TLS ends at the server itself; `mtls` shows it the client's certificate. */
  readonly tls?: Door;
  readonly mtls?: Door;
  readonly endpoints: Endpoints;
  readonly client: Signer;
  readonly redirectUri: string;
  readonly scope: string;
  /** Headers with which a trusted proxy hands on the client's certificate; absent where there is none. */
  readonly certificateHeaders?: Readonly<Record<string, string>>;
  /** A client that authenticates by that certificate alone. */
  readonly certificateClient?: string;
  /** A client whose access tokens are opaque. */
  readonly opaqueClient?: Signer;
  /** An issuer, and a client of it, that sign with PS256. */
  readonly ps256?: { readonly client: Signer; readonly token: string };
  /** The same server under profiles that sign requests and responses. */
  readonly messageSigning?: Target;
  readonly fapi1?: Target;
  /** Authorization requests are signed (RFC 9101); responses come as the profile has them: JARM, or in the fragment. */
  readonly signsRequests?: boolean;
  readonly responseType?: string;
  /** What access tokens are bound to; a DPoP key unless said. */
  readonly boundTo?: 'certificate';
  /** Clients that sign their requests to the resource server; of the second, what is signed is kept. */
  readonly signing?: Signer;
  readonly evidence?: Signer;
  /** A customer who can sign in on our pages; absent for a foreign issuer. */
  readonly customer?: { readonly login: string; readonly password: string };
  /** Asks about tokens; a resource server's client. */
  readonly introspector?: Signer;
  /** The grant-management server, where it runs. */
  readonly grants?: { readonly door: Door; readonly url: string };
  /** Parameters of authorization requests beside the usual ones. */
  readonly parameters?: Readonly<Record<string, string>>;
  readonly resource?: { readonly door: Door; readonly url: string };
}

/** One listener, and the metrics of the process behind it. */
export interface Door {
  readonly origin: string;
  /** For TLS: whom to trust, which name to ask for, which certificate to show. */
  readonly connect?: Readonly<Record<string, unknown>>;
  readonly metricsUrl: string | undefined;
}

/** Published addresses: proofs are signed for them, requests go to their path at a door. */
export interface Endpoints {
  readonly token: string;
  readonly pushed: string;
  readonly authorization: string;
  readonly introspection?: string;
}
