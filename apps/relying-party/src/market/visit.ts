import type { IssuerConfig } from '@assent/config';
import type { Journey, Market } from '@assent/markets';
import type { Allowed, Begun } from './play.js';

/** An issuer that belongs to a market. */
export type MarketIssuer = IssuerConfig & { readonly market: Market };
export const isMarketIssuer = (issuer: IssuerConfig): issuer is MarketIssuer => issuer.market !== undefined;

/** A step of a journey, as it went. */
export interface ToldStep {
  readonly title: string;
  readonly detail: string;
}

/** A browser's way through a market. */
export interface MarketVisit {
  readonly issuer: MarketIssuer;
  readonly journey: Journey;
  readonly steps: ToldStep[];
  /** Waits for the browser to come back from the bank. */
  begun?: Begun;
  /** The customer said yes. */
  allowed?: Allowed;
  /** What was agreed to is over: used up, or ended by the app. */
  over?: boolean;
}
