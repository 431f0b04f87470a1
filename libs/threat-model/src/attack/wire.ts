import { lookup } from 'node:dns/promises';
import { request, type RequestOptions } from 'node:https';
import { BlockList, isIP } from 'node:net';
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import type { Evidence } from '../report/report.js';
import { redacted } from './redact.js';

/** A certificate with its private key, PEM. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
}

export interface Outgoing {
  readonly method: string;
  readonly url: string;
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: string;
  readonly identity?: Identity | undefined;
  /** The port on this machine the connection really ends at, as if the network led there. */
  readonly via?: number;
  /** Milliseconds to wait for an answer; `Silent` after them. */
  readonly patience?: number;
}

export interface Incoming {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly json: Readonly<Record<string, unknown>>;
}

/** What the attacks may cost. */
export interface Budget {
  readonly requests: number;
  readonly seconds: number;
}

export interface WireOptions {
  readonly budget: Budget;
  /** PEM authorities beside the system's. */
  readonly authorities: readonly string[];
  /** Attack addresses that are not this machine. */
  readonly anywhere: boolean;
  /** The names that may be attacked; everything else is refused, whatever a server's metadata says. */
  readonly hosts: Set<string>;
}

/** No answer came in time. */
export class Silent extends Error {}

/** The attacks have cost what they may, or would go where they may not. */
export class WireLimit extends Error {}

const mostPatience = 15_000;

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8);
loopback.addAddress('::1', 'ipv6');

/** Sends messages as they are, keeps what was said, and stops at its limits. */
export class Wire {
  sent = 0;
  private readonly until: number;
  private readonly local = new Map<string, boolean>();
  private kept: Evidence[] = [];
  /** Authorities the suite itself made up, which its own honest clients trust for now. */
  private readonly trusted = new Set<string>();
  private readonly contexts = new Map<string, SecureContext>();

  constructor(private readonly options: WireOptions) {
    this.until = performance.now() + options.budget.seconds * 1000;
  }

  /** What was said since the last time somebody asked. */
  evidence(): readonly Evidence[] {
    const kept = this.kept;
    this.kept = [];
    return kept;
  }

  /** Something that was seen beside what was sent. */
  note(step: string, request: string, answer: string, outcome: Evidence['outcome']): void {
    this.kept.push({ step, request: redacted(request), answer: redacted(answer), outcome });
  }

  /** Lets messages go to a place the suite has set up on this machine. */
  admit(host: string): void {
    this.options.hosts.add(host);
  }

  /** Has somebody else’s authority taken for a good one until the returned function is called. */
  trust(authority: string): () => void {
    this.trusted.add(authority);
    return () => void this.trusted.delete(authority);
  }

  /** Counts something that is no request of its own, and stops it at the limits. */
  async spend(url: string): Promise<void> {
    await this.permit(new URL(url));
  }

  async send(message: Outgoing, step?: string): Promise<Incoming> {
    const url = new URL(message.url);
    await this.permit(url);
    const answer = await this.exchange(message, url);
    if (step !== undefined) this.keep(message, answer, step);
    return answer;
  }

  private async permit(url: URL): Promise<void> {
    const { budget, anywhere, hosts } = this.options;
    this.sent += 1;
    if (this.sent > budget.requests) throw new WireLimit(`${budget.requests} requests have been sent: stopped`);
    if (performance.now() > this.until) throw new WireLimit(`${budget.seconds} seconds have passed: stopped`);
    if (url.protocol !== 'https:') throw new WireLimit(`${url.origin} is not https`);
    if (!hosts.has(url.host)) throw new WireLimit(`${url.host} is none of the target’s hosts`);
    if (!anywhere && !(await this.isLocal(url.hostname))) throw new WireLimit(`${url.hostname} is not this machine: say --i-own-this-target if it is yours to attack`);
  }

  /** Whether an address is this machine. */
  isHere(url: string): Promise<boolean> {
    return this.isLocal(new URL(url).hostname);
  }

  private async isLocal(host: string): Promise<boolean> {
    const known = this.local.get(host);
    if (known !== undefined) return known;
    const bare = host.replace(/^\[|\]$/g, '');
    const addresses = isIP(bare) ? [{ address: bare, family: isIP(bare) }] : await lookup(bare, { all: true });
    const local = addresses.every(({ address, family }) => loopback.check(address, family === 6 ? 'ipv6' : 'ipv4'));
    this.local.set(host, local);
    return local;
  }

  private exchange({ method, headers = [], body, identity, via, patience = mostPatience }: Outgoing, url: URL): Promise<Incoming> {
    const names = new Map<string, string[]>();
    for (const [name, value] of headers) names.set(name, [...(names.get(name) ?? []), value]);
    const place = via === undefined ? {} : { host: '127.0.0.1', port: via, servername: isIP(url.hostname) ? '' : url.hostname, headers: { host: url.host, ...Object.fromEntries(names) } };
    const options: RequestOptions & { readonly secureContext: SecureContext } = { method, headers: Object.fromEntries(names), agent: false, secureContext: this.contextOf(identity), ...place };
    return new Promise((resolve, reject) => {
      const outgoing = request(url, options, (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.once('error', reject);
        incoming.once('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text, json: parsed(text) });
        });
      });
      outgoing.setTimeout(patience, () => outgoing.destroy(new Silent(`${url.host} gave no answer in ${patience / 1000} seconds`)));
      outgoing.once('error', reject);
      outgoing.end(body);
    });
  }

  /** Made once for each certificate and set of authorities: the system's alone are some hundred and fifty. */
  private contextOf(identity: Identity | undefined): SecureContext {
    const own = [...this.options.authorities, ...this.trusted];
    const name = [identity?.cert ?? '', ...own].join();
    const known = this.contexts.get(name);
    const context = known ?? createSecureContext({ ...(own.length > 0 ? { ca: [...rootCertificates, ...own] } : {}), ...(identity ? { cert: identity.cert, key: identity.key } : {}) });
    this.contexts.set(name, context);
    return context;
  }

  private keep({ method, url, headers = [], body, identity }: Outgoing, { status, headers: answered, text, json }: Incoming, step: string): void {
    const shown = headers.filter(([name]) => !['accept', 'content-type', 'content-length'].includes(name)).map(([name, value]) => `${name}: ${value}`);
    const asked = [`${method} ${url}`, ...(identity ? ['(with a client certificate)'] : []), ...shown, ...(body ? [body] : [])].map(redacted).join('\n');
    const named = ['location', 'www-authenticate', 'content-security-policy', 'x-frame-options', 'access-control-allow-origin'].flatMap((name) => (answered[name] === undefined ? [] : [`${name}: ${String(answered[name])}`]));
    const said = Object.keys(json).length > 0 ? JSON.stringify(json) : /<h1[^>]*>([\s\S]*?)<\/h1>/.exec(text)?.[1]?.replace(/<[^>]*>/g, '').trim();
    this.kept.push({ step, request: asked, answer: [String(status), ...named, ...(said ? [said] : [])].map(redacted).join('\n').slice(0, 1500), outcome: status < 400 ? 'as it must be' : 'refused' });
  }
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
