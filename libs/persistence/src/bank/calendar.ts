/** A day as its number since 1970-01-01, in UTC. */
export type Day = number;

const dayMs = 86_400_000;

export const dayOf = (time: Date): Day => Math.floor(time.getTime() / dayMs);
export const isoDay = (day: Day): string => new Date(day * dayMs).toISOString().slice(0, 10);
export const dayOfIso = (text: string): Day => Date.parse(`${text}T00:00:00Z`) / dayMs;

export const dayOfMonth = (day: Day): number => new Date(day * dayMs).getUTCDate();
export const isWeekend = (day: Day): boolean => [0, 6].includes(new Date(day * dayMs).getUTCDay());
export const isLastOfMonth = (day: Day): boolean => dayOfMonth(day + 1) === 1;

/** Whether a payment due on a day of the month is booked today: on the working day before when that is a weekend. */
export function isWorkingDayFor(date: number, day: Day): boolean {
  if (isWeekend(day)) return false;
  if (dayOfMonth(day) === date) return true;
  for (let later = day + 1; isWeekend(later); later++) if (dayOfMonth(later) === date) return true;
  return false;
}
