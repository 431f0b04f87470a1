import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { marketNamed } from '@assent/markets';
import { parse as parseYaml } from 'yaml';
import { parentIn } from './launch/process-stat.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const portShift = 300;
const databasePort = 9432 + portShift;
const readyMs = 90_000;

/** `npm start` as users run it, on ports and a folder of its own. It runs what was compiled: `npm run build` first. */
describe('npm start', () => {
  let folder: string;
  let config: string;
  /** Those that sign by ES256. */
  let issuers: readonly string[];
  const running = new Set<ChildProcess>();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'assent-start-'));
    config = join(folder, 'config.yaml');
    const demo = await readFile(join(root, 'config/demo.yaml'), 'utf8');
    issuers = (parseYaml(demo) as { issuers: { name: string; market?: string }[] }).issuers.filter(({ market }) => market === undefined || marketNamed(market).issuer.signingAlgs.includes('ES256')).map(({ name }) => name);
    await writeFile(config, demo.replace(/\b(94[3-5]\d)\b/g, (port) => String(Number(port) + portShift)));
  });
  afterAll(async () => {
    for (const child of running) child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });

  interface Run {
    readonly child: ChildProcess;
    readonly exit: Promise<number | null>;
    output(): string;
    says(words: string): Promise<void>;
  }

  function start(env: Record<string, string> = {}, args = ['--config', config], command = 'start'): Run {
    const own = { ASSENT_DATA_FOLDER: join(folder, 'data'), ASSENT_DATABASE_PORT: String(databasePort) };
    const inherited = { ...process.env, NODE_OPTIONS: '', DATABASE_URL: '', npm_lifecycle_event: undefined };
    const child = spawn(process.execPath, [`tools/dist/${command}.js`, ...args], { cwd: root, env: { ...inherited, ...own, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    running.add(child);
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => void (text += String(chunk)));
    const exit = new Promise<number | null>((resolve) => child.once('close', (code) => (running.delete(child), resolve(code))));
    const says = async (words: string): Promise<void> => {
      for (const end = performance.now() + readyMs; !text.includes(words); await sleep(50)) {
        if (child.exitCode !== null || performance.now() > end) throw new Error(`did not say "${words}":\n${text}`);
      }
    };
    return { child, exit, output: () => text, says };
  }

  /** What a failed start leaves to read: lines, without an empty last one. */
  const refusal = async (run: Run): Promise<{ code: number | null; lines: readonly string[] }> => ({ code: await run.exit, lines: run.output().trimEnd().split('\n') });

  const everyPort = [9432, ...Array.from({ length: 11 }, (_, index) => 9443 + index)].map((port) => port + portShift);
  const listening = async (): Promise<number[]> => (await Promise.all(everyPort.map(async (port) => ((await isFree(port)) ? [] : [port])))).flat();
  async function nothingListens(): Promise<void> {
    for (let tries = 0; tries < 100 && (await listening()).length > 0; tries++) await sleep(100);
    expect(await listening()).toEqual([]);
  }

  it('brings up the stack, tells where everything is, refuses a second one and stops all of it', async () => {
    const stack = start();
    await stack.says('Assent is ready');
    await stack.says('Ctrl-C stops everything');
    for (const words of [`https://localhost:${9443 + portShift}/fapi2`, `https://localhost:${9447 + portShift}`, 'ana', 'harbour-ana-2026', 'tally-budget', 'npm run demo', 'root.crt.pem']) expect(stack.output()).toContain(words);

    const metadata = await getJson(`https://localhost:${9443 + portShift}/.well-known/oauth-authorization-server/fapi2`, join(folder, 'data/pki/root.crt.pem'));
    expect(metadata).toMatchObject({ issuer: `https://localhost:${9443 + portShift}/fapi2` });

    const rotate = await refusal(start({}, ['rotate', '--alg', 'ES256', '--config', config], 'keys'));
    expect(rotate).toEqual({ code: 0, lines: issuers.map((name) => expect.stringMatching(new RegExp(`/${name} ES256: \\S+ signs now\\.$`)) as string) });
    const list = await refusal(start({}, ['list', '--config', config], 'keys'));
    expect(list.lines.filter((line) => line.includes(' ES256 ')).map((line) => /previous|current|next/.exec(line)?.[0])).toEqual(expect.arrayContaining(['previous', 'current', 'next']));
    expect(await refusal(start({}, ['--config', config], 'migrate'))).toEqual({ code: 0, lines: ['The database is up to date.'] });

    const second = await refusal(start());
    expect(second).toEqual({ code: 1, lines: [expect.stringMatching(/^Assent is already running on .* \(process \d+\)\. Stop it, or choose another data folder/)] });

    const elsewhere = await refusal(start({ ASSENT_DATA_FOLDER: join(folder, 'other') }));
    expect(elsewhere).toEqual({ code: 1, lines: [expect.stringMatching(/^Port \d+ \(.*\) is in use.* change .*\(ASSENT_\w+\)/)] });

    stack.child.kill('SIGTERM');
    expect(await stack.exit).toBe(0);
    expect(stack.output()).toContain('Stopped.');
    expect(await listening()).toEqual([]);
    expect(await readdir(join(folder, 'data'))).not.toContain('launcher.pid');
  }, 150_000);

  it('starts again after it was killed, and leaves nothing running when killed', async () => {
    const first = start();
    await first.says('Assent is ready');
    first.child.kill('SIGKILL');
    const second = start();
    await second.says('Assent is ready');
    second.child.kill('SIGKILL');
    await second.exit;
    await nothingListens();
  }, 200_000);

  it('stops everything when one process dies', async () => {
    const stack = start();
    await stack.says('Assent is ready');
    const victim = (await readdir('/proc').catch(() => [])).find((pid) => isApplication(pid, stack.child.pid!));
    if (victim === undefined) return void stack.child.kill('SIGTERM');
    process.kill(Number(victim), 'SIGKILL');
    expect(await stack.exit).toBe(1);
    expect(stack.output()).toMatch(/^[\w-]+ stopped unexpectedly \(ended by SIGKILL\); stopping everything\.$/m);
    expect(await listening()).toEqual([]);
  }, 150_000);

  it.each([
    ['an unreachable database', { DATABASE_URL: 'postgres://assent:secret@127.0.0.1:1/assent' }, /127\.0\.0\.1:1.*DATABASE_URL/],
    ['a data folder that cannot be made', { ASSENT_DATA_FOLDER: '/sys/assent-data' }, /\/sys\/assent-data.*cannot be written.*ASSENT_DATA_FOLDER/],
    ['a database port that is none', { ASSENT_DATABASE_PORT: 'high' }, /ASSENT_DATABASE_PORT: expected a port number, found "high"/],
    ['a wrong value in the environment', { ASSENT_LOG_LEVEL: 'loud' }, /ASSENT_LOG_LEVEL: expected one of fatal, .*found "loud"/],
  ])('ends with one line and leaves nothing for %s', async (_what, env, line) => {
    const { code, lines } = await refusal(start({ ASSENT_DATA_FOLDER: join(folder, 'refused'), ...env }));
    expect({ code, lines }).toEqual({ code: 1, lines: [expect.stringMatching(line)] });
    expect(lines[0]).not.toContain('secret');
    expect(await listening()).toEqual([]);
  }, 30_000);

  it('names file, line and key of an invalid configuration', async () => {
    const broken = join(folder, 'broken.yaml');
    await writeFile(broken, (await readFile(config, 'utf8')).replace(/^ {2}healthPort: \d+$/m, '  healthPort: many'));
    const { code, lines } = await refusal(start({}, ['--config', broken]));
    expect({ code, lines }).toEqual({ code: 1, lines: [expect.stringMatching(/broken\.yaml:\d+: authorizationServer\.healthPort: expected .*, found "many"$/)] });
  }, 30_000);

  it('names a configuration file that is not there', async () => {
    const { code, lines } = await refusal(start({}, ['--config', join(folder, 'missing.yaml')]));
    expect({ code, lines }).toEqual({ code: 1, lines: [expect.stringMatching(/missing\.yaml: cannot be read \(ENOENT; named by --config\)/)] });
  }, 30_000);
});

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** Whether a process is an application that this launcher started (Linux only; elsewhere none is found). */
function isApplication(pid: string, launcher: number): boolean {
  try {
    return parentIn(readFileSync(`/proc/${pid}/stat`, 'utf8')) === launcher && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('/dist/main.js');
  } catch {
    return false;
  }
}

async function getJson(url: string, rootFile: string): Promise<unknown> {
  const ca = await readFile(rootFile);
  return await new Promise((resolve, reject) => {
    request(url, { ca }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => void (text += String(chunk))).on('end', () => resolve(JSON.parse(text)));
    })
      .on('error', reject)
      .end();
  });
}
