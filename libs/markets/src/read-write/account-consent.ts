import type { LodgedConsent, NewConsent } from '@assent/protocol';
import type { DataSharing } from '../data-sharing.js';
import { MarketRefusal } from '../refusal.js';
import type { ConsentDesk } from '../route.js';
import type { ReadWriteCodes } from './codes.js';
import { memberOf, objectAt, optionalMoment, textsAt, wholeBody, wrong, type JsonObject, type Member } from './members.js';
import { firstDayFrom, lastDayUntil } from './moment.js';
import { permissionFault } from './permissions.js';

/** How a market of the family says what an account-access consent is. */
export interface AccountConsentRules {
  /** Type of the detail the customer is asked for. */
  readonly type: string;
  readonly kind: string;
  readonly namePrefix: string;
  readonly permissions: readonly string[];
  readonly codes: ReadWriteCodes;
  /** Members of `Data` beside those every market of the family has. */
  readonly more?: readonly string[];
  /** Whether a body may come without `Risk`. */
  readonly riskless?: boolean;
  /** Members of the body beside `Data` and `Risk`. */
  readonly beside?: readonly string[];
}

/** `Data` of a request, for what a market reads of it beside. */
export type ConsentData = Member & { readonly value: JsonObject };

const common = ['Permissions', 'ExpirationDateTime', 'TransactionFromDateTime', 'TransactionToDateTime'];

/** A consent out of the body of its POST. Throws `MarketRefusal` 400. */
export function readAccountConsent(body: JsonObject | undefined, rules: AccountConsentRules, now: Date): { readonly consent: NewConsent & { readonly details: readonly [DataSharing] }; readonly data: ConsentData } {
  const { codes, type, kind, namePrefix, more = [], beside = [], riskless = false } = rules;
  const whole = objectAt(wholeBody(body, codes), codes, ['Data', 'Risk', ...beside]);
  const data = objectAt(memberOf(whole, 'Data'), codes, [...common, ...more]);
  const risk = memberOf(whole, 'Risk');
  if (risk.value !== undefined || !riskless) objectAt(risk, codes);
  const permissions = permissionsAt(memberOf(data, 'Permissions'), rules);
  const until = optionalMoment(memberOf(data, 'ExpirationDateTime'), codes);
  if (until && until <= now) throw wrong(codes.date, memberOf(data, 'ExpirationDateTime'), 'must lie in the future', 'ASSENT-RW-03');
  const [from, to] = [optionalMoment(memberOf(data, 'TransactionFromDateTime'), codes), optionalMoment(memberOf(data, 'TransactionToDateTime'), codes)];
  if (from && to && from > to) throw wrong(codes.date, memberOf(data, 'TransactionToDateTime'), 'must not lie before TransactionFromDateTime', 'ASSENT-RW-03');
  const detail: DataSharing = {
    type,
    permissions,
    ...(from && { transactionsFrom: firstDayFrom(from) }),
    ...(to && { transactionsTo: lastDayUntil(to) }),
    ...(until && { expiresAt: until.toISOString() }),
  };
  return { data, consent: { kind, namePrefix, details: [detail], document: whole.value, expiresAt: until ?? null } };
}

function permissionsAt(member: Member, { codes, permissions: supported }: AccountConsentRules): readonly string[] {
  const asked = textsAt(member, codes);
  const fault = permissionFault(asked, supported);
  if (fault !== undefined) throw wrong(codes.invalid, member, fault, 'ASSENT-RW-02');
  return asked;
}

/** Reason of a revocation by DELETE: such a consent is gone for its client. */
export const deleted = 'deleted by its client';

/** Whether the client ended it at the consent API. */
export const isDeleted = ({ ended }: LodgedConsent): boolean => ended?.by === 'client' && ended.reason === deleted;

/**
 * The consent of this name and kind. Throws `MarketRefusal` 400 for one that never was, is another client's, or was
 * deleted (UK Open Banking v4, Read-Write API Profile, Changes to an Intent's Authorized State).
 */
export async function findConsent(consents: ConsentDesk, name: string, kind: string, { codes, path = 'ConsentId' }: { readonly codes: ReadWriteCodes; readonly path?: string }): Promise<LodgedConsent> {
  const consent = await consents.find(name);
  if (!consent || consent.kind !== kind || isDeleted(consent)) throw new MarketRefusal(400, codes.notFound, 'there is no consent with this ConsentId', 'ASSENT-RW-04', { path });
  return consent;
}

/** DELETE of a consent: with it end all tokens that stand on it. */
export async function deleteConsent(consents: ConsentDesk, name: string, kind: string, { codes }: { readonly codes: ReadWriteCodes }): Promise<void> {
  const consent = await findConsent(consents, name, kind, { codes });
  const outcome = await consents.revoke(consent.name, deleted);
  if (outcome === 'unknown') throw new MarketRefusal(400, codes.notFound, 'there is no consent with this ConsentId', 'ASSENT-RW-04', { path: 'ConsentId' });
  if (outcome === 'not-active') throw new MarketRefusal(400, codes.consentStatus, 'the consent has ended already', 'ASSENT-RW-05', { path: 'ConsentId' });
}
