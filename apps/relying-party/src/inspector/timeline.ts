import type { Exchange } from './exchange.js';

/** An exchange with its place in the flow, from 1. */
export interface Numbered {
  readonly number: number;
  readonly exchange: Exchange;
}

const most = 60;

/** The exchanges of one flow. The oldest give way: what a browser makes the demo keep is bounded. */
export class Timeline {
  #kept: Numbered[] = [];
  #count = 0;

  /** How many there were, kept or not; the number of the latest. */
  get count(): number {
    return this.#count;
  }

  get newestFirst(): readonly Numbered[] {
    return [...this.#kept].reverse();
  }

  /** Bound, so that it can be handed to whatever sends. */
  readonly keep = (exchange: Exchange): void => {
    this.#kept.push({ number: (this.#count += 1), exchange });
    if (this.#kept.length > most) this.#kept.shift();
  };

  clear(): void {
    this.#kept = [];
    this.#count = 0;
  }
}
