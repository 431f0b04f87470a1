import type { AssentConfig } from '@assent/config';
import { openRevocationFeed } from '@assent/persistence';
import { systemClock, type RevocationFeed } from '@assent/protocol';
import { createResourceGuard, httpPorts, nodeRequest, OAuthError, openHttpRevocationFeed, type ResourceGuard } from '@assent/resource-guard';
import Table from 'cli-table3';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { Agent, fetch, Pool } from 'undici';
import { flow, prepareFlow, signIn } from './flow.js';
import { quantile, type Send } from './load.js';
import { startPrivateStack, type Stack } from './private-stack.js';
import { ask, clientCredentials, json } from './requests.js';
import { prepared } from './signer.js';
import type { Door, Target } from './target.js';

export interface RevocationBenchOptions {
  readonly grants: number;
  readonly logLevel: AssentConfig['logLevel'];
  readonly json: boolean;
  readonly signal: AbortSignal;
}

/** Revocations that are alive before anything is measured. */
const alive = 10_000;

interface Latency {
  readonly adapter: string;
  /** From sending DELETE, and from its answer, to the answer 401: milliseconds. */
  readonly sent: Quantiles;
  readonly answered: Quantiles;
}
interface Quantiles {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/**
 * Revokes grants at the grants API, one after the other, and asks two guarded resource servers with a token of each
 * until they refuse it: one follows the feed in the database, one over HTTPS. Then the same guard judges the same kind
 * of requests with each feed and with none. It prints what it saw and judges nothing.
 */
export async function benchRevocation(options: RevocationBenchOptions): Promise<void> {
  const say = (line: string): void => void (options.json ? process.stderr : process.stdout).write(`${line}\n`);
  say('starting …');
  const stack = await startPrivateStack({ logLevel: options.logLevel, grants: true, signal: options.signal });
  const closing: (() => Promise<unknown>)[] = [];
  try {
    await fillFeed(stack.databaseUrl!);
    const feeds = await openFeeds(stack, closing);
    const latencies = await measureLatency(stack.target, feeds, options, closing);
    const costs = await measureCosts(stack.target, { none: nothingRevoked, ...feeds });
    const machine = `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.version}`;
    if (options.json) process.stdout.write(`${JSON.stringify({ machine, pinned: stack.pinned, grants: options.grants, alive, latencies, costs }, undefined, 2)}\n`);
    else say(`${options.grants} grants revoked one by one, ${alive} revocations alive before. ${machine}.\n${told(latencies, costs)}`);
  } finally {
    for (const close of closing.reverse()) await close();
    await stack.stop();
  }
}

const nothingRevoked: RevocationFeed = { isRevoked: () => false, age: () => 0, close: async () => undefined };

async function fillFeed(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`INSERT INTO assent.revocation (tag, id, subject, until, kept_until) SELECT n % 65536, md5(n::text), 'grant', now() + '1 day', now() + '1 day' FROM generate_series(1, $1::int) n`, [alive]);
  await client.end();
}

type Feeds = Readonly<Record<'database' | 'https', RevocationFeed>>;

async function openFeeds({ target, databaseUrl }: Stack, closing: (() => Promise<unknown>)[]): Promise<Feeds> {
  const { introspector, grants, issuer } = target;
  const database = await openRevocationFeed(databaseUrl!);
  closing.push(() => database.close());
  const dispatcher = new Agent({ connect: grants!.door.connect as object });
  const https = await openHttpRevocationFeed({
    url: `${grants!.url}/revocations`,
    client: { issuer, clientId: introspector!.clientId, key: introspector!.key, dpopKey: introspector!.dpopKey },
    fetch: (url, init) => fetch(url, { ...(init as object), ...(url.startsWith('https:') && { dispatcher }) }) as unknown as Promise<Response>,
    origins: originsOf(target),
  });
  closing.push(async () => {
    await https.close();
    await dispatcher.destroy();
  });
  if (https.age() > 1000) throw new Error('the feed over HTTPS did not begin');
  return { database, https };
}

/** Where published addresses really are. */
const originsOf = ({ issuer, main, grants }: Target): Record<string, string> => ({ [new URL(issuer).origin]: main.origin, [grants!.url]: grants!.door.origin });

const guardOf = (target: Target, feed: RevocationFeed, maxFeedAgeMs = 1000): ResourceGuard =>
  createResourceGuard({ resource: resourceOf(target), issuers: [{ issuer: target.issuer }], verification: 'jwt', feed, maxFeedAgeMs, http: httpPorts({ origins: originsOf(target) }) });
const resourceOf = ({ resource }: Target): string => new URL(resource!.url).origin;

/** A resource server that is nothing but its guard. */
async function serve(guard: ResourceGuard): Promise<Server> {
  const server = createServer((request, response) => {
    guard.verify(nodeRequest(request, { certificate: () => undefined, requiredScopes: ['accounts'] })).then(
      () => response.writeHead(204).end(),
      (error: unknown) => response.writeHead(error instanceof OAuthError ? error.status : 500).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

async function measureLatency(target: Target, feeds: Feeds, { grants: count, signal }: RevocationBenchOptions, closing: (() => Promise<unknown>)[]): Promise<readonly Latency[]> {
  const open = (door: Door): Send => {
    const pool = new Pool(door.origin, { connections: 4, ...(door.connect && { connect: door.connect as object }) });
    closing.push(() => pool.destroy());
    return async ({ method, path, headers, body }) => {
      const response = await pool.request({ method, path, headers, ...(body === undefined ? {} : { body }) });
      return { status: response.statusCode, headers: response.headers, body: await response.body.text() };
    };
  };
  const [issuer, api] = [open(target.main), open(target.grants!.door)];
  const servers = await Promise.all((['database', 'https'] as const).map(async (name) => {
    const server = await serve(guardOf(target, feeds[name]));
    closing.push(() => new Promise((resolve) => server.close(resolve)));
    return { name, send: open({ origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, metricsUrl: undefined }) };
  })); // prettier-ignore
  const managing = { ...target, parameters: { grant_management_action: 'create' } };
  const cookie = await signIn(issuer, target);
  const seen = servers.map(({ name }) => ({ name, sent: [] as number[], answered: [] as number[] }));
  const { access_token: manager = '' } = json(await ask(issuer, await clientCredentials(target.client, target.endpoints.token, 'dpop', 'grant_management_revoke'), 200));
  for (let index = 0; index < count && !signal.aborted; index += 1) {
    const { access_token: token = '', grant_id: grantId = '' } = await flow(issuer, managing, cookie, await prepareFlow(managing));
    for (const { send } of servers) await ask(send, await read(target, token), 204);
    const url = `${target.grants!.url}/grants/${grantId}`;
    const proof = await target.client.proof('DELETE', url, manager);
    const sentAt = performance.now();
    let answeredAt = Infinity;
    const deleted = ask(api, { method: 'DELETE', path: new URL(url).pathname, headers: { authorization: `DPoP ${manager}`, dpop: proof } }, 204).then(() => (answeredAt = performance.now()));
    const refused = servers.map(({ send }) => untilRefused(target, send, token));
    await deleted;
    (await Promise.all(refused)).forEach((at, which) => {
      seen[which]!.sent.push(at - sentAt);
      seen[which]!.answered.push(Math.max(0, at - answeredAt));
    });
  }
  return seen.map(({ name, sent, answered }) => ({ adapter: name, sent: quantilesOf(sent), answered: quantilesOf(answered) }));
}

const read = async (target: Target, token: string) => {
  const url = `${resourceOf(target)}/accounts`;
  return { method: 'GET' as const, path: '/accounts', headers: { authorization: `DPoP ${token}`, dpop: await target.client.proof('GET', url, token) } };
};

/** Asks again and again; answers when the first 401 was there. */
async function untilRefused(target: Target, send: Send, token: string): Promise<number> {
  const end = performance.now() + 10_000;
  for (;;) {
    const { status } = await send(await read(target, token));
    const now = performance.now();
    if (status === 401) return now;
    if ((status !== 204 && status !== 503) || now > end) throw new Error(`the resource server answered ${status} and never 401`);
    await sleep(1);
  }
}

function quantilesOf(times: readonly number[]): Quantiles {
  const sorted = [...times].sort((a, b) => a - b);
  return { p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99), max: sorted.at(-1) ?? NaN };
}

interface Cost {
  readonly feed: string;
  /** CPU of one request's judgement in microseconds: the median of the rounds. */
  readonly cpuMicroseconds: number;
  /** CPU of the look at the feed alone, in microseconds. */
  readonly lookupMicroseconds: number;
}

const [rounds, perRound] = [9, 2_000];

/** The guard alone, in this process: every feed in turn in each round, so that what the machine does else hits all alike. */
async function measureCosts(target: Target, feeds: Readonly<Record<string, RevocationFeed>>): Promise<readonly Cost[]> {
  const token = await aToken(target);
  // Judging without a pause keeps the feeds from reading: they may be as old as they like here.
  const all = Object.entries(feeds).map(([feed, port]) => ({ feed, guard: guardOf(target, port, Infinity), times: [] as number[] }));
  for (let round = -1; round < rounds; round += 1) {
    for (const { guard, times } of round % 2 === 0 ? all : [...all].reverse()) {
      const requests = await prepared(perRound, async () => {
        const { headers } = await read(target, token);
        return { method: 'GET', url: '/accounts', headers: Object.entries(headers).flat(), requiredScopes: ['accounts'] };
      });
      const before = process.cpuUsage();
      for (const request of requests) await guard.verify(request);
      const { user, system } = process.cpuUsage(before);
      // The first round warms up.
      if (round >= 0) times.push((user + system) / perRound);
    }
  }
  return all.map(({ feed, times }) => ({ feed, cpuMicroseconds: quantile([...times].sort((a, b) => a - b), 0.5), lookupMicroseconds: lookupOf(feeds[feed]!, token) }));
}

function lookupOf(feed: RevocationFeed, token: string): number {
  const { jti, grant_id: grantId, grant_version: grantVersion } = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as { jti: string; grant_id?: string; grant_version?: number };
  const times = 1_000_000;
  const before = process.cpuUsage();
  for (let count = 0; count < times; count += 1) if (feed.isRevoked({ jti, grantId, grantVersion })) throw new Error('the token of the bench was revoked');
  const { user, system } = process.cpuUsage(before);
  return (user + system) / times;
}

async function aToken(target: Target): Promise<string> {
  const pool = new Pool(target.main.origin);
  const send: Send = async ({ method, path, headers, body = null }) => {
    const response = await pool.request({ method, path, headers, body });
    return { status: response.statusCode, headers: response.headers, body: await response.body.text() };
  };
  try {
    const { access_token: token = '' } = await flow(send, target, await signIn(send, target), await prepareFlow(target));
    return token;
  } finally {
    await pool.close();
  }
}

function told(latencies: readonly Latency[], costs: readonly Cost[]): string {
  const style = { head: [], border: [], compact: true };
  const observed = new Table({ head: ['feed', 'DELETE sent → 401: p50 ms', 'p99', 'max', 'DELETE answered → 401: p50 ms', 'p99', 'max'], style });
  const ms = ({ p50, p99, max }: Quantiles): string[] => [p50, p99, max].map((value) => value.toFixed(1));
  for (const { adapter, sent, answered } of latencies) observed.push([adapter, ...ms(sent), ...ms(answered)]);
  const spent = new Table({ head: ['guard with feed', 'CPU µs a request', 'of which the look at the feed'], style });
  for (const { feed, cpuMicroseconds, lookupMicroseconds } of costs) spent.push([feed, cpuMicroseconds.toFixed(1), lookupMicroseconds.toFixed(2)]);
  return `${observed.toString()}\n${spent.toString()}\n${systemClock.now().toISOString().slice(0, 10)}`;
}
