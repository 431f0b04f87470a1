import { load, type Measured, type Send } from './load.js';
import { read, type Counted, type Reading, type Witness } from './meter.js';
import type { Scenario } from './scenarios.js';
import type { Door, Target } from './target.js';

/** One metered round: what was sent, and every counter before and after. */
export interface Round {
  readonly measured: Measured;
  readonly before: Reading | undefined;
  readonly after: Reading | undefined;
  readonly counted: { readonly before: Counted; readonly after: Counted } | undefined;
}

export interface MeasureOptions {
  readonly requests: number;
  readonly concurrency: number;
  readonly rounds: number;
  readonly signal: AbortSignal;
  readonly witness: Witness | undefined;
}

/** Fewer leave the compiler of V8 at work, and a server looks up to twice as slow as it is. */
const leastWarmUp = 1500;

/**
 * One scenario: prepared, warmed up, then metered in rounds. Signing lies before the first reading of each round, so a
 * round's readings hold nothing but its requests.
 */
export async function measure(scenario: Scenario, target: Target, options: MeasureOptions): Promise<readonly Round[]> {
  const door = scenario.door(target);
  if (!door) throw new Error(`${target.name} cannot show ${scenario.name}`);
  const { concurrency, signal } = options;
  const make = await once(target.main, (send) => scenario.prepare(target, send));
  const times = Math.ceil(options.requests * (scenario.share ?? 1));
  const run = async (count: number): Promise<() => Promise<Measured>> => {
    const work = await make(count);
    return () => load(work, { door, concurrency, times: count, signal, ...(scenario.reconnect ? { reconnect: true } : {}) });
  };
  await (await run(Math.max(times, leastWarmUp)))();
  const rounds: Round[] = [];
  for (let round = 0; round < options.rounds; round += 1) {
    signal.throwIfAborted();
    rounds.push(await meter(await run(times), door, options.witness));
  }
  return rounds;
}

async function meter(work: () => Promise<Measured>, { metricsUrl }: Door, witness: Witness | undefined): Promise<Round> {
  const counted = await witness?.read();
  const before = await read(metricsUrl);
  const measured = await work();
  const after = await read(metricsUrl);
  const recounted = await witness?.read();
  return { measured, before, after, counted: counted && recounted && { before: counted, after: recounted } };
}

/** Something done once over one connection. */
async function once<T>(door: Door, work: (send: Send) => Promise<T>): Promise<T> {
  let result: T | undefined;
  const measured = await load(async (send) => void (result = await work(send)), { door, concurrency: 1, times: 1 });
  if (measured.firstFailure !== undefined) throw new Error(measured.firstFailure);
  return result as T;
}
