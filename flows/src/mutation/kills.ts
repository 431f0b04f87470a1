import { attackIds, controlIds, type AttackId, type ControlId } from '@assent/threat-model';
import { probes } from '@assent/threat-model/attack';

/** The sets that matter: for each probe the smallest one that must let it through, less what is off here anyway. */
export function setsOf(offAnyway: ReadonlySet<ControlId>): readonly (readonly ControlId[])[] {
  const sets = probes.map(({ against }) => [...against].filter((control) => !offAnyway.has(control)).sort((a, b) => controlIds.indexOf(a) - controlIds.indexOf(b)));
  const distinct = new Map(sets.filter((set) => set.length > 0).map((set) => [set.join(' '), set]));
  return [...distinct.values()];
}

/** The attacks a set must let through, and no others. */
export function expectedOf(without: readonly ControlId[], offAnyway: ReadonlySet<ControlId>): readonly AttackId[] {
  const opened = new Set(probes.filter(({ against }) => against.every((control) => without.includes(control) || offAnyway.has(control))).map(({ attack }) => attack));
  return attackIds.filter((id) => opened.has(id));
}

/** What is named beside a set because it would do the same work, were it there. */
export function absentBeside(without: readonly ControlId[], offAnyway: ReadonlySet<ControlId>): readonly ControlId[] {
  const same = probes.filter(({ against }) => against.filter((control) => !offAnyway.has(control)).length === without.length && without.every((control) => against.includes(control)));
  return controlIds.filter((control) => offAnyway.has(control) && same.some(({ against }) => against.includes(control)));
}
