import { plusSeconds, type Clock } from '@assent/protocol';

/** A clock that stands still until it is told otherwise. */
export interface FixedClock extends Clock {
  set(time: Date | string): void;
  advance(seconds: number): void;
}

export function fixedClock(start: Date | string = '2026-11-24T10:00:00Z'): FixedClock {
  let time = new Date(start);
  return {
    now: () => time,
    set: (next) => void (time = new Date(next)),
    advance: (seconds) => void (time = plusSeconds(time, seconds)),
  };
}
