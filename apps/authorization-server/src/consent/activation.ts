import type { AskedRequest, AuthorizationDetail, AuthorizedContext, Grant, GrantActivation, Session } from '@assent/protocol';
import { deliveredClaims, type AskedByClient } from '../authorize/asked.js';
import type { Engine } from '../engine.js';

/** What the customer said yes to. */
interface Agreed {
  readonly accounts: readonly string[];
  readonly authorizationDetails: readonly AuthorizationDetail[];
  readonly expiresAt: Date | null;
}

/**
 * A customer's yes to a consent in waiting, as it becomes the grant. Where the request asks for further authorisers,
 * those are everybody else who must agree before one of the chosen accounts is shared.
 */
export async function activationOf({ stores, details }: Pick<Engine, 'stores' | 'details'>, open: AskedByClient, { customerId }: Pick<Session, 'customerId'>, waiting: Grant, agreed: Agreed): Promise<GrantActivation> {
  const { scope, resources, consent } = open.request;
  const claims = deliveredClaims(open);
  const chosen = new Set([...agreed.accounts, ...details.accounts(agreed.authorizationDetails)]);
  const accounts = consent?.furtherAuthorisers ? await stores.customers.accounts(customerId) : [];
  const further = accounts.filter(({ id }) => chosen.has(id)).flatMap(({ approvers = [] }) => approvers);
  return {
    action: 'activate',
    waiting,
    permissions: { scope, resources, accounts: agreed.accounts, authorizationDetails: agreed.authorizationDetails, ...(claims && { claims }), expiresAt: agreed.expiresAt },
    furtherAuthorisers: [...new Set(further)].filter((one) => one !== customerId),
  };
}

/** What tokens will say of the consent. */
export const authorizedConsent = ({ consent }: Pick<AskedRequest, 'consent'>, grantId: string, expiresAt: Date | null): Pick<AuthorizedContext, 'consent'> =>
  consent ? { consent: { name: consent.name ?? grantId, once: consent.once, expiresAt } } : {};
