import { quantile } from './load.js';
import { figures, table, type Row } from './report.js';

const row: Row = {
  name: 'token',
  measured: { count: 100, failures: 0, firstFailure: undefined, seconds: 2, p50: 3, p99: 9 },
  before: { cpuSeconds: 1, statements: 10, commits: 5, rssMb: 90 },
  after: { cpuSeconds: 1.07, statements: 110, commits: 105, rssMb: 100 },
};

describe('the bench’s report', () => {
  it('divides what the server used by the requests that succeeded', () => {
    const { rate, cpuMs, statements, commits } = figures(row);
    expect(rate).toBe(50);
    expect(cpuMs).toBeCloseTo(0.7);
    expect([statements, commits]).toEqual([1, 1]);
  });

  it('shows failures, and a dash for what a foreign target does not tell', () => {
    expect(table([{ ...row, measured: { ...row.measured, failures: 2 } }])).toContain('2 failed');
    expect(table([{ ...row, before: undefined, after: undefined }])).toContain('–');
  });

  it('takes quantiles of sorted values', () => {
    expect(quantile([1, 2, 3, 4], 0.5)).toBe(3);
    expect(quantile([], 0.99)).toBe(0);
  });
});
