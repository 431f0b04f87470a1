import { attackOf } from '../model/attacks.js';
import type { ReportedAttack, ThreatReport } from './report.js';

/** JUnit XML: a suite for each issuer, a case for each attack; an attack that succeeds is a failure, one nobody could try is skipped. */
export function junitReport(reports: readonly ThreatReport[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${reports.map(suite).join('\n')}\n</testsuites>\n`;
}

function suite({ subject, attacks, at }: ThreatReport): string {
  const count = (...verdicts: readonly string[]): number => attacks.filter(({ verdict }) => verdicts.includes(verdict)).length;
  return `  <testsuite name="${text(subject)}" tests="${attacks.length}" failures="${count('violated')}" skipped="${count('unknown', 'not-applicable')}" timestamp="${at.toISOString()}">\n${attacks.map((one) => testCase(one, subject)).join('\n')}\n  </testsuite>`;
}

function testCase({ id, verdict, reason }: ReportedAttack, subject: string): string {
  const head = `    <testcase classname="${text(subject)}" name="${id} ${text(attackOf(id).title)}"`;
  if (verdict === 'violated') return `${head}><failure message="${text(reason)}"/></testcase>`;
  if (verdict === 'unknown' || verdict === 'not-applicable') return `${head}><skipped message="${text(reason)}"/></testcase>`;
  return `${head}><system-out>${text(`${verdict}: ${reason}`)}</system-out></testcase>`;
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };
// XML 1.0 has no way to write most control characters.
const text = (value: string): string => value.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, ' ').replace(/[&<>"']/g, (one) => entities[one] ?? one);
