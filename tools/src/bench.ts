import { Command } from 'commander';
import { cpus } from 'node:os';
import { foreignTarget } from './bench/foreign-target.js';
import { startPrivateStack, type PrivateStack } from './bench/private-stack.js';
import { table, type Row } from './bench/report.js';
import { measure, scenarios } from './bench/scenarios.js';

interface Options {
  readonly requests: string;
  readonly concurrency: string;
  readonly only?: string;
  readonly issuer?: string;
  readonly client?: string;
  readonly authority?: string;
  readonly iOwnThisTarget?: boolean;
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);

async function open(options: Options): Promise<PrivateStack> {
  if (options.issuer === undefined) return startPrivateStack(print);
  if (options.client === undefined) throw new Error('--issuer needs --client FILE: {"client_id", "redirect_uri", "scope", "key"}');
  const target = await foreignTarget({ issuer: options.issuer, clientFile: options.client, authorityFile: options.authority, owned: options.iOwnThisTarget ?? false });
  return { target, stop: () => Promise.resolve() };
}

async function bench(options: Options): Promise<void> {
  const wanted = options.only?.split(',');
  const unknown = wanted?.filter((name) => !scenarios.some((scenario) => scenario.name === name)) ?? [];
  if (unknown.length > 0) throw new Error(`--only: unknown ${unknown.join(', ')}; there are ${scenarios.map(({ name }) => name).join(', ')}`);
  const requests = Number(options.requests);
  const concurrency = Number(options.concurrency);
  const { target, stop } = await open(options);
  try {
    print(`${target.name}: ${requests} requests a scenario, ${concurrency} at a time. ${cpus()[0]?.model ?? ''}, ${cpus().length} cores, Node ${process.version}.`);
    const rows: Row[] = [];
    for (const scenario of scenarios.filter(({ name, possible }) => possible(target) && (wanted === undefined || wanted.includes(name)))) {
      print(`  ${scenario.title} …`);
      const row = await measure(scenario, target, requests, concurrency);
      rows.push(row);
      if (row.measured.firstFailure !== undefined) print(`    ${row.measured.failures} failed; the first: ${row.measured.firstFailure}`);
    }
    print(table(rows));
    if (rows.some(({ measured }) => measured.failures > 0)) process.exitCode = 1;
  } finally {
    await stop();
  }
}

const program = new Command('npm run bench --')
  .description('Measures what a request costs: a private stack, requests signed beforehand, the server on one core.')
  .option('--requests <n>', 'requests a scenario', '4000')
  .option('--concurrency <n>', 'connections', '16')
  .option('--only <names>', 'scenarios, separated by commas')
  .option('--issuer <url>', 'measure this issuer instead')
  .option('--client <file>', 'with --issuer: a client of yours there, with its private key')
  .option('--authority <file>', 'with --issuer: PEM root to trust')
  .option('--i-own-this-target', 'with --issuer: it is not on this machine, and it is mine');

program.parse();
try {
  await bench(program.opts<Options>());
} catch (error) {
  print(`The bench could not run: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
