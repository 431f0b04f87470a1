import { openDatabase, seedCustomers, type Database } from '@assent/persistence';
import { systemClock } from '@assent/protocol';
import { startDatabase } from '@assent/testing';
import { FapiClient, makeConfiguration, Visitor, type Route, type TestConfiguration, type TestPorts } from '@assent/testing/fapi';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { StackOptions } from './stack.js';

/** One server as a process of its own. */
export interface ServerProcess {
  readonly ports: TestPorts;
  readonly child: ChildProcess;
  /** What it wrote to stderr. */
  readonly errors: () => string;
  /** Asks it to stop; resolves with its exit code. */
  stop(): Promise<number | null>;
}

/** Two authorization-server processes behind one issuer, on one database. */
export interface Pair extends Omit<TestConfiguration, 'client'> {
  readonly one: ServerProcess;
  readonly two: ServerProcess;
  readonly database: Database;
  /** The configuration's first client. */
  readonly client: FapiClient;
  /** Another of its clients. */
  party(id: string): Promise<FapiClient>;
  /** The first process again, after it has ended. */
  readonly restart: Pick<TestConfiguration, 'file' | 'env' | 'ports'>;
  /** The customer's browser. */
  readonly visitor: Visitor;
  /** Sends client or browser to one of them from now on, as a load balancer would. */
  routeTo(server: ServerProcess): Route;
  stop(): Promise<void>;
}

const mainOf = (app: string): string => fileURLToPath(new URL(`../../../apps/${app}/dist/main.js`, import.meta.url));

export async function startPair(options: StackOptions): Promise<Pair> {
  const server = await startDatabase();
  const closing: (() => Promise<unknown>)[] = [() => server.stop()];
  const stop = async (): Promise<void> => {
    for (const close of closing.splice(0).reverse()) await close();
  };
  try {
    const made = await makeConfiguration({ ...options, databaseUrl: server.url });
    closing.push(() => made.close());
    const database = await openDatabase({ url: server.url, poolSize: 2, encryptionKey: made.config.encryptionKey });
    closing.push(() => database.close());
    await seedCustomers(database.pool, made.config.customers, systemClock);
    const sibling = await made.sibling();
    const [one, two] = await Promise.all([startServer(made), startServer(sibling)]);
    closing.push(() => Promise.all([one!.stop(), two!.stop()]));
    const routeTo = ({ ports }: ServerProcess): Route => new Map([[made.ports.as, ports.as], [made.ports.mtls, ports.mtls]]);
    const client = await FapiClient.open({ client: made.client(options.clients[0]!.id), issuer: made.issuer, ca: made.ca });
    const party = (id: string) => FapiClient.open({ client: made.client(id), issuer: made.issuer, ca: made.ca });
    return { ...made, one, two, database, client, party, restart: made, visitor: new Visitor({ ca: made.ca }), routeTo, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Starts an app as it runs in production, on a configuration's file; resolves once it is ready. */
export async function startServer({ file, env, ports }: { readonly file: string; readonly env: Readonly<Record<string, string>>; readonly ports: TestPorts }, app = 'authorization-server'): Promise<ServerProcess> {
  const main = mainOf(app);
  if (!existsSync(main)) throw new Error(`${main} is not there: build first (npm run build; npm test does)`);
  // Not Jest's own options: the server runs as it does in production.
  const child = spawn(process.execPath, [main, '--config', file], { env: { ...process.env, ...env, NODE_OPTIONS: '' }, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  let errors = '';
  child.stderr!.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  await new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve());
    void ended.then((code) => reject(new Error(`${app} ended with ${code}: ${errors}`)));
  });
  return {
    ports,
    child,
    errors: () => errors,
    stop: () => {
      if (child.exitCode === null) child.kill('SIGTERM');
      return ended;
    },
  };
}
