import type { AssentConfig, DirectoryConfig } from '@assent/config';
import { StartupError } from '@assent/http';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Where the administrator's token lies that was made for development. */
export const adminTokenFile = (dataFolder: string): string => join(dataFolder, 'directory', 'admin-token');

export const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();

/** The hash of the configured token; in development, without one, of a token made once and readable by its owner only. */
export async function adminTokenHash({ mode, dataFolder }: Pick<AssentConfig, 'mode' | 'dataFolder'>, { adminTokenHash: configured }: DirectoryConfig): Promise<Buffer> {
  if (configured !== undefined) return Buffer.from(configured, 'hex');
  if (mode === 'production') throw new StartupError('directory.adminTokenHash is not set');
  const file = adminTokenFile(dataFolder);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  // Two processes may start at once: the first makes it.
  await writeFile(file, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  return hashOf((await readFile(file, 'utf8')).trim());
}
