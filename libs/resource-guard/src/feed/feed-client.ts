import { performance } from 'node:perf_hooks';
import { signClientAssertion, signDpopProof, type SigningKey } from '@assent/crypto';
import type { Clock } from '@assent/protocol';
import { addressOf, readJson } from '../http-ports.js';

/** Who asks for the feed: a client of the issuer with the scope `revocation_feed` and `client_credentials`. */
export interface FeedClient {
  /** The issuer's identifier; its metadata names the token endpoint. */
  readonly issuer: string;
  readonly clientId: string;
  /** Signs client assertions (`private_key_jwt`). Absent: the certificate that `fetch` presents proves the client. */
  readonly key?: SigningKey;
  /** Tokens are bound to this key (DPoP). Absent: to the certificate that `fetch` presents (mutual TLS). */
  readonly dpopKey?: SigningKey;
}

export interface FeedTransport {
  /** Any WHATWG fetch. It sets trust anchors and, for mutual TLS, the client's certificate. */
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** Other addresses for some origins, as in `httpPorts`. */
  readonly origins: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly clock: Clock;
}

export const feedScope = 'revocation_feed';

interface Token {
  readonly value: string;
  readonly usableUntil: number;
}

interface Answered {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

interface Sending {
  /** For the proof's hash of it. */
  readonly token?: string;
  readonly waitMs: number;
  readonly closing: AbortSignal;
  /** Without a proof: a public document. */
  readonly plain?: boolean;
}

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const maxBytes = 1024 * 1024;
/** A token is renewed this long before it ends: longer than one request may wait. */
const renewBeforeMs = 45_000;

/** GETs one protected address as a client: fetches a sender-constrained token, keeps it, and renews it. */
export class FeedSession {
  #token: Token | undefined;
  #tokenEndpoint: string | undefined;
  /** Server nonces (RFC 9449 sections 8 and 9), by origin. */
  readonly #nonces = new Map<string, string>();

  constructor(
    private readonly client: FeedClient,
    private readonly resource: string,
    private readonly transport: FeedTransport,
  ) {}

  /** The body of a 200, and in `asked` when the question was sent that it answers. Rejects with an `Error` when there is none; once, a refused token is replaced and tried again. */
  async get(url: string, waitMs: number, closing: AbortSignal, asked: { at: number }): Promise<Readonly<Record<string, unknown>>> {
    const kept = this.#token !== undefined;
    const ask = async (): Promise<Answered> => {
      const token = await this.#usableToken(closing);
      asked.at = performance.now();
      return this.#send(url, { method: 'GET', headers: { authorization: `${this.client.dpopKey ? 'DPoP' : 'Bearer'} ${token}` } }, { token, waitMs, closing });
    };
    let answer = await ask();
    if (answer.status === 401) {
      this.#token = undefined;
      if (kept) answer = await ask();
    }
    if (answer.status !== 200) throw new Error(`${url.replace(/\?.*/s, '')} answered ${answer.status}${errorOf(answer)}`);
    return answer.body;
  }

  async #usableToken(closing: AbortSignal): Promise<string> {
    const now = this.transport.clock.now().getTime();
    if (this.#token && now < this.#token.usableUntil) return this.#token.value;
    const endpoint = (this.#tokenEndpoint ??= await this.#findTokenEndpoint(closing));
    const form = new URLSearchParams({ grant_type: 'client_credentials', scope: feedScope, resource: this.resource, client_id: this.client.clientId, ...(await this.#authentication()) });
    const answer = await this.#send(endpoint, { method: 'POST', body: form }, { waitMs: 0, closing });
    const { access_token: value, expires_in: seconds } = answer.body;
    if (answer.status !== 200 || typeof value !== 'string') throw new Error(`${endpoint} answered ${answer.status}${errorOf(answer)}`);
    const lifetime = typeof seconds === 'number' ? seconds * 1000 : 60_000;
    this.#token = { value, usableUntil: now + Math.max(lifetime - renewBeforeMs, lifetime / 2) };
    return value;
  }

  async #authentication(): Promise<Record<string, string>> {
    const { clientId, key, issuer } = this.client;
    if (!key) return {};
    return { client_assertion_type: assertionType, client_assertion: await signClientAssertion({ clientId, audience: issuer, key, now: this.transport.clock.now() }) };
  }

  /** RFC 8414 section 3; a client that shows a certificate goes to the alias for it (RFC 8705 section 5). */
  async #findTokenEndpoint(closing: AbortSignal): Promise<string> {
    const { issuer, key, dpopKey } = this.client;
    const { origin, pathname } = new URL(issuer);
    const { body } = await this.#send(`${origin}/.well-known/oauth-authorization-server${pathname === '/' ? '' : pathname}`, { method: 'GET' }, { waitMs: 0, closing, plain: true });
    if (body['issuer'] !== issuer) throw new Error(`the metadata of ${issuer} is about another issuer`);
    const aliases = body['mtls_endpoint_aliases'] as Readonly<Record<string, unknown>> | undefined;
    const endpoint = (key && dpopKey ? undefined : aliases?.['token_endpoint']) ?? body['token_endpoint'];
    if (typeof endpoint !== 'string') throw new Error(`${issuer} publishes no token_endpoint`);
    return endpoint;
  }

  /** Sends once, and once more where the server wants its nonce in the proof. Each attempt has a proof of its own. */
  async #send(url: string, init: RequestInit, options: Sending): Promise<Answered> {
    const first = await this.#sendOnce(url, init, options);
    return first.status >= 400 && first.body['error'] === 'use_dpop_nonce' ? this.#sendOnce(url, init, options) : first;
  }

  async #sendOnce(url: string, init: RequestInit, { token, waitMs, closing, plain = false }: Sending): Promise<Answered> {
    const { fetch, origins, timeoutMs } = this.transport;
    const proof = plain ? {} : await this.#proof(init.method ?? 'GET', url, token);
    return within(waitMs + timeoutMs, closing, async (signal) => {
      const response = await fetch(addressOf(url, origins), { ...init, headers: { accept: 'application/json', ...init.headers, ...proof }, redirect: 'error', signal });
      const nonce = response.headers.get('dpop-nonce');
      if (nonce) this.#nonces.set(new URL(url).origin, nonce);
      const body = await readJson(response, maxBytes);
      return { status: response.status, body: typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {} };
    });
  }

  async #proof(method: string, url: string, accessToken: string | undefined): Promise<Record<string, string>> {
    const { dpopKey: key } = this.client;
    if (!key) return {};
    const nonce = this.#nonces.get(new URL(url).origin);
    return { dpop: await signDpopProof({ method, url, key, now: this.transport.clock.now(), ...(accessToken !== undefined && { accessToken }), ...(nonce !== undefined && { nonce }) }) };
  }
}

const errorOf = ({ body }: Answered): string => (typeof body['error'] === 'string' ? ` ${body['error']}` : '');

/** With a signal that is aborted when time is up or everything closes. (`AbortSignal.any` would hold on to `closing`.) */
async function within<T>(ms: number, closing: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  const timer = setTimeout(abort, ms);
  closing.addEventListener('abort', abort);
  if (closing.aborted) abort();
  try {
    return await work(controller.signal);
  } catch (error) {
    throw controller.signal.aborted && !closing.aborted ? new Error('no answer in time', { cause: error }) : error;
  } finally {
    clearTimeout(timer);
    closing.removeEventListener('abort', abort);
  }
}
