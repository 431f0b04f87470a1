import type { ConsentFacts } from '@assent/markets';
import type { AuthenticationEvent, AuthorizationDetail, AuthorizedContext, Customer } from '@assent/protocol';
import type { IssuerRuntime } from '../engine.js';

/*
 * What the answers of a market's issuer say of the consent behind them, beside what every issuer says. Issuers of no
 * market, and grants without a consent, say nothing here and ask nobody anything.
 */

type OfMarket = Pick<IssuerRuntime, 'config'>;
type Members = Readonly<Record<string, unknown>>;

/** What is known of a context's consent. */
export function factsOf({ consent, grantId, authorizationDetails: details }: AuthorizedContext): ConsentFacts | undefined {
  return consent && { grantId, name: consent.name, expiresAt: consent.expiresAt, details };
}

/** Details a client may be told of; those of a lodged consent it knows from where it lodged it. */
export function toldDetails({ config: { market } }: OfMarket, details: readonly AuthorizationDetail[]): readonly AuthorizationDetail[] {
  if (!market) return details;
  return details.filter(({ type }) => !market.details.some((known) => known.lodged && known.type === type));
}

/** Members of a token response. */
export function tokenMembers({ config: { market } }: OfMarket, context: AuthorizedContext): Members {
  const facts = factsOf(context);
  return (facts && market?.consent.tokenMembers?.(facts)) ?? {};
}

/** Claims of an ID token. `person` is asked only where a market wants to know. */
export async function idTokenClaims({ config: { market } }: OfMarket, context: AuthorizedContext, now: Date, person: () => Promise<Pick<Customer, 'claims'> | undefined>): Promise<Members> {
  const facts = factsOf(context);
  if (!facts || !market?.consent.idTokenClaims) return {};
  return market.consent.idTokenClaims(facts, { claims: (await person())?.claims ?? {}, now });
}

/** How the customer signed in, unless the issuer's market knows no classes. */
export const acrOf = ({ config: { market, acrValues } }: OfMarket, { acr }: AuthenticationEvent): { readonly acr?: string } => (market && acrValues.length === 0 ? {} : { acr });
