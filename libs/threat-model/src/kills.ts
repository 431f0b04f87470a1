import type { AttackId } from './model/attacks.js';
import type { ControlId } from './model/controls.js';

/** What came of attacking without a set of controls. */
export interface Kill {
  /** Taken out. */
  readonly without: readonly ControlId[];
  /** Would do the same work, and are not there at the issuer that was attacked. */
  readonly absent: readonly ControlId[];
  /** Attacks that then succeeded. */
  readonly succeeded: readonly AttackId[];
  readonly expected: readonly AttackId[];
}

/** A whole run: what was not there anyway, and every set. The first set is empty: all controls are in place. */
export interface KillTable {
  readonly absent: readonly ControlId[];
  readonly kills: readonly Kill[];
}
