/** A header, parameter or member as shown: name and text. */
export type Pair = readonly [name: string, value: string];

/** A JWT taken apart for reading. The signature stays out. */
export interface DecodedJwt {
  readonly where: string;
  readonly header: unknown;
  readonly claims: unknown;
}

/** A signature over a message, made or proved by the app. The base is what was signed, one covered component a line. */
export interface ShownSignature {
  readonly of: 'request' | 'answer';
  readonly base: string;
  /** What the app says of it. */
  readonly outcome: string;
}

/** What became of an exchange: as the specification wants it, refused where it had to be, or let through. */
export type Verdict = 'fine' | 'refused-as-it-should' | 'let-through' | 'unexpected';

/** One request and its response, with all that is secret already cut. */
export interface Exchange {
  readonly step: string;
  readonly clause: string;
  readonly why: string;
  readonly method: string;
  readonly url: string;
  readonly parameters: readonly Pair[];
  readonly requestHeaders: readonly Pair[];
  /** Whether the connection presented the client's certificate. */
  readonly certificate: boolean;
  readonly status: number;
  /** The bank called the app. */
  readonly told?: true;
  /** `undefined`: the browser went there, not the app. */
  readonly ms: number | undefined;
  readonly responseHeaders: readonly Pair[];
  readonly responseBody: string;
  readonly jwts: readonly DecodedJwt[];
  readonly signatures?: readonly ShownSignature[];
  readonly verdict: Verdict;
}
