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

const shownRequestHeaders = ['authorization', 'dpop', 'content-type', 'accept', 'idempotency-key', 'x-fapi-interaction-id'];
const shownResponseHeaders = ['content-type', 'cache-control', 'www-authenticate', 'dpop-nonce', 'location', 'x-fapi-interaction-id', 'x-request-id', 'allow'];

export interface About {
  /** Whether `agent` presents the client's certificate. */
  readonly certificate: boolean;
  /** What the step is called, where its address does not say. */
  readonly step?: string;
  readonly judge: (status: number, body: string) => Verdict;
}

/** Sends a request and keeps a redacted account of it. `judge` says what the answer means. Throws undici's errors. */
export async function exchange(agent: Agent, url: string, options: FetchOptions, keep: (exchange: Exchange) => void, about: About): Promise<Response> {
  const started = performance.now();
  const response = await undiciFetch(url, { ...(options as object), redirect: 'manual', dispatcher: agent });
  const answer = { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() };
  keep(account(url, options, about, answer, performance.now() - started));
  const bodiless = answer.status === 204 || answer.status === 304;
  return new Response(bodiless ? null : answer.body, { status: answer.status, headers: answer.headers });
}

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

function account(url: string, { method, headers, body }: FetchOptions, about: About, answer: Answer, ms: number): Exchange {
  const parameters = parametersOf(body);
  const sent = pairs(headers, shownRequestHeaders);
  const explained = explain(method, url, parameters);
  return {
    ...explained,
    step: about.step ?? explained.step,
    method,
    url: redactUrl(url),
    parameters: parameters.map(redactPair),
    requestHeaders: sent.map(redactPair),
    certificate: about.certificate,
    status: answer.status,
    ms,
    responseHeaders: pairs(answer.headers, shownResponseHeaders).map(redactPair),
    responseBody: redactBody(answer.body),
    jwts: [...jwtsOf('request', [...parameters, ...sent]), ...jwtsOf('response', members(answer.body))],
    verdict: about.judge(answer.status, answer.body),
  };
}

/** The parameters of a form; a JSON body stands for itself. */
function parametersOf(body: unknown): readonly Pair[] {
  if (body instanceof URLSearchParams) return [...body];
  if (typeof body !== 'string') return [];
  return body.startsWith('{') ? [['body', body]] : [...new URLSearchParams(body)];
}

function pairs(headers: Record<string, string>, names: readonly string[]): readonly Pair[] {
  const lower = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return names.flatMap((name) => (lower.has(name) ? [[name, lower.get(name) as string] as const] : []));
}

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
