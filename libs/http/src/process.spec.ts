import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@swc/core';

const here = dirname(fileURLToPath(import.meta.url));
// Processes of their own, which find the libraries: the modules are small enough to be made here.
const parts = join(here, '..', 'coverage');
mkdirSync(parts, { recursive: true });
const folder = mkdtempSync(join(parts, 'process-'));
for (const name of ['process', 'log']) {
  const { code } = transformSync(readFileSync(join(here, `${name}.ts`), 'utf8'), { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'es6' } });
  writeFileSync(join(folder, `${name}.js`), code);
}
afterAll(() => rmSync(folder, { recursive: true }));

function run(start: string, withParent = false) {
  const child: ChildProcess = spawn(process.execPath, ['--input-type=module', '-e', `import { runUntilSignal } from '${folder}/process.js';\nimport { createLog } from '${folder}/log.js';\nawait runUntilSignal(${start});`], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe', ...(withParent ? (['ipc'] as const) : [])] });
  let output = '';
  let errors = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  // Not `close`: after a disconnect it does not always come.
  const ended = Promise.all([once(child, 'exit'), ...[child.stdout, child.stderr].map((stream) => once(stream as Readable, 'end'))]).then(([[exitCode]]) => ({ exitCode: exitCode as number | null, output, errors }));
  return { child, ended, output: () => output };
}
const app = `async () => { const timer = setInterval(() => {}, 1000); console.log('up'); return { close: async () => { clearInterval(timer); console.log('closed'); } } }`;
async function up({ output }: ReturnType<typeof run>): Promise<void> {
  while (!output().includes('up')) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe('runUntilSignal', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('closes on %s and exits 0', async (signal) => {
    const running = run(app);
    await up(running);
    running.child.kill(signal);
    expect(await running.ended).toEqual({ exitCode: 0, output: 'up\nclosed\n', errors: '' });
  });

  it('closes when a signal comes while it starts', async () => {
    const running = run(`async () => { console.log('up'); await new Promise((r) => setTimeout(r, 200)); return { close: async () => console.log('closed') } }`);
    await up(running);
    running.child.kill('SIGTERM');
    expect(await running.ended).toMatchObject({ exitCode: 0, output: 'up\nclosed\n' });
  });

  it('tells its parent that it is ready, and closes when the parent is gone', async () => {
    const running = run(app, true);
    const [message] = (await once(running.child, 'message')) as [unknown];
    expect(message).toEqual({ ready: true });
    running.child.disconnect();
    expect(await running.ended).toMatchObject({ exitCode: 0, output: 'up\nclosed\n' });
  });

  it('writes its last log lines, and ends also when nobody reads them any more', async () => {
    const logging = `async () => { const log = createLog({ app: 'x', level: 'info' }); const timer = setInterval(() => {}, 1000); console.log('up'); return { close: async () => { clearInterval(timer); for (const line of ['closing', 'still', 'closed']) log.info(line); } } }`;
    const read = run(logging);
    await up(read);
    read.child.kill('SIGTERM');
    expect((await read.ended).output).toMatch(/"msg":"closed"/);

    const unread = run(logging);
    await up(unread);
    unread.child.stdout?.destroy();
    const exit = once(unread.child, 'exit');
    unread.child.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
  });

  it.each([
    ['an error for the operator', `() => Promise.reject(Object.assign(new Error('port 9443\\nis in use'), { name: 'StartupError' }))`, /^port 9443 is in use\n$/],
    ['a bug', `() => Promise.reject(new TypeError('x is not a function'))`, /^x is not a function \(.*:\d+\)\n$/],
  ])('ends with one line and exit code 1 after %s', async (_name, start, line) => {
    const { exitCode, errors } = await run(start).ended;
    expect(exitCode).toBe(1);
    expect(errors).toMatch(line);
  });
});
