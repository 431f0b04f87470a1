/** Something that is not as it was written. */
export interface Finding {
  readonly what: 'altered' | 'missing' | 'inserted' | 'reordered' | 'head' | 'checkpoint';
  /** The chain, and the first of its events that is concerned; absent for what concerns a checkpoint alone. */
  readonly grantId?: string;
  readonly sequence?: number;
  /** For the operator, one line. */
  readonly says: string;
}

/** `event 3` or `events 3 to 5`. */
export const events = (from: number, to: number): string => (from >= to ? `event ${from}` : `events ${from} to ${to}`);
