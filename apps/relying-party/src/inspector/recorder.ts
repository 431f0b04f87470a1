import type { MessageSignatures } from '../client/message-signatures.js';
import { FlowError } from '../flow/refusal.js';
import { fetch as undiciFetch, type Agent } from 'undici';
import { prove } from './signatures.js';
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

const signatureHeaders = ['content-digest', 'signature-input', 'signature'];
const shownRequestHeaders = ['authorization', 'dpop', 'content-type', 'accept', 'idempotency-key', 'x-fapi-interaction-id', ...signatureHeaders];
const shownResponseHeaders = ['content-type', 'cache-control', 'www-authenticate', 'dpop-nonce', 'location', 'x-fapi-interaction-id', 'x-request-id', 'allow', 'accept-signature', ...signatureHeaders];

export interface About {
  /** Whether `agent` presents the client's certificate. */
  readonly certificate: boolean;
  /** What the step is called, where its address does not say. */
  readonly step?: string;
  readonly judge: (status: number, body: string) => Verdict;
  /** Signs requests to the bank's API and proves their answers. */
  readonly signatures?: MessageSignatures | undefined;
}

/**
 * Sends a request and keeps a redacted account of it. `judge` says what the answer means. Throws undici's errors, and
 * `FlowError` for an answer whose signature does not hold.
 */
export async function exchange(agent: Agent, url: string, options: FetchOptions, keep: (exchange: Exchange) => void, about: About): Promise<Response> {
  const sent = about.signatures?.covers(url, options.headers) ? await about.signatures.signer.sign(url, options) : undefined;
  const sending = sent ? { ...options, headers: sent.headers, ...(sent.body && { body: sent.body }) } : options;
  const started = performance.now();
  const response = await undiciFetch(url, { ...(sending as object), redirect: 'manual', dispatcher: agent });
  const bytes = Buffer.from(await response.arrayBuffer());
  const answer = { status: response.status, headers: Object.fromEntries(response.headers), body: bytes.toString('utf8') };
  const told = account(url, { ...sending, body: options.body }, about, answer, performance.now() - started);
  const proof = sent && (await prove(about.signatures!.signer, sent, { status: response.status, headers: [...response.headers], body: bytes }));
  keep(proof ? { ...told, signatures: proof.shown, ...(proof.wrong === undefined ? {} : { verdict: 'unexpected' }) } : told);
  if (proof?.wrong !== undefined) throw new FlowError(`The bank’s answer is not signed as it must be: ${proof.wrong}. The app used nothing of it.`);
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
