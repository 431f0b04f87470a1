import { controlIds, controlOf, type ControlId } from './model/controls.js';
import type { AttackId } from './model/attacks.js';

/** What a refusal stands for: the control that spoke, and the attack the request most looked like. */
export interface Refusal {
  readonly control: ControlId;
  readonly attack: AttackId;
}

const byRule: ReadonlyMap<string, Refusal> = new Map(
  controlIds.flatMap((control) => Object.entries(controlOf(control).rules ?? {}).map(([rule, attack]): [string, Refusal] => [rule, { control, attack: attack as AttackId }])),
);

/**
 * What a rule id stands for; `undefined` for rules that only keep messages well-formed. A refusal is a sign of an
 * attack, not proof of one: a client with a slow clock looks like a replay.
 */
export const refusalOf = (rule: string | undefined): Refusal | undefined => (rule === undefined ? undefined : byRule.get(rule));

/** Every rule that stands for a control. */
export const controlledRules: readonly string[] = [...byRule.keys()];
