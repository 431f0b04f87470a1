import { keyOf, newKey, publicJwkOf, random, sha256, signed, thumbprintOf, type Key, type Members } from './jws.js';
import { signedFields } from './signed-message.js';
import type { TargetClient } from './target.js';
import type { Incoming, Outgoing, Wire } from './wire.js';

export type Metadata = Readonly<Record<string, unknown>>;
export type Form = Readonly<Record<string, string | undefined>>;

/** What is different about a message; everything left out is as an honest client has it. */
export interface Twist {
  /** Parameters in place of the good ones; `undefined` leaves one out. */
  readonly form?: Form;
  readonly headers?: readonly (readonly [string, string])[];
  /** Of the client assertion. */
  readonly assertion?: (header: Record<string, unknown>, claims: Record<string, unknown>) => void;
  readonly assertionText?: (header: Members, claims: Members) => string;
  /** Authenticates in no way. */
  readonly anonymous?: boolean;
  /** Another key for the proof; `null`: no proof. */
  readonly dpop?: Key | null;
  readonly proof?: (header: Record<string, unknown>, claims: Record<string, unknown>) => void;
  readonly proofText?: string;
  /** Changes a message after everything in it was made and signed. */
  readonly last?: (message: Outgoing) => Outgoing;
}

/** Of a call to a resource. */
export interface CallTwist extends Twist {
  readonly scheme?: string;
  readonly method?: string;
  /** JSON. */
  readonly body?: string;
  /** Without the token in its header. */
  readonly bare?: boolean;
}

/** Parameters that are text in a form and JSON in a signed request (RFC 9101 section 4; RFC 9396 section 3). */
const structured = ['authorization_details', 'claims'];

/** Seconds, as JWTs carry time. */
export const seconds = (): number => Math.floor(Date.now() / 1000);

/** A client of the target: honest, unless it is told to twist something. */
export class Party {
  readonly dpop: Key = newKey();
  private readonly key: Key | undefined;
  private readonly requestKey: Key | undefined;
  private nonce: string | undefined;
  private resourceNonce: string | undefined;
  private prepared: Form = {};
  /** The form last sent. */
  lastForm: Form = {};
  /** The request object last made. */
  lastRequestObject: string | undefined;

  constructor(
    readonly client: TargetClient,
    readonly issuer: string,
    readonly metadata: Metadata,
    private readonly wire: Wire,
    /** Seconds the target's clock is ahead, where a test moves it. */
    private readonly ahead: () => number = () => 0,
  ) {
    this.key = client.key && keyOf(client.key, client.alg);
    this.requestKey = client.requestKey ? keyOf(client.requestKey) : this.key;
  }

  get id(): string {
    return this.client.clientId;
  }
  get signingKey(): Key | undefined {
    return this.key;
  }
  now(): number {
    return seconds() + this.ahead();
  }

  endpoint(name: string): string {
    const aliases = this.metadata['mtls_endpoint_aliases'] as Readonly<Record<string, string>> | undefined;
    const url = (this.client.identity ? aliases?.[name] : undefined) ?? this.metadata[name];
    if (typeof url !== 'string') throw new Error(`the issuer publishes no ${name}`);
    return url;
  }

  /** Makes what the next authorization request needs, where it needs anything. */
  async prepare(): Promise<void> {
    this.prepared = (await this.client.prepare?.()) ?? {};
  }

  /** A good authorization request. */
  request(verifier: string, more: Form = {}): Form {
    const { redirectUri, scope, responseMode, responseType = 'code' } = this.client;
    return { response_type: responseType, redirect_uri: redirectUri, scope, state: random(16), nonce: random(16), code_challenge: sha256(verifier), code_challenge_method: 'S256', response_mode: responseMode, ...this.prepared, ...more };
  }

  push(request: Form, twist: Twist = {}, step?: string): Promise<Incoming> {
    return this.post('pushed_authorization_request_endpoint', this.asSent({ ...request, ...twist.form }, { client_id: this.id }), { dpop: null, ...twist, form: {} }, step);
  }

  /** A good authentication request by the back channel (CIBA section 7.1). */
  backchannelRequest(loginHint: string, message: string, more: Form = {}): Form {
    return { scope: this.client.scope, login_hint: loginHint, binding_message: message, client_notification_token: this.client.notified ? random() : undefined, ...more };
  }

  ask(request: Form, twist: Twist = {}, step?: string): Promise<Incoming> {
    return this.post('backchannel_authentication_endpoint', this.asSent({ ...request, ...twist.form }), { dpop: null, ...twist, form: {} }, step);
  }

  /** As a form, or as a signed object where this client signs. */
  private asSent(request: Form, plain: Form = {}): Form {
    return this.client.signsRequests ? { client_id: this.client.key ? undefined : this.id, request: this.requestObject(request, plain) } : { ...plain, ...request };
  }

  /** A request as its client signs it (RFC 9101); `key`: by somebody else. */
  requestObject(request: Form, more: Form = {}, key: Key | undefined = this.requestKey): string {
    if (!key) throw new Error('a client that signs its requests needs a key');
    const now = this.now();
    const claims = { ...Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined).map(([name, value]) => [name, structured.includes(name) ? (JSON.parse(value ?? '') as unknown) : value])), ...more, iss: this.id, aud: this.issuer, iat: now, nbf: now, exp: now + 120, jti: random(16) };
    this.lastRequestObject = signed({ typ: 'oauth-authz-req+jwt', kid: this.requestKey?.kid }, claims, key);
    return this.lastRequestObject;
  }

  token(form: Form, twist: Twist = {}, step?: string): Promise<Incoming> {
    return this.post('token_endpoint', form, twist, step);
  }

  /** A client-authenticated form; once more when the server wants its nonce. */
  async post(endpoint: string, form: Form, twist: Twist = {}, step?: string): Promise<Incoming> {
    const url = this.endpoint(endpoint);
    const sent = { ...form, ...this.authentication(twist), ...twist.form };
    this.lastForm = sent;
    const bound = this.client.constraint === 'dpop' && twist.dpop !== null;
    const proof = twist.proofText ?? (bound || twist.dpop ? this.proof('POST', url, twist) : undefined);
    const headers: (readonly [string, string])[] = [['content-type', 'application/x-www-form-urlencoded'], ['accept', 'application/json'], ...(proof === undefined ? [] : [['dpop', proof] as const]), ...(this.client.usual?.() ?? []), ...(twist.headers ?? [])];
    const body = new URLSearchParams(Object.entries(sent).filter((entry): entry is [string, string] => entry[1] !== undefined)).toString();
    const message: Outgoing = { method: 'POST', url, headers, body, identity: twist.anonymous ? undefined : this.client.identity };
    const answer = await this.wire.send(twist.last?.(message) ?? message, step);
    const nonce = answer.headers['dpop-nonce'];
    if (typeof nonce === 'string' && nonce !== this.nonce) {
      this.nonce = nonce;
      if (answer.json['error'] === 'use_dpop_nonce') return this.post(endpoint, form, twist, step);
    }
    return answer;
  }

  private authentication({ anonymous, assertion, assertionText }: Twist): Form {
    if (anonymous || !this.key) return { client_id: this.id };
    const header: Record<string, unknown> = { kid: this.key.kid };
    const now = this.now();
    const claims: Record<string, unknown> = { iss: this.id, sub: this.id, aud: this.issuer, iat: now, exp: now + 60, jti: random(16) };
    assertion?.(header, claims);
    return { client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer', client_assertion: assertionText ? assertionText({ ...header, alg: this.key.alg }, claims) : signed(header, claims, this.key) };
  }

  /** An assertion as this client makes it. */
  signedAs(header: Members, claims: Members): string {
    if (!this.key) throw new Error(`${this.id} signs no assertions`);
    return signed(header, claims, this.key);
  }

  /** A DPoP proof; `accessToken` at a resource. */
  proof(method: string, url: string, twist: Twist = {}, accessToken?: string): string {
    const key = twist.dpop ?? this.dpop;
    const header: Record<string, unknown> = { typ: 'dpop+jwt', jwk: publicJwkOf(key) };
    const target = new URL(url);
    const claims: Record<string, unknown> = { htm: method, htu: target.origin + target.pathname, iat: this.now(), jti: random(16), ...(accessToken === undefined ? {} : { ath: sha256(accessToken) }) };
    const nonce = accessToken === undefined ? this.nonce : this.resourceNonce;
    if (nonce !== undefined) claims['nonce'] = nonce;
    twist.proof?.(header, claims);
    return signed(header, claims, key);
  }

  /** A call with a token, as it is bound; once more when the server wants its nonce. */
  async call(url: string, accessToken: string, twist: CallTwist = {}, step?: string): Promise<Incoming> {
    const answer = await this.wire.send(this.message(url, accessToken, twist), step);
    const nonce = answer.headers['dpop-nonce'];
    if (answer.status !== 401 || typeof nonce !== 'string' || nonce === this.resourceNonce) return answer;
    this.resourceNonce = nonce;
    return /use_dpop_nonce/.test(String(answer.headers['www-authenticate'])) ? this.wire.send(this.message(url, accessToken, twist), step) : answer;
  }

  /** A call as it would be sent. */
  message(url: string, accessToken: string, twist: CallTwist = {}): Outgoing {
    const byDpop = this.client.constraint === 'dpop' && twist.dpop !== null;
    const scheme = twist.scheme ?? (byDpop ? 'DPoP' : 'Bearer');
    const method = twist.method ?? 'GET';
    const proof = twist.proofText ?? (byDpop ? this.proof(method, url, twist, accessToken) : undefined);
    const content = twist.body === undefined ? {} : { body: twist.body };
    const headers: (readonly [string, string])[] = [
      ['accept', 'application/json'],
      ...(twist.bare ? [] : [['authorization', `${scheme} ${accessToken}`] as const]),
      ...(proof === undefined ? [] : [['dpop', proof] as const]),
      ...(twist.body === undefined ? [] : [['content-type', 'application/json'] as const]),
      ...(this.client.usual?.() ?? []),
      ...(twist.headers ?? []),
    ];
    const message: Outgoing = { method, url, headers, identity: twist.anonymous ? undefined : this.client.identity, ...content };
    const key = this.client.signsMessages && !twist.bare ? this.key : undefined;
    const whole = key ? { ...message, headers: [...headers, ...signedFields(message, key, this.now())] } : message;
    return twist.last?.(whole) ?? whole;
  }

  authorizationUrl(parameters: Form): string {
    const url = new URL(String(this.metadata['authorization_endpoint']));
    for (const [name, value] of Object.entries(parameters)) if (value !== undefined) url.searchParams.set(name, value);
    return url.href;
  }

  get thumbprint(): string {
    return thumbprintOf(this.dpop);
  }
}
