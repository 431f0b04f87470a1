import type { AttackerId } from './attackers.js';
import type { ControlId } from './controls.js';
import type { GoalId } from './goals.js';

/** One control, or several of which each is enough. */
export type Stop = ControlId | readonly ControlId[];

/** Something an attacker does. */
export interface Attack {
  readonly title: string;
  readonly attackers: readonly AttackerId[];
  /** What it breaks when it succeeds. */
  readonly goals: readonly GoalId[];
  /** All of these are needed: without one of them, a way in is open. */
  readonly stoppedBy: readonly Stop[];
  /** What others must do beside that. */
  readonly assumes?: readonly ControlId[];
  readonly clause: string;
  /** What shows that it is stopped. */
  readonly evidence: readonly ('config' | 'trace' | 'probe' | 'review')[];
  /** What the specification itself leaves open. */
  readonly residual?: string;
}
