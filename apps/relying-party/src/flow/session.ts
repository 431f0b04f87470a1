import { LRUCache } from 'lru-cache';
import { randomBytes } from 'node:crypto';
import type { Configuration, DPoPHandle, TokenEndpointResponse } from 'openid-client';
import type { DpopKey } from '../client/client-keys.js';
import type { DemoClient } from '../client/demo-client.js';
import { Timeline } from '../inspector/timeline.js';
import type { Asked } from './asks.js';
import type { Received } from './received.js';
import type { Notice } from './refusal.js';
import type { MarketVisit } from '../market/visit.js';
import type { Till } from './till.js';

/** What a flow in progress must remember to judge the answer (FAPI 2.0 SP 5.3.3.2): fresh for each request. */
export interface Pending {
  readonly asked: Asked;
  /** How it is to change the grant that is there, if so. */
  readonly change?: 'merge' | 'replace';
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
  readonly requestUri: string;
}

/** One flow with one client, from discovery to revocation. */
export interface Flow {
  readonly client: DemoClient;
  readonly configuration: Configuration;
  /** Whether an ID token comes beside the code, as its detached signature (FAPI 1.0 Advanced 5.2.2.1). */
  readonly detached: boolean;
  /** What the tokens were asked for. */
  asked: Asked;
  readonly dpop: { readonly key: DpopKey; readonly handle: DPoPHandle } | undefined;
  /** Presents the wrong verifier at the token endpoint: one of the misbehaviours needs a fresh code for it. */
  readonly wrongVerifier: boolean;
  /** Which calls must be refused from now on. */
  readonly expects: { refusalAt?: RegExp };
  pending?: Pending;
  /** The request that was completed, and the code that was used: what a thief would try again. */
  done?: { readonly requestUri: string; readonly callback: URL; readonly codeVerifier: string };
  tokens?: TokenEndpointResponse;
  /** The tokens from before the grant was last changed: which of them still work, a visitor may try. */
  older?: { readonly tokens: TokenEndpointResponse; readonly by: 'merge' | 'replace' };
  subject?: string;
  /** Why the tokens are worth nothing any more: the app revoked them, or their code came a second time. */
  ended?: 'revoked' | 'reused' | 'grant-revoked';
  readonly received: Received;
}

/** What the demo remembers of a browser. In memory only: it ends with the process. */
export interface BrowserSession {
  id: string;
  readonly csrf: string;
  flow?: Flow;
  /** The payment at a till that is under way, or was last. */
  till?: Till;
  /** The way through a market that is under way, or was last. */
  market?: MarketVisit;
  readonly timeline: Timeline;
  /** How the last step went, for the next page. */
  notice?: Notice;
  /** Whether the last step was a misbehaviour: the menu stays open for the next. */
  misbehaving?: boolean;
}

const hour = 3_600_000;
const newSecret = (): string => randomBytes(32).toString('base64url');

/** The sessions by their cookie's value: at most so many, each gone after an hour without a visit. */
export class BrowserSessions {
  readonly #sessions: LRUCache<string, BrowserSession>;

  /** `now`: milliseconds, for tests. */
  constructor(now: () => number = () => performance.now()) {
    this.#sessions = new LRUCache({ max: 200, ttl: hour, updateAgeOnGet: true, ttlResolution: 0, perf: { now } });
  }

  find(id: string | undefined): BrowserSession | undefined {
    return id === undefined ? undefined : this.#sessions.get(id);
  }

  /** Whose till waits for this request (CIBA). */
  having(authReqId: string): BrowserSession | undefined {
    return [...this.#sessions.values()].find(({ till }) => till?.authReqId === authReqId);
  }

  start(): BrowserSession {
    const session = { id: newSecret(), csrf: newSecret(), timeline: new Timeline() };
    this.#sessions.set(session.id, session);
    return session;
  }

  /** Gives the session a new id, and forgets the old one: whoever knew that has nothing of what follows. */
  renew(session: BrowserSession): void {
    this.#sessions.delete(session.id);
    session.id = newSecret();
    this.#sessions.set(session.id, session);
  }
}
