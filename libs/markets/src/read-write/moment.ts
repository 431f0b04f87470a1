const shape = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/;

/**
 * A date or date-time of ISO 8601: seconds and their fractions may be absent, the offset with or without a colon.
 * Without an offset it is UTC. `undefined` for what is none, days the calendar lacks among them.
 */
export function readMoment(text: unknown): Date | undefined {
  const found = partsOf(text);
  return found && new Date(found.local.getTime() - found.offset * 60_000);
}

/** The same, by what stands there: an offset is ignored, as filters of the family ask. */
export const readLocalMoment = (text: unknown): Date | undefined => partsOf(text)?.local;

function partsOf(text: unknown): { readonly local: Date; readonly offset: number } | undefined {
  const found = typeof text === 'string' ? shape.exec(text) : null;
  if (!found) return undefined;
  const [, year, month, day, hour = '00', minute = '00', second = '00', fraction = '', zone = 'Z'] = found;
  const written = `${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction.padEnd(3, '0').slice(0, 3)}Z`;
  const local = new Date(written);
  const offset = offsetOf(zone);
  // Date accepts 30 February, and 24:00, and makes another day of them.
  return Number.isNaN(local.getTime()) || local.toISOString() !== written || offset === undefined ? undefined : { local, offset };
}

/** In minutes. */
function offsetOf(zone: string): number | undefined {
  if (zone === 'Z') return 0;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(3).replace(':', '') || '0')];
  return hours > 14 || minutes > 59 ? undefined : (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}

/** Bookings bear no time of day: the first day whose beginning is not before the moment. */
export function firstDayFrom(moment: Date): string {
  const day = moment.toISOString().slice(0, 10);
  return moment.toISOString() === `${day}T00:00:00.000Z` ? day : new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}

/** The last day whose beginning is not after the moment. */
export const lastDayUntil = (moment: Date): string => moment.toISOString().slice(0, 10);

/** As answers write it: with the time zone, without fractions. */
export const writeMoment = (moment: Date): string => `${moment.toISOString().slice(0, 19)}+00:00`;
