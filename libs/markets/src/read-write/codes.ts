/*
 * The Read/Write family: markets whose APIs descend from the British one. Bodies are `Data` and `Risk`, answers add `Links`
 * and `Meta`; a consent lists permissions; what differs is in words: error codes, states, names of members.
 */

/** A market's error codes, by what is wrong. */
export interface ReadWriteCodes {
  /** A member that must be there. */
  readonly missing: string;
  readonly invalid: string;
  readonly date: string;
  /** A member nobody knows. */
  readonly unexpected: string;
  /** No JSON object, or one of another shape altogether. */
  readonly schema: string;
  readonly headerInvalid: string;
  readonly headerMissing: string;
  readonly notFound: string;
  /** The consent is in no state for this. */
  readonly consentStatus: string;
  /** The token opens no such thing. */
  readonly forbidden: string;
}
