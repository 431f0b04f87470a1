import type { OutboundConfig } from '@assent/config';
import type { FetchJson } from '@assent/crypto';
import { rootCertificates } from 'node:tls';
import { Agent, request, type Dispatcher } from 'undici';
import { readPem } from '../tls.js';
import { addressBlocks } from '../transport/addresses.js';
import { guardedConnector, systemResolve, type Resolve } from './guarded-connect.js';
import { OutboundError } from './outbound-error.js';

export interface OutboundOptions {
  /** How names are resolved; the system's resolver by default. */
  readonly resolve?: Resolve;
  /** Plain HTTP as well: for what is signed itself. */
  readonly allowPlain?: boolean;
  /** Presented to servers that ask (introspection over mTLS). */
  readonly clientCertificate?: { readonly cert: string; readonly key: string };
}

/**
 * GET of a JSON document at an https address named by somebody else (`jwks_uri`). Refuses internal addresses unless
 * configured, at the moment of connecting; follows no redirect; bounded in time and size; server identity per RFC 9525
 * (F2-NET-05). Rejects with `OutboundError`.
 */
export function createFetchJson(outbound: OutboundConfig, authorityFiles: readonly string[], options: OutboundOptions = {}): FetchJson & { close(): Promise<void> } {
  const agent = outboundAgent(outbound, authorityFiles, options);
  const fetchJson = async (url: string) => {
    const { body, maxAgeSeconds } = await get(checkedUrl(url), agent, outbound, json);
    return { body: parse(body), maxAgeSeconds };
  };
  return Object.assign(fetchJson, { close: () => agent.destroy() });
}

/** Fetches one text over TLS, within the same limits. Rejects with `OutboundError` when its media type is none of `types`. */
export type FetchText = (url: string) => Promise<{ readonly body: string; readonly maxAgeSeconds: number | undefined }>;

/** GET of a text of one of these media types at an https address named by somebody else, guarded as `createFetchJson` guards. */
export function createFetchText(outbound: OutboundConfig, authorityFiles: readonly string[], types: readonly string[], options: OutboundOptions = {}): FetchText & { close(): Promise<void> } {
  const agent = outboundAgent(outbound, authorityFiles, options);
  const wanted: Wanted = { accept: types.join(', '), matches: (type) => types.includes(type.split(';')[0]?.trim().toLowerCase() ?? ''), name: types.join(' or ') };
  const fetchText = (url: string) => get(checkedUrl(url), agent, outbound, wanted);
  return Object.assign(fetchText, { close: () => agent.destroy() });
}

/** The same guarded connections as an undici `Agent`, for calls of our own (introspection, token requests). */
export function outboundAgent(outbound: OutboundConfig, authorityFiles: readonly string[], options: OutboundOptions = {}): Agent {
  const extra = authorityFiles.map((file) => readPem(file, 'tls.serverAuthorityFiles', 'outbound connections'));
  return new Agent({
    connect: guardedConnector({
      allowed: addressBlocks(outbound.allowPrivateAddresses, 'outbound.allowPrivateAddresses'),
      authorities: [...rootCertificates, ...extra],
      resolve: options.resolve ?? systemResolve,
      timeoutMs: outbound.timeoutMs,
      allowPlain: options.allowPlain,
      clientCertificate: options.clientCertificate,
    }),
    headersTimeout: outbound.timeoutMs,
    bodyTimeout: outbound.timeoutMs,
    maxHeaderSize: 16 * 1024,
    connections: 8,
  });
}

/** An https address without credentials. */
export function checkedUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'https:') throw new OutboundError('only https addresses are fetched');
  if (url.username || url.password) throw new OutboundError('an address must not hold credentials');
  return url;
}

/** What an answer must be. */
interface Wanted {
  readonly accept: string;
  readonly matches: (contentType: string) => boolean;
  readonly name: string;
}
const json: Wanted = { accept: 'application/json, application/jwk-set+json', matches: (type) => /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(type), name: 'JSON' };

async function get(url: URL, dispatcher: Agent, { timeoutMs, maxBytes }: OutboundConfig, wanted: Wanted) {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const response = await request(url, { dispatcher, signal, method: 'GET', headers: { accept: wanted.accept } });
    const refusal = refusalOf(response, maxBytes, wanted);
    if (refusal !== undefined) {
      response.body.on('error', () => undefined).destroy();
      throw new OutboundError(refusal);
    }
    return { body: await readAtMost(response.body, maxBytes), maxAgeSeconds: maxAge(response.headers['cache-control']) };
  } catch (error) {
    throw explained(error, signal);
  }
}

function refusalOf({ statusCode, headers }: Dispatcher.ResponseData, maxBytes: number, { matches, name }: Wanted): string | undefined {
  if (statusCode >= 300 && statusCode < 400) return 'the answer is a redirect, which is not followed';
  if (statusCode !== 200) return `the answer has status ${statusCode}`;
  if (!matches(String(headers['content-type'] ?? ''))) return `the answer is not ${name}`;
  return Number(headers['content-length'] ?? 0) > maxBytes ? 'the answer is too large' : undefined;
}

export async function readAtMost(body: AsyncIterable<Buffer>, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxBytes) throw new OutboundError('the answer is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new OutboundError('the answer is not JSON');
  }
}

function maxAge(cacheControl: string | string[] | undefined): number | undefined {
  const text = [cacheControl ?? ''].flat().join(',').toLowerCase();
  if (/(^|[\s,])no-(store|cache)\b/.test(text)) return 0;
  const seconds = /(?:^|[\s,])max-age\s*=\s*"?(\d{1,9})"?/.exec(text)?.[1];
  return seconds === undefined ? undefined : Number(seconds);
}

/** Why a call failed, without internals. */
export function explained(error: unknown, signal: AbortSignal): OutboundError {
  if (error instanceof OutboundError) return error;
  // Several addresses of one name failed: the first says enough.
  const cause = error instanceof AggregateError ? (error.errors[0] as unknown) : error;
  if (cause instanceof OutboundError) return cause;
  if (signal.aborted) return new OutboundError('no answer in time', { cause });
  const { code = '', name = '' } = (cause ?? {}) as NodeJS.ErrnoException;
  if (/TIMEOUT/.test(code) || /Timeout/.test(name)) return new OutboundError('no answer in time', { cause });
  if (/CERT|SELF_SIGNED|VERIFY|ALTNAME|HOSTNAME|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH|SSL|TLS|names no host/.test(`${code} ${String((cause as Error | undefined)?.message)}`)) return new OutboundError('the server could not be authenticated', { cause });
  return new OutboundError('the server could not be reached', { cause });
}
