import type { TestConfiguration } from '@assent/testing/fapi';
import { createServer } from 'node:https';
import type { IncomingHttpHeaders } from 'node:http';

/** A call to the third party, as it came. */
export interface Call {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A third party's own server: keeps what it is called with. */
export interface ThirdParty {
  readonly port: number;
  /** Statuses of the next answers; 204 when there are none. */
  readonly answers: number[];
  /** The next so many calls, from when it was last asked. */
  calls(count: number): Promise<readonly Call[]>;
  close(): Promise<void>;
}

export async function openThirdParty({ server: { cert, key } }: Pick<TestConfiguration, 'server'>, port: number): Promise<ThirdParty> {
  const answers: number[] = [];
  const received: Call[] = [];
  let news = (): void => undefined;
  const listening = createServer({ cert, key }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({ url: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() });
      response.writeHead(answers.shift() ?? 204).end();
      news();
    });
  });
  await new Promise<void>((resolve) => listening.listen(port, '127.0.0.1', resolve));
  return {
    port,
    answers,
    async calls(count) {
      while (received.length < count) await new Promise<void>((resolve) => (news = resolve));
      return received.splice(0, count);
    },
    close: async () => {
      listening.closeAllConnections();
      await new Promise((resolve) => listening.close(resolve));
    },
  };
}
