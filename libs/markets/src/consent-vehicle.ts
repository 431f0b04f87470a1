import type { AuthorizationDetail, ClaimsRequest, Client } from '@assent/protocol';

/** What a request for a customer's yes says, as far as a consent may travel in it. */
export interface ConsentRequest {
  readonly scope: readonly string[];
  readonly claims?: ClaimsRequest | undefined;
  readonly authorizationDetails: readonly AuthorizationDetail[];
  readonly client: Client;
  readonly now: Date;
  /** Whether it came by the back channel (CIBA). */
  readonly backchannel: boolean;
  /** Any other parameter of the request, from where all of them come from. */
  parameter(name: string): string | undefined;
}

/**
 * What a request says about its consent.
 * `lodged`: at the bank's API, before; its name is how the client knows it.
 * `carried`: all of it is in the request. `name`: how the client will ask about it, where it chose one itself: it is
 * lodged when the request is accepted. `amends`: the grant this one takes the place of. `lifetime`: seconds the grant
 * lasts; 0: this once, without a refresh token.
 * `none`: the request is about nothing but who the customer is.
 */
export type ConsentReference =
  | {
      readonly kind: 'lodged';
      readonly name: string;
      /** What is left of the `claims` parameter for ordinary delivery, where the market delivers some of it itself. */
      readonly claims?: ClaimsRequest;
    }
  | {
      readonly kind: 'carried';
      readonly details: readonly AuthorizationDetail[];
      readonly name?: string;
      readonly consentKind?: string;
      readonly amends?: string;
      readonly lifetime?: number;
      /** Whether one use uses it up; so it is with a lifetime of 0. */
      readonly once?: boolean;
      readonly expiresAt?: Date;
      /** Until when the customers must have said yes. */
      readonly authoriseBy?: Date;
      /** As the client wrote it, for the market's answers about a named one; the details themselves when absent. */
      readonly document?: Readonly<Record<string, unknown>>;
      /**
       * Name of the first consent of a chain this one goes on with: one of this client's here, itself first of its chain.
       * Only its customer may say yes; it does not end by that.
       */
      readonly follows?: string;
      /** What is left of the `claims` parameter for ordinary delivery, where the market delivers some of it itself. */
      readonly claims?: ClaimsRequest;
      /** Customers who must say yes beside the one who is asked now. */
      readonly furtherAuthorisers?: boolean;
    }
  | { readonly kind: 'none' };

/** The grant a token is about, as far as answers may name it. */
export interface ConsentFacts {
  readonly grantId: string;
  /** How the client knows its consent; the grant's id where nothing else was lodged. */
  readonly name: string;
  readonly expiresAt: Date | null;
  readonly details: readonly AuthorizationDetail[];
}

/** What the bank knows of the customer a token is about. */
export interface Holder {
  /** Claims the bank holds about the customer. */
  readonly claims: Readonly<Record<string, unknown>>;
  readonly now: Date;
}

/** How a consent travels: strategy one of five. Pure. */
export interface ConsentVehicle {
  /** For people, as in "the claim openbanking_intent_id". */
  readonly says: string;
  readonly clause: string;
  /** Scopes that are no fixed names: `consent:` allows `consent:<anything>`. */
  readonly scopePrefixes?: readonly string[];
  /** Reads it out of a request. Throws the `OAuthError` that says what is wrong. */
  read(request: ConsentRequest): ConsentReference;
  /** Members of the token response. */
  tokenMembers?(facts: ConsentFacts): Readonly<Record<string, unknown>>;
  /** Members of an introspection answer. */
  introspectionMembers?(facts: ConsentFacts): Readonly<Record<string, unknown>>;
  /** Claims of ID tokens, in both channels. */
  idTokenClaims?(facts: ConsentFacts, holder: Holder): Readonly<Record<string, unknown>>;
  /** Members of UserInfo answers beside the claims that were asked for one by one. */
  userinfoMembers?(facts: ConsentFacts, holder: Holder): Readonly<Record<string, unknown>>;
}
