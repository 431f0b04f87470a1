import { Pool } from 'undici';
import type { Door } from './target.js';

/** One HTTP request, ready to send. */
export interface Shot {
  readonly method: 'GET' | 'POST' | 'DELETE';
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
  readonly door: Door;
  readonly concurrency: number;
  /** How often the work is done; what was signed beforehand is enough for it. */
  readonly times: number;
  /** Every request over a connection, and a TLS handshake, of its own. */
  readonly reconnect?: boolean;
  /** Aborted: whatever is under way is finished and nothing further is sent. */
  readonly signal?: AbortSignal;
}

/** Runs the work `times` times over `concurrency` connections and times each. */
export async function load(work: Work, options: LoadOptions): Promise<Measured> {
  const pool = openPool(options);
  const send: Send = async ({ method, path, headers, body }) => {
    const response = await pool.request({ method, path, headers, ...(body === undefined ? {} : { body }) });
    return { status: response.statusCode, headers: response.headers, body: await response.body.text() };
  };
  const times: number[] = [];
  let next = 0;
  let failures = 0;
  let firstFailure: string | undefined;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < options.times && !options.signal?.aborted; index = next++) {
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

/** Kept-alive connections, one request at a time on each; or none kept, and no TLS session resumed either. */
function openPool({ door, concurrency, reconnect = false }: LoadOptions): Pool {
  const connect = { ...door.connect, ...(reconnect ? { maxCachedSessions: 0 } : {}) };
  return new Pool(door.origin, { connections: concurrency, pipelining: reconnect ? 0 : 1, connect });
}

/** Of sorted values; 0 of none. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** The middle one of a few figures; 0 of none. */
export const median = (values: readonly number[]): number => quantile([...values].sort((a, b) => a - b), 0.5);
