import { invalidAuthorizationDetails, invalidScope, type AuthorizationDetail } from '@assent/protocol';
import type { ConsentReference, ConsentVehicle } from '../src/consent-vehicle.js';
import { accountAccessType, type AccountAccess } from './details/account-access.js';
import { serviceInitiationType, type ServiceInitiation } from './details/service-initiation.js';

/** Kinds of consent, as the consent API tells them apart. */
export const consentKinds = { data: 'account-access', payment: 'payment' } as const;

/** The consent is the one object of `authorization_details`, under a name its third party chose. */
export const uaeVehicle: ConsentVehicle = {
  says: 'one object of authorization_details, with a ConsentId the third party chose',
  clause: 'UAE Open Finance v2.1, consent: authorization_details at /par',
  read({ authorizationDetails, scope }) {
    const [detail, ...more] = authorizationDetails;
    if (!detail || more.length > 0) throw invalidAuthorizationDetails('authorization_details must hold exactly one consent', 'UAE-RAR-01');
    refuseOurs(detail);
    agree(detail, scope);
    return detail.type === accountAccessType ? ofData(detail as AccountAccess) : ofPayment(detail as ServiceInitiation);
  },
};

/** Members the server writes into grants; a request that brings them is not of the published schema. */
function refuseOurs(detail: AuthorizationDetail): void {
  const ours = ['accounts', 'debtorAccount', 'identifier'].find((name) => detail[name] !== undefined);
  if (ours !== undefined) throw invalidAuthorizationDetails(`authorization_details[0].${ours} must be left out`, 'UAE-RAR-02');
}

/** `accounts` for data, `payments` for payments, both where a payment consent reads accounts (UAE Open Finance v2.1, security/fapi/scopes). */
function agree(detail: AuthorizationDetail, scope: readonly string[]): void {
  const reads = detail.type === accountAccessType || ((detail as ServiceInitiation).consent.Permissions ?? []).some((one) => one !== 'ReadRefundAccount');
  const pays = detail.type === serviceInitiationType;
  const wanted = [...(reads ? ['accounts'] : []), ...(pays ? ['payments'] : []), 'openid'];
  const [missing] = wanted.filter((name) => !scope.includes(name));
  if (missing !== undefined) throw invalidScope(`scope must be ${wanted.join(' ')} for this consent: ${missing} is missing`, 'UAE-SC-02');
  const [extra] = scope.filter((name) => !wanted.includes(name));
  if (extra !== undefined) throw invalidScope(`scope must be ${wanted.join(' ')} for this consent, without ${extra}`, 'UAE-SC-02');
}

function ofData(detail: AccountAccess): ConsentReference {
  const { ConsentId: name, ExpirationDateTime: end, BaseConsentId: base, IsSingleAuthorization: single } = detail.consent;
  return {
    kind: 'carried',
    details: [detail],
    name,
    consentKind: consentKinds.data,
    document: detail.consent,
    expiresAt: new Date(end),
    ...(base !== undefined && { follows: base }),
    ...(single === false && { furtherAuthorisers: true }),
  };
}

function ofPayment(detail: ServiceInitiation): ConsentReference {
  const { ConsentId: name, ExpirationDateTime: end, AuthorizationExpirationDateTime: deadline, BaseConsentId: base, IsSingleAuthorization: single, PersonalIdentifiableInformation: _private, ...rest } = detail.consent;
  return {
    kind: 'carried',
    details: [detail],
    name,
    consentKind: consentKinds.payment,
    // Who is paid stands in the detail; the consent API does not repeat what came sealed.
    document: { ConsentId: name, IsSingleAuthorization: single, ExpirationDateTime: end, ...(deadline !== undefined && { AuthorizationExpirationDateTime: deadline }), ...(base !== undefined && { BaseConsentId: base }), ...rest },
    once: true,
    expiresAt: new Date(end),
    ...(deadline !== undefined && { authoriseBy: new Date(deadline) }),
    ...(base !== undefined && { follows: base }),
    ...(!single && { furtherAuthorisers: true }),
  };
}
