import { createWriteStream } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { AssentConfig } from '@assent/config';
import { startEmbeddedPostgres } from '@assent/persistence/embedded';
import type { ChildOptions } from './child.js';
import type { LogLine } from './log-line.js';
import { prepareDatabase, preparePki } from './prepare.js';
import type { Supervisor } from './supervisor.js';

export interface StackOptions {
  readonly config: AssentConfig;
  /** Absolute path of the configuration file, handed on to the applications. */
  readonly configFile: string;
  /** Folder of the checkout or installation. */
  readonly root: string;
  readonly databasePort: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly supervisor: Supervisor;
  /** Each line a process writes. */
  readonly onLine: (name: string, line: LogLine) => void;
  /** Steps that take a while. */
  readonly onStep?: (text: string) => void;
}

export const applications = ['authorization-server', 'resource-server', 'grant-management', 'relying-party', 'directory'] as const;
export type Application = (typeof applications)[number];

/**
 * Makes certificates, starts the database (unless an external one is configured), prepares it and starts the
 * applications. Resolves when every one is ready, with the database's URL. The supervisor ends what was started,
 * also after a failure.
 */
export async function startStack(options: StackOptions): Promise<{ readonly databaseUrl: string }> {
  const { config, supervisor, onStep } = options;
  const logs = join(config.dataFolder, 'logs');
  await mkdir(logs, { recursive: true, mode: 0o700 });
  const [pki, databaseUrl] = await Promise.all([preparePki(config), openDatabase(options, logs)]);
  const ran = await prepareDatabase(config, databaseUrl);
  if (pki.made.length > 0) onStep?.(`Certificates made in ${join(config.dataFolder, 'pki')}.`);
  if (pki.renewed.length > 0) onStep?.(`Certificates renewed: ${pki.renewed.join(', ')}.`);
  if (ran.length > 0) onStep?.(`Database brought up to date (${ran.length} migration${ran.length === 1 ? '' : 's'}).`);
  const wanted = applications.filter((name) => (name !== 'relying-party' || config.relyingParty !== undefined) && (name !== 'directory' || config.directory !== undefined));
  await supervisor.start(await Promise.all(wanted.map((name) => applicationProcess(name, options, databaseUrl, logs))));
  return { databaseUrl };
}

async function openDatabase({ config, databasePort, supervisor }: StackOptions, logs: string): Promise<string> {
  const url = config.database.url?.reveal();
  if (url !== undefined) return url;
  const log = createWriteStream(await freshLog(logs, 'database'), { flags: 'a', mode: 0o600 });
  const postgres = await startEmbeddedPostgres({
    folder: join(config.dataFolder, 'postgres'),
    port: databasePort,
    onLog: (line) => void log.write(`${line}\n`),
    onExit: (lines) => supervisor.died('The database', lines.at(-1) ?? 'it gave no reason'),
  });
  // Killed at once, it ends by itself: it watches this process.
  await supervisor.hold({ name: 'database', stop: () => postgres.stop(), kill: () => undefined });
  return postgres.url;
}

async function applicationProcess(name: Application, options: StackOptions, databaseUrl: string, logs: string): Promise<ChildOptions> {
  const { config, configFile, root, env, onLine } = options;
  const common = { ...env, ASSENT_CONFIG: configFile, ASSENT_DATA_FOLDER: config.dataFolder };
  // The demo TPP is somebody else's company: it never sees the bank's database or keys.
  const withheld = { DATABASE_URL: undefined, ASSENT_ENCRYPTION_KEY: undefined };
  const own = name === 'relying-party' && config.mode === 'development' ? withheld : { DATABASE_URL: databaseUrl };
  return { name, file: join(root, 'apps', name, 'dist/main.js'), args: [], env: { ...common, ...own }, cwd: root, logFile: await freshLog(logs, name), onLine };
}

/** The log of the run before is kept once, as `<name>.previous.log`. */
async function freshLog(folder: string, name: string): Promise<string> {
  const file = join(folder, `${name}.log`);
  await rename(file, join(folder, `${name}.previous.log`)).catch(() => undefined);
  return file;
}
