import type { IssuerConfig } from '@assent/config';
import type { BankFacts, Market, MarketRoute } from '@assent/markets';
import type { Client } from '@assent/protocol';
import type { ResourceGuard } from '@assent/resource-guard';
import type { IncomingMessage } from 'node:http';
import type { SignsAnswers } from './signed-answer.js';

/** An issuer of a market at the bank: its dialect, and what stands behind its API. */
export interface MarketSite {
  readonly issuer: IssuerConfig;
  readonly market: Market;
  /** Public URL its paths begin at, which is its resource identifier. */
  readonly base: string;
  readonly guard: ResourceGuard;
  /** The client behind a token, as its issuer knows it. */
  readonly clientOf: (clientId: string) => Promise<Client | undefined>;
  readonly sign: SignsAnswers;
  readonly bank: BankFacts;
}

/** One request as it came, body and all. */
export interface MarketCall {
  readonly message: IncomingMessage;
  readonly method: string;
  /** Below the site's base, without query. */
  readonly path: string;
  readonly query: string;
  readonly body: Buffer | undefined;
  readonly certificate: () => { readonly thumbprint: string } | undefined;
  readonly requestId: string;
  readonly interactionId: string;
  readonly now: Date;
}

/** The address a call is for. */
export interface FoundRoute {
  readonly route: MarketRoute;
  readonly params: Readonly<Record<string, string>>;
  readonly version: number | undefined;
}
