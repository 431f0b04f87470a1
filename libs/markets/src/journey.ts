/*
 * What a third party does in a market, from its first request to the end of the consent, as data: the demo plays it, the
 * demo app shows it, and the conformance export takes its inputs from it. Pure; the player brings keys and connections.
 */

/** One way through a market, as "see accounts" or "pay". */
export interface Journey {
  readonly name: string;
  /** One sentence for people. */
  readonly says: string;
  /** What is asked of the bank before any customer is: the consent. */
  readonly lodge?: LodgeStep;
  /** Scope of the client's own token, where steps want one and nothing is lodged. */
  readonly clientScope?: string;
  /** Parameters of the authorization request that are the market's own; the player adds state, nonce, PKCE and the signature. */
  authorize(facts: JourneyFacts): AuthorizationStep;
  /** The consent's name, where the token response brings it. */
  consentIn?(tokens: Readonly<Record<string, unknown>>): string | undefined;
  /** With the tokens, in order. */
  readonly calls: readonly HttpStep[];
  /** How the third party ends it; afterwards the first of `calls` must be refused. Absent: by RFC 7009. */
  readonly revoke?: HttpStep;
  /** Status of `calls[0]` after the end; 401 or 403 where absent. */
  readonly refusedWith?: readonly number[];
  /** Whether the customer's yes is used up by the calls: then there is nothing to revoke. */
  readonly consumed?: boolean;
}

export interface JourneyFacts {
  readonly clientId: string;
  readonly organisationId: string;
  /** The issuer identifier. */
  readonly issuer: string;
  /** Where the market's API begins (`https://bank/uk`). */
  readonly base: string;
  /** Name of the consent, once there is one. */
  readonly consent: string | undefined;
  /** Claims of the customer who will sign in, for markets that name them beforehand. */
  readonly customer: Readonly<Record<string, unknown>>;
  /** Endpoints of the issuer's metadata, at the mTLS aliases where there are any. */
  endpoint(member: string): string;
  /** Bodies of the answers so far, by the `as` of their steps. */
  readonly answers: Readonly<Record<string, unknown>>;
  readonly now: Date;
  /** A fresh UUID. */
  uuid(): string;
}

export interface AuthorizationStep {
  readonly responseType: 'code' | 'code id_token';
  /** `jwt`: JARM. */
  readonly responseMode?: 'jwt';
  /** `pushed`: PAR; `value`: a request object in the front channel. */
  readonly way: 'pushed' | 'value';
  readonly parameters: Readonly<Record<string, string>>;
  /** Headers of the pushed request, token and UserInfo requests. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface HttpStep {
  /** Heading of the step. */
  readonly says: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `base`; an absolute URL where it begins with `https:` (UserInfo, endpoints of the issuer). */
  url(facts: JourneyFacts): string;
  headers?(facts: JourneyFacts): Readonly<Record<string, string>>;
  /** JSON body, claims of a JWS, or form members. */
  body?(facts: JourneyFacts): Readonly<Record<string, unknown>>;
  /** How the body travels: as JSON, as a JWS whose claims it is, or as a form. */
  readonly as?: 'json' | 'jwt' | 'form';
  /** A detached signature over a JSON body: the header that carries it and the protected header beside `alg` and `kid`. */
  detached?(facts: JourneyFacts): { readonly header: string; readonly protected: Readonly<Record<string, unknown>> };
  /** Whose token goes along; the customer's where absent. */
  readonly with?: 'client-token' | 'customer-token' | 'client-authentication';
  /** Expected status. */
  readonly expect: number;
  /** Under which name later steps find the answer (JSON, or the claims of a JWS). */
  readonly keep: string;
  /** One line about the answer. */
  tells?(answer: unknown): string;
}

export interface LodgeStep extends HttpStep {
  /** Scope of the client_credentials token. */
  readonly scope: string;
  /** The consent's name in the answer. */
  consent(answer: unknown): string;
}

/** What the conformance suite of the OpenID Foundation must be told to test an issuer of a market. */
export interface Conformance {
  /** Test plan, as the suite names it. */
  readonly plan: string;
  readonly variant: Readonly<Record<string, string>>;
  /** What it cannot certify here, and why. */
  readonly notes: readonly string[];
  /** Members of its configuration beside discovery, clients, keys and certificates; paths in dots (`resource.resourceUrl`). */
  inputs(facts: Pick<JourneyFacts, 'base' | 'issuer' | 'organisationId'>): Readonly<Record<string, unknown>>;
  /** The scope of both clients. */
  readonly scope: string;
}
