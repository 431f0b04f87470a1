import { expectThat, failure, Mismatch, printedSteps } from './steps.js';

describe('the demo’s steps', () => {
  it('print a line with the time and pass the result on', async () => {
    const lines: string[] = [];
    let time = 0;
    const { step } = printedSteps((line) => lines.push(line), () => (time += 12));
    expect(await step('Discovery', () => Promise.resolve(7), (result) => `found ${result}`)).toBe(7);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/✓ Discovery\s+12 ms {2}found 7$/);
  });

  it('say what was expected and what came, and stop', async () => {
    const lines: string[] = [];
    const { step } = printedSteps((line) => lines.push(line));
    await expect(step('Refresh', () => Promise.resolve(expectThat(false, 'invalid_grant', 'success')))).rejects.toBeInstanceOf(Mismatch);
    expect(lines.map((line) => line.trim())).toEqual(['✗ Refresh', 'expected: invalid_grant', 'came:     success']);
  });

  it('read an OAuth error', () => {
    expect(failure({ error: 'invalid_client', error_description: 'unknown' })).toEqual(['invalid_client: unknown']);
  });
});
