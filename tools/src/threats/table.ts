import { attackerIds, attackOf, goalIds, tally, verdictWords, type ThreatReport, type Verdict } from '@assent/threat-model';
import Table from 'cli-table3';

const colours: Readonly<Record<Verdict, number>> = { enforced: 32, partial: 33, violated: 31, unknown: 35, 'not-applicable': 90 };

/** A report as a terminal shows it: the matrix, then every attack that is not simply stopped. `colour`: as the terminal can. */
export function tableReport({ subject, profile, attacks, matrix, notes }: ThreatReport, colour: boolean): string {
  const word = (verdict: Verdict): string => (colour ? `\u001b[${colours[verdict]}m${verdictWords[verdict]}\u001b[39m` : verdictWords[verdict]);
  const fields = tableOf(['', ...goalIds]);
  for (const attacker of attackerIds) {
    fields.push([attacker, ...goalIds.map((goal) => word(matrix.find((cell) => cell.attacker === attacker && cell.goal === goal)?.verdict ?? 'unknown'))]);
  }
  const remarkable = attacks.filter(({ verdict }) => verdict !== 'enforced' && verdict !== 'not-applicable');
  const told = tableOf(['Attack', 'Verdict', 'What it is', 'Why'], [13, 10, 46, 92]);
  for (const { id, verdict, reason } of remarkable) told.push([id, word(verdict), attackOf(id).title, reason]);
  const counts = tally(attacks);
  const summary = (['enforced', 'partial', 'violated', 'unknown', 'not-applicable'] as const).map((verdict) => `${counts[verdict]} ${verdictWords[verdict]}`).join(', ');
  return [`${subject}${profile === undefined ? '' : ` (${profile})`}: ${attacks.length} attacks: ${summary}`, fields.toString(), ...notes, ...(remarkable.length > 0 ? [told.toString()] : [])].join('\n');
}

const tableOf = (head: string[], colWidths?: number[]): Table.Table => new Table({ head, wordWrap: true, ...(colWidths && { colWidths }), style: { head: [], border: [] } });
