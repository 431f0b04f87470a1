import { request } from 'node:https';
import type { CertifiedKey } from './certificates.js';

/** One HTTP request, open to any change before it is sent: repeated headers and parameters stay as they are. */
export class Message {
  method: string;
  url: URL;
  readonly headers: [string, string][];
  body: string | Buffer | undefined;
  /** The certificate presented in the TLS handshake. */
  identity: CertifiedKey | undefined;

  constructor(parts: { method: string; url: URL | string; headers?: readonly (readonly [string, string])[]; body?: string | Buffer | undefined; identity?: CertifiedKey | undefined }) {
    this.method = parts.method;
    this.url = new URL(parts.url);
    this.headers = (parts.headers ?? []).map(([name, value]) => [name, value]);
    this.body = parts.body;
    this.identity = parts.identity;
  }

  /** The value of a parameter of the form body. */
  parameter(name: string): string {
    return this.form().get(name) ?? '';
  }

  /** Sets a parameter of the form body; `undefined` takes it out. */
  set(name: string, value: string | undefined): this {
    const form = this.form();
    if (value === undefined) form.delete(name);
    else form.set(name, value);
    this.body = form.toString();
    return this;
  }

  /** Adds a parameter, beside one of the same name. */
  add(name: string, value: string): this {
    const form = this.form();
    form.append(name, value);
    this.body = form.toString();
    return this;
  }

  header(name: string): string {
    return this.headers.find(([known]) => known.toLowerCase() === name.toLowerCase())?.[1] ?? '';
  }

  /** Replaces every header of this name; `undefined` takes it out. */
  setHeader(name: string, value: string | undefined): this {
    const kept = this.headers.filter(([known]) => known.toLowerCase() !== name.toLowerCase());
    this.headers.splice(0, this.headers.length, ...kept);
    if (value !== undefined) this.addHeader(name, value);
    return this;
  }

  addHeader(name: string, value: string): this {
    this.headers.push([name, value]);
    return this;
  }

  private form(): URLSearchParams {
    return new URLSearchParams(this.body === undefined ? '' : String(this.body));
  }
}

/** What came back. Redirects are never followed. */
export interface Answer {
  readonly status: number;
  /** Repeated headers joined by `, `, as `fetch` has them; `set-cookie` apart. */
  readonly headers: Headers;
  readonly cookies: readonly string[];
  readonly text: string;
  /** The body, when it is JSON; `{}` otherwise. */
  readonly json: Readonly<Record<string, unknown>>;
}

/** Ports of URLs and where to connect in their place, as a load balancer would. */
export type Route = ReadonlyMap<number, number>;

export interface SendOptions {
  /** PEM of the authority the server's certificate must come from. */
  readonly ca: string;
  readonly route?: Route;
  readonly timeoutMs?: number;
}

/**
 * Sends one message over TLS, on a connection of its own: nothing is left over from one test to the next. Every name
 * resolves to 127.0.0.1. Rejects when there is no answer.
 */
export function send(message: Message, { ca, route, timeoutMs = 15_000 }: SendOptions): Promise<Answer> {
  const { url, method, headers, body, identity } = message;
  const port = Number(url.port || 443);
  return new Promise((resolve, reject) => {
    const names = new Map<string, string[]>();
    for (const [name, value] of headers) names.set(name, [...(names.get(name) ?? []), value]);
    const outgoing = request({
      host: '127.0.0.1',
      servername: url.hostname,
      port: route?.get(port) ?? port,
      method,
      path: url.pathname + url.search,
      headers: { host: url.host, ...Object.fromEntries([...names].map(([name, values]) => [name, values.length === 1 ? values[0] : values])) },
      ca,
      agent: false,
      timeout: timeoutMs,
      ...(identity ? { cert: identity.cert, key: identity.key } : {}),
    });
    outgoing.once('error', reject);
    outgoing.once('timeout', () => outgoing.destroy(new Error(`no answer from ${url.href} in ${timeoutMs} ms`)));
    outgoing.once('response', (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk)).once('error', reject);
      incoming.once('end', () => resolve(answerOf(incoming.statusCode ?? 0, incoming.rawHeaders, Buffer.concat(chunks))));
    });
    outgoing.end(body);
  });
}

function answerOf(status: number, rawHeaders: readonly string[], body: Buffer): Answer {
  const headers = new Headers();
  const cookies: string[] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const [name = '', value = ''] = [rawHeaders[i]?.toLowerCase(), rawHeaders[i + 1]];
    if (name === 'set-cookie') cookies.push(value);
    else headers.append(name, value);
  }
  const text = body.toString();
  const json = /^application\/([a-z-]+\+)?json\b/.test(headers.get('content-type') ?? '') && text ? (JSON.parse(text) as Record<string, unknown>) : {};
  return { status, headers, cookies, text, json };
}
