import Table from 'cli-table3';
import { diffProfiles, explainProfile, issuerProfiles, profileNamed, type ExplainedRule, type ExplainedValue, type Profile } from '@assent/profiles';
import { Command } from 'commander';
import { markets, type Market } from '@assent/markets';
import { configForAudit, run } from './launch/command.js';
import { explainMarket } from './profile/explain-market.js';
import { lintIssuer, type Reason } from './profile/lint.js';
import { told } from './profile/told.js';

interface Options {
  readonly json?: boolean;
}

const program = new Command('npm run profile --').description('Security profiles and national markets: what each of them asks, where that is enforced, and who would not pass.');
program
  .command('list')
  .description('the profiles and markets an issuer may run on')
  .action(() => run(async () => list()));
program
  .command('explain')
  .argument('<profile>', 'its name, or that of a market')
  .description('every value and rule with its clause and where it is enforced')
  .option('--json', 'as JSON')
  .action((name: string, options: Options) => run(async () => explain(named(name), options)));
program
  .command('diff')
  .argument('<left>')
  .argument('<right>')
  .description('what two profiles ask differently, side by side')
  .option('--json', 'as JSON')
  .action((left: string, right: string, options: Options) => run(async () => diff(named(left), named(right), options)));
program
  .command('lint')
  .description('each reason why an issuer, or one of its clients, would not pass a market; exit code 1 when there is one')
  .requiredOption('-i, --issuer <name>', 'an issuer of the configuration')
  .option('-m, --market <market>', 'the market; the one it is part of, unless told')
  .option('-c, --config <file>', 'configuration file (ASSENT_CONFIG; config/demo.yaml)')
  .option('--json', 'as JSON')
  .action((options: LintOptions) => run(() => lint(options)));
await program.parseAsync();

/** A profile, or a market with the profile it has. */
interface Named {
  readonly profile: Profile;
  readonly market: Market | undefined;
}

function named(name: string): Named {
  const market = markets.find((one) => one.name === name);
  if (market) return { profile: market.profile, market };
  try {
    return { profile: profileNamed(name), market: undefined };
  } catch (error) {
    throw new Error(`${(error as Error).message}; markets are ${markets.map((one) => one.name).join(', ')}`, { cause: error });
  }
}

function list(): void {
  const table = tableOf(['Profile', 'Refines', 'Client authentication', 'Tokens bound by', 'Requests signed', 'Responses signed']);
  for (const { name, base, policy } of issuerProfiles.map(profileNamed)) {
    table.push([name, base?.name ?? '', policy.clientAuth.join('\n'), policy.senderConstraint.join(', '), policy.requestObject, policy.signedResponse]);
  }
  console.log(table.toString());
  const inMarkets = tableOf(['Market', 'What it is', 'Refines', 'A consent travels as', 'Maturity']);
  for (const { name, title, profile, consent, maturity } of markets) inMarkets.push([name, title, profile.base?.name ?? '', consent.says, maturity]);
  console.log(inMarkets.toString());
}

function explain({ profile, market }: Named, { json }: Options): void {
  const explanation = explainProfile(profile);
  const explained = market && explainMarket(market);
  if (json) return console.log(JSON.stringify({ ...explanation, ...(explained && { market: explained }) }, undefined, 2));
  console.log(`${[explanation.name, ...explanation.refines].join(' refines ')}\n`);
  const values = tableOf(['Value', 'Is', 'Because', 'Enforced in'], [31, 36, 42, 76]);
  for (const value of explanation.values) values.push([value.key, told(value.value), becauseOf(value, profile), `${value.says}\n${value.enforced.join('\n')}`]);
  console.log(values.toString());
  const rules = tableOf(['Rule', 'Asked of', 'Clause', 'The server', 'Stops'], [16, 12, 40, 78, 14]);
  for (const rule of explanation.rules) rules.push(rowOf(rule));
  console.log(rules.toString());
  if (explained) explainInTables(explained);
}

function explainInTables({ title, maturity, unverified, strategies, defaults, routes, details }: ReturnType<typeof explainMarket>): void {
  console.log(`\n${title} (${maturity})`);
  if (unverified.length > 0) console.log(`Not read in a published text:\n${unverified.map((one) => `  - ${one}`).join('\n')}`);
  const chosen = tableOf(['Strategy', 'Is', 'Because'], [40, 76, 60]);
  for (const { name, says, clause } of strategies) chosen.push([name, says, clause]);
  console.log(chosen.toString());
  const silent = tableOf(['Where its configuration is silent', 'an issuer has'], [36, 136]);
  for (const [name, value] of Object.entries(defaults)) silent.push([name, [value as string | readonly string[]].flat().join(', ') || '(none)']);
  console.log(silent.toString());
  const api = tableOf(['Address below the issuer’s', 'Token', 'Body', 'Says', 'Clause'], [112, 44, 34, 40, 40]);
  for (const { address, token, body, says, clause } of routes) api.push([address, token, body, says, clause]);
  console.log(api.toString());
  for (const { type, kind, lodged, permissions, enforced } of details) {
    console.log(`${type} (${kind}, ${lodged ? 'lodged at the bank' : 'carried by the request'})\n${enforced.map((one) => `  - ${one}`).join('\n')}`);
    if (permissions.length === 0) continue;
    const table = tableOf(['Permission', 'The customer reads'], [62, 110]);
    for (const { name, reads } of permissions) table.push([name, reads.join(', ')]);
    console.log(table.toString());
  }
}

interface LintOptions extends Options {
  readonly issuer: string;
  readonly market?: string;
  readonly config?: string;
}

async function lint({ issuer: name, market: wanted, config: file, json }: LintOptions): Promise<void> {
  const config = await configForAudit(file);
  const issuer = config.issuers.find((one) => one.name === name || one.issuer === name);
  if (!issuer) throw new Error(`no issuer is named ${name}; there are ${config.issuers.map((one) => one.name).join(', ')}`);
  const market = wanted === undefined ? issuer.market : markets.find((one) => one.name === wanted);
  if (!market) throw new Error(wanted === undefined ? `${name} is part of no market: name one by --market (${markets.map((one) => one.name).join(', ')})` : `no market is named ${wanted}; there are ${markets.map((one) => one.name).join(', ')}`);
  const reasons = lintIssuer(config, issuer, market);
  if (reasons.length > 0) process.exitCode = 1;
  const { title, maturity, unverified } = market;
  if (json) return console.log(JSON.stringify({ issuer: issuer.issuer, market: market.name, title, maturity, unverified, passes: reasons.length === 0, reasons }, undefined, 2));
  console.log(`${issuer.issuer} in ${title} (${maturity}): ${reasons.length === 0 ? 'nothing stands in the way' : reasons.length === 1 ? 'one reason why it would not pass' : `${reasons.length} reasons why it would not pass`}`);
  if (reasons.length > 0) console.log(reasonsTable(reasons));
  if (unverified.length > 0) console.log(`Not read in a published text, and so not checked against one:\n${unverified.map((one) => `  - ${one}`).join('\n')}`);
}

function reasonsTable(reasons: readonly Reason[]): string {
  const table = tableOf(['Rule', 'Of', 'Setting', 'What stands in the way', 'Clause', 'Fix'], [16, 20, 38, 56, 36, 40]);
  for (const { rule, about, at, problem, clause, fix } of reasons) table.push([rule, about, at, problem, clause, fix]);
  return table.toString();
}

function diff({ profile: left, market: one }: Named, { profile: right, market: other }: Named, { json }: Options): void {
  const difference = diffProfiles(left, right);
  const inMarket = { ...(one && { [one.name]: explainMarket(one) }), ...(other && { [other.name]: explainMarket(other) }) };
  if (json) return console.log(JSON.stringify({ ...difference, ...(one || other ? { markets: inMarket } : {}) }, undefined, 2));
  const { values, onlyLeft, onlyRight } = difference;
  if (values.length + onlyLeft.length + onlyRight.length === 0 && !one && !other) return console.log(`${left.name} and ${right.name} ask the same.`);
  const table = tableOf(['Value', left.name, right.name], [26, 60, 60]);
  for (const { key, left: one, right: other } of values) table.push([key, `${told(one.value)}\n${one.source}`, `${told(other.value)}\n${other.source}`]);
  console.log(table.toString());
  for (const [name, rules] of [[left.name, onlyLeft], [right.name, onlyRight]] as const) {
    for (const { id, clause, says } of rules) console.log(`Only ${name}: ${id} ${says} (${clause})`);
  }
  if (!one && !other) return;
  const [first, second] = [one && explainMarket(one), other && explainMarket(other)];
  const strategies = tableOf(['Strategy', left.name, right.name], [26, 60, 60]);
  const names = [...new Set([first, second].flatMap((market) => market?.strategies.map(({ name }) => name) ?? []))];
  const saysOf = (market: typeof first, name: string): string => market?.strategies.find((strategy) => strategy.name === name)?.says ?? '(no market)';
  for (const name of names) if (saysOf(first, name) !== saysOf(second, name)) strategies.push([name, saysOf(first, name), saysOf(second, name)]);
  console.log(strategies.toString());
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
