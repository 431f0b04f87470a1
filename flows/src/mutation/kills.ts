import { attackIds, controlIds, controlOf, type AttackId, type ControlId, type KillField, type ThreatReport } from '@assent/threat-model';
import { probes, type Probe } from '@assent/threat-model/attack';

const inModel = (one: ControlId, other: ControlId): number => controlIds.indexOf(one) - controlIds.indexOf(other);

/** A set with something in it that lies outside the code cannot be taken out. */
const canBeTaken = ({ against }: Probe): boolean => against.every((control) => controlOf(control).outside === undefined);

/** Probes that are stopped in a field, and in none before it: the field shows that each of them can succeed. */
export const shownIn = (field: KillField, before: readonly KillField[]): readonly Probe[] => probes.filter((probe) => canBeTaken(probe) && field.stopped.includes(probe.id) && !before.some(({ stopped }) => stopped.includes(probe.id)));

/** The sets that matter in a field: for each probe the smallest one that must let it through, less what is off there anyway. */
export function setsOf(field: KillField, before: readonly KillField[]): readonly (readonly ControlId[])[] {
  const sets = shownIn(field, before).map(({ against }) => against.filter((control) => !field.absent.includes(control)).sort(inModel));
  const distinct = new Map(sets.filter((set) => set.length > 0).map((set) => [set.join(' '), set]));
  return [...distinct.values()];
}

/** The attacks a set must let through, and no others. */
export function expectedOf(without: readonly ControlId[], { absent, stopped }: KillField): readonly AttackId[] {
  const open = (control: ControlId): boolean => without.includes(control) || absent.includes(control);
  const opened = new Set(probes.filter(({ id, against }) => stopped.includes(id) && against.every(open)).map(({ attack }) => attack));
  return attackIds.filter((id) => opened.has(id));
}

/** What is named beside a set because it would do the same work, were it there. */
export function absentBeside(without: readonly ControlId[], { absent, stopped }: KillField): readonly ControlId[] {
  const same = probes.filter(({ id, against }) => stopped.includes(id) && against.filter((control) => !absent.includes(control)).length === without.length && without.every((control) => against.includes(control)));
  return absent.filter((control) => same.some(({ against }) => against.includes(control)));
}

/** The probes a report shows to be stopped. */
export const stoppedIn = ({ attacks }: ThreatReport): readonly string[] => attacks.flatMap(({ probes: tried = [] }) => tried.filter(({ outcome }) => outcome === 'stopped').map(({ probe }) => probe));
