import { accessDenied, invalidGrantId, type Client, type Grant, type OAuthError, type Session } from '@assent/protocol';
import { unusableConsent } from '../consent/requested-consent.js';
import type { Engine } from '../engine.js';
import type { Asked } from './asked.js';

/** What a request is about. */
export interface FoundGrant {
  /** The grant that is to be changed; `undefined`: a new one. */
  readonly grant: Grant | undefined;
  /** The consent in waiting that a yes makes active. */
  readonly waiting?: Grant;
}

/** The same, or the answer to its client when it is not there for it. */
export type CurrentGrant = FoundGrant | { readonly refusal: OAuthError };

/** Whether a grant is this client's to manage, and alive. Whose it is among the customers is known after sign-in only. */
export const isManageable = (grant: Grant, issuer: string, clientId: string): boolean =>
  grant.managed && grant.issuer === issuer && grant.clientId === clientId && grant.status === 'active';

type Asking = Asked & { readonly client: Client };
type Customer = Pick<Session, 'customerId'>;

/**
 * Looks the grant up once the customer is known, so that it is their own (GM-AZ-08, GM-AZ-11), and once more at each
 * step from then on: it may have ended since the request was pushed (GM-RV-03).
 */
export async function currentGrant(engine: Pick<Engine, 'stores'>, asking: Asking, session: Customer): Promise<CurrentGrant> {
  const { request, issuer, client } = asking;
  if (request.consent) return currentConsent(engine, asking, session);
  if (request.grantId === undefined) return { grant: undefined };
  const grant = await engine.stores.grants.find(request.grantId);
  const own = grant && isManageable(grant, issuer.issuer, client.client_id) && grant.customerId === session.customerId;
  return own ? { grant } : { refusal: unusableGrantId('GM-AZ-08') };
}

/** The consent a request is about: for the customer it names, in waiting for anybody, or active and this customer's own. */
async function currentConsent({ stores }: Pick<Engine, 'stores'>, { request: { consent }, issuer, client }: Asking, { customerId }: Customer): Promise<CurrentGrant> {
  const { grantId, as, customerClaims, ofCustomer } = consent ?? {};
  if (ofCustomer !== undefined && ofCustomer !== customerId) return { refusal: anothersConsent() };
  if (customerClaims && !(await matches(customerClaims, customerId))) return { refusal: anothersConsent() };
  if (grantId === undefined) return { grant: undefined };
  const grant = await stores.grants.find(grantId);
  if (grant?.issuer !== issuer.issuer || grant.clientId !== client.client_id) return { refusal: unusableConsent() };
  if (as === 'lodged' && grant.status === 'awaiting_authorisation' && grant.customerId === '') return { grant: undefined, waiting: grant };
  return grant.status === 'active' && grant.customerId === customerId ? { grant } : { refusal: unusableConsent() };

  async function matches(claims: Readonly<Record<string, string>>, id: string): Promise<boolean> {
    const held = (await stores.customers.find(id))?.claims ?? {};
    return Object.entries(claims).every(([name, value]) => holds(held[name], value));
  }
}

/** A claim may be one value or several (the companies somebody acts for). */
const holds = (held: unknown, value: string): boolean => (Array.isArray(held) ? held.includes(value) : held === value);

/** Nothing is said of who it would be. */
const anothersConsent = () => accessDenied('the consent was asked for from another customer', 'ASSENT-CONSENT-06');

/** One answer whether the grant is unknown, another's, ended, or not for the client to manage: there is nothing to probe. */
export const unusableGrantId = (rule: 'GM-AZ-08' | 'GM-RV-03'): OAuthError => invalidGrantId('grant_id names no grant that this request could change', rule);
