import type { AssentConfig } from '@assent/config';
import { Command, Option } from 'commander';
import { cpus } from 'node:os';
import { resolve } from 'node:path';
import { foreignTarget } from './bench/foreign-target.js';
import { measure } from './bench/measure.js';
import { startPrivateStack, type Stack } from './bench/private-stack.js';
import { failuresOf, figures, report, table, type Row } from './bench/report.js';
import { benchBackchannel } from './bench/backchannel.js';
import { benchRevocation } from './bench/revocation.js';
import { scenarios } from './bench/scenarios.js';

interface Options {
  readonly grants: string;
  readonly pending: string;
  readonly requests: string;
  readonly concurrency: string;
  readonly rounds: string;
  readonly logLevel: AssentConfig['logLevel'];
  readonly only?: string;
  readonly json?: boolean;
  readonly cpuProfile?: string;
  readonly issuer?: string;
  readonly client?: string;
  readonly authority?: string;
  readonly iOwnThisTarget?: boolean;
}

async function open(options: Options, signal: AbortSignal): Promise<Stack> {
  const { issuer, client, authority, iOwnThisTarget = false, logLevel, cpuProfile } = options;
  if (issuer === undefined) return startPrivateStack({ logLevel, signal, profileFolder: cpuProfile && resolve(cpuProfile) });
  if (client === undefined) throw new Error('--issuer needs --client FILE: {"client_id", "redirect_uri", "scope", "key"}');
  const target = await foreignTarget({ issuer, clientFile: client, authorityFile: authority, owned: iOwnThisTarget });
  return { target, servers: [], witness: undefined, pinned: false, stop: () => Promise.resolve() };
}

function wantedScenarios({ only }: Options): typeof scenarios {
  const wanted = only?.split(',');
  const unknown = wanted?.filter((name) => !scenarios.some((scenario) => scenario.name === name)) ?? [];
  if (unknown.length > 0) throw new Error(`--only: unknown ${unknown.join(', ')}; there are ${scenarios.map(({ name }) => name).join(', ')}`);
  return scenarios.filter(({ name }) => wanted === undefined || wanted.includes(name));
}

function atLeastOne(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name}: a whole number above 0`);
  return value;
}

async function bench(options: Options, signal: AbortSignal): Promise<void> {
  // What is said on the way goes beside the result, so that the result can be piped.
  const say = (line: string): void => void (options.json ? process.stderr : process.stdout).write(`${line}\n`);
  const wanted = wantedScenarios(options);
  const sizes = { requests: atLeastOne('requests', options.requests), concurrency: atLeastOne('concurrency', options.concurrency), rounds: atLeastOne('rounds', options.rounds) };
  say('starting …');
  const { target, servers, witness, pinned, stop } = await open(options, signal);
  const rows: Row[] = [];
  try {
    const machine = `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.version}`;
    const placed = servers.length === 0 ? '' : pinned ? ' Servers on one core, load and database on another.' : ' Not pinned to cores: the figures are noisier.';
    say(`${target.name}: ${sizes.rounds} rounds of ${sizes.requests} requests, ${sizes.concurrency} at a time. ${machine}.${placed}`);
    for (const scenario of wanted.filter(({ door }) => door(target) !== undefined)) {
      signal.throwIfAborted();
      const row = { scenario: { name: scenario.name, title: scenario.title, ...(scenario.budget ? { budget: scenario.budget } : {}) }, rounds: await measure(scenario, target, { ...sizes, witness, signal }) };
      rows.push(row);
      const failure = row.rounds.find(({ measured }) => measured.firstFailure !== undefined)?.measured.firstFailure;
      say(`  ${scenario.name}: ${figures(row).cpuMs.toFixed(2)} ms${failure === undefined ? '' : `; failed: ${failure}`}`);
    }
    const processes = servers.map(({ app, readyMs, idleRssMb }) => ({ app, readyMs: Math.round(readyMs), idleRssMb: Math.round(idleRssMb) }));
    if (options.json) process.stdout.write(`${JSON.stringify({ target: target.name, machine, pinned, logLevel: options.logLevel, ...sizes, processes, scenarios: report(rows) }, undefined, 2)}\n`);
    else say(`${table(rows)}\n${processes.map(({ app, readyMs, idleRssMb }) => `${app}: ready after ${(readyMs / 1000).toFixed(1)} s, ${idleRssMb} MB idle`).join('\n')}`);
    if (rows.some((row) => failuresOf(row) > 0)) process.exitCode = 1;
  } finally {
    await stop();
  }
}

const program = new Command('npm run bench --')
  .argument('[subject]', 'revocation: the time from a revocation to the first 401, and what following revocations costs; ciba: many requests by the back channel that wait on one process')
  .option('--grants <n>', 'with revocation: grants revoked', '200')
  .option('--pending <n>', 'with ciba: requests that wait at the same time', '10000')
  .description('Measures what a request costs: a private stack, requests signed beforehand, the servers on one core. Figures are medians of rounds.')
  .option('--requests <n>', 'requests a round', '3000')
  .option('--rounds <n>', 'rounds a scenario', '3')
  .option('--concurrency <n>', 'connections', '16')
  .option('--only <names>', `scenarios, separated by commas: ${scenarios.map(({ name }) => name).join(', ')}`)
  .addOption(new Option('--log-level <level>', 'of the private stack; its log goes to a file').choices(['fatal', 'error', 'warn', 'info', 'debug']).default('info'))
  .option('--cpu-profile <folder>', 'write a CPU profile of each server there')
  .option('--json', 'the result as JSON on stdout')
  .option('--issuer <url>', 'measure this issuer instead')
  .option('--client <file>', 'with --issuer: a client of yours there, with its private key')
  .option('--authority <file>', 'with --issuer: PEM root to trust')
  .option('--i-own-this-target', 'with --issuer: it is not on this machine, and it is mine');

program.parse();

const stopping = new AbortController();
const stopped = new Error('stopped');
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stopping.abort(stopped));
try {
  const [subject] = program.args;
  const options = program.opts<Options>();
  if (subject === undefined) await bench(options, stopping.signal);
  else if (subject === 'revocation') await benchRevocation({ grants: atLeastOne('grants', options.grants), logLevel: options.logLevel, json: options.json ?? false, signal: stopping.signal });
  else if (subject === 'ciba') await benchBackchannel({ pending: atLeastOne('pending', options.pending), logLevel: options.logLevel, json: options.json ?? false, signal: stopping.signal });
  else throw new Error(`unknown subject ${subject}; there are revocation and ciba`);
} catch (error) {
  const asked = stopping.signal.aborted;
  process.stderr.write(asked ? 'Stopped.\n' : `The bench could not run: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = asked ? 130 : 1;
}
