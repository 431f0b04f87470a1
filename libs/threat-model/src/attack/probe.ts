import type { AttackId } from '../model/attacks.js';
import type { ControlId } from '../model/controls.js';
import type { Scene } from './scene.js';
import type { Incoming } from './wire.js';

export interface Outcome {
  /** `undefined`: neither can be said. */
  readonly succeeded: boolean | undefined;
  readonly reason: string;
}

/** One way to mount an attack over the wire. */
export interface Probe {
  readonly id: string;
  readonly attack: AttackId;
  /** The controls that, all of them gone, let exactly this through. */
  readonly against: readonly ControlId[];
  readonly says: string;
  /** Why it has nothing to try at this target, if so. */
  readonly unfit?: (scene: Scene) => string | undefined;
  readonly run: (scene: Scene) => Promise<Outcome>;
}

export const stopped = (reason: string): Outcome => ({ succeeded: false, reason });
export const succeeded = (reason: string): Outcome => ({ succeeded: true, reason });
export const inconclusive = (reason: string): Outcome => ({ succeeded: undefined, reason });
export const judged = (holds: boolean, good: string, bad: string): Outcome => (holds ? stopped(good) : succeeded(bad));

const errorOf = ({ json, status }: Incoming): string => `${status}${typeof json['error'] === 'string' ? ` ${json['error']}` : ''}`;

/** An answer that must be a refusal. A server error refuses too, but not knowingly. */
export function mustRefuse(answer: Incoming, what: string): Outcome {
  if (answer.status >= 500) return inconclusive(`${what}: the server failed with ${errorOf(answer)}`);
  return answer.status >= 400 ? stopped(`${what}: refused with ${errorOf(answer)}`) : succeeded(`${what}: answered ${answer.status}`);
}

/** All of them must be stopped; the first that is not decides. */
export const worst = (outcomes: readonly Outcome[]): Outcome => outcomes.find((one) => one.succeeded) ?? outcomes.find((one) => one.succeeded === undefined) ?? stopped(outcomes.map(({ reason }) => reason).join('; '));

export const byDpop = ({ victim }: Scene): string | undefined => (victim.client.constraint === 'dpop' ? undefined : 'the honest client uses no DPoP');
export const byAssertion = ({ victim }: Scene): string | undefined => (victim.signingKey ? undefined : 'the honest client signs no assertions');
export const byPlainRequests = ({ victim }: Scene): string | undefined => (victim.client.signsRequests ? 'the honest client signs its requests' : undefined);
export const withThief = ({ victim, thief }: Scene): string | undefined => (victim.id === thief.id ? 'there is no second client' : undefined);
export const manages = ({ metadata }: Scene): string | undefined => (Array.isArray(metadata['grant_management_actions_supported']) ? undefined : 'the issuer offers no grant management');
export const all =
  (...reasons: readonly ((scene: Scene) => string | undefined)[]) =>
  (scene: Scene): string | undefined =>
    reasons.map((reason) => reason(scene)).find((one) => one !== undefined);
