import { randomBytes } from 'node:crypto';
import { chmodSync, linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Secret } from '@assent/protocol';
import type { Environment } from './environment.js';
import { ConfigError } from './problem.js';

const bytes = 32;
const name = 'ASSENT_ENCRYPTION_KEY';

/**
 * The key from the environment, or in development one made once in `<dataFolder>/encryption.key`.
 * `keep` false: nothing is written. Throws `ConfigError`.
 */
export function encryptionKey(
  env: Environment,
  options: { readonly mode: 'development' | 'production'; readonly dataFolder: string; readonly keep: boolean },
): Secret<Buffer> {
  const given = env[name]?.trim() ?? '';
  if (given !== '') return decode(given, `environment: ${name}`);
  if (options.mode === 'production') {
    throw new ConfigError([`environment: ${name}: expected base64 of ${bytes} random bytes (production keeps no key in a file), found nothing`]);
  }
  const file = join(options.dataFolder, 'encryption.key');
  return decode(readIfThere(file) ?? make(file, options), file);
}

function decode(text: string, where: string): Secret<Buffer> {
  const key = /^[A-Za-z0-9+/_-]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : Buffer.alloc(0);
  if (key.length === bytes) return new Secret(key);
  throw new ConfigError([`${where}: expected base64 of ${bytes} random bytes (openssl rand -base64 ${bytes}), found something else`]);
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new ConfigError([`${file}: cannot be read (${(error as NodeJS.ErrnoException).code}); change its permissions or set ${name}`]);
  }
}

/** Several processes start at once: a link appears with its whole content or not at all, and one of them wins. */
function make(file: string, { dataFolder, keep }: { readonly dataFolder: string; readonly keep: boolean }): string {
  const text = randomBytes(bytes).toString('base64');
  if (!keep) return text;
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    mkdirSync(dataFolder, { recursive: true });
    writeFileSync(draft, `${text}\n`, { mode: 0o600, flag: 'wx' });
    chmodSync(draft, 0o600);
    linkSync(draft, file);
    return text;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const made = code === 'EEXIST' ? readIfThere(file) : undefined;
    if (made !== undefined) return made;
    throw new ConfigError([`${dataFolder}: the data folder cannot be written (${code}); change dataFolder, or ASSENT_DATA_FOLDER`]);
  } finally {
    try {
      unlinkSync(draft);
    } catch {
      // never made
    }
  }
}
