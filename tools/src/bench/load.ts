import { Pool } from 'undici';

/** One HTTP request, ready to send. */
export interface Shot {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export type Send = (shot: Shot) => Promise<Answer>;

/** What one worker does again and again: throws when an answer is not what it must be. */
export type Work = (send: Send, index: number) => Promise<void>;

export interface Measured {
  readonly count: number;
  readonly failures: number;
  readonly firstFailure: string | undefined;
  readonly seconds: number;
  readonly p50: number;
  readonly p99: number;
}

export interface LoadOptions {
  readonly origin: string;
  readonly concurrency: number;
  /** How often the work is done; what was signed beforehand is enough for it. */
  readonly times: number;
  readonly connect?: Readonly<Record<string, unknown>>;
}

/** Runs the work `times` times over `concurrency` kept-alive connections and times each. */
export async function load(work: Work, options: LoadOptions): Promise<Measured> {
  const pool = new Pool(options.origin, { connections: options.concurrency, pipelining: 1, ...(options.connect ? { connect: options.connect } : {}) });
  const send: Send = async ({ method, path, headers, body }) => {
    const response = await pool.request({ method, path, headers, ...(body === undefined ? {} : { body }) });
    return { status: response.statusCode, headers: response.headers, body: await response.body.text() };
  };
  const times: number[] = [];
  let next = 0;
  let failures = 0;
  let firstFailure: string | undefined;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < options.times; index = next++) {
      const started = performance.now();
      try {
        await work(send, index);
        times.push(performance.now() - started);
      } catch (error) {
        failures += 1;
        firstFailure ??= String(error);
      }
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: options.concurrency }, worker));
  const seconds = (performance.now() - started) / 1000;
  await pool.close();
  times.sort((a, b) => a - b);
  return { count: times.length, failures, firstFailure, seconds, p50: quantile(times, 0.5), p99: quantile(times, 0.99) };
}

/** Of sorted values; 0 of none. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
