import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const listening = '0A';

/** Who listens on a TCP port, as `name (process 123)`; `undefined` when the system does not say. */
export async function ownerOfPort(port: number): Promise<string | undefined> {
  try {
    return process.platform === 'linux' ? await ownerByProc(port) : await ownerByLsof(port);
  } catch {
    return undefined;
  }
}

async function ownerByProc(port: number): Promise<string | undefined> {
  const inodes = new Set((await Promise.all(['tcp', 'tcp6'].map((table) => socketsOf(table, port)))).flat());
  if (inodes.size === 0) return undefined;
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) if (await holds(pid, inodes)) return `${await nameOf(pid)} (process ${pid})`;
  return undefined;
}

/** Inodes of the sockets that listen on the port; columns as in proc_net_tcp(5). */
async function socketsOf(table: string, port: number): Promise<string[]> {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const rows = (await readFile(`/proc/net/${table}`, 'utf8').catch(() => '')).split('\n').slice(1);
  const columns = rows.map((row) => row.trim().split(/\s+/));
  return columns.filter((column) => column[1]?.endsWith(`:${hex}`) && column[3] === listening).map((column) => column[9]!);
}

/** Other users' processes are closed to us: they simply do not match. */
async function holds(pid: string, inodes: ReadonlySet<string>): Promise<boolean> {
  const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
  const targets = await Promise.all(descriptors.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')));
  return targets.some((target) => inodes.has(target.slice('socket:['.length, -1)));
}

async function nameOf(pid: string): Promise<string> {
  const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0').filter(Boolean);
  const script = words.slice(1).find((word) => !word.startsWith('-'));
  return [words[0]?.split('/').at(-1), script].filter(Boolean).join(' ').slice(0, 120);
}

async function ownerByLsof(port: number): Promise<string | undefined> {
  const { stdout } = await run('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'], { timeout: 3000 });
  const pid = /^p(\d+)$/m.exec(stdout)?.[1];
  const command = /^c(.+)$/m.exec(stdout)?.[1];
  return pid === undefined ? undefined : `${command ?? 'a program'} (process ${pid})`;
}
