import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { chromium, type Browser, type LaunchOptions } from 'playwright-core';

export { allowOnEveryPage, type Picks } from './allow-on-every-page.js';

/*
 * Chromium from npm alone: the one @sparticuz/chromium packs, unpacked once beside the other caches of node_modules
 * and shared by every test process of this checkout. Its own recommended arguments are for a cloud function:
 * `--single-process` and `--no-zygote` crash at the second context, `--disable-web-security` would hide what we test.
 */

const require = createRequire(import.meta.url);

const args = ['--no-sandbox', '--disable-setuid-sandbox', '--font-render-hinting=none', '--disable-domain-reliability', '--no-pings', '--in-process-gpu', '--disable-webgl'];

/**
 * A headless Chromium. `CHROMIUM_PATH` names another binary (a distribution's own package). `Error` when the packed
 * one cannot run here, with what it said.
 */
export async function launchChromium(options: LaunchOptions = {}): Promise<Browser> {
  const { executablePath, env } = chromiumBinary();
  return chromium.launch({ ...options, executablePath, env: { ...process.env, ...env } as Record<string, string>, args: [...args, ...(options.args ?? [])] });
}

/** Where the binary lies and what it needs in its environment; unpacked on first use (about 3 s). */
export function chromiumBinary(): { readonly executablePath: string; readonly env: Readonly<Record<string, string>> } {
  const own = process.env['CHROMIUM_PATH'];
  if (own) return { executablePath: own, env: {} };
  const folder = unpacked();
  const executablePath = join(folder, 'chromium');
  const env: Record<string, string> = { FONTCONFIG_FILE: join(folder, 'fonts.conf') };
  if (runs(executablePath, env)) return { executablePath, env };
  // A machine without libnss3 and libnspr4: the package brings them along.
  env['LD_LIBRARY_PATH'] = join(folder, 'al2023', 'lib');
  if (runs(executablePath, env)) return { executablePath, env };
  throw new Error(`the packed Chromium does not run here (set CHROMIUM_PATH to one that does): ${failure(executablePath, env)}`);
}

const version = (path: string, env: Record<string, string>) => spawnSync(path, ['--version', '--no-sandbox'], { env: { ...process.env, ...env }, encoding: 'utf8' });
const runs = (path: string, env: Record<string, string>): boolean => version(path, env).status === 0;
const failure = (path: string, env: Record<string, string>): string => version(path, env).stderr.split('\n')[0] ?? '';

/** Unpacks under a name of its own and renames: of several processes at once one wins, and none sees half a browser. */
function unpacked(): string {
  const entry = require.resolve('@sparticuz/chromium');
  const modules = entry.slice(0, entry.lastIndexOf(`${sep}node_modules${sep}`) + `${sep}node_modules`.length);
  const { version: packed } = require(join(modules, '@sparticuz', 'chromium', 'package.json')) as { version: string };
  const folder = join(modules, '.cache', `assent-chromium-${packed}`);
  if (existsSync(join(folder, 'chromium'))) return folder;
  const partial = `${folder}.${process.pid}`;
  mkdirSync(partial, { recursive: true });
  try {
    // The package unpacks into the temporary directory, and its spare libraries only where it believes to be in a cloud function.
    execFileSync(process.execPath, ['--input-type=module', '--eval', `await (await import('@sparticuz/chromium')).default.executablePath()`], {
      cwd: dirname(modules),
      env: { ...process.env, NODE_OPTIONS: '', TMPDIR: partial, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs20.x' },
    });
    writeFileSync(join(partial, 'fonts.conf'), fontsOf(folder));
    renameSync(partial, folder);
  } catch (error) {
    if (!existsSync(join(folder, 'chromium'))) throw error;
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  return folder;
}

/** The machine's fonts, and the packed ones where it has none. */
const fontsOf = (folder: string): string => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>${join(folder, 'fonts')}</dir>
  <cachedir>${join(folder, 'fonts-cache')}</cachedir>
</fontconfig>
`;
