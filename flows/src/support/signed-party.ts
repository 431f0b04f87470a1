import { responseOf, type Answer, type Change, type FapiClient, type Prepared, type Visitor, customers, type Approval } from '@assent/testing/fapi';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { CompactSign, importJWK } from 'jose';
import * as oauth from 'oauth4webapi';
import { pushSigned, type SignedChange } from './signed.js';
import type { Stack } from './stack.js';

type Parameters = Readonly<Record<string, string | undefined>>;
type Members = Readonly<Record<string, unknown>>;

/** What is sent to the market's API beside the token. */
export interface Sent {
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly json?: Members;
  /** Claims of a JWS, signed with the client's key. */
  readonly jwt?: Members;
  readonly change?: Change;
}

export interface Granted {
  readonly prepared: Prepared;
  readonly answer: Answer;
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
}

/** A third party in a market: a FAPI client that signs its requests and speaks to the market's API at the bank. */
export class SignedParty {
  private constructor(
    readonly client: FapiClient,
    readonly base: string,
    /** Header of every back-channel request. */
    private readonly interactionIds: boolean,
  ) {}

  static async of(stack: Stack, id: string, { interactionIds = false }: { readonly interactionIds?: boolean } = {}): Promise<SignedParty> {
    const client = await stack.party(id);
    return new SignedParty(client, `${stack.resource}/${client.test.at ?? ''}`, interactionIds);
  }

  /** The change of a good request: the header the market asks for, and what the test has different. */
  with(change: Change = {}): Change {
    if (!this.interactionIds) return change;
    return { ...change, message: async (message) => (message.setHeader('x-fapi-interaction-id', randomUUID()), change.message?.(message)) };
  }

  async push(parameters: Parameters, change: SignedChange = {}): Promise<{ readonly prepared: Prepared; readonly answer: Answer }> {
    const prepared = await this.client.prepare(parameters);
    return { prepared, answer: await pushSigned(this.client, prepared, { ...change, ...this.with(change) }) };
  }

  /** Pushed, and where the browser goes. Throws when the push is refused. */
  async begin(parameters: Parameters): Promise<{ readonly prepared: Prepared; readonly url: URL }> {
    const { prepared, answer } = await this.push(parameters);
    const { request_uri: requestUri } = await oauth.processPushedAuthorizationResponse(this.client.as, this.client.metadata, responseOf(answer));
    return { prepared, url: this.client.authorizationUrl(requestUri) };
  }

  /** As far as the callback, the customer's yes in it. */
  async authorized(parameters: Parameters, visitor: Visitor, approval: Partial<Approval> = {}): Promise<{ readonly prepared: Prepared; readonly callback: URL; readonly code: string }> {
    const { prepared, url } = await this.begin(parameters);
    const callback = await visitor.approve(url, { ...customers.ana, ...approval });
    return { prepared, callback, code: this.client.callback(callback, prepared).get('code')! };
  }

  async granted(parameters: Parameters, visitor: Visitor, approval: Partial<Approval> = {}): Promise<Granted> {
    const { prepared, code } = await this.authorized(parameters, visitor, approval);
    const answer = await this.client.redeem(prepared, code, this.with());
    if (answer.status !== 200) throw new Error(`the token request was refused: ${answer.text}`);
    return { prepared, answer, accessToken: answer.json['access_token'] as string, refreshToken: answer.json['refresh_token'] as string | undefined };
  }

  /** A token of its own (client_credentials). */
  async ownToken(scope: string): Promise<string> {
    const { status, json, text } = await this.client.clientCredentials(scope, this.with());
    if (status !== 200) throw new Error(text);
    return json['access_token'] as string;
  }

  /** A call to the market's API at the bank. */
  async api(method: string, path: string, token: string | undefined, { headers = {}, json, jwt, change = {} }: Sent = {}): Promise<Answer> {
    const body = jwt === undefined ? (json && JSON.stringify(json)) : await this.signed(jwt);
    return this.client.call(
      `${this.base}${path}`,
      token ?? 'none',
      {
        ...change,
        message: async (message) => {
          if (token === undefined) message.setHeader('authorization', undefined);
          if (body !== undefined) message.setHeader('content-type', jwt === undefined ? 'application/json' : 'application/jwt').body = body;
          if (body !== undefined) message.setHeader('content-length', String(Buffer.byteLength(body)));
          for (const [name, value] of Object.entries(headers)) message.setHeader(name, value);
          await change.message?.(message);
        },
      },
      method,
    );
  }

  /** A JWS of the client. */
  async signed(claims: Members, header: Readonly<Record<string, string>> = {}): Promise<string> {
    const { kid, alg } = this.client.test.privateJwk;
    const key = await importJWK(this.client.test.privateJwk as Parameters_<typeof importJWK>, alg);
    return new CompactSign(new TextEncoder().encode(JSON.stringify(claims))).setProtectedHeader({ alg: alg ?? 'PS256', ...(kid !== undefined && { kid }), typ: 'JWT', ...header }).sign(key);
  }

  /** How long it takes, in milliseconds, until a call is answered otherwise than before; `Infinity` after five seconds. */
  async felt(call: () => Promise<Answer>): Promise<number> {
    const began = performance.now();
    while (performance.now() - began < 5000) {
      if ((await call()).status !== 200) return performance.now() - began;
      await sleep(20);
    }
    return Infinity;
  }
}

type Parameters_<F> = F extends (one: infer One, ...rest: never[]) => unknown ? One : never;
