import { refusalOf } from '@assent/threat-model';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What a process has asked of its database since its start. */
export interface DatabaseStatistics {
  readonly statements: number;
  readonly commits: number;
}

/** Clients that registered at an issuer, of one status. */
export interface ClientCount {
  readonly issuer: string;
  readonly status: string;
  readonly count: number;
}

/** The Prometheus figures of one app. */
export class Metrics {
  readonly registry = new Registry();
  private readonly durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the request line to the end of the response.',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [this.registry],
  });
  private readonly refusals = new Counter({ name: 'assent_refusals_total', help: 'Requests refused, by rule.', labelNames: ['rule'] as const, registers: [this.registry] });
  private readonly threats = new Counter({
    name: 'assent_threat_refusals_total',
    help: 'Requests a control refused, by the control and the attack they most looked like (docs/threat-model.md).',
    labelNames: ['control', 'attack'] as const,
    registers: [this.registry],
  });

  /** `processMetrics` only for the app that serves them: they watch the whole process. */
  constructor(processMetrics: boolean) {
    if (processMetrics) collectDefaultMetrics({ register: this.registry });
  }

  /** Counts what the app has asked of its database, read when the figures are. */
  observeDatabase(statistics: () => DatabaseStatistics): void {
    const registers = [this.registry];
    const counted = (name: string, help: string, read: (now: DatabaseStatistics) => number): void => {
      let seen = 0;
      const collect = function (this: Counter): void {
        const total = read(statistics());
        this.inc(total - seen);
        seen = total;
      };
      new Counter({ name, help, registers, collect });
    };
    counted('assent_sql_statements_total', 'SQL statements sent.', ({ statements }) => statements);
    counted('assent_sql_commits_total', 'Statements that wrote, each its own transaction.', ({ commits }) => commits);
  }

  /** Tells how many clients registered, read when the figures are. */
  observeClients(counts: () => readonly ClientCount[]): void {
    const collect = function (this: Gauge<'issuer' | 'status'>): void {
      this.reset();
      for (const { count, ...labels } of counts()) this.set(labels, count);
    };
    new Gauge({ name: 'assent_registered_clients', help: 'Clients that registered, by issuer and status.', labelNames: ['issuer', 'status'] as const, registers: [this.registry], collect });
  }

  /** `route` is the pattern, never the address: addresses hold identifiers and have no bound. */
  answered(method: string, route: string, status: number, seconds: number): void {
    this.durations.observe({ method, route, status }, seconds);
  }

  refused(rule: string): void {
    this.refusals.inc({ rule });
    const refusal = refusalOf(rule);
    if (refusal) this.threats.inc({ control: refusal.control, attack: refusal.attack });
  }
}
