import type { ConsentStatus, LodgedConsent } from '@assent/protocol';
import { MarketRefusal } from '../src/refusal.js';
import type { ConsentDesk, MarketAnswer, MarketPorts, MarketRequest, MarketRoute } from '../src/route.js';
import { version } from './version.js';
import { consentKinds } from './vehicle.js';

const clause = 'UAE Open Finance v2.1, consent states and API';

/** What a consent is called in each state. Rejected, Revoked, Expired and Consumed are for good. */
const states: Readonly<Record<ConsentStatus, string>> = {
  awaiting_authorisation: 'AwaitingAuthorization',
  active: 'Authorized',
  rejected: 'Rejected',
  suspended: 'Suspended',
  expired: 'Expired',
  revoked: 'Revoked',
  consumed: 'Consumed',
};

/** A family of consents: where it is read and ended. */
const family = (path: string, kind: string, scope: string): readonly MarketRoute[] => [
  { method: 'GET', path: `${path}/:ConsentId`, says: 'Tells of a consent.', clause, access: { as: 'either', scope }, answer: async (request, { consents }) => ({ status: 200, body: await told(request, await found(request, consents, kind), consents) }) },
  { method: 'PATCH', path: `${path}/:ConsentId`, says: 'Ends a consent.', clause, access: { as: 'either', scope }, body: { as: 'json', malformed: { status: 400, code: 'Body.InvalidFormat' } }, answer: (request, ports) => patch(request, ports, kind) },
];

export const consentRoutes: readonly MarketRoute[] = [
  ...family(`/open-finance/account-information/${version}/account-access-consents`, consentKinds.data, 'accounts'),
  ...family(`/open-finance/payment/${version}/payment-consents`, consentKinds.payment, 'payments'),
];

/** Status is all that may change once a consent was lodged, and only to Revoked. */
async function patch(request: MarketRequest, { consents }: MarketPorts, kind: string): Promise<MarketAnswer> {
  const { body = {} } = request;
  const { Data: data, ...beside } = body;
  const asked: Readonly<Record<string, unknown>> = typeof data === 'object' && data !== null ? { ...data } : {};
  const { Status: status, RevokedBy: _by, ...more } = asked;
  const extra = Object.keys({ ...beside, ...more });
  if (status !== 'Revoked' || extra.length > 0) throw new MarketRefusal(400, 'Consent.Invalid', 'Data.Status may be set to Revoked, and nothing else may change', 'UAE-CS-02', { path: extra[0] ?? 'Data.Status' });
  const { name } = await found(request, consents, kind);
  if ((await consents.revoke(name)) === 'not-active') throw new MarketRefusal(400, 'Consent.Invalid', 'this consent has ended before', 'UAE-CS-03', { path: 'Data.Status' });
  return { status: 204 };
}

async function found({ params, access }: MarketRequest, consents: ConsentDesk, kind: string): Promise<LodgedConsent> {
  const consent = await consents.find(params['ConsentId'] ?? '');
  // A customer's token speaks of its own consent alone.
  const ours = consent?.kind === kind && (access.grantId === undefined || access.grantId === consent.grantId);
  if (!consent || !ours) throw new MarketRefusal(404, 'Resource.NotFound', 'there is no such consent', 'UAE-CS-01', { path: 'ConsentId' });
  return consent;
}

async function told({ url }: MarketRequest, consent: LodgedConsent, consents: ConsentDesk) {
  const { document, status, createdAt, updatedAt, accounts, name } = consent;
  const approvals = document['IsSingleAuthorization'] === false ? await consents.approvals(name) : [];
  return {
    Data: {
      ...document,
      Status: states[status],
      CreationDateTime: createdAt.toISOString(),
      StatusUpdateDateTime: updatedAt.toISOString(),
      ...(accounts.length > 0 && { AccountIds: accounts }),
      ...(status === 'revoked' && { RevokedBy: revokers[consent.ended?.by ?? 'system'] }),
    },
    Links: { Self: url },
    Meta: { ...(approvals.length > 0 && { MultipleAuthorizers: { TotalRequired: approvals.length, Authorizations: approvals.map(({ state, at }) => ({ Status: authorizers[state], ...(at && { AuthorizationDateTime: at.toISOString() }) })) } }) },
  };
}

const revokers = { client: 'TPP', customer: 'LFI.InitiatedByUser', staff: 'LFI', system: 'LFI' } as const;
const authorizers = { pending: 'Pending', approved: 'Approved', rejected: 'Rejected' } as const;
