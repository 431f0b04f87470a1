import { describeExit, startChild, type ChildOptions } from './child.js';
import { Failure } from './failure.js';

const drainMs = 15_000;

/** Something that runs and can be ended: in order, or at once. */
export interface Part {
  readonly name: string;
  stop(): Promise<void>;
  kill(): void;
}

/** Holds the running parts: notices when one dies, and stops all of them in the opposite order of their start. */
export class Supervisor {
  readonly #stages: Part[][] = [];
  #stopping: Promise<void> | undefined;
  #fail: (error: Failure) => void = () => undefined;

  /** Rejects with a `Failure` as soon as a part that was ready ends by itself. */
  readonly failure: Promise<never> = new Promise((_, reject) => void (this.#fail = reject));

  constructor(private readonly onKilled: (line: string) => void) {
    this.failure.catch(() => undefined);
  }

  /** Takes over a part that runs in this process or looks after itself. */
  async hold(part: Part): Promise<void> {
    this.#stages.push([part]);
    if (this.#stopping) await part.stop();
    this.#refuseWhenStopping();
  }

  /**
   * Starts processes that depend on all started before. Resolves when all are ready; rejects with a `Failure` when
   * one does not get that far, or when the stack is being stopped.
   */
  async start(all: readonly ChildOptions[]): Promise<void> {
    this.#refuseWhenStopping();
    const children = all.map(startChild);
    this.#stages.push(
      children.map((child) => ({
        name: child.name,
        kill: () => child.kill(),
        stop: async () => {
          if ((await child.stop(drainMs)) === 'killed') this.onKilled(`${child.name} did not stop within ${drainMs / 1000} s and was killed.`);
        },
      })),
    );
    for (const child of children) {
      child.ready.then(() => child.exited).then((exit) => this.died(child.name, describeExit(exit)), () => undefined);
    }
    await Promise.race([Promise.all(children.map((child) => child.ready)), this.failure]);
  }

  /** Tells that a part ended. Unless it was asked to, that ends the stack. */
  died(name: string, how: string): void {
    if (!this.#stopping) this.#fail(new Failure(`${name} stopped unexpectedly (${how}); stopping everything.`));
  }

  /** Stops the stages last to first; each part drains within its time or is killed. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopStages();
    return this.#stopping;
  }

  /** Ends every part at once. */
  kill(): void {
    for (const part of this.#stages.flat()) part.kill();
  }

  async #stopStages(): Promise<void> {
    for (const stage of this.#stages.toReversed()) await Promise.all(stage.map((part) => part.stop()));
  }

  #refuseWhenStopping(): void {
    if (this.#stopping) throw new Failure('The stack is being stopped.');
  }
}
