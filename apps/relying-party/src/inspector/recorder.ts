import { fetch as undiciFetch, type Agent } from 'undici';
import { explain } from './explain.js';
import type { DecodedJwt, Exchange, Pair, Verdict } from './exchange.js';
import { decodeJwt, redactBody, redactPair, redactUrl } from './redact.js';

/** What `fetch` of openid-client hands over. */
export interface FetchOptions {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: unknown;
  readonly redirect?: 'manual';
  readonly signal?: AbortSignal;
}

const shownRequestHeaders = ['authorization', 'dpop', 'content-type', 'accept', 'x-fapi-interaction-id'];
const shownResponseHeaders = ['content-type', 'cache-control', 'www-authenticate', 'dpop-nonce', 'location', 'x-fapi-interaction-id', 'x-request-id', 'allow'];

/**
 * Sends a request and keeps a redacted account of it. `judge` says what the answer means; without it any 2xx or 3xx
 * is fine and the rest unexpected.
 */
export async function exchange(
  agent: Agent,
  url: string,
  options: FetchOptions,
  keep: (exchange: Exchange) => void,
  about: { readonly certificate: boolean; readonly step?: string; readonly judge?: (status: number, body: string) => Verdict },
): Promise<Response> {
  const started = performance.now();
  const response = await undiciFetch(url, { ...(options as object), redirect: 'manual', dispatcher: agent });
  const body = await response.text();
  const ms = performance.now() - started;
  const parameters = parametersOf(options.body);
  const sent = pairs(options.headers, shownRequestHeaders);
  const explained = explain(options.method, url, parameters);
  keep({
    ...explained,
    step: about.step ?? explained.step,
    method: options.method,
    url: redactUrl(url),
    parameters: parameters.map(redactPair),
    requestHeaders: sent.map(redactPair),
    certificate: about.certificate,
    status: response.status,
    ms,
    responseHeaders: pairs(Object.fromEntries(response.headers), shownResponseHeaders).map(redactLocation).map(redactPair),
    responseBody: redactBody(body),
    jwts: [...jwtsOf('request', [...parameters, ...sent]), ...jwtsOf('response', members(body))],
    verdict: about.judge?.(response.status, body) ?? (response.status < 400 ? 'fine' : 'unexpected'),
  });
  const bodiless = response.status === 204 || response.status === 304;
  return new Response(bodiless ? null : body, { status: response.status, headers: Object.fromEntries(response.headers) });
}

function parametersOf(body: unknown): readonly Pair[] {
  if (body instanceof URLSearchParams) return [...body];
  return typeof body === 'string' ? [...new URLSearchParams(body)] : [];
}

function pairs(headers: Record<string, string>, names: readonly string[]): readonly Pair[] {
  const lower = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return names.flatMap((name) => (lower.has(name) ? [[name, lower.get(name) as string] as const] : []));
}

const redactLocation = ([name, value]: Pair): Pair => (name === 'location' && URL.canParse(value) ? [name, redactUrl(value)] : [name, value]);

function members(body: string): readonly Pair[] {
  try {
    const parsed: unknown = JSON.parse(body);
    if (parsed === null || typeof parsed !== 'object') return [];
    return Object.entries(parsed).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value] as const] : []));
  } catch {
    return [['body', body]];
  }
}

function jwtsOf(where: string, found: readonly Pair[]): readonly DecodedJwt[] {
  return found.flatMap(([name, value]) => decodeJwt(`${name} (${where})`, value.replace(/^(Bearer|DPoP) /i, '')) ?? []);
}
