import type { OutboundConfig } from '@assent/config';
import { request, type Dispatcher } from 'undici';
import { explained } from '../outbound/fetch-json.js';
import { OutboundError } from '../outbound/outbound-error.js';

/** Revocation lists of large authorities are this long. */
const maxBytes = 16 * 1024 * 1024;

export interface Question {
  readonly body: Buffer;
  readonly type: string;
  readonly accept: string;
}

/** Octets from an address: a GET, or a POST where there is a question. Bounded in time and size, follows no redirect. `OutboundError`. */
export async function fetchBytes(url: URL, dispatcher: Dispatcher, { timeoutMs }: Pick<OutboundConfig, 'timeoutMs'>, question?: Question): Promise<Buffer> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const headers = question ? { 'content-type': question.type, accept: question.accept } : { accept: 'application/pkix-crl' };
    const { statusCode, body } = await request(url, { dispatcher, signal, method: question ? 'POST' : 'GET', headers, ...(question ? { body: question.body } : {}) });
    if (statusCode !== 200) {
      body.on('error', () => undefined).destroy();
      throw new OutboundError(`the answer has status ${statusCode}`);
    }
    return await readAll(body);
  } catch (error) {
    throw explained(error, signal);
  }
}

async function readAll(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxBytes) throw new OutboundError('the answer is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
