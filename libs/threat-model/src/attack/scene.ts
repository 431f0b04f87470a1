import { Browser } from './browser.js';
import { random, readJwt } from './jws.js';
import { Party, type Form, type Metadata, type Twist } from './party.js';
import type { Target } from './target.js';
import type { Incoming, Wire } from './wire.js';

/** A code, as it came back to its client. */
export interface Authorized {
  readonly code: string;
  readonly verifier: string;
  readonly callback: URL;
  readonly parameters: URLSearchParams;
  readonly requestUri: string;
  readonly request: Form;
}
export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
  readonly idToken: string | undefined;
  readonly answer: Readonly<Record<string, unknown>>;
  readonly nonce: string | undefined;
}

/** What the suite cannot do at a target, and why: no verdict follows from it. */
export class CannotTry extends Error {}

/** Everybody an attack needs: the honest client, the thief's client, the victim's browser. */
export class Scene {
  readonly victim: Party;
  readonly thief: Party;
  readonly browser: Browser;
  private good: Tokens | undefined;

  constructor(
    readonly target: Target,
    readonly metadata: Metadata,
    readonly wire: Wire,
    /** Lets time pass at the target; `undefined`: waiting that long is not wanted. */
    readonly wait: (seconds: number) => Promise<boolean>,
    ahead: () => number,
  ) {
    const [victim, thief] = target.clients;
    this.victim = new Party(victim, target.issuer, metadata, wire, ahead);
    this.thief = new Party(thief, target.issuer, metadata, wire, ahead);
    this.browser = this.newBrowser();
  }

  newBrowser(): Browser {
    return new Browser(this.wire, this.target.login);
  }

  get resource(): string {
    if (this.target.resource === undefined) throw new CannotTry('the target names no resource');
    return this.target.resource;
  }

  /** A pushed request of the honest client. */
  async pushed(more: Form = {}, twist: Twist = {}): Promise<{ readonly requestUri: string; readonly verifier: string; readonly request: Form }> {
    const verifier = random();
    const request = this.victim.request(verifier, more);
    const answer = await this.victim.push(request, twist);
    const requestUri = answer.json['request_uri'];
    if (typeof requestUri !== 'string') throw new CannotTry(`a good pushed request was refused: ${answer.status} ${JSON.stringify(answer.json)}`);
    return { requestUri, verifier, request };
  }

  /** The whole front channel of the honest client. */
  async authorized(more: Form = {}, twist: Twist = {}): Promise<Authorized> {
    const { requestUri, verifier, request } = await this.pushed(more, twist);
    const callback = await this.browser.approve(this.victim.authorizationUrl({ client_id: this.victim.id, request_uri: requestUri }), this.target.clients[0].redirectUri);
    const parameters = responseOf(callback);
    const code = parameters.get('code');
    if (code === null) throw new CannotTry(`a good flow brought no code: ${parameters.get('error') ?? callback.search}`);
    return { code, verifier, callback, parameters, requestUri, request };
  }

  redeem({ code, verifier }: Pick<Authorized, 'code' | 'verifier'>, twist: Twist = {}, step?: string, by: Party = this.victim): Promise<Incoming> {
    return by.token({ grant_type: 'authorization_code', code, redirect_uri: this.target.clients[0].redirectUri, code_verifier: verifier }, twist, step);
  }

  /** Tokens of the honest client; the same ones again unless `fresh`. */
  async tokens(fresh = false, more: Form = {}): Promise<Tokens> {
    if (this.good && !fresh) return this.good;
    const authorized = await this.authorized(more);
    const { json, status } = await this.redeem(authorized);
    if (typeof json['access_token'] !== 'string') throw new CannotTry(`a good code was refused: ${status} ${JSON.stringify(json)}`);
    const tokens = { accessToken: json['access_token'], refreshToken: json['refresh_token'] as string | undefined, idToken: json['id_token'] as string | undefined, answer: json, nonce: authorized.request['nonce'] };
    if (!fresh) this.good = tokens;
    return tokens;
  }

  /** Forgets tokens an attack may have ended. */
  forget(): void {
    this.good = undefined;
  }
}

/** Parameters of a response, also of a signed one. */
export function responseOf(callback: URL): URLSearchParams {
  const parameters = callback.hash.length > 1 ? new URLSearchParams(callback.hash.slice(1)) : callback.searchParams;
  const jarm = parameters.get('response');
  const claims = jarm === null ? undefined : readJwt(jarm)?.claims;
  return claims ? new URLSearchParams(Object.entries(claims).map(([name, value]): [string, string] => [name, String(value)])) : parameters;
}
