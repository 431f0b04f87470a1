import Table from 'cli-table3';
import { median } from './load.js';
import type { Round } from './measure.js';
import type { Budget, Scenario } from './scenarios.js';

export interface Row {
  readonly scenario: Pick<Scenario, 'name' | 'title' | 'budget'>;
  readonly rounds: readonly Round[];
}

const figureNames = ['rate', 'p50', 'p99', 'cpuMs', 'statements', 'commits', 'countedStatements', 'countedCommits', 'rssMb'] as const;
export type Figures = Readonly<Record<(typeof figureNames)[number], number>>;

/** What one round cost, per request that succeeded. */
export function figuresOf({ measured, before, after, counted }: Round): Figures {
  const { count } = measured;
  const per = (total: number): number => (count === 0 ? 0 : total / count);
  return {
    rate: count / measured.seconds,
    p50: measured.p50,
    p99: measured.p99,
    cpuMs: per(((after?.cpuSeconds ?? 0) - (before?.cpuSeconds ?? 0)) * 1000),
    statements: per((after?.statements ?? 0) - (before?.statements ?? 0)),
    commits: per((after?.commits ?? 0) - (before?.commits ?? 0)),
    countedStatements: per((counted?.after.statements ?? 0) - (counted?.before.statements ?? 0)),
    countedCommits: per((counted?.after.commits ?? 0) - (counted?.before.commits ?? 0)),
    rssMb: after?.rssMb ?? 0,
  };
}

/** A scenario's figures: the median of its rounds, each figure for itself. */
export function figures({ rounds }: Row): Figures {
  const all = rounds.map(figuresOf);
  return Object.fromEntries(figureNames.map((name) => [name, median(all.map((one) => one[name]))])) as unknown as Figures;
}

export const failuresOf = ({ rounds }: Row): number => rounds.reduce((sum, { measured }) => sum + measured.failures, 0);

/** What the private stack asks of its database without being asked itself: its revocation feed, mostly. */
const idleStatementsPerSecond = 8;

/** Whether the database counted what the servers did, but for what they do by themselves meanwhile. */
function agree({ measured, ...round }: Round): boolean {
  const { statements, commits, countedStatements, countedCommits } = figuresOf({ measured, ...round });
  const idle = (idleStatementsPerSecond * measured.seconds) / Math.max(1, measured.count);
  return Math.abs(countedStatements - statements) <= idle + 0.01 && Math.abs(countedCommits - commits) <= 0.01;
}

/** Whether a scenario keeps its budget; `undefined` without one, or without anything metered. */
export function withinBudget(row: Row): boolean | undefined {
  const { budget } = row.scenario;
  if (!budget || row.rounds[0]?.after === undefined) return undefined;
  const { cpuMs, statements, commits } = figures(row);
  return cpuMs <= budget.cpuMs && commits <= budget.commits + 0.02 && statements <= (budget.statements ?? Infinity) + 0.02;
}

const budgetText = ({ cpuMs, statements, commits }: Budget): string =>
  [`${cpuMs} ms`, ...(statements === undefined ? [] : [`${statements} st.`]), `${commits} co.`].join(', ');

export function table(rows: readonly Row[]): string {
  const drawn = new Table({
    head: ['per request', 'req/s', 'p50 ms', 'p99 ms', 'CPU ms', 'SQL', 'commits', 'PostgreSQL counted', 'RSS MB', 'budget'],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right', 'right', 'right', 'right', 'left'],
    style: { head: [], border: [], compact: true },
  });
  for (const row of rows) drawn.push(cells(row));
  return drawn.toString();
}

function cells(row: Row): string[] {
  const { rate, p50, p99, cpuMs, statements, commits, countedStatements, countedCommits, rssMb } = figures(row);
  const [first] = row.rounds;
  const metered = (value: number, digits: number): string => (first?.after === undefined ? '–' : value.toFixed(digits));
  const counted = first?.counted === undefined ? '–' : row.rounds.every(agree) ? 'the same' : `${countedStatements.toFixed(2)}, ${countedCommits.toFixed(2)}`;
  const failures = failuresOf(row);
  const { title, budget } = row.scenario;
  return [
    failures > 0 ? `${title} (${failures} failed)` : title, rate.toFixed(0), p50.toFixed(1), p99.toFixed(1), metered(cpuMs, 2), metered(statements, 2),
    metered(commits, 2), counted, metered(rssMb, 0), budget ? `${budgetText(budget)}${withinBudget(row) === false ? ' – over' : ''}` : '',
  ]; // prettier-ignore
}

/** The same for programs: medians, and every round behind them. */
export const report = (rows: readonly Row[]): object[] =>
  rows.map((row) => ({ ...row.scenario, failures: failuresOf(row), withinBudget: withinBudget(row), ...figures(row), rounds: row.rounds.map(figuresOf) }));
