import type { Policy } from '@assent/profiles';

/** Something that stops attacks, and where it does. */
export interface Control {
  readonly says: string;
  readonly clause: string;
  /** The refusals in the source that are its voice, each with the attack it most looks like when it speaks. */
  readonly rules?: Readonly<Record<string, string>>;
  /** Values of a profile that decide whether it is there. */
  readonly policy?: readonly (keyof Policy)[];
  /** Files it lives in, from the root of the checkout, where no refusal speaks for it. */
  readonly files?: readonly string[];
  /** Tests that see it at work without naming its rules. */
  readonly tests?: readonly string[];
  /** Why it lies outside this code. */
  readonly outside?: string;
}
