import type { AssentConfig } from '@assent/config';
import Table from 'cli-table3';
import { request, Agent } from 'node:http';
import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { quantile } from './load.js';
import { read, type Reading } from './meter.js';
import { certificateClient, issuerOf } from './private-config.js';
import { startPrivateStack } from './private-stack.js';
import type { Target } from './target.js';

export interface BackchannelBenchOptions {
  /** Requests that wait at the same time. */
  readonly pending: number;
  readonly logLevel: AssentConfig['logLevel'];
  readonly json: boolean;
  readonly signal: AbortSignal;
}

/** What the server used in one phase. */
interface Phase {
  readonly phase: string;
  readonly seconds: number;
  readonly rssMb: number;
  readonly cpuMsPerSecond: number;
  readonly statementsPerSecond: number;
  readonly note: string;
}

interface Latency {
  readonly from: string;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

const decisions = 500;
const restMs = 5_000;
/** Enough to see whether memory goes on growing. */
const heldRounds = 4;
const issuer = issuerOf('ciba');

/**
 * Many requests by the back channel that wait on one process: first as rows alone, then with a client's poll held open
 * for each, as its issuer lets polls wait. Meanwhile customers decide, one after the other, and the time from the
 * decision to the client's tokens is taken. It prints what it saw and judges nothing.
 */
export async function benchBackchannel(options: BackchannelBenchOptions): Promise<void> {
  const say = (line: string): void => void (options.json ? process.stderr : process.stdout).write(`${line}\n`);
  say('starting …');
  const stack = await startPrivateStack({ logLevel: options.logLevel, signal: options.signal });
  try {
    const bench = new Bench(stack.target, options, say);
    await makeCustomers(stack.databaseUrl!, options.pending);
    const { phases, latencies } = await bench.run();
    const machine = `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.version}`;
    if (options.json) process.stdout.write(`${JSON.stringify({ machine, pinned: stack.pinned, pending: options.pending, decisions, phases, latencies }, undefined, 2)}\n`);
    else say(`${options.pending} requests waiting on one process. ${machine}.\n${told(phases, latencies)}`);
  } finally {
    await stack.stop();
  }
}

/** One customer for each request: nobody may have many waiting. */
async function makeCustomers(url: string, count: number): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`INSERT INTO bank.customer (id, login, password_hash, display_name, claims) SELECT 'waiting-' || n, 'waiting-' || n, '!', 'Waiting ' || n, '{}' FROM generate_series(1, $1::int) n`, [count]);
  await client.end();
}

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

class Bench {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: Infinity });
  private readonly phases: Phase[] = [];
  /** Resolve when the client of a request has its tokens. */
  private readonly arrived = new Map<string, () => void>();
  private stopping = false;

  constructor(
    private readonly target: Target,
    private readonly options: BackchannelBenchOptions,
    private readonly say: (line: string) => void,
  ) {}

  async run(): Promise<{ readonly phases: readonly Phase[]; readonly latencies: readonly Latency[] }> {
    const { pending } = this.options;
    await this.phase('idle', () => sleep(restMs));
    let ids: readonly string[] = [];
    await this.phase('requests come in', async () => void (ids = await this.askAll(pending)), (seconds) => `${Math.round(pending / seconds)} requests/s`);
    await this.phase(`${pending} wait, nobody polls`, () => sleep(restMs));
    const polls = ids.map((id, index) => this.pollUntilDecided(id, index));
    await this.phase('a poll is held open for each', () => sleep((pending / polledPerSecond) * 1000));
    for (let round = 1; round <= heldRounds; round += 1) await this.phase(`${pending} polls are held open (${round})`, () => sleep(30_000), () => 'each is answered and sent again once');
    let latencies: readonly Latency[] = [];
    await this.phase(`${decisions} customers decide`, async () => void (latencies = await this.decideSome(ids)), (seconds) => `${Math.round(decisions / seconds)} decisions/s`);
    this.stopping = true;
    this.agent.destroy();
    await Promise.all(polls);
    await this.phase('afterwards', () => sleep(restMs));
    return { phases: this.phases, latencies };
  }

  private async phase(phase: string, work: () => Promise<unknown>, note: (seconds: number) => string = () => ''): Promise<void> {
    this.options.signal.throwIfAborted();
    const before = await this.reading();
    const started = performance.now();
    await work();
    const seconds = (performance.now() - started) / 1000;
    const after = await this.reading();
    const made = { phase, seconds, rssMb: after.rssMb, cpuMsPerSecond: ((after.cpuSeconds - before.cpuSeconds) * 1000) / seconds, statementsPerSecond: (after.statements - before.statements) / seconds, note: note(seconds) };
    this.phases.push(made);
    this.say(`  ${phase}: ${Math.round(made.rssMb)} MB`);
  }

  private async reading(): Promise<Reading> {
    const reading = await read(this.target.main.metricsUrl);
    if (!reading) throw new Error('the server has no metrics');
    return reading;
  }

  private async askAll(count: number): Promise<readonly string[]> {
    const ids: string[] = [];
    let next = 0;
    const worker = async (): Promise<void> => {
      for (let index = next++; index < count; index = next++) {
        const { status, body } = await this.post('backchannel', { scope: 'openid', login_hint: `waiting-${index + 1}`, binding_message: '1234' });
        if (status !== 200) throw new Error(`a request was refused: ${JSON.stringify(body)}`);
        ids[index] = body['auth_req_id'] as string;
      }
    };
    await Promise.all(Array.from({ length: 16 }, worker));
    return ids;
  }

  /** As a client does that need not be answered at once. */
  private async pollUntilDecided(id: string, index: number): Promise<void> {
    await sleep((index / polledPerSecond) * 1000);
    while (!this.stopping) {
      const answer = await this.post('token', { grant_type: 'urn:openid:params:grant-type:ciba', auth_req_id: id }).catch(() => undefined);
      if (answer?.status === 200) return this.arrived.get(id)?.();
      if (answer?.status === 503) await sleep(1000);
      else if (answer && answer.body['error'] !== 'authorization_pending') throw new Error(`a poll was refused: ${JSON.stringify(answer.body)}`);
    }
  }

  /** Spread over all that wait, so that none is special. */
  private async decideSome(ids: readonly string[]): Promise<readonly Latency[]> {
    const sent: number[] = [];
    const answered: number[] = [];
    const wanted = Math.min(decisions, ids.length);
    for (let n = 0; n < wanted; n += 1) {
      const id = ids[Math.floor((n * ids.length) / wanted)]!;
      const arrived = new Promise<number>((resolve) => this.arrived.set(id, () => resolve(performance.now())));
      const sentAt = performance.now();
      const { body } = await this.send('POST', `backchannel/decide?${new URLSearchParams({ auth_req_id: id, action: 'allow' }).toString()}`);
      if (body['outcome'] !== 'decided') throw new Error(`a decision was not taken: ${JSON.stringify(body)}`);
      const answeredAt = performance.now();
      const at = await arrived;
      sent.push(at - sentAt);
      answered.push(Math.max(0, at - answeredAt));
    }
    return [latencyOf('sending the decision', sent), latencyOf('its answer', answered)];
  }

  private post(path: string, fields: Readonly<Record<string, string>>): Promise<Answer> {
    return this.send('POST', path, new URLSearchParams({ client_id: certificateClient.id, ...fields }).toString());
  }

  private send(method: string, path: string, body?: string): Promise<Answer> {
    const { pathname } = new URL(issuer);
    const url = new URL(`${this.target.main.origin}${pathname}/${path}`);
    return new Promise((resolve, reject) => {
      const sent = request(url, { method, agent: this.agent, headers: { ...this.target.certificateHeaders, ...(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }) } }, (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) as Record<string, unknown> }));
        response.on('error', reject);
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }
}

/** Slower than a server accepts connections. */
const polledPerSecond = 400;

function latencyOf(from: string, times: readonly number[]): Latency {
  const sorted = [...times].sort((a, b) => a - b);
  return { from, p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99), max: sorted.at(-1) ?? NaN };
}

function told(phases: readonly Phase[], latencies: readonly Latency[]): string {
  const used = new Table({ head: ['while', 's', 'memory MB', 'CPU ms/s', 'SQL/s', ''], style: { head: [], border: [] } });
  for (const { phase, seconds, rssMb, cpuMsPerSecond, statementsPerSecond, note } of phases) used.push([phase, seconds.toFixed(0), rssMb.toFixed(0), cpuMsPerSecond.toFixed(0), statementsPerSecond.toFixed(0), note]);
  const times = new Table({ head: ['to the client’s tokens, from', 'p50 ms', 'p99 ms', 'max ms'], style: { head: [], border: [] } });
  for (const { from, p50, p99, max } of latencies) times.push([from, p50.toFixed(1), p99.toFixed(1), max.toFixed(1)]);
  return `${used.toString()}\n${times.toString()}`;
}
