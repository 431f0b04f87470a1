import type { AttackId } from '../model/attacks.js';
import type { ControlId } from '../model/controls.js';
import type { Scene } from './scene.js';
import type { Incoming } from './wire.js';

/**
 * `inconclusive`: neither can be said. `residual`: it went through where the specification says that nothing stops it.
 * `not-applicable`: there is nothing to attack.
 */
export interface Outcome {
  readonly outcome: 'stopped' | 'succeeded' | 'residual' | 'inconclusive' | 'not-applicable';
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
  readonly unfit?: ((scene: Scene) => string | undefined) | undefined;
  readonly run: (scene: Scene) => Promise<Outcome>;
}

export const stopped = (reason: string): Outcome => ({ outcome: 'stopped', reason });
export const succeeded = (reason: string): Outcome => ({ outcome: 'succeeded', reason });
export const residual = (reason: string): Outcome => ({ outcome: 'residual', reason });
export const inconclusive = (reason: string): Outcome => ({ outcome: 'inconclusive', reason });
export const judged = (holds: boolean, good: string, bad: string): Outcome => (holds ? stopped(good) : succeeded(bad));

export const errorOf = ({ json, status }: Incoming): string => `${status}${typeof json['error'] === 'string' ? ` ${json['error']}` : ''}`;

/** An answer that must be a refusal. A server error refuses too, but not knowingly. */
export function mustRefuse(answer: Incoming, what: string): Outcome {
  if (answer.status >= 500) return inconclusive(`${what}: the server failed with ${errorOf(answer)}`);
  return answer.status >= 400 ? stopped(`${what}: refused with ${errorOf(answer)}`) : succeeded(`${what}: answered ${answer.status}`);
}

/** All of them must be stopped; the first that is not decides. */
export const worst = (outcomes: readonly Outcome[]): Outcome =>
  (['succeeded', 'residual', 'inconclusive'] as const).map((one) => outcomes.find(({ outcome }) => outcome === one)).find((one) => one !== undefined) ?? stopped(outcomes.map(({ reason }) => reason).join('; '));

type Unfit = (scene: Scene) => string | undefined;

export const byDpop: Unfit = ({ victim }) => (victim.client.constraint === 'dpop' ? undefined : 'the honest client uses no DPoP');
export const byAssertion: Unfit = ({ victim }) => (victim.signingKey ? undefined : 'the honest client signs no assertions');
export const bySignedRequests: Unfit = ({ victim }) => (victim.client.signsRequests ? undefined : 'the honest client signs no requests');
export const byBrowser: Unfit = ({ victim }) => (victim.client.flow === 'backchannel' ? 'the honest client sends no customers through a browser' : undefined);
export const byBackchannel: Unfit = ({ victim, metadata }) =>
  metadata['backchannel_authentication_endpoint'] === undefined ? 'the issuer takes no requests by the back channel' : victim.client.flow === 'backchannel' ? undefined : 'the honest client makes no requests by the back channel';
export const withThief: Unfit = ({ victim, thief }) => (victim.id === thief.id ? 'there is no second client' : undefined);
export const manages: Unfit = ({ metadata }) => (Array.isArray(metadata['grant_management_actions_supported']) ? undefined : 'the issuer offers no grant management');
export const all =
  (...reasons: readonly (Unfit | undefined)[]): Unfit =>
  (scene) =>
    reasons.map((reason) => reason?.(scene)).find((one) => one !== undefined);

/** Probes that need something more to be fit. */
export const needing = (unfit: Unfit, probes: readonly Probe[]): readonly Probe[] => probes.map((probe) => ({ ...probe, unfit: all(unfit, probe.unfit) }));
