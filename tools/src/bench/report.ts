import Table from 'cli-table3';
import type { Measured } from './load.js';
import type { Reading } from './meter.js';

export interface Row {
  readonly name: string;
  readonly measured: Measured;
  readonly before: Reading | undefined;
  readonly after: Reading | undefined;
  /** The issue's target for CPU (ms), statements and commits, where it names one. */
  readonly budget?: string | undefined;
}

/** The figures of one scenario, per request. */
export function figures({ measured, before, after }: Row): Readonly<Record<'rate' | 'p50' | 'p99' | 'cpuMs' | 'statements' | 'commits' | 'rssMb', number>> {
  const per = (total: number): number => (measured.count === 0 ? 0 : total / measured.count);
  return {
    rate: measured.count / measured.seconds,
    p50: measured.p50,
    p99: measured.p99,
    cpuMs: per(((after?.cpuSeconds ?? 0) - (before?.cpuSeconds ?? 0)) * 1000),
    statements: per((after?.statements ?? 0) - (before?.statements ?? 0)),
    commits: per((after?.commits ?? 0) - (before?.commits ?? 0)),
    rssMb: after?.rssMb ?? 0,
  };
}

export function table(rows: readonly Row[]): string {
  const drawn = new Table({
    head: ['scenario', 'requests', 'per second', 'p50 ms', 'p99 ms', 'server CPU ms', 'statements', 'commits', 'RSS MB', 'budget'],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right', 'right', 'right', 'right', 'left'],
    style: { head: [], border: [] },
  });
  for (const row of rows) {
    const { rate, p50, p99, cpuMs, statements, commits, rssMb } = figures(row);
    const metered = row.after !== undefined;
    const shown = (value: number, digits: number): string => (metered ? value.toFixed(digits) : '–');
    drawn.push([
      row.name, `${row.measured.count}${row.measured.failures > 0 ? ` (${row.measured.failures} failed)` : ''}`, rate.toFixed(0), p50.toFixed(1), p99.toFixed(1),
      shown(cpuMs, 2), shown(statements, 2), shown(commits, 2), shown(rssMb, 0), row.budget ?? '',
    ]); // prettier-ignore
  }
  return drawn.toString();
}
