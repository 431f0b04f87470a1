import { LRUCache } from 'lru-cache';
import { randomBytes } from 'node:crypto';
import type { Configuration, DPoPHandle, TokenEndpointResponse } from 'openid-client';
import type { DemoClient, DpopKey } from '../client/demo-client.js';
import type { Exchange } from '../inspector/exchange.js';

/** What a flow in progress must remember to judge the answer (FAPI 2.0 SP 5.3.3.2): fresh for each request. */
export interface Pending {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
  readonly requestUri: string;
}

/** One flow with one client, from discovery to revocation. */
export interface Flow {
  readonly client: DemoClient;
  readonly configuration: Configuration;
  readonly scope: string;
  readonly dpop: { readonly key: DpopKey; readonly handle: DPoPHandle } | undefined;
  /** Presents the wrong verifier at the token endpoint: one of the misbehaviours needs a fresh code for it. */
  readonly wrongVerifier: boolean;
  pending?: Pending;
  /** The request that was completed, and the code that was used: what a thief would try again. */
  done?: { readonly requestUri: string; readonly callback: URL; readonly codeVerifier: string };
  tokens?: TokenEndpointResponse;
  subject?: string;
  accountId?: string;
}

/** What the demo remembers of a browser. In memory only: it ends with the process. */
export interface BrowserSession {
  readonly id: string;
  readonly csrf: string;
  flow?: Flow;
  readonly exchanges: Exchange[];
  /** What went wrong last, for the next page. */
  notice?: string;
}

const hour = 3_600_000;
const mostExchanges = 60;

export class BrowserSessions {
  private readonly sessions = new LRUCache<string, BrowserSession>({ max: 500, ttl: hour, updateAgeOnGet: true });

  find(id: string | undefined): BrowserSession | undefined {
    return id === undefined ? undefined : this.sessions.get(id);
  }

  start(): BrowserSession {
    const session = { id: randomBytes(32).toString('base64url'), csrf: randomBytes(32).toString('base64url'), exchanges: [] };
    this.sessions.set(session.id, session);
    return session;
  }
}

/** Appends to the timeline; the oldest exchanges give way. */
export function keepIn(session: BrowserSession): (exchange: Exchange) => void {
  return (exchange) => {
    session.exchanges.push(exchange);
    if (session.exchanges.length > mostExchanges) session.exchanges.shift();
  };
}
