import type { IncomingMessage } from 'node:http';
import { Transform, type TransformCallback } from 'node:stream';
import type { Fields } from '@assent/http-signatures';
import type { ResourceGuard } from '../guard.js';
import { nodeRequest } from '../node-request.js';
import { keepContent } from './content.js';

/* What of Fastify is used here, so that the guard need not depend on it. */
interface Request {
  readonly raw: IncomingMessage;
}
interface Reply {
  readonly statusCode: number;
  getHeaders(): Record<string, number | string | string[] | undefined>;
  header(name: string, value: string): unknown;
}
type Payload = NodeJS.ReadableStream & { readonly receivedEncodedLength?: number };
export interface HookedServer {
  addHook(name: 'preParsing', hook: (request: Request, reply: Reply, payload: Payload) => Promise<Payload>): unknown;
  addHook(name: 'onSend', hook: (request: Request, reply: Reply, payload: unknown) => Promise<unknown>): unknown;
}

/**
 * Teaches a Fastify instance (Nest's as well: `app.getHttpAdapter().getInstance()`) to hand contents to the guard and to
 * sign its answers, refusals included. Register it after whatever else changes answers, such as compression.
 */
export function signedAnswers(fastify: HookedServer, guard: ResourceGuard): void {
  if (!guard.signsAnswers) return;
  fastify.addHook('preParsing', async ({ raw }, _, payload) => copied(raw, payload));
  fastify.addHook('onSend', async ({ raw }, reply, payload) => {
    const fields = await guard.sign(nodeRequest(raw), {
      status: reply.statusCode,
      headers: fieldsOfReply(reply),
      // Looked at only where the answer is signed: others may be streams.
      get body() {
        return raw.method === 'HEAD' ? undefined : bytesOf(payload);
      },
    });
    for (const [name, value] of fields ?? []) reply.header(name, value);
    return payload;
  });
}

/** The content passes through to Fastify's own parser, which bounds it: bytes beyond its limit are never read. */
function copied(raw: IncomingMessage, payload: Payload): Payload {
  const copy = new Copy(raw);
  payload.on('error', (error: Error) => copy.destroy(error));
  return payload.pipe(copy);
}

class Copy extends Transform {
  readonly #chunks: Buffer[] = [];
  /** Fastify compares it with `Content-Length`. */
  receivedEncodedLength = 0;

  constructor(private readonly message: IncomingMessage) {
    super();
  }

  override _transform(chunk: Buffer, _: BufferEncoding, done: TransformCallback): void {
    this.#chunks.push(chunk);
    this.receivedEncodedLength += chunk.length;
    done(null, chunk);
  }

  override _flush(done: TransformCallback): void {
    keepContent(this.message, Buffer.concat(this.#chunks));
    done();
  }
}

function fieldsOfReply(reply: Reply): Fields {
  return Object.entries(reply.getHeaders()).flatMap(([name, value]) => [value ?? []].flat().map((line) => [name, String(line)] as const));
}

function bytesOf(payload: unknown): Uint8Array | undefined {
  if (payload === undefined || payload === null) return undefined;
  if (typeof payload === 'string') return Buffer.from(payload, 'utf8');
  if (payload instanceof Uint8Array) return payload;
  throw new TypeError('answers that are streams cannot be signed');
}
