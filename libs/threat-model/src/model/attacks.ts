import type { Attack, Stop } from './attack.js';
import { requestAttacks } from './attacks/request-attacks.js';
import { surroundingsAttacks } from './attacks/surroundings-attacks.js';
import { tokenAttacks } from './attacks/token-attacks.js';
import type { ControlId } from './controls.js';

/** Every attack, by its stable id, which is never given to another. */
export const attacks = { ...requestAttacks, ...tokenAttacks, ...surroundingsAttacks } as const satisfies Record<string, Attack>;

export type AttackId = keyof typeof attacks;
export const attackIds = Object.keys(attacks) as AttackId[];
export const attackOf = (id: AttackId): Attack => attacks[id];

/** The controls of which each is enough. */
export const alternatives = (stop: Stop): readonly ControlId[] => (typeof stop === 'string' ? [stop] : stop);

/** Whether the control has a part in stopping the attack. */
export const isStoppedBy = (attack: AttackId, control: ControlId): boolean => attackOf(attack).stoppedBy.some((stop) => alternatives(stop).includes(control));

/** Attacks a control has a part in stopping, or that rest on it elsewhere. */
export const attacksAgainst = (control: ControlId): readonly AttackId[] => attackIds.filter((id) => isStoppedBy(id, control) || (attackOf(id).assumes ?? []).includes(control));
