import { accessDeniedByCustomer, invalidRequest, type OAuthError } from '@assent/protocol';
import { accountsOf } from '../consent/accounts.js';
import type { Engine } from '../engine.js';
import { detailsAsked, type Asking } from './asking.js';

/**
 * What the client is told whose customer has no account the request could be about, in markets that say so; `undefined`
 * where there is one, or the market leaves it to the page.
 */
export async function lacksAccounts(engine: Pick<Engine, 'stores' | 'details'>, { open, session, current }: Asking): Promise<OAuthError | undefined> {
  const rule = open.issuer.config.market?.noEligibleAccounts;
  const picking = detailsAsked(open).filter((detail) => engine.details.picks(detail) !== 'nothing');
  if (!rule || current || picking.length === 0) return undefined;
  const accounts = await accountsOf(engine, open.request, session.customerId);
  const able = accounts.filter(({ unavailable }) => unavailable === undefined);
  if (picking.every((detail) => able.some((account) => engine.details.offers(detail, account)))) return undefined;
  return (rule.code === 'invalid_request' ? invalidRequest : accessDeniedByCustomer)(rule.description, 'ASSENT-CONSENT-07');
}
