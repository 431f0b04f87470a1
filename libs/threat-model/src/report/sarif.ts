import { attackOf } from '../model/attacks.js';
import type { Verdict } from '../verdict.js';
import type { ReportedAttack, ThreatReport } from './report.js';

const levels: Readonly<Record<Verdict, 'error' | 'warning' | 'note' | 'none'>> = { violated: 'error', unknown: 'warning', partial: 'note', enforced: 'none', 'not-applicable': 'none' };
const kinds: Readonly<Record<Verdict, 'fail' | 'open' | 'review' | 'pass' | 'notApplicable'>> = { violated: 'fail', unknown: 'open', partial: 'review', enforced: 'pass', 'not-applicable': 'notApplicable' };

/** SARIF 2.1.0: one run for each report, one result for each attack. `file`: where the configuration lies, relative. */
export const sarifReport = (reports: readonly ThreatReport[], file: string): object => ({
  $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
  version: '2.1.0',
  runs: reports.map((report) => ({
    tool: { driver: { name: 'assent-threats', informationUri: 'https://openid.net/specs/fapi-attacker-model-2_0.html', rules: report.attacks.map(({ id }) => ruleOf(id)) } },
    automationDetails: { id: `${report.kind}/${report.subject}` },
    results: report.attacks.map((attack, index) => resultOf(attack, index, report, file)),
  })),
});

function ruleOf(id: ReportedAttack['id']): object {
  const { title, attackers, goals, clause, residual } = attackOf(id);
  return { id, shortDescription: { text: title }, ...(residual === undefined ? {} : { help: { text: residual } }), properties: { attackers, goals, clause } };
}

function resultOf({ id, verdict, reason }: ReportedAttack, ruleIndex: number, { subject }: ThreatReport, file: string): object {
  return {
    ruleId: id,
    ruleIndex,
    kind: kinds[verdict],
    level: levels[verdict],
    message: { text: `${subject}: ${attackOf(id).title}: ${reason}` },
    locations: [{ physicalLocation: { artifactLocation: { uri: file } }, logicalLocations: [{ fullyQualifiedName: subject }] }],
  };
}
