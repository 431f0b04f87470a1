export { attackerIds, attackerNamed, attackers, removedAttackers, type Attacker, type AttackerId } from './model/attackers.js';
export { goalIds, goals, type GoalId } from './model/goals.js';
export type { Control } from './model/control.js';
export { controlIds, controlOf, controls, type ControlId } from './model/controls.js';
export type { Attack, Stop } from './model/attack.js';
export { alternatives, attackIds, attackOf, attacks, attacksAgainst, isStoppedBy, type AttackId } from './model/attacks.js';
export { controlledRules, refusalOf, type Refusal } from './refusals.js';
