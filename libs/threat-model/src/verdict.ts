import { attackerIds, type AttackerId } from './model/attackers.js';
import { attackOf, type AttackId } from './model/attacks.js';
import { goalIds, type GoalId } from './model/goals.js';

/**
 * `enforced`: stopped. `partial`: stopped but for what the specification itself leaves open. `violated`: it succeeds.
 * `unknown`: nobody looked.
 */
export type Verdict = 'enforced' | 'partial' | 'violated' | 'not-applicable' | 'unknown';

export interface AttackVerdict {
  readonly id: AttackId;
  readonly verdict: Verdict;
  readonly reason: string;
}

/** One field of attacker x goal: the worst of the attacks that attacker has on that goal. */
export interface MatrixCell {
  readonly attacker: AttackerId;
  readonly goal: GoalId;
  readonly verdict: Verdict;
  readonly reason: string;
  /** The attacks that decided it. */
  readonly attacks: readonly AttackId[];
}

const worstFirst: readonly Verdict[] = ['violated', 'unknown', 'partial', 'enforced', 'not-applicable'];

/** A goal holds against an attacker only if every attack on it does not get through. */
export const matrixOf = (verdicts: readonly AttackVerdict[]): readonly MatrixCell[] => attackerIds.flatMap((attacker) => goalIds.map((goal) => cellOf(attacker, goal, verdicts)));

function cellOf(attacker: AttackerId, goal: GoalId, verdicts: readonly AttackVerdict[]): MatrixCell {
  const touching = verdicts.filter(({ id }) => attackOf(id).attackers.includes(attacker) && attackOf(id).goals.includes(goal));
  const verdict = worstFirst.find((one) => touching.some((each) => each.verdict === one));
  if (verdict === undefined) return { attacker, goal, verdict: 'not-applicable', reason: 'the model has no attack of this attacker on this goal', attacks: [] };
  const deciding = touching.filter((each) => each.verdict === verdict);
  const told = verdict === 'enforced' || verdict === 'not-applicable' ? summary(verdict, touching) : deciding.map(({ id, reason }) => `${id}: ${reason}`).join(' ');
  return { attacker, goal, verdict, reason: told, attacks: deciding.map(({ id }) => id) };
}

const summary = (verdict: Verdict, touching: readonly AttackVerdict[]): string => {
  const stopped = touching.filter(({ verdict: one }) => one === 'enforced').length;
  return verdict === 'enforced' ? `every attack of this attacker on this goal is stopped: ${stopped}` : 'none of the attacks has anything to attack here';
};

/** How many attacks ended how. */
export function tally(verdicts: readonly Pick<AttackVerdict, 'verdict'>[]): Readonly<Record<Verdict, number>> {
  const count = (verdict: Verdict): number => verdicts.filter((each) => each.verdict === verdict).length;
  return { enforced: count('enforced'), partial: count('partial'), violated: count('violated'), 'not-applicable': count('not-applicable'), unknown: count('unknown') };
}
