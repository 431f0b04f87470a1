import type { AttackId } from '../model/attacks.js';
import type { Members } from './jws.js';
import type { Identity } from './wire.js';

/** A client of the target that the suite may play. */
export interface TargetClient {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly scope: string;
  /** The private key of its assertions; absent: it authenticates by its certificate. */
  readonly key?: Members;
  readonly alg?: string;
  readonly identity?: Identity;
  readonly constraint: 'dpop' | 'mtls' | 'none';
  /** Sends its requests as signed request objects. */
  readonly signsRequests?: boolean;
  readonly responseMode?: string;
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

/** Any issuer, as the suite needs to know it. */
export interface Target {
  readonly issuer: string;
  /** PEM authorities its certificates come from, beside the system's. */
  readonly authorities: readonly string[];
  /** An address that needs a token of these clients. */
  readonly resource?: string;
  /** The honest client, and another one for the thief. */
  readonly clients: readonly [TargetClient, TargetClient];
  readonly login: readonly LoginStep[];
  /** Attacks its own specification leaves open: they are told as partial, not as violated. */
  readonly permits?: readonly AttackId[];
  /** Tries of a wrong password before the sign-in must slow down; not tried when absent. */
  readonly mostPasswords?: number;
}
