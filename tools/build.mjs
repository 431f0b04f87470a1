import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

const noticeAfterMs = 1200;

/**
 * Compiles what changed (type-checked; a second or less when nothing did), or ends this process with the compiler's
 * errors. An installation without the compiler (the container image) runs what was compiled into it.
 */
export function build({ quiet = false } = {}) {
  const compiler = `${root}node_modules/typescript-7/bin/tsc`;
  if (!existsSync(compiler)) return;
  const firstTime = !existsSync(`${root}tools/dist/start.js`);
  if (firstTime && !quiet) console.log('Building (once; later starts build only what changed) …');
  const started = Date.now();
  const { status } = spawnSync(process.execPath, [compiler, '-b'], { cwd: root, stdio: 'inherit' });
  if (status !== 0) {
    console.error('The sources do not compile: see the errors above.');
    process.exit(status ?? 1);
  }
  if (!quiet && Date.now() - started > noticeAfterMs) console.log(`Built in ${((Date.now() - started) / 1000).toFixed(1)} s.`);
}
