import { readFile, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { loadConfig, type AssentConfig } from '@assent/config';
import { auditReport, htmlReport, junitReport, matrixOf, sarifReport, withModel, type KillTable, type ProbeResult, type ThreatReport } from '@assent/threat-model';
import { attack, defaultBudget, readTarget, type Target } from '@assent/threat-model/attack';
import { Command, InvalidArgumentError, Option } from 'commander';
import { setTimeout as sleep } from 'node:timers/promises';
import { command, root, run } from './launch/command.js';
import { isMarketIssuer } from '@assent/relying-party';
import { localTarget } from './threats/local-target.js';
import { marketTarget } from './threats/market-target.js';
import { tableReport } from './threats/table.js';

const formats = ['table', 'json', 'junit', 'sarif', 'html'] as const;
type Format = (typeof formats)[number];

interface Output {
  readonly format: Format;
  readonly output?: string;
}

const output = (subcommand: Command): Command =>
  subcommand.addOption(new Option('-f, --format <format>', 'how to tell it').choices(formats).default('table')).option('-o, --output <file>', 'where to write it; the terminal, unless told');

const program = new Command('npm run threats --').description('The FAPI 2.0 attacker model: what each attacker gets, and what stops them.');
program.addCommand(
  output(command('audit', 'reads configuration, profiles, clients and keys').option('-i, --issuer <name>', 'one issuer; all, unless told')).action((options: Output & { readonly issuer?: string; readonly config?: string }) => run(() => audit(options))),
);
program.addCommand(
  output(command('attack', 'mounts each attack on issuers, over the wire'))
    .requiredOption('-t, --target <issuer...>', 'issuers of the configuration, by name or identifier, or files that describe others (docs/threat-model.md)')
    .option('--i-own-this-target', 'attack addresses that are not this machine: only what is yours', false)
    .option('--wait <seconds>', 'longest time to let pass for attacks that take time', positive, 0)
    .option('--requests <number>', 'most requests for one target', positive, defaultBudget.requests)
    .option('--seconds <number>', 'most time for one target, waiting not counted', positive, defaultBudget.seconds)
    .action((options: AttackCommand) => run(() => attackAll(options))),
);
program
  .command('document')
  .description('writes the model into docs/threat-model.md')
  .action(() => run(document));
await program.parseAsync();

interface AttackCommand extends Output {
  readonly target: readonly string[];
  readonly config?: string;
  readonly iOwnThisTarget: boolean;
  readonly wait: number;
  readonly requests: number;
  readonly seconds: number;
}

async function attackAll({ target: names, config: file, iOwnThisTarget, wait: longest, requests, seconds, ...options }: AttackCommand): Promise<void> {
  const reports: ThreatReport[] = [];
  const targets = await Promise.all(names.map((name) => targetOf(name, file)));
  // A deployment slows an address down, whichever of its issuers the wrong passwords were for: one of them is enough.
  const tried = targets.findLast(({ audited }) => audited !== undefined);
  for (const one of targets) {
    const { audited, close } = one;
    const { mostPasswords, ...quiet } = one.target;
    const target = audited === undefined || one === tried ? one.target : quiet;
    const wait = async (time: number): Promise<boolean> => {
      if (time > longest) return false;
      await sleep(time * 1000);
      return true;
    };
    const onProbe = ({ probe, outcome, reason }: ProbeResult): void => void (outcome === 'stopped' || console.error(`${probe}: ${outcome}: ${reason}`));
    const report = await attack(target, { budget: { requests, seconds: seconds + longest * 3 }, anywhere: iOwnThisTarget, wait, onProbe }).finally(close);
    reports.push(audited ? withAudit(report, audited) : report);
  }
  await tell(reports, options, names.join(', '));
  if (reports.some(({ attacks }) => attacks.some(({ verdict }) => verdict === 'violated'))) process.exitCode = 1;
}

/** What could not be tried is read from the configuration instead, where there is one, and says so. */
function withAudit(report: ThreatReport, audited: ThreatReport): ThreatReport {
  const attacks = report.attacks.map((one) => {
    const read = audited.attacks.find(({ id }) => id === one.id);
    return one.verdict === 'unknown' && read ? { ...one, verdict: read.verdict, reason: `read from the configuration, not tried (${one.reason}): ${read.reason}` } : one;
  });
  return { ...report, ...(audited.profile === undefined ? {} : { profile: audited.profile }), attacks, matrix: matrixOf(attacks) };
}

/** A file describes any issuer; everything else is one of the configuration. */
async function targetOf(name: string, file: string | undefined): Promise<{ readonly target: Target; readonly audited?: ThreatReport; readonly close?: () => Promise<void> }> {
  if (name.endsWith('.json')) return { target: await readTarget(resolve(name)) };
  const config = await loadConfig({ file: file && resolve(file), env: process.env, cwd: root, purpose: 'audit' });
  const issuer = config.issuers.find((one) => one.name === name || one.issuer === name);
  if (!issuer) throw new Error(`${name} is neither a file that describes a target (*.json) nor an issuer of the configuration (${config.issuers.map((one) => one.name).join(', ')})`);
  const audited = auditReport(config, issuer, new Date());
  return isMarketIssuer(issuer) ? { ...(await marketTarget(config, issuer)), audited } : { target: await localTarget(config, issuer), audited };
}

function positive(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('expected a whole number');
  return Number(text);
}

async function document(): Promise<void> {
  const file = join(root, 'docs/threat-model.md');
  const kills = JSON.parse(await readFile(join(root, 'docs/threat-model.kills.json'), 'utf8')) as KillTable;
  await writeFile(file, withModel(await readFile(file, 'utf8'), kills));
}

async function audit({ issuer: wanted, config: file, ...options }: Output & { readonly issuer?: string; readonly config?: string }): Promise<void> {
  // Nothing is written, and what succeeds is told of instead of refused.
  const config = await loadConfig({ file: file && resolve(file), env: process.env, cwd: root, purpose: 'audit' });
  const issuers = config.issuers.filter(({ name }) => wanted === undefined || name === wanted);
  if (issuers.length === 0) throw new Error(`no issuer is named ${wanted ?? ''}; there are ${config.issuers.map(({ name }) => name).join(', ')}`);
  const reports = issuers.map((issuer) => auditReport(config, issuer, new Date()));
  await tell(reports, options, fileOf(config));
  if (reports.some(({ attacks }) => attacks.some(({ verdict }) => verdict === 'violated'))) process.exitCode = 1;
}

function fileOf({ file }: AssentConfig): string {
  return file === undefined ? 'configuration' : relative(root, file);
}

async function tell(reports: readonly ThreatReport[], { format, output: file }: Output, source: string): Promise<void> {
  const colour = file === undefined && process.stdout.isTTY === true && process.env['NO_COLOR'] === undefined;
  const texts: Readonly<Record<Format, () => string>> = {
    table: () => `${reports.map((report) => tableReport(report, colour)).join('\n\n')}\n`,
    json: () => `${JSON.stringify(reports, undefined, 2)}\n`,
    junit: () => junitReport(reports),
    sarif: () => `${JSON.stringify(sarifReport(reports, source), undefined, 2)}\n`,
    html: () => htmlReport(reports),
  };
  const text = texts[format]();
  if (file === undefined) process.stdout.write(text);
  else await writeFile(file, text);
}
