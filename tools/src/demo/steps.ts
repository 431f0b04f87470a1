import { Mismatch } from '@assent/relying-party';

export { Mismatch };

/** `Mismatch` unless the condition holds. */
export function expectThat(holds: boolean, expected: string, came: unknown): asserts holds {
  if (!holds) throw new Mismatch(expected, typeof came === 'string' ? came : JSON.stringify(came));
}

export interface Steps {
  /** Runs one step, prints it with its time, and passes its result on; a step that throws is printed and rethrown. */
  step<T>(title: string, run: () => Promise<T>, detail?: (result: T) => string): Promise<T>;
}

export function printedSteps(write: (line: string) => void, now: () => number = () => performance.now()): Steps {
  return {
    async step(title, run, detail) {
      const started = now();
      try {
        const result = await run();
        const told = detail?.(result) ?? '';
        write(`  ✓ ${title.padEnd(52)} ${String(Math.round(now() - started)).padStart(5)} ms  ${told}`.trimEnd());
        return result;
      } catch (error) {
        write(`  ✗ ${title}`);
        for (const line of failure(error)) write(`      ${line}`);
        throw error;
      }
    },
  };
}

/** What went wrong, in lines a person can act on. */
export function failure(error: unknown): readonly string[] {
  if (error instanceof Mismatch) return [`expected: ${error.expected}`, `came:     ${error.came}`];
  const { message, error: code, error_description: description, cause } = error as { message?: string; error?: string; error_description?: string; cause?: unknown };
  const lines = [code === undefined ? (message ?? String(error)) : `${code}${description === undefined ? '' : `: ${description}`}`];
  if (cause instanceof Error) lines.push(`because: ${cause.message}`);
  else if (cause !== undefined && cause !== null && code === undefined) lines.push(`because: ${JSON.stringify(cause)}`);
  return lines;
}
