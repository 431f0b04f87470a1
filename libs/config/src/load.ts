import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, relative, resolve } from 'node:path';
import { markets, type Market } from '@assent/markets';
import { Secret } from '@assent/protocol';
import { buildCustomers, buildResources, judgeRelyingParty, judgeResourceServer } from './build/bank.js';
import type { Context } from './build/context.js';
import { buildIssuers } from './build/issuers.js';
import { buildStaff, judgeSites } from './build/sites.js';
import { judgeGrantsResource, judgeInternalUrl, judgeKeyRotation, judgePorts, judgeProxy } from './build/judge.js';
import { buildAuthorizationServer, buildDirectory, buildGrantManagement, buildRelyingParty, buildResourceServer, buildTls } from './build/servers.js';
import { readDocument } from './document.js';
import { encryptionKey } from './encryption-key.js';
import { overridesOf, type Environment } from './environment.js';
import type { AssentConfig } from './model.js';
import { ConfigError, type ConfigProblem } from './problem.js';
import { judgeProduction } from './production.js';
import { judgeThreats } from './threats.js';
import { readConfig } from './read.js';

export const defaultConfigFile = 'config/demo.yaml';

export interface LoadOptions {
  /** `--config FILE`. Left out: `ASSENT_CONFIG`, then `config/demo.yaml`; relative to `cwd`. */
  readonly file?: string | undefined;
  readonly env: Environment;
  readonly cwd: string;
  /** `check`: nothing is written, not even a development encryption key. `audit`: the same, and attacks that succeed are no problem. */
  readonly purpose?: 'run' | 'check' | 'audit';
  /** The day waivers are judged by; today, unless told. */
  readonly now?: Date;
  /** Markets there are; those of the platform, unless told. */
  readonly markets?: readonly Market[];
}

/**
 * The configuration from its file and the environment, defaulted and checked.
 * Throws `ConfigError`, whose message has one line for each problem.
 */
export async function loadConfig(options: LoadOptions): Promise<AssentConfig> {
  const named = options.file ?? (options.env['ASSENT_CONFIG'] || undefined);
  const file = resolve(options.cwd, named ?? defaultConfigFile);
  const name = displayName(file, options.cwd);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const by = options.file !== undefined ? '--config' : named !== undefined ? 'ASSENT_CONFIG' : 'default; name another by --config or ASSENT_CONFIG';
    throw new ConfigError([`${name}: cannot be read (${(error as NodeJS.ErrnoException).code}; named by ${by})`]);
  }
  return parseConfig(text, { ...options, file, name });
}

/** The same from a text. `file` says where it would lie: relative paths in it start there. */
export async function parseConfig(
  text: string,
  options: LoadOptions & { readonly name?: string },
): Promise<AssentConfig> {
  const { env, cwd, file } = options;
  const document = readDocument(options.name ?? 'configuration', text);
  const { content, lineFor } = readConfig(document, env);
  const problems: ConfigProblem[] = [];
  const warnings: ConfigProblem[] = [];
  const fromEnvironment = new Set(overridesOf(env).map(({ path }) => path.join('.')));
  const folder = file === undefined ? cwd : dirname(file);
  const absolute: Context['absolute'] = (value, path) => {
    const named = path.filter((step) => typeof step === 'string').join('.');
    return isAbsolute(value) ? value : resolve(fromEnvironment.has(named) ? cwd : folder, value);
  };
  const { mode } = content;
  const context: Context = {
    content,
    mode,
    dataFolder: content.dataFolder === undefined ? resolve(cwd, '.assent') : absolute(content.dataFolder, ['dataFolder']),
    absolute,
    markets: options.markets ?? markets,
    problem: (path, problem) => void problems.push({ path, text: problem }),
    warn: (path, warning) => void warnings.push({ path, text: warning }),
  };
  const config = build(context);
  await judgeProduction(context, config);
  // What a mistake elsewhere would let through is told with that mistake.
  if (problems.length === 0 && options.purpose !== 'audit') judgeThreats(context, config, options.now ?? new Date());
  const lines = problems.map(lineFor);
  const key = collecting(lines, () => encryptionKey(env, { mode, dataFolder: context.dataFolder, keep: lines.length === 0 && (options.purpose ?? 'run') === 'run' }));
  if (lines.length > 0 || !key) throw new ConfigError([...new Set(lines)]);
  return { ...config, encryptionKey: key, file, warnings: warnings.map(lineFor) };
}

function build(context: Context): Omit<AssentConfig, 'encryptionKey' | 'warnings' | 'file'> {
  const { content } = context;
  const resources = buildResources(context);
  const authorizationServer = buildAuthorizationServer(context);
  const resourceServer = buildResourceServer(context);
  const issuers = buildIssuers(context, { server: authorizationServer, resourceServer }, resources);
  const grantManagement = buildGrantManagement(context, issuers);
  const relyingParty = buildRelyingParty(context);
  judgeResourceServer(context, resourceServer, resources, issuers);
  judgeRelyingParty(context, relyingParty, issuers);
  judgeSites(context, grantManagement, issuers);
  judgeGrantsResource(context, grantManagement, resources, issuers);
  const directory = buildDirectory(context);
  const servers = { authorizationServer, resourceServer, grantManagement, relyingParty, directory };
  judgeProxy(context, servers, issuers);
  judgeInternalUrl(context);
  judgeKeyRotation(context, authorizationServer.keyRotation.keepPreviousSeconds, issuers);
  judgePorts(context, servers);
  return {
    mode: context.mode,
    dataFolder: context.dataFolder,
    database: { url: content.database.url === undefined ? undefined : new Secret(content.database.url), poolSize: content.database.poolSize },
    logLevel: content.logLevel,
    tls: buildTls(context),
    outbound: content.outbound,
    bank: content.bank,
    ...servers,
    detailTypes: content.detailTypes.map((one, index) => context.absolute(one, ['detailTypes', index])),
    resources,
    issuers,
    threatWaivers: content.threatWaivers,
    customers: buildCustomers(context),
    staff: buildStaff(context),
  };
}

function collecting<T>(lines: string[], make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    lines.push(...error.lines);
    return undefined;
  }
}

function displayName(file: string, cwd: string): string {
  const way = relative(cwd, file);
  return way.startsWith('..') || isAbsolute(way) ? file : way;
}
