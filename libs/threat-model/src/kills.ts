import type { AttackId } from './model/attacks.js';
import type { ControlId } from './model/controls.js';

/** What came of attacking without a set of controls. */
export interface Kill {
  /** The issuer that was attacked, by the name of its field. */
  readonly at: string;
  /** Taken out. */
  readonly without: readonly ControlId[];
  /** Would do the same work, and are not there at the issuer that was attacked. */
  readonly absent: readonly ControlId[];
  /** Attacks that then succeeded. */
  readonly succeeded: readonly AttackId[];
  readonly expected: readonly AttackId[];
}

/** An issuer that is attacked, and what stands around it. */
export interface KillField {
  readonly name: string;
  readonly says: string;
  /** Controls that are not there anyway. */
  readonly absent: readonly ControlId[];
  /** Probes that are stopped here while all controls are in place. */
  readonly stopped: readonly string[];
}

/** A whole run: the fields, and every set. The first set of each field is empty: all controls are in place. */
export interface KillTable {
  readonly fields: readonly KillField[];
  readonly kills: readonly Kill[];
}
