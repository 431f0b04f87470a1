import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, root } from './build.mjs';

/*
 * node tools/compat.mjs [version…]
 * Runs the whole stack and `npm run demo` against it under other versions of Node (npm's package `node` carries
 * their binaries), on ports and a data folder of its own.
 */
const versions = process.argv.length > 2 ? process.argv.slice(2) : ['22', '24'];
const portShift = 100;
const readyMs = 60_000;
const demoMs = 180_000;

build({ quiet: true });
const folder = mkdtempSync(join(tmpdir(), 'assent-compat-'));
const config = join(folder, 'config.yaml');
writeFileSync(config, shiftPorts(readFileSync(join(root, 'config/demo.yaml'), 'utf8')));
try {
  for (const version of versions) await check(version);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function check(version) {
  const node = binaryOf(version);
  const env = { ...process.env, ASSENT_DATA_FOLDER: join(folder, `node-${version}`), ASSENT_DATABASE_PORT: String(9432 + portShift), NODE_OPTIONS: '' };
  const stack = start(node, ['tools/dist/start.js', '--config', config], env);
  try {
    await stack.says('Assent is ready', readyMs);
    const demo = start(node, ['tools/dist/demo.js', '--config', config], env);
    const code = await demo.exit(demoMs);
    if (code !== 0) throw new Error(`Node ${version}: the demo ended with ${code}\n${demo.output()}`);
  } finally {
    stack.signal('SIGTERM');
  }
  const code = await stack.exit(30_000);
  if (code !== 0) throw new Error(`Node ${version}: the stack ended with ${code}\n${stack.output()}`);
  console.log(`Node ${execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()}: stack and demo pass.`);
}

/** Fetched into npm's cache; no script but the package's own is run. */
function binaryOf(version) {
  return execFileSync('npx', ['--yes', `--package=node@${version}`, '--', 'node', '--print', 'process.execPath'], { cwd: tmpdir(), encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();
}

function shiftPorts(text) {
  return text.replace(/\b(94[3-5]\d)\b/g, (port) => String(Number(port) + portShift));
}

function start(node, args, env) {
  const child = spawn(node, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  let heard = () => undefined;
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      text += chunk;
      heard();
    });
  }
  const ended = new Promise((resolve) => child.once('close', (code, signal) => resolve(code ?? signal)));
  return {
    output: () => text,
    signal: (signal) => child.kill(signal),
    exit: (limitMs) => within(ended, limitMs, () => child.kill('SIGKILL')),
    says: async (words, limitMs) => {
      const said = new Promise((resolve) => {
        heard = () => (text.includes(words) ? resolve(words) : undefined);
        heard();
      });
      const outcome = await within(Promise.race([said, ended]), limitMs, () => child.kill('SIGTERM'));
      if (outcome !== words) throw new Error(`The stack did not get ready (${outcome}):\n${text}`);
    },
  };
}

async function within(promise, limitMs, onLate) {
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, limitMs, 'late');
  });
  const outcome = await Promise.race([promise, late]);
  clearTimeout(timer);
  if (outcome === 'late') onLate();
  return outcome;
}
