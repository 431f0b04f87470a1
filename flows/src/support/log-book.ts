import { createLog, type Log } from '@assent/http';
import type { Answer } from '@assent/testing/fapi';
import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

/** Everything a server logs, down to the finest level, for tests to read. */
export class LogBook {
  private readonly texts: string[] = [];
  private readonly rules = new Map<string, string | undefined>();
  readonly log: Log;

  constructor(app: string) {
    const destination = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        this.keep(chunk.toString());
        done();
      },
    });
    this.log = createLog({ app, level: 'trace', destination });
  }

  get text(): string {
    return this.texts.join('');
  }

  /** The rule by which the server refused; `undefined` when it did not. The line follows the answer by a moment. */
  async ruleOf({ headers }: Answer): Promise<string | undefined> {
    const id = headers.get('x-request-id') ?? '';
    for (let waited = 0; waited < 1000 && !this.rules.has(id); waited += 2) await sleep(2);
    if (!this.rules.has(id)) throw new Error(`the log has no request ${id}`);
    return this.rules.get(id);
  }

  private keep(text: string): void {
    this.texts.push(text);
    for (const line of text.split('\n').filter(Boolean)) {
      const { msg, requestId, rule } = JSON.parse(line) as { msg?: string; requestId?: string; rule?: string };
      if (msg === 'request' && requestId !== undefined) this.rules.set(requestId, rule);
    }
    if (process.env['ASSENT_TEST_LOG']) process.stderr.write(text);
  }
}
