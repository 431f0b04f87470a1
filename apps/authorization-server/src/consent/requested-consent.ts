import { invalidRequest, isConsentName, mintId, newTag, tagOf, type AuthorizationDetail, type CarriedConsent, type ClaimsRequest, type Client, type LodgedConsent, type RequestedConsent } from '@assent/protocol';
import type { ConsentReference } from '@assent/markets';
import type { AuthorizationCall } from '../request/call.js';

/** The part of a request in which a consent may travel. */
export interface ConsentCarrier {
  readonly scope: readonly string[];
  readonly claims: ClaimsRequest | undefined;
  readonly authorizationDetails: readonly AuthorizationDetail[];
  readonly backchannel: boolean;
}

/** What a request turned out to be about. */
export interface FoundConsent {
  /** Everything the customer is asked for. */
  readonly authorizationDetails: readonly AuthorizationDetail[];
  /** What is asked for by the `claims` parameter, where the market reads some of that itself. */
  readonly claims?: ClaimsRequest;
  readonly consent?: RequestedConsent;
  /** What is to be lodged with the request. */
  readonly lodges?: CarriedConsent;
  /** The lodged consent, where there is one. */
  readonly lodged?: LodgedConsent;
}

/**
 * The consent a request is about, as its market lets it travel: lodged before by this client, or carried by the request.
 * `invalid_request`, one answer and one look, for a consent that is unknown, another client's, or over.
 */
export async function requestedConsent(call: AuthorizationCall, client: Client, carrier: ConsentCarrier): Promise<FoundConsent> {
  const { market } = call.issuer.config;
  const { authorizationDetails } = carrier;
  if (!market) return { authorizationDetails };
  const reference = market.consent.read({ ...carrier, client, now: call.now, parameter: (name) => call.form.optional(name) });
  switch (reference.kind) {
    case 'none':
      return { authorizationDetails };
    case 'lodged':
      return { ...(await ofLodged(call, client, reference.name, authorizationDetails)), ...(reference.claims && { claims: reference.claims }) };
    case 'carried':
      return ofCarried(call, client, reference);
  }
}

async function ofLodged(call: AuthorizationCall, client: Client, name: string, others: readonly AuthorizationDetail[]): Promise<FoundConsent> {
  const lodged = await find(call, client, name);
  if (!lodged || !canBeAsked(lodged)) throw unusableConsent();
  const details = lodged.customerId === undefined ? lodged.details : await asLodged(call, lodged);
  const { grantId, customerClaims, expiresAt, once } = lodged;
  const consent: RequestedConsent = {
    as: 'lodged',
    grantId,
    name: lodged.name,
    once,
    furtherAuthorisers: false,
    ...(expiresAt && { expiresAt: secondsOf(expiresAt) }),
    ...(Object.keys(customerClaims).length > 0 && { customerClaims }),
  };
  return { authorizationDetails: [...others, ...details], consent, lodged };
}

/** In waiting, or active and of more than one use: then the customer may say yes anew. */
const canBeAsked = ({ status, customerId, once }: LodgedConsent): boolean => (status === 'awaiting_authorisation' && customerId === undefined) || (status === 'active' && !once);

/** What was asked for then, without what the customer chose. */
async function asLodged({ engine }: AuthorizationCall, { grantId, details }: LodgedConsent): Promise<readonly AuthorizationDetail[]> {
  const [first] = await engine.stores.grants.history(grantId);
  return first?.event === 'lodged' ? first.authorizationDetails : details;
}

type Carried = Extract<ConsentReference, { kind: 'carried' }>;

async function ofCarried(call: AuthorizationCall, client: Client, reference: Carried): Promise<FoundConsent> {
  const { details: authorizationDetails, name, lifetime, expiresAt, furtherAuthorisers = false, claims } = reference;
  const asked = { authorizationDetails, ...(claims && { claims }) };
  if (name !== undefined && !isConsentName(name)) throw invalidRequest('the name of the consent must be 1 to 255 characters that can be seen', 'ASSENT-CONSENT-08');
  const amended = reference.amends === undefined ? undefined : await activeOf(call, client, reference.amends);
  const ofCustomer = reference.follows === undefined ? undefined : await customerOf(call, client, reference.follows);
  const once = reference.once ?? lifetime === 0;
  const common = {
    once,
    furtherAuthorisers,
    ...(lifetime !== undefined && { lifetime }),
    ...(expiresAt && { expiresAt: secondsOf(expiresAt) }),
    ...(ofCustomer !== undefined && { ofCustomer }),
  };
  // It takes the other's place when the code is redeemed, with nobody else to wait for: what others must agree to is not on offer.
  if (amended) return { ...asked, consent: { as: 'amended', grantId: amended.grantId, name: amended.name, ...common, furtherAuthorisers: false } };
  if (name === undefined && !furtherAuthorisers) return { ...asked, consent: { as: 'new', ...common } };
  const grantId = mintId(newTag());
  const { authoriseBy, document = { details: authorizationDetails }, consentKind = '', follows } = reference;
  const consent = { kind: consentKind, details: authorizationDetails, document, expiresAt: expiresAt ?? null, once, ...(name !== undefined && { name }), ...(authoriseBy && { authoriseBy }), ...(follows !== undefined && { follows }) };
  return { ...asked, consent: { as: 'lodged', grantId, name: name ?? grantId, ...common }, lodges: { grantId, consent } };
}

/** The consent a request wants to take the place of. Whose it is among the customers is seen at sign-in. */
async function activeOf(call: AuthorizationCall, client: Client, name: string): Promise<LodgedConsent> {
  const consent = await find(call, client, name);
  if (consent?.status !== 'active') throw unusableConsent();
  return consent;
}

/** The customer of the consent another goes on with: the first of its chain. */
async function customerOf(call: AuthorizationCall, client: Client, name: string): Promise<string> {
  const consent = await find(call, client, name);
  if (consent?.customerId === undefined || consent.follows !== undefined) throw unusableConsent();
  return consent.customerId;
}

const find = ({ engine, issuer, now }: AuthorizationCall, { client_id: clientId }: Client, name: string): Promise<LodgedConsent | undefined> => engine.stores.consents.find({ issuer: issuer.issuer, clientId, name, now });

const secondsOf = (date: Date): number => Math.floor(date.getTime() / 1000);

/** One answer whether the consent is unknown, another client's, decided or over: there is nothing to probe. */
export const unusableConsent = () => invalidRequest('the request names no consent that a customer could be asked for', 'ASSENT-CONSENT-03');

/** What follows from a request lies where its grant lies. */
export const tagOfRequest = ({ grantId, consent }: { readonly grantId?: string; readonly consent?: RequestedConsent }): number => {
  const named = grantId ?? consent?.grantId;
  return named === undefined ? newTag() : tagOf(named);
};
