import type { AttackId } from '../model/attacks.js';
import type { Members } from './jws.js';
import type { Identity } from './wire.js';

/** A client of the target that the suite may play. */
export interface TargetClient {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly scope: string;
  /** How customers agree: in the browser unless told, or by the back channel (CIBA). */
  readonly flow?: 'code' | 'backchannel';
  /** Registered to be notified; it polls all the same. */
  readonly notified?: boolean;
  /** The private key of its assertions; absent: it authenticates by its certificate. */
  readonly key?: Members;
  readonly alg?: string;
  /** What it signs requests with, where that is not `key`. */
  readonly requestKey?: Members;
  readonly identity?: Identity;
  readonly constraint: 'dpop' | 'mtls' | 'none';
  /** Sends its requests as signed request objects. */
  readonly signsRequests?: boolean;
  readonly responseMode?: string;
  /** `code`, unless told. */
  readonly responseType?: string;
  /** What one authorization request must have beside the usual, such as a consent lodged for it: made anew for each. */
  readonly prepare?: () => Promise<Readonly<Record<string, string>>>;
  /** Fields of each of its messages, such as an interaction id. */
  readonly usual?: () => readonly (readonly [string, string])[];
  /** Signs its messages to resources (RFC 9421). */
  readonly signsMessages?: boolean;
  /** May ask about tokens of others, as a resource server does. */
  readonly asksAboutTokens?: boolean;
}

/** What a page of sign-in or consent needs: the button to press, what to fill in, and which boxes to tick. */
export interface LoginStep {
  /** The id of the button; a page that has it is this step’s. */
  readonly button: string;
  readonly fields?: Readonly<Record<string, string>>;
  /** Name of the checkboxes or radio buttons to choose: all of them, or the first. */
  readonly choose?: string;
}

/** Where customers decide on requests of the back channel. The pages there are filled in by the steps of `login`. */
export interface TargetDevice {
  /** What names the customer in a request. */
  readonly loginHint: string;
  /** The page that lists what waits, after a sign-in. */
  readonly url: string;
  /** What the address of a request’s own page has in it, and no other address of the list. */
  readonly link: string;
  /** Undecided requests after which further ones must be refused; not tried when absent. */
  readonly mostPending?: number;
}

/** A payment the suite may have made for real, and where it would be seen. */
export interface TargetPayment {
  /** The authorization details to ask for. */
  readonly details: readonly Members[];
  readonly url: string;
  readonly body: Members;
  /** An address that answers otherwise once the payment was made, for a token of the first client. */
  readonly seenAt: string;
}

/** A site that signs people in at the target: a client the suite meets from outside. */
export interface TargetSite {
  /** Where it lies, as an origin. */
  readonly url: string;
  /** The path that begins a sign-in; `{next}` stands for where to go afterwards. */
  readonly signIn: string;
  /** The path the response is sent to. */
  readonly callback: string;
  /** The id of the button that signs out. */
  readonly signOut: string;
  /** It signs people in at the suite’s own rogue issuer (`rogue`), not at the target. */
  readonly asksRogue?: boolean;
}

/** Where the suite’s rogue issuer is to stand, for sites that were told to sign in there. */
export interface TargetRogue {
  readonly port: number;
  /** Its certificate, for `localhost`. */
  readonly identity: Identity;
  readonly clientId: string;
  /** What its ID tokens say beside the usual. */
  readonly claims?: Members;
}

/** Any issuer, as the suite needs to know it. */
export interface Target {
  readonly issuer: string;
  /** PEM authorities its certificates come from, beside the system's. */
  readonly authorities: readonly string[];
  /** An address that needs a token of these clients; UserInfo where there is none. */
  readonly resource?: string;
  /** The honest client, and another one for the thief. */
  readonly clients: readonly [TargetClient, TargetClient];
  readonly login: readonly LoginStep[];
  readonly device?: TargetDevice;
  readonly payment?: TargetPayment;
  readonly sites?: readonly TargetSite[];
  readonly rogue?: TargetRogue;
  /** A resource server’s own client: it may ask about tokens. */
  readonly asker?: TargetClient;
  /** The signed messages the target keeps about a grant, by whoever may read them. */
  readonly evidence?: (grantId: string) => Promise<readonly string[]>;
  /** Attacks its own specification leaves open: they are told as partial, not as violated. */
  readonly permits?: readonly AttackId[];
  /** Tries of a wrong password before the sign-in must slow down; not tried when absent. */
  readonly mostPasswords?: number;
}
