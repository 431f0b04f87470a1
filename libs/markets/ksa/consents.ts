import type { ConsentStatus, LodgedConsent } from '@assent/protocol';
import { MarketRefusal } from '../src/refusal.js';
import type { BodyRules, JwtFacts, MarketAnswer, MarketRequest, MarketRoute } from '../src/route.js';
import { answerWith, deleteConsent, findConsent, isObject, memberOf, objectAt, readAccountConsent, textAt, textsAt, writeMoment, wrong, type AccountConsentRules, type ConsentData } from '../src/read-write/index.js';
import { accountAccess } from './details.js';
import { ksaCodes } from './errors.js';
import { ksaVocabulary } from './vocabulary.js';

const kind = 'account-access';
const access = { as: 'client', scope: 'accounts' } as const;
const fields = { codes: ksaCodes };

const rules: AccountConsentRules = {
  type: accountAccess.type,
  kind,
  namePrefix: 'aac-',
  permissions: Object.keys(ksaVocabulary.permissions),
  codes: ksaCodes,
  more: ['AuthorizationExpirationTimeWindow', 'NationalIdentificationNumber', 'AccountType', 'AccountSubType', 'FourthParty', 'SponsoredTPP', 'ConsentPurpose', 'IsPSUReadAllAccounts'],
  // Bodies of version 1, as its conformance suite sends them, have none.
  riskless: true,
  beside: ['Subscription'],
};

/** The consent API: in JSON, or in JWTs both ways (`signed`). */
export function consentRoutes({ prefix, clause, signed }: { readonly prefix: string; readonly clause: string; readonly signed: boolean }): readonly MarketRoute[] {
  const path = `${prefix}/account-access-consents`;
  const told = signed ? ({ signed: { as: 'jwt' } } as const) : {};
  const answer = signed ? sealed : (_request: MarketRequest, plain: MarketAnswer) => plain;
  return [
    {
      method: 'POST',
      path,
      says: 'Lodges a consent to see accounts.',
      clause,
      access,
      body: signed ? signedBody : { as: 'json', malformed: { status: 400, code: ksaCodes.schema } },
      ...told,
      async answer(request, { consents }) {
        const lodged = await consents.lodge(readConsent(signed ? (request.body?.['message'] as MarketRequest['body']) : request.body, request.now));
        if (lodged === 'exists') throw new MarketRefusal(409, ksaCodes.exists, 'there is a consent of this name', 'ASSENT-RW-04');
        return answer(request, answerWith(request, consentData(lodged), { status: 201, self: `${request.url}/${lodged.name}`, risk: lodged.document['Risk'] }));
      },
    },
    {
      method: 'GET',
      path: `${path}/:ConsentId`,
      says: 'Tells of a consent and its state.',
      clause,
      access,
      ...told,
      async answer(request, { consents }) {
        const consent = await findConsent(consents, request.params['ConsentId'] ?? '', kind, fields);
        return answer(request, answerWith(request, consentData(consent), { risk: consent.document['Risk'] }));
      },
    },
    {
      method: 'DELETE',
      path: `${path}/:ConsentId`,
      says: 'Ends a consent, and with it every token that stands on it.',
      clause,
      access,
      async answer({ params }, { consents }) {
        await deleteConsent(consents, params['ConsentId'] ?? '', kind, fields);
        return { status: 204 };
      },
    },
  ];
}

const hour = 3600;
/** Seconds clocks may differ. */
const skew = 30;

const signedBody: BodyRules = {
  as: 'jwt',
  malformed: { status: 400, code: ksaCodes.schema },
  badSignature: { status: 400, code: ksaCodes.signatureInvalid },
  verifyJwt: ({ header, claims }, facts) => (header['alg'] === 'PS256' ? claimFault(claims, facts) : 'alg must be PS256'),
};

/** `iss` is the client, `aud` the issuer, and the times bound it to an hour; `message` is the consent. */
function claimFault(claims: Readonly<Record<string, unknown>>, { clientId, issuer, now }: JwtFacts): string | undefined {
  const { iss, aud, iat, nbf, exp, message } = claims;
  const seconds = now.getTime() / 1000;
  const isTime = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
  if (iss !== clientId) return 'iss must be the client_id';
  if (!(Array.isArray(aud) ? aud : [aud]).includes(issuer)) return 'aud must be the issuer';
  if (!isTime(iat) || !isTime(nbf) || !isTime(exp)) return 'iat, nbf and exp must be times in seconds';
  if (iat > seconds + skew || nbf > seconds + skew) return 'iat and nbf must not lie in the future';
  if (exp <= seconds - skew) return 'exp must lie in the future';
  if (exp - nbf > hour) return 'exp must be at most an hour after nbf';
  return isObject(message) ? undefined : 'message must be an object';
}

/** An answer as the claims of a JWT by the issuer. */
function sealed({ issuer, access: { clientId }, now }: MarketRequest, { body, ...answer }: MarketAnswer): MarketAnswer {
  const iat = Math.floor(now.getTime() / 1000);
  return { ...answer, body: { iss: issuer, aud: [clientId], iat, nbf: iat, exp: iat + hour, message: body } };
}

export function readConsent(body: MarketRequest['body'], now: Date) {
  const { consent, data } = readAccountConsent(body, rules, now);
  const [detail] = consent.details;
  const [purposes, authoriseBy, number] = [purposesOf(data), authoriseByOf(data, now), nationalNumberOf(data)];
  judgeAccountTypes(data);
  for (const name of ['FourthParty', 'SponsoredTPP']) if (memberOf(data, name).value !== undefined) objectAt(memberOf(data, name), ksaCodes);
  return {
    ...consent,
    details: [purposes.length === 0 ? detail : { ...detail, purposes }],
    ...(authoriseBy && { authoriseBy }),
    ...(number !== undefined && { customerClaims: { [nationalNumberClaim]: number } }),
  };
}

/** What the bank calls the number of a customer's identity. */
const nationalNumberClaim = 'national_identification_number';

/** Nobody but the customer of this number may say yes. */
function nationalNumberOf(data: ConsentData): string | undefined {
  const member = memberOf(data, 'NationalIdentificationNumber');
  if (member.value === undefined) return undefined;
  const number = textAt(member, ksaCodes, 20);
  if (!/^\d{10}$/.test(number)) throw wrong(ksaCodes.invalid, member, 'must be ten digits', 'ASSENT-KSA-04');
  return number;
}

function purposesOf(data: ConsentData): readonly string[] {
  const member = memberOf(data, 'ConsentPurpose');
  if (member.value === undefined) return [];
  const known = Object.keys(ksaVocabulary.purposes ?? {});
  const asked = textsAt(member, ksaCodes);
  if (asked.some((one) => !known.includes(one))) throw wrong(ksaCodes.invalid, member, `must be some of ${known.join(', ')}`, 'ASSENT-KSA-04');
  return asked;
}

/** How long the customer has to decide, as hours, minutes and seconds (`720:00:00`). */
function authoriseByOf(data: ConsentData, now: Date): Date | undefined {
  const member = memberOf(data, 'AuthorizationExpirationTimeWindow');
  if (member.value === undefined) return undefined;
  const [, hours, minutes, seconds] = /^(\d{1,4}):([0-5]\d):([0-5]\d)$/.exec(textAt(member, ksaCodes, 12)) ?? [];
  const window = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  if (!(window > 0)) throw wrong(ksaCodes.invalid, member, 'must be a time longer than none, as in 720:00:00', 'ASSENT-KSA-04');
  return new Date(now.getTime() + window * 1000);
}

const accountTypes = ['KSAOB.Retail', 'KSAOB.SME', 'KSAOB.Corporate'];

function judgeAccountTypes(data: ConsentData): void {
  const [types, subTypes] = [memberOf(data, 'AccountType'), memberOf(data, 'AccountSubType')];
  if (types.value !== undefined && textsAt(types, ksaCodes).some((one) => !accountTypes.includes(one))) throw wrong(ksaCodes.invalid, types, `must be some of ${accountTypes.join(', ')}`, 'ASSENT-KSA-04');
  if (subTypes.value !== undefined) textsAt(subTypes, ksaCodes);
}

const consentData = (consent: LodgedConsent) => {
  const { name, status, createdAt, updatedAt, document } = consent;
  return { ...(document['Data'] as object), ConsentId: name, Status: states[status], CreationDateTime: writeMoment(createdAt), StatusUpdateDateTime: writeMoment(updatedAt) };
};

const states: Readonly<Record<ConsentStatus, string>> = {
  awaiting_authorisation: 'KSAOB.AwaitingAuthorisation',
  active: 'KSAOB.Authorised',
  suspended: 'KSAOB.Suspended',
  revoked: 'KSAOB.Revoked',
  rejected: 'KSAOB.Rejected',
  expired: 'KSAOB.Expired',
  consumed: 'KSAOB.Consumed',
};
