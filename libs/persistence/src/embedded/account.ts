import { execFileSync } from 'node:child_process';
import { DatabaseError } from '../database-error.js';

/** Who the server runs as: ourselves, or an unprivileged account when we are root (PostgreSQL refuses root). */
export interface Account {
  readonly ids: { readonly uid?: number; readonly gid?: number };
}

export const runsAsRoot = (): boolean => process.getuid?.() === 0;

/** `owner`: the owner of data that is there already; it decides when we are root. */
export function findAccount(owner?: { readonly uid: number; readonly gid: number }): Account {
  if (!runsAsRoot()) return { ids: {} };
  if (owner && owner.uid !== 0) return { ids: { uid: owner.uid, gid: owner.gid } };
  const ids = idsOf('postgres') ?? createPostgresAccount() ?? idsOf('nobody');
  if (!ids) throw new DatabaseError('PostgreSQL does not run as root and no account `postgres` could be created: create one, or set DATABASE_URL');
  return { ids };
}

function idsOf(name: string): { uid: number; gid: number } | undefined {
  try {
    const id = (flag: string): number => Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return undefined;
  }
}

function createPostgresAccount(): { uid: number; gid: number } | undefined {
  try {
    execFileSync('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'postgres'], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  return idsOf('postgres');
}
