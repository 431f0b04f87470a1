import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { DatabaseError } from '../database-error.js';
import { findAccount, runsAsRoot, type Account } from './account.js';
import { stateFolder, type Binaries } from './binaries.js';

export interface DataFolder {
  readonly data: string;
  readonly account: Account;
  readonly password: string;
}

const major = '18';

/**
 * Prepares `folder`: `password` (only for us) and `data`, owned by the server's account. When that account may not
 * enter the folder, the data lies elsewhere and a file `location` says where.
 */
export async function openFolder(folder: string): Promise<DataFolder> {
  const home = resolve(folder);
  await writable(home);
  const password = await passwordIn(home);
  const located = await readFile(join(home, 'location'), 'utf8').catch(() => undefined);
  const here = located ? located.trim() : join(home, 'data');
  const owner = await stat(here).catch(() => undefined);
  if (owner && !runsAsRoot() && owner.uid !== process.getuid?.())
    throw new DatabaseError(`the database folder ${here} belongs to another user (uid ${owner.uid}): run as that user, or choose another data folder`);
  const account = findAccount(owner);
  if (owner && canEnter(here, account)) return { data: here, account, password };
  if (!owner && canEnter(home, account)) return { data: here, account, password };
  return { data: await elsewhere(home, owner ? here : undefined), account, password };
}

async function writable(home: string): Promise<void> {
  try {
    await mkdir(home, { recursive: true, mode: 0o755 });
    const probe = join(home, `.probe-${process.pid}`);
    await writeFile(probe, '');
    await rm(probe);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new DatabaseError(`cannot write the database folder ${home} (${code}): change its permissions or choose another data folder`, cause);
  }
}

async function passwordIn(home: string): Promise<string> {
  const file = join(home, 'password');
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch {
    const password = randomBytes(24).toString('base64url');
    await writeFile(file, `${password}\n`, { mode: 0o600 });
    return password;
  }
}

function canEnter(path: string, account: Account): boolean {
  if (account.ids.uid === undefined) return true;
  return spawnSync('sh', ['-c', 'cd "$0"', path], { ...account.ids, cwd: '/' }).status === 0;
}

/** Data of our own under the state folder; what lay in the unreachable place moves there. */
async function elsewhere(home: string, present: string | undefined): Promise<string> {
  const base = await mkdtemp(join(await stateFolder(), 'postgres-'));
  await chmod(base, 0o755);
  const data = join(base, 'data');
  if (present) await rename(present, data);
  await writeFile(join(home, 'location'), `${data}\n`);
  return data;
}

/** Makes the database cluster if there is none. Made beside and renamed, so that a cluster under `data` is whole. */
export async function initialise({ data, account, password }: DataFolder, user: string, { initdb }: Binaries): Promise<void> {
  const version = await readFile(join(data, 'PG_VERSION'), 'utf8').catch(() => undefined);
  if (version?.trim() === major) return;
  if (version) throw new DatabaseError(`${data} was made by PostgreSQL ${version.trim()}, this is ${major}: move it away, or set DATABASE_URL`);
  const fresh = `${data}.new`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { mode: 0o700 });
  const passwordFile = join(dirname(data), `.initdb-${process.pid}`);
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  try {
    const { uid, gid } = account.ids;
    if (uid !== undefined && gid !== undefined) for (const path of [fresh, passwordFile]) await chown(path, uid, gid);
    runInitdb(initdb, [`--pgdata=${fresh}`, `--username=${user}`, `--pwfile=${passwordFile}`], account);
    await rm(data, { recursive: true, force: true });
    await rename(fresh, data);
  } finally {
    await rm(passwordFile, { force: true });
  }
}

function runInitdb(initdb: string, place: readonly string[], account: Account): void {
  const how = ['--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--no-sync', '--no-instructions'];
  const { status, stdout, stderr } = spawnSync(initdb, [...place, ...how], { ...account.ids, cwd: '/', encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } });
  if (status === 0) return;
  const reason = (stderr || stdout).trim().split('\n').find((line) => line.includes('error')) ?? stderr.trim().split('\n').at(-1);
  throw new DatabaseError(`the embedded PostgreSQL could not make its data folder: ${reason}`);
}
