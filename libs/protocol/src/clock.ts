/** The only source of time in flows and stores. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

/** Whole seconds since the epoch, as JWTs carry time. */
export const epochSeconds = (date: Date): number => Math.floor(date.getTime() / 1000);

export const plusSeconds = (date: Date, seconds: number): Date => new Date(date.getTime() + seconds * 1000);
