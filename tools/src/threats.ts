import { readFile, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { loadConfig, type AssentConfig } from '@assent/config';
import { auditReport, htmlReport, junitReport, sarifReport, withModel, type ThreatReport } from '@assent/threat-model';
import { Command, Option } from 'commander';
import { command, root, run } from './launch/command.js';
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
program
  .command('document')
  .description('writes the model into docs/threat-model.md')
  .action(() => run(document));
await program.parseAsync();

async function document(): Promise<void> {
  const file = join(root, 'docs/threat-model.md');
  await writeFile(file, withModel(await readFile(file, 'utf8')));
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
