/** A stretch of time, its end not included. */
export interface Stretch {
  readonly from: Date;
  readonly until: Date;
}

const dayMs = 86_400_000;

/**
 * The calendar period a moment lies in, in UTC: the day, the week from Monday (ISO 8601), the month or the year.
 * `undefined` for a period of another name.
 */
export function periodOf(period: unknown, now: Date): Stretch | undefined {
  const [year, month, day] = [now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()];
  switch (period) {
    case 'day':
      return days(Date.UTC(year, month, day), 1);
    case 'week':
      return days(Date.UTC(year, month, day - ((now.getUTCDay() + 6) % 7)), 7);
    case 'month':
      return { from: new Date(Date.UTC(year, month, 1)), until: new Date(Date.UTC(year, month + 1, 1)) };
    case 'year':
      return { from: new Date(Date.UTC(year, 0, 1)), until: new Date(Date.UTC(year + 1, 0, 1)) };
    default:
      return undefined;
  }
}

const days = (from: number, count: number): Stretch => ({ from: new Date(from), until: new Date(from + count * dayMs) });
