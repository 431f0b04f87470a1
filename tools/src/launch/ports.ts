import { createServer } from 'node:net';
import { ownerOfPort } from './port-owner.js';

/** An address the stack is going to listen on, and where its number comes from. */
export interface Address {
  readonly what: string;
  readonly host: string;
  readonly port: number;
  /** Configuration key or environment variable to change. */
  readonly key: string;
}

const waitStepMs = 250;

/** The line for each address that is taken, naming by whom (if the system tells) and what to change; none: all free. */
export async function takenPorts(addresses: readonly Address[]): Promise<readonly string[]> {
  const lines: string[] = [...duplicates(addresses)];
  for (const address of addresses) {
    const problem = await tryListen(address);
    if (problem !== undefined) lines.push(await describe(address, problem));
  }
  return lines;
}

/** Waits until the ports a run that was killed still holds are released, or the time is up. */
export async function waitForPorts(addresses: readonly Address[], limitMs: number): Promise<void> {
  for (let waited = 0; waited < limitMs; waited += waitStepMs) {
    const problems = await Promise.all(addresses.map(tryListen));
    if (problems.every((problem) => problem !== 'EADDRINUSE')) return;
    await new Promise((resolve) => setTimeout(resolve, waitStepMs));
  }
}

async function describe({ what, host, port, key }: Address, problem: string): Promise<string> {
  if (problem === 'EADDRINUSE') {
    const owner = await ownerOfPort(port);
    return `Port ${port} (${what}) is in use${owner === undefined ? '' : ` by ${owner}`}. Stop that program, or change ${key}.`;
  }
  if (problem === 'EACCES') return `Port ${port} (${what}) may not be opened by this user. Choose a port above 1023: ${key}.`;
  if (problem === 'EADDRNOTAVAIL' || problem === 'ENOTFOUND') return `Address ${host}:${port} (${what}) does not exist on this machine. Change ${key}.`;
  return `Cannot listen on ${host}:${port} (${what}): ${problem}. Change ${key}.`;
}

function duplicates(addresses: readonly Address[]): string[] {
  const seen = new Map<string, Address>();
  return addresses.flatMap((address) => {
    const id = `${address.host}:${address.port}`;
    const other = seen.get(id);
    seen.set(id, address);
    return other ? [`Port ${address.port} is configured twice: ${other.key} (${other.what}) and ${address.key} (${address.what}). Change one.`] : [];
  });
}

/** The system's error code, or `undefined` when the address can be listened on. */
function tryListen({ host, port }: Address): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}
