import { customers, type Answer, type Approval, type Change, type Prepared, type Visitor } from '@assent/testing/fapi';
import { setTimeout as sleep } from 'node:timers/promises';
import { MarketParty, type ApiCall, type Members } from './market-party.js';
import type { Stack } from './stack.js';

type Parameters = Readonly<Record<string, string | undefined>>;

/** What is sent to the market's API beside the token. `jwt`: claims of a JWS, signed with the client's key. */
export type Sent = Omit<ApiCall, 'method' | 'jwt'> & { readonly jwt?: Members };

export interface Granted {
  readonly prepared: Prepared;
  readonly answer: Answer;
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
}

/** A third party in a market whose consents travel in the request: asked for, agreed to by the customer, and redeemed in one go. */
export class SignedParty extends MarketParty {
  static async of(stack: Stack, id: string): Promise<SignedParty> {
    const client = await stack.party(id);
    return new SignedParty(client, `${stack.resource}/${client.test.at ?? ''}`);
  }

  /** A change of a back-channel request, with the header every good one has. */
  with(change: Change = {}): Change {
    return MarketParty.withId(change);
  }

  /** As far as the callback, the customer's yes in it. */
  async authorized(parameters: Parameters, visitor: Visitor, approval: Partial<Approval> = {}): Promise<{ readonly prepared: Prepared; readonly callback: URL; readonly code: string }> {
    const { prepared, url } = await this.begin(parameters);
    const callback = await visitor.approve(url, { ...customers.ana, ...approval });
    return { prepared, callback, code: this.client.callback(callback, prepared).get('code')! };
  }

  async granted(parameters: Parameters, visitor: Visitor, approval: Partial<Approval> = {}): Promise<Granted> {
    const { prepared, code } = await this.authorized(parameters, visitor, approval);
    const answer = await this.redeem(prepared, code);
    if (answer.status !== 200) throw new Error(`the token request was refused: ${answer.text}`);
    return { prepared, answer, accessToken: answer.json['access_token'] as string, refreshToken: answer.json['refresh_token'] as string | undefined };
  }

  /** A call to the market's API at the bank. */
  async send(method: string, path: string, token: string | undefined, { jwt, ...sent }: Sent = {}): Promise<Answer> {
    return this.api(path, token, { ...sent, method, ...(jwt && { jwt: await this.sign(jwt) }) });
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
