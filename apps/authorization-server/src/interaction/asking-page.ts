import type { PaymentPresentation } from '@assent/authorization-details';
import { asksForAccounts, isolate, ltr, payingAccounts, renderChangePage, renderConsentPage, renderPaymentPage, textsOf, type AskingModel, type PaymentModel } from '@assent/pages';
import type { AuthorizationDetail, CustomerAccount } from '@assent/protocol';
import { accountsOf } from '../consent/accounts.js';
import type { Engine } from '../engine.js';
import { pathOf, type Asking } from './asking.js';
import { sealShown, type Offer, type OfferedAccount, type Yes } from './shown.js';
import type { Visit } from './visit.js';

/** Where a page that asks stands: its frame, where its answers go, and who asks. */
export type Place = Pick<AskingModel, 'frame' | 'client' | 'action' | 'cancel' | 'hidden' | 'device'>;

/** One of the pages of a request, to be shown. */
export interface PageToShow {
  readonly asking: Asking;
  readonly at: number;
  /** Every account of the customer; none are read where none is to be chosen. */
  readonly accounts: readonly CustomerAccount[];
  readonly earlier: readonly Yes[];
  readonly problem?: 'choose-account' | undefined;
  /** Accounts that were chosen, where something else was wrong. */
  readonly chosen?: readonly string[] | undefined;
}

/** Accounts are read only where some are to be chosen. */
export async function accountsToShow(visit: Visit, asking: Asking, at: number): Promise<readonly CustomerAccount[]> {
  const chooses = asking.picksAccounts || asking.pages[at]?.kind === 'payment';
  return chooses ? accountsOf(visit.engine, asking.open.request, asking.session.customerId) : [];
}

/** The page, and with it the seal over all that it says. */
export function askingPage(visit: Visit, page: PageToShow, place: Place): string {
  const { asking, at } = page;
  const asked = asking.pages[at];
  if (asked?.kind === 'payment') return paymentPage(visit, page, place, asked.detail);
  return asking.change ? changePage(visit, page, place, asking.change) : consentPage(visit, page, place);
}

function consentPage(visit: Visit, page: PageToShow, place: Place): string {
  const { asking } = page;
  const accounts = accountsAsked(visit.engine, asking, page.accounts);
  const { clusters, details } = asking.data;
  return renderConsentPage({ ...common(visit, page, place, { accounts: accounts.filter(isAvailable) }), accounts, clusters, details, until: asking.until, soon: isSoon(visit, asking.until), offline: asking.offline });
}

function changePage(visit: Visit, page: PageToShow, place: Place, change: NonNullable<Asking['change']>): string {
  const { asking } = page;
  const { shared, kept } = change;
  const accounts = accountsAsked(visit.engine, asking, page.accounts);
  const isShared = ({ id }: OfferedAccount) => shared.includes(id);
  const lost = kept || !asking.picksAccounts ? [] : page.accounts.filter((account) => isShared(account) && !(accounts.includes(account) && isAvailable(account)));
  const offered = accounts.filter((account) => isAvailable(account) && !(kept && isShared(account)));
  const t = textsOf(asking.locale);
  const removed = lost.map(({ name, maskedNumber }) => ({
    badge: 'removed' as const,
    title: t.change.account(isolate(name), ltr(`••${maskedNumber}`)),
    says: [t.change.removed(isolate(asking.open.client.client_name))],
    items: [],
  }));
  return renderChangePage({
    ...common(visit, page, place, { accounts: offered, kept: kept ? accounts.filter(isShared) : [], lost }),
    ...change,
    accounts,
    rows: [...change.rows, ...removed],
    picksAccounts: asking.picksAccounts,
    until: asking.until,
    soon: isSoon(visit, asking.until),
    offline: asking.offline,
  });
}

function paymentPage(visit: Visit, page: PageToShow, place: Place, detail: AuthorizationDetail): string {
  const { asking, accounts } = page;
  const { details, bank } = visit.engine;
  const { client } = place;
  const payment = details.present(detail, asking.locale) as PaymentPresentation;
  const notAsked = accounts.filter((account) => !details.offers(detail, account)).map(({ id }) => id);
  const model = { payment, accounts, notAsked, client };
  const able = payingAccounts(model, textsOf(asking.locale)).filter(({ reason }) => reason === undefined).map(({ account }) => account); // prettier-ignore
  const until = earlier(details.endsAt(detail), asking.until);
  const own: Omit<PaymentModel, keyof Common> = { ...model, until, soon: isSoon(visit, until), fee: bank.paymentFee, adds: asking.current !== undefined, namesCustomer: asking.open.namesCustomer === true && asking.pages.every(({ kind }) => kind === 'payment'), picksAccount: details.picks(detail) !== 'nothing' };
  return renderPaymentPage({ ...common(visit, page, place, { accounts: able }), ...own });
}

/** An end within two days is said to the minute. */
const soonSeconds = 2 * 86_400;
const isSoon = ({ now }: Visit, until: Date | null): boolean => until !== null && until.getTime() - now.getTime() < soonSeconds * 1000;

const earlier = (one: Date | undefined, other: Date | null): Date | null => (one && (other === null || one.getTime() < other.getTime()) ? one : other);

type Common = ReturnType<typeof common>;

/** What every page that asks for an answer has. */
function common(visit: Visit, { asking, at, earlier, problem, chosen }: PageToShow, place: Place, { accounts, kept = [], lost = [] }: Shown) {
  const { session, locale, until } = asking;
  const offer: Offer = { at, accounts: accounts.map(asOffered), kept: kept.map(asOffered), lost: lost.map(asOffered), expiresAt: until, fee: visit.engine.bank.paymentFee, locale, earlier };
  return { ...place, signedInAs: session.displayName, path: pathOf(asking, at), hidden: { ...place.hidden, shown: sealShown(visit, asking, offer) }, problem, chosen };
}

/** The accounts of a page: those to choose from, those that stay shared, and those that cannot. */
interface Shown {
  readonly accounts: readonly CustomerAccount[];
  readonly kept?: readonly CustomerAccount[];
  readonly lost?: readonly CustomerAccount[];
}

const asOffered = ({ id, maskedNumber }: CustomerAccount): OfferedAccount => ({ id, maskedNumber });
const isAvailable = ({ unavailable }: CustomerAccount): boolean => unavailable === undefined;

/** The accounts the request asks to see: all, unless it names some of them in each of its details and nowhere asks for others. */
function accountsAsked({ details }: Engine, { data, dataDetails, picksAccounts }: Asking, accounts: readonly CustomerAccount[]): readonly CustomerAccount[] {
  if (!picksAccounts) return [];
  if (asksForAccounts(data.clusters)) return accounts;
  return accounts.filter((account) => dataDetails.some((detail) => details.offers(detail, account)));
}

