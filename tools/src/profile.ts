import Table from 'cli-table3';
import { diffProfiles, explainProfile, issuerProfiles, profileNamed, type ExplainedRule, type ExplainedValue, type Profile } from '@assent/profiles';
import { Command } from 'commander';
import { run } from './launch/command.js';
import { told } from './profile/told.js';

interface Options {
  readonly json?: boolean;
}

const program = new Command('npm run profile --').description('Security profiles: what each of them asks, and where that is enforced.');
program
  .command('list')
  .description('the profiles an issuer may run on')
  .action(() => run(async () => list()));
program
  .command('explain')
  .argument('<profile>', 'its name')
  .description('every value and rule with its clause and where it is enforced')
  .option('--json', 'as JSON')
  .action((name: string, options: Options) => run(async () => explain(profileNamed(name), options)));
program
  .command('diff')
  .argument('<left>')
  .argument('<right>')
  .description('what two profiles ask differently, side by side')
  .option('--json', 'as JSON')
  .action((left: string, right: string, options: Options) => run(async () => diff(profileNamed(left), profileNamed(right), options)));
await program.parseAsync();

function list(): void {
  const table = tableOf(['Profile', 'Refines', 'Client authentication', 'Tokens bound by', 'Requests signed', 'Responses signed']);
  for (const { name, base, policy } of issuerProfiles.map(profileNamed)) {
    table.push([name, base?.name ?? '', policy.clientAuth.join('\n'), policy.senderConstraint.join(', '), policy.requestObject, policy.signedResponse]);
  }
  console.log(table.toString());
}

function explain(profile: Profile, { json }: Options): void {
  const explanation = explainProfile(profile);
  if (json) return console.log(JSON.stringify(explanation, undefined, 2));
  console.log(`${[explanation.name, ...explanation.refines].join(' refines ')}\n`);
  const values = tableOf(['Value', 'Is', 'Because', 'Enforced in'], [31, 36, 42, 76]);
  for (const value of explanation.values) values.push([value.key, told(value.value), becauseOf(value, profile), `${value.says}\n${value.enforced.join('\n')}`]);
  console.log(values.toString());
  const rules = tableOf(['Rule', 'Asked of', 'Clause', 'The server', 'Stops'], [16, 12, 40, 78, 14]);
  for (const rule of explanation.rules) rules.push(rowOf(rule));
  console.log(rules.toString());
}

function diff(left: Profile, right: Profile, { json }: Options): void {
  const difference = diffProfiles(left, right);
  if (json) return console.log(JSON.stringify(difference, undefined, 2));
  const { values, onlyLeft, onlyRight } = difference;
  if (values.length + onlyLeft.length + onlyRight.length === 0) return console.log(`${left.name} and ${right.name} ask the same.`);
  const table = tableOf(['Value', left.name, right.name], [26, 60, 60]);
  for (const { key, left: one, right: other } of values) table.push([key, `${told(one.value)}\n${one.source}`, `${told(other.value)}\n${other.source}`]);
  console.log(table.toString());
  for (const [name, rules] of [[left.name, onlyLeft], [right.name, onlyRight]] as const) {
    for (const { id, clause, says } of rules) console.log(`Only ${name}: ${id} ${says} (${clause})`);
  }
}

/** The clause, who set it, and what it loosens. */
function becauseOf({ source, setBy, loosens }: ExplainedValue, { name }: Profile): string {
  return [source, ...(setBy === name ? [] : [`from ${setBy}`]), ...(loosens ? [`instead of ${loosens.replaces}: ${loosens.why}`] : [])].join('\n');
}

function rowOf({ id, at, clause, says, stops, enforced }: ExplainedRule): string[] {
  return [id, at, clause, `${says}\n${enforced}`, stops.join(', ')];
}

function tableOf(head: string[], colWidths?: number[]): Table.Table {
  return new Table({ head, wordWrap: true, ...(colWidths && { colWidths }), style: { head: [], border: [] } });
}
