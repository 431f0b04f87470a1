import { median, quantile } from './load.js';
import type { Round } from './measure.js';
import { figures, figuresOf, report, table, withinBudget, type Row } from './report.js';

const round = (cpuSeconds: number): Round => ({
  measured: { count: 100, failures: 0, firstFailure: undefined, seconds: 2, p50: 3, p99: 9 },
  before: { cpuSeconds: 1, statements: 10, commits: 5, rssMb: 90 },
  after: { cpuSeconds: 1 + cpuSeconds, statements: 110, commits: 105, rssMb: 100 },
  counted: { before: { statements: 1, commits: 1 }, after: { statements: 101, commits: 101 } },
});
const row: Row = { scenario: { name: 'token', title: 'a token', budget: { cpuMs: 0.7, commits: 1 } }, rounds: [round(0.9), round(0.06), round(0.05)] };
const [first] = row.rounds as [Round];

describe('the bench’s report', () => {
  it('divides what the server used by the requests that succeeded', () => {
    const { rate, cpuMs, statements, commits } = figuresOf(round(0.07));
    expect(rate).toBe(50);
    expect(cpuMs).toBeCloseTo(0.7);
    expect([statements, commits]).toEqual([1, 1]);
  });

  it('takes the median of the rounds, which one bad round does not move', () => {
    expect(figures(row).cpuMs).toBeCloseTo(0.6);
    expect(withinBudget(row)).toBe(true);
    expect(table([row])).not.toContain('over');
  });

  it('says when the budget is exceeded', () => {
    expect(withinBudget({ ...row, rounds: [round(0.9)] })).toBe(false);
    expect(table([{ ...row, rounds: [round(0.9)] }])).toContain('over');
    expect(withinBudget({ ...row, scenario: { name: 'token', title: 'a token' } })).toBeUndefined();
  });

  it('says whether the database counted the same, and what else', () => {
    expect(table([row])).toContain('the same');
    const more = { before: { statements: 1, commits: 1 }, after: { statements: 301, commits: 201 } };
    expect(table([{ ...row, rounds: [{ ...first, counted: more }] }])).toContain('3.00, 2.00');
  });

  it('shows failures, and a dash for what a foreign target does not tell', () => {
    expect(table([{ ...row, rounds: [{ ...first, measured: { ...first.measured, failures: 2 } }] }])).toContain('2 failed');
    expect(table([{ ...row, rounds: [{ ...first, before: undefined, after: undefined }] }])).toContain('–');
  });

  it('gives programs medians and rounds', () => {
    expect(report([row])).toEqual([expect.objectContaining({ name: 'token', statements: 1, withinBudget: true, rounds: [expect.anything(), expect.anything(), expect.anything()] })]);
  });

  it('takes quantiles of sorted values, and medians of any', () => {
    expect(quantile([1, 2, 3, 4], 0.5)).toBe(3);
    expect(quantile([], 0.99)).toBe(0);
    expect(median([9, 1, 2])).toBe(2);
  });
});
