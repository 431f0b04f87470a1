import { randomUUID } from 'node:crypto';
import { compactDecrypt } from 'jose';
import * as oauth from 'oauth4webapi';
import { readJws, responseOf, type Answer, type Change, type FapiClient, type Prepared } from '@assent/testing/fapi';
import { pushSigned, type SignedChange } from './signed.js';

type Parameters = Readonly<Record<string, string | undefined>>;
export type Members = Readonly<Record<string, unknown>>;

export interface ApiCall {
  readonly method?: string;
  readonly json?: unknown;
  readonly jwt?: string;
  /** `undefined` takes a header out. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly identity?: Change['identity'];
}

/** A third party in a market: what it sends to the issuer and to the bank's API, each call with an interaction id. */
export class MarketParty {
  constructor(
    readonly client: FapiClient,
    /** Where the market's API begins. */
    readonly base: string,
    /** Headers of each call to the API. */
    private readonly usual: () => Readonly<Record<string, string>> = () => ({}),
  ) {}

  /** Adds the interaction id to a message of another change. */
  static withId = (change: SignedChange = {}): SignedChange => ({
    ...change,
    message: async (message) => {
      message.setHeader('x-fapi-interaction-id', randomUUID());
      await change.message?.(message);
    },
  });

  /** A token of the client's own. Throws when it is refused. */
  async ownToken(scope: string): Promise<string> {
    const { status, json } = await this.client.clientCredentials(scope, MarketParty.withId());
    if (status !== 200) throw new Error(`no token for ${scope}: ${JSON.stringify(json)}`);
    return json['access_token'] as string;
  }

  /** Pushes a signed request. */
  async push(changes: Parameters, change: SignedChange = {}): Promise<{ readonly prepared: Prepared; readonly answer: Answer }> {
    const prepared = await this.client.prepare(changes);
    return { prepared, answer: await pushSigned(this.client, prepared, MarketParty.withId(change)) };
  }

  /** The same, and where to send the browser. Throws when it is refused. */
  async begin(changes: Parameters, change: SignedChange = {}): Promise<{ readonly prepared: Prepared; readonly url: URL; readonly expiresIn: number }> {
    const { prepared, answer } = await this.push(changes, change);
    const { request_uri: uri, expires_in: expiresIn } = await oauth.processPushedAuthorizationResponse(this.client.as, this.client.metadata, responseOf(answer));
    return { prepared, url: this.client.authorizationUrl(uri), expiresIn };
  }

  redeem(prepared: Prepared, code: string, change: Change = {}): Promise<Answer> {
    return this.client.redeem(prepared, code, MarketParty.withId(change));
  }

  refresh(token: string, change: Change = {}): Promise<Answer> {
    return this.client.refresh(token, MarketParty.withId(change));
  }

  /** Claims of an ID token, opened where it is encrypted to this client. */
  async idToken(token: string): Promise<Record<string, unknown>> {
    if (token.split('.').length !== 5) return readJws(token).claims;
    const { plaintext } = await compactDecrypt(token, this.client.test.decryption!);
    return readJws(Buffer.from(plaintext).toString()).claims;
  }

  /** Calls the market's API. */
  async api(path: string, token: string | undefined, { method = 'GET', json, jwt, headers = {}, identity }: ApiCall = {}): Promise<Answer> {
    const all = { 'x-fapi-interaction-id': randomUUID(), ...this.usual(), ...headers };
    return this.client.call(
      path.startsWith('https:') ? path : `${this.base}${path}`,
      token ?? 'none',
      {
        ...(identity !== undefined && { identity }),
        message: (message) => {
          message.setHeader('user-agent', undefined);
          if (token === undefined) message.setHeader('authorization', undefined);
          for (const [name, value] of Object.entries(all)) message.setHeader(name, value);
          if (json !== undefined) message.setHeader('content-type', 'application/json').body = JSON.stringify(json);
          if (jwt !== undefined) message.setHeader('content-type', 'application/jwt').setHeader('accept', 'application/jwt').body = jwt;
        },
      },
      method,
    );
  }

  /** A JWS by the client's key. */
  async sign(claims: Members, header: Members = {}): Promise<string> {
    const { SignJWT } = await import('jose');
    const { key, kid } = this.client.test.signing as { key: CryptoKey; kid: string };
    return new SignJWT(claims as Record<string, never>).setProtectedHeader({ alg: String(this.client.test.privateJwk['alg']), kid, typ: 'JWT', ...header }).sign(key);
  }
}
