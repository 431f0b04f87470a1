import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LogLine } from './log-line.js';
import { Supervisor } from './supervisor.js';

/** Stands in for an application: ready at once, notes in a shared file when it ends. */
const obedient = `
  import { appendFileSync } from 'node:fs';
  const [name, journal] = process.argv.slice(2);
  const stop = (why) => { appendFileSync(journal, name + ' ' + why + '\\n'); process.exit(0); };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('disconnect', () => stop('disconnect'));
  console.log(JSON.stringify({ level: 30, msg: 'listening' }));
  process.send({ ready: true });
  setInterval(() => 0, 1000);`;
const quitter = `process.send({ ready: true }); setTimeout(() => process.exit(3), 100);`;
const complainer = `console.log(JSON.stringify({ level: 60, msg: 'cannot start', err: { message: 'no such issuer' } })); process.exit(2);`;
const thrower = `throw new Error('the sky fell');`;

describe('the supervisor', () => {
  let folder: string;
  let supervisor: Supervisor;
  const lines: LogLine[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'assent-supervisor-'));
    supervisor = new Supervisor((line) => lines.push({ level: 'error', text: line }));
    lines.length = 0;
  });
  afterEach(async () => {
    supervisor.kill();
    await rm(folder, { recursive: true, force: true });
  });

  async function child(name: string, code: string) {
    const file = join(folder, `${name}.mjs`);
    await writeFile(file, code);
    return { name, file, args: [name, join(folder, 'journal')], env: process.env, cwd: folder, logFile: join(folder, `${name}.log`), onLine: (_name: string, line: LogLine) => void lines.push(line) };
  }
  const journal = async (): Promise<string[]> => (await readFile(join(folder, 'journal'), 'utf8')).trim().split('\n');

  it('stops in the opposite order of the start, each by SIGTERM', async () => {
    await supervisor.start([await child('first', obedient)]);
    await supervisor.start([await child('second', obedient)]);
    await supervisor.stop();
    expect(await journal()).toEqual(['second SIGTERM', 'first SIGTERM']);
    expect(lines.map(({ text }) => text)).toEqual(['listening', 'listening']);
    expect(await readFile(join(folder, 'first.log'), 'utf8')).toContain('"msg":"listening"');
  });

  it('fails when a process ends that was ready', async () => {
    await supervisor.start([await child('quitter', quitter)]);
    await expect(supervisor.failure).rejects.toThrow('quitter stopped unexpectedly (exit code 3); stopping everything.');
  });

  it.each([
    ['logged', complainer, 'app did not start (exit code 2): cannot start (no such issuer)'],
    ['thrown', thrower, 'app did not start (exit code 1): Error: the sky fell'],
  ])('says in one line why a process did not start (%s)', async (_how, code, line) => {
    await expect(supervisor.start([await child('app', code)])).rejects.toThrow(line);
  });

  it('starts nothing more once it is stopping', async () => {
    await supervisor.stop();
    await expect(supervisor.start([await child('late', obedient)])).rejects.toThrow('being stopped');
  });

  it('leaves no process behind when its own process is killed', async () => {
    const { startChild } = await import('./child.js');
    const launcher = `
      import { spawn } from 'node:child_process';
      spawn(process.execPath, [process.argv[4], 'orphan', process.argv[3]], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], detached: true }).on('message', () => process.send({ ready: true }));`;
    const orphan = await child('orphan', obedient);
    const options = await child('launcher', launcher);
    const running = startChild({ ...options, args: [...options.args, orphan.file] });
    await running.ready;
    running.kill();
    await running.exited;
    for (let tries = 0; tries < 50 && (await journal().catch(() => [])).length === 0; tries++) await sleep(50);
    expect(await journal()).toEqual(['orphan disconnect']);
  });
});
