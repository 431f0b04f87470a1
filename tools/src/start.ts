import { readFile } from 'node:fs/promises';
import type { AssentConfig } from '@assent/config';
import { adminTokenFile } from '@assent/directory';
import { addressesOf, databaseAddress } from './launch/addresses.js';
import { board } from './launch/board.js';
import { command, configOf, root } from './launch/command.js';
import { databasePortOf } from './launch/database-access.js';
import { explain, Failure } from './launch/failure.js';
import { lockDataFolder, type Lock } from './launch/lock.js';
import { takenPorts, waitForPorts } from './launch/ports.js';
import { startStack } from './launch/stack.js';
import { onStopRequest } from './launch/stop-request.js';
import { Supervisor } from './launch/supervisor.js';
import { openTerminal } from './launch/terminal.js';

/** How long processes of a killed run may take to notice and let go of their ports. */
const leftoversMs = 20_000;

const options = command('npm start --', 'Runs the whole local stack: PostgreSQL, authorization server, resource server, grants API and demo app.')
  .option('-v, --verbose', 'show every log line, not only warnings and errors', false)
  .parse()
  .opts<{ config?: string; verbose: boolean }>();

const terminal = openTerminal(options);
const supervisor = new Supervisor((line) => terminal.fail(line));
const stopAsked = new Promise<'stop'>((ask) => {
  onStopRequest(
    () => ask('stop'),
    () => {
      supervisor.kill();
      process.exit(130);
    },
  );
});

let lock: Lock | undefined;
let exitCode = 0;
try {
  const outcome = await Promise.race([start(), stopAsked]);
  if (outcome !== 'stop') {
    terminal.say(outcome);
    await Promise.race([supervisor.failure, stopAsked]);
  }
  terminal.say('\nStopping …');
} catch (error) {
  exitCode = 1;
  terminal.fail(explain(error));
}
await supervisor.stop();
lock?.release();
if (exitCode === 0) terminal.say('Stopped.');
process.exit(exitCode);

async function start(): Promise<string> {
  const config = await configOf(options);
  for (const warning of config.warnings) terminal.say(`Warning: ${warning}`);
  const databasePort = databasePortOf(process.env);
  lock = await lockDataFolder(config.dataFolder, databasePort);
  await provePortsFree(config, databasePort, lock.afterCrash);
  const { databaseUrl } = await startStack({
    config,
    configFile: config.file,
    root,
    databasePort,
    env: process.env,
    supervisor,
    onLine: (name, line) => terminal.log(name, line),
    onStep: (text) => terminal.say(text),
  });
  const seconds = performance.now() / 1000;
  const directoryToken = await readAdminToken(config);
  return board({ config, databaseUrl, directoryToken, embeddedDatabase: config.database.url === undefined, seconds, cwd: process.cwd() });
}

/** What the directory made for its administrator, in development. */
async function readAdminToken({ mode, dataFolder, directory }: AssentConfig): Promise<string | undefined> {
  if (mode !== 'development' || !directory || directory.adminTokenHash !== undefined) return undefined;
  return readFile(adminTokenFile(dataFolder), 'utf8').then((text) => text.trim(), () => undefined);
}

async function provePortsFree(config: AssentConfig, databasePort: number, afterCrash: boolean): Promise<void> {
  const addresses = [...addressesOf(config), ...(config.database.url === undefined ? [databaseAddress(databasePort)] : [])];
  if (afterCrash) await waitForPorts(addresses, leftoversMs);
  const [first, ...more] = await takenPorts(addresses);
  if (first !== undefined) throw new Failure(more.length === 0 ? first : `${first} (${more.length} more of its ports are taken too.)`);
}
