import type { AuditedControl } from '../audit/audit.js';
import type { AttackVerdict, MatrixCell } from '../verdict.js';

/** One message and its answer, secrets cut: what a verdict rests on. */
export interface Evidence {
  readonly step: string;
  readonly request: string;
  /** Status and what mattered of the answer. */
  readonly answer: string;
  readonly outcome: 'as it must be' | 'refused' | 'let through' | 'unexpected';
}

/** One try of an attack. */
export interface ProbeResult {
  readonly probe: string;
  readonly says: string;
  readonly outcome: 'stopped' | 'succeeded' | 'residual' | 'inconclusive' | 'not-applicable';
  readonly reason: string;
  readonly evidence: readonly Evidence[];
}

export interface ReportedAttack extends AttackVerdict {
  readonly controls?: readonly AuditedControl[];
  readonly probes?: readonly ProbeResult[];
}

/** What was found at one issuer, by reading its configuration or by attacking it. */
export interface ThreatReport {
  readonly kind: 'audit' | 'attack';
  /** The issuer identifier. */
  readonly subject: string;
  readonly profile?: string;
  readonly at: Date;
  readonly attacks: readonly ReportedAttack[];
  readonly matrix: readonly MatrixCell[];
  /** What a reader must know of how it was made. */
  readonly notes: readonly string[];
}

export const verdictWords = { enforced: 'enforced', partial: 'partial', violated: 'violated', 'not-applicable': 'n/a', unknown: 'unknown' } as const;
