import type { HttpPorts } from './options.js';

export interface HttpPortOptions {
  /** Any WHATWG fetch; default the global one. Give your own to set trust anchors or a proxy. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** Other addresses for some origins, such as inside the own network: https, or plain http to a loopback address. */
  readonly origins?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  readonly maxBytes?: number;
}

/**
 * Outbound HTTP over `fetch`: https only, no redirects, bounded in time and size (F2-NET-01, F2-NET-05).
 * Both ports reject with an `Error` when there is no usable answer.
 */
export function httpPorts(options: HttpPortOptions = {}): HttpPorts {
  const { fetch = globalThis.fetch, origins = {}, timeoutMs = 3000, maxBytes = 256 * 1024 } = options;
  proveSafe(origins);
  const request = async (url: string, init: RequestInit): Promise<Response> => fetch(addressOf(url, origins), { ...init, headers: { accept: 'application/json', ...init.headers }, redirect: 'error', signal: AbortSignal.timeout(timeoutMs) });

  return {
    async fetchJson(url: string) {
      const response = await request(url, { method: 'GET' });
      if (response.status !== 200) throw new Error(`${url} answered ${response.status}`);
      return { body: await readJson(response, maxBytes), maxAgeSeconds: maxAgeOf(response) };
    },
    async postForm(url, form, accept) {
      const response = await request(url, { method: 'POST', body: form, ...(accept !== undefined && { headers: { accept } }) });
      const asked = accept !== undefined && mediaTypeOf(response) === accept;
      return { status: response.status, body: await (asked ? readText : readJson)(response, maxBytes) };
    },
  };
}

/** `TypeError` when one of the other addresses would carry secrets in the open. */
export function proveSafe(origins: Readonly<Record<string, string>>): void {
  for (const address of Object.values(origins)) if (!isSafe(new URL(address))) throw new TypeError(`neither https nor loopback: ${address}`);
}

/** Where an https URL is really asked for. */
export function addressOf(url: string, origins: Readonly<Record<string, string>>): string {
  const { protocol, origin, pathname, search } = new URL(url);
  if (protocol !== 'https:') throw new Error(`not an https address: ${url}`);
  return `${origins[origin] ?? origin}${pathname}${search}`;
}

const isSafe = ({ protocol, hostname }: URL): boolean => protocol === 'https:' || (protocol === 'http:' && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname));

const mediaTypeOf = (response: Response): string => (response.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';

/** The JSON of an answer of bounded size; `undefined` for an empty one. */
export async function readJson(response: Response, maxBytes: number): Promise<unknown> {
  const text = await readText(response, maxBytes);
  return text === '' ? undefined : JSON.parse(text);
}

async function readText(response: Response, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > maxBytes) throw new Error(`${response.url} answered more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function maxAgeOf(response: Response): number | undefined {
  const found = /(?:^|[\s,])max-age=(\d{1,9})/i.exec(response.headers.get('cache-control') ?? '');
  return found ? Number(found[1]) : undefined;
}
