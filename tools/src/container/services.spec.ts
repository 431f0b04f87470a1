import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startDatabase, type TestDatabase } from '@assent/persistence/embedded';
import { interpolate, readComposeFile, type ComposeFile } from './compose-file.js';

/*
 * Every service's own command with its own environment, as a plain process: what a container would do, less the
 * container. Replaced are only the image's folder (/app), the volume (/data), the database's address and the ports.
 */
const root = fileURLToPath(new URL('../../../', import.meta.url));
const applications = { 'authorization-server': 'ASSENT_', 'resource-server': 'ASSENT_RESOURCE_', 'grant-management': 'ASSENT_GRANTS_', 'relying-party': 'ASSENT_RELYING_PARTY_', directory: 'ASSENT_DIRECTORY_' } as const;
const extraPorts = ['ASSENT_MTLS_PORT', 'ASSENT_DASHBOARD_PORT', 'ASSENT_STAFF_PORT', 'ASSENT_DIRECTORY_MTLS_PORT'];
const readyMs = 60_000;

describe("docker-compose.yml's services, as plain processes", () => {
  let file: ComposeFile;
  let database: TestDatabase;
  let data: string;
  let ports: Record<string, string>;
  const running = new Set<ChildProcess>();

  beforeAll(async () => {
    file = await readComposeFile(join(root, 'docker-compose.yml'));
    database = await startDatabase({ migrated: false });
    data = await mkdtemp(join(tmpdir(), 'assent-compose-'));
    const names = [...Object.values(applications).flatMap((prefix) => [`${prefix}PORT`, `${prefix}HEALTH_PORT`]), ...extraPorts];
    ports = await freePorts(names);
  }, 60_000);

  afterAll(async () => {
    for (const child of running) child.kill('SIGKILL');
    await database?.stop();
    await rm(data, { recursive: true, force: true });
  });

  const here = (text: string): string => text.replaceAll('/app/', root).replaceAll(/^\/data\b/g, data);

  /** Starts with nothing but what the image and the service set. */
  function start(name: string, command: readonly string[]): { child: ChildProcess; output: () => string; exit: Promise<number | null> } {
    const own = Object.entries(file.services[name]?.environment ?? {}).map(([key, value]) => [key, here(interpolate(String(value), {}))] as const);
    const database_ = own.some(([key]) => key === 'DATABASE_URL') ? { DATABASE_URL: database.url } : {};
    const env = { PATH: process.env['PATH'], NODE_ENV: 'production', ...Object.fromEntries(own), ...database_, ...ports };
    const [program = '', ...args] = command;
    const child = spawn(program === 'node' ? process.execPath : program, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    running.add(child);
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => void (text += String(chunk)));
    const exit = new Promise<number | null>((resolve) => child.once('close', (code) => (running.delete(child), resolve(code))));
    return { child, output: () => text, exit };
  }

  it('setup prepares volume and database, and may run again', async () => {
    for (const attempt of [1, 2]) {
      const setup = start('setup', file.services['setup']!.command!);
      expect([attempt, await setup.exit, setup.output()]).toEqual([attempt, 0, expect.stringMatching(/^Ready: /)]);
    }
    expect((await readdir(data)).sort()).toEqual(['encryption.key', 'pki']);
  }, 60_000);

  it('network holds on until it is stopped', async () => {
    const holder = start('network', file.services['network']!.command!);
    expect(await Promise.race([holder.exit, sleep(300, 'running')])).toBe('running');
    holder.child.kill('SIGTERM');
    await holder.exit;
  });

  it.each(Object.entries(applications))('%s becomes healthy and ends in order', async (name, prefix) => {
    const service = file.services[name]!;
    const app = start(name, service.command!);
    const check = service.healthcheck!.test!.slice(1).map((word) => word.replace(/:\d+\//, `:${ports[`${prefix}HEALTH_PORT`]}/`));
    expect([await healthy(() => start(name, check).exit, app.exit), app.output()]).toEqual(['healthy', expect.anything()]);
    app.child.kill('SIGTERM');
    expect(await app.exit).toBe(0);
  }, readyMs + 30_000);
});

async function healthy(check: () => Promise<number | null>, exit: Promise<number | null>): Promise<'healthy' | 'ended' | 'late'> {
  const ended = exit.then(() => 'ended' as const);
  for (const end = performance.now() + readyMs; performance.now() < end; ) {
    const outcome = await Promise.race([ended, check().then((code) => (code === 0 ? ('healthy' as const) : sleep(250, undefined)))]);
    if (outcome) return outcome;
  }
  return 'late';
}

/** Held all at once, so that none is given out twice. */
async function freePorts(names: readonly string[]): Promise<Record<string, string>> {
  const servers = names.map(() => createServer());
  await Promise.all(servers.map((server) => new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))));
  const ports = servers.map((server) => String((server.address() as AddressInfo).port));
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return Object.fromEntries(names.map((name, index) => [name, ports[index]!]));
}
