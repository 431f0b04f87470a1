import { Browser } from './browser.js';
import { Device } from './device.js';
import { random, readJwt, type Members } from './jws.js';
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

/** A request by the back channel, as it was taken. */
export interface Asked {
  readonly id: string;
  /** What both screens show. */
  readonly message: string;
}

/** What the suite cannot do at a target, and why: no verdict follows from it. */
export class CannotTry extends Error {}

/** There is nothing to attack at a target, and why. */
export class NothingThere extends Error {}

export const backchannelGrant = 'urn:openid:params:grant-type:ciba';

/** Everybody an attack needs: the honest client, the thief's client, the victim's browser. */
export class Scene {
  readonly victim: Party;
  readonly thief: Party;
  /** A resource server’s own client, where the target has one to play. */
  readonly asker: Party | undefined;
  readonly browser: Browser;
  private good: Tokens | undefined;

  constructor(
    readonly target: Target,
    readonly metadata: Metadata,
    readonly wire: Wire,
    /** Lets time pass at the target; `undefined`: waiting that long is not wanted. */
    readonly wait: (seconds: number) => Promise<boolean>,
    readonly ahead: () => number,
  ) {
    const party = (client: Target['clients'][number]): Party => new Party(client, target.issuer, metadata, wire, ahead);
    [this.victim, this.thief] = [party(target.clients[0]), party(target.clients[1])];
    this.asker = target.asker && party(target.asker);
    this.browser = this.newBrowser();
  }

  newBrowser(): Browser {
    return new Browser(this.wire, this.target.login);
  }

  /** The target’s resource; the issuer’s own, UserInfo, where it names none. */
  get resource(): string {
    if (this.target.resource !== undefined) return this.target.resource;
    if (this.metadata['userinfo_endpoint'] === undefined) throw new NothingThere('the target names no resource, and the issuer has none itself');
    return this.victim.endpoint('userinfo_endpoint');
  }

  /** The customer’s own device. */
  get device(): Device {
    const { device } = this.target;
    if (!device) throw new CannotTry('the target does not say where its customers decide');
    return new Device(this.newBrowser(), device);
  }

  /** A pushed request of the honest client. */
  async pushed(more: Form = {}, twist: Twist = {}): Promise<{ readonly requestUri: string; readonly verifier: string; readonly request: Form }> {
    await this.victim.prepare();
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

  /** A request by the back channel, not looked at. */
  ask(more: Form = {}, twist: Twist = {}, step?: string, by: Party = this.victim): Promise<Incoming> {
    const { device } = this.target;
    if (!device) throw new CannotTry('the target does not say how its customers are named');
    return by.ask(by.backchannelRequest(device.loginHint, newMessage(), more), twist, step);
  }

  /** A good request by the back channel. */
  async asked(more: Form = {}, step?: string, by: Party = this.victim): Promise<Asked> {
    const message = newMessage();
    const answer = await this.ask({ binding_message: message, ...more }, {}, step, by);
    const id = answer.json['auth_req_id'];
    if (typeof id !== 'string') throw new CannotTry(`a good request by the back channel was refused: ${answer.status} ${JSON.stringify(answer.json)}`);
    return { id, message };
  }

  poll({ id }: Pick<Asked, 'id'>, twist: Twist = {}, step?: string, by: Party = this.victim): Promise<Incoming> {
    return by.token({ grant_type: backchannelGrant, auth_req_id: id }, twist, step);
  }

  /** The customer agrees, and the client asks for its tokens: with a code, or by the back channel. */
  async exchanged(twist: Twist = {}, step?: string, more: Form = {}): Promise<{ readonly answer: Incoming; readonly request: Form }> {
    if (this.victim.client.flow !== 'backchannel') {
      const authorized = await this.authorized(more);
      return { answer: await this.redeem(authorized, twist, step), request: authorized.request };
    }
    const asked = await this.asked(more);
    await this.device.approve(asked.message);
    return { answer: await this.poll(asked, twist, step), request: {} };
  }

  /** Tokens of the honest client; the same ones again unless `fresh`. */
  async tokens(fresh = false, more: Form = {}): Promise<Tokens> {
    if (this.good && !fresh) return this.good;
    const { answer: { json, status }, request } = await this.exchanged({}, undefined, more); // prettier-ignore
    if (typeof json['access_token'] !== 'string') throw new CannotTry(`a good token request was refused: ${status} ${JSON.stringify(json)}`);
    const tokens = { accessToken: json['access_token'], refreshToken: json['refresh_token'] as string | undefined, idToken: json['id_token'] as string | undefined, answer: json, nonce: request['nonce'] };
    if (!fresh) this.good = tokens;
    return tokens;
  }

  /** A request of this client that begins something, with changes. */
  async begin(by: Party, more: Form, twist: Twist = {}, step?: string): Promise<Incoming> {
    await by.prepare();
    return by.client.flow === 'backchannel' ? this.ask(more, twist, step, by) : by.push(by.request(random(), more), twist, step);
  }

  /** The lightest message its client must be known for: it leads to nothing, and is refused for nothing else. */
  authenticated(twist: Twist = {}, step?: string): Promise<Incoming> {
    return this.victim.client.flow === 'backchannel' ? this.victim.post('revocation_endpoint', { token: random() }, { dpop: null, ...twist }, step) : this.victim.push(this.victim.request(random()), twist, step);
  }

  /** The endpoint of `authenticated`. */
  get knownAt(): string {
    return this.victim.endpoint(this.victim.client.flow === 'backchannel' ? 'revocation_endpoint' : 'pushed_authorization_request_endpoint');
  }

  /** The issuer’s published keys. */
  async keys(step?: string): Promise<readonly Members[]> {
    const { json } = await this.wire.send({ method: 'GET', url: String(this.metadata['jwks_uri']), headers: [['accept', 'application/json']] }, step);
    if (!Array.isArray(json['keys'])) throw new CannotTry('the issuer publishes no keys');
    return json['keys'] as readonly Members[];
  }

  /** Forgets tokens an attack may have ended. */
  forget(): void {
    this.good = undefined;
  }
}

/** Short, and never the same twice. */
const newMessage = (): string => `A${random(5).replaceAll(/[^A-Za-z0-9]/g, '7').toUpperCase()}`;

/** Parameters of a response, also of a signed one. */
export function responseOf(callback: URL): URLSearchParams {
  const parameters = callback.hash.length > 1 ? new URLSearchParams(callback.hash.slice(1)) : callback.searchParams;
  const jarm = parameters.get('response');
  const claims = jarm === null ? undefined : readJwt(jarm)?.claims;
  return claims ? new URLSearchParams(Object.entries(claims).map(([name, value]): [string, string] => [name, String(value)])) : parameters;
}
