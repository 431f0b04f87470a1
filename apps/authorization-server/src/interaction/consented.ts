import { canonical, type Choice, type PaymentPresentation } from '@assent/authorization-details';
import { withoutIsolates, type ChangeRow } from '@assent/pages';
import { mintId, type AuditEvent, type AuthorizationDetail } from '@assent/protocol';
import type { Consent } from '../authorize/authorization.js';
import { detailsAsked, type Asking } from './asking.js';
import type { Offer, OfferedAccount, Yes } from './shown.js';
import type { Visit } from './visit.js';

/*
 * What the answers to all pages of a request amount to. The account a payment is made from stands in the payment's
 * detail alone: it opens none of its data.
 */

interface Answers {
  readonly visit: Visit;
  readonly asking: Asking;
  /** Of the last page. */
  readonly offer: Offer;
  /** One for each page. */
  readonly yes: readonly Yes[];
}

export function consentOf(visit: Visit, asking: Asking, offer: Offer, yes: readonly Yes[]): Consent {
  const all = { visit, asking, offer, yes };
  const accounts = idsOf(sharedWith(all));
  const granted = grantedDetails(all);
  return { accounts, authorizationDetails: granted, expiresAt: asking.until, shown: shownFor(all, accounts, granted) };
}

/** The accounts chosen on the page of data; a merge leaves those that are shared already where they are. */
const sharedWith = (all: Answers): readonly OfferedAccount[] => aboutData(all)?.accounts ?? [];

const aboutData = ({ asking, yes }: Answers): Yes | undefined => yes[asking.pages.findIndex(({ kind }) => kind === 'data')];

/** The details of the request as granted (RFC 9396 section 7.1): what each page was for, with what was chosen on it. */
function grantedDetails(all: Answers): readonly AuthorizationDetail[] {
  const { visit, asking } = all;
  const { details } = visit.engine;
  const chosen = detailsAsked(asking.open)
    .map((detail) => ({ detail, accounts: details.kindOf(detail) === 'data' ? forData(all, detail) : forPayment(all, detail) }))
    .filter((one): one is { detail: AuthorizationDetail; accounts: readonly string[] } => one.accounts !== undefined);
  const choices = chosen.map(({ accounts }): Choice => ({ accounts, identifier: mintId(asking.open.handle.tag), now: visit.now }));
  return details.enrich(chosen.map(({ detail }) => detail), choices); // prettier-ignore
}

/** `undefined`: the detail names accounts, and none of them was chosen. */
function forData(all: Answers, detail: AuthorizationDetail): readonly string[] | undefined {
  const { details } = all.visit.engine;
  const accounts = [...(aboutData(all)?.kept ?? []), ...sharedWith(all)].filter((account) => details.offers(detail, account));
  return details.picks(detail) === 'accounts' && accounts.length === 0 ? undefined : idsOf(accounts);
}

/** `undefined`: a merge that asks for a payment the grant has; there was no page about it. */
function forPayment({ asking, yes }: Answers, detail: AuthorizationDetail): readonly string[] | undefined {
  const at = asking.pages.findIndex((page) => page.kind === 'payment' && page.detail === detail);
  return at < 0 ? undefined : idsOf(yes[at]?.accounts ?? []);
}

/** The facts that were shown, for the audit; `shown` are the hashes the pages were sealed over. */
function shownFor(all: Answers, accounts: readonly string[], granted: readonly AuthorizationDetail[]): NonNullable<AuditEvent['detail']> {
  const { asking, offer, yes } = all;
  const { open, current, change, data } = asking;
  const payments = asking.pages.flatMap((page, at) => (page.kind === 'payment' ? [paymentFacts(all, page.detail, yes[at]?.accounts ?? [])] : []));
  return {
    shown: yes.at(-1)?.hash ?? '',
    ...(yes.length > 1 && { shown_before: yes.slice(0, -1).map(({ hash }) => hash) }),
    locale: asking.locale,
    scope: open.request.scope,
    clusters: data.clusters.map(({ id }) => id),
    accounts,
    until: asking.until?.toISOString() ?? 'no end',
    offline: asking.offline,
    ...(granted.length > 0 && { authorization_details: granted.map(canonical) }),
    ...(payments.length > 0 && { payments, fee: offer.fee }),
    ...(current && change && { grant_version: current.version, changes: change.rows.map(rowFacts), ...accountFacts(all) }),
  };
}

function paymentFacts({ visit, asking }: Answers, detail: AuthorizationDetail, from: readonly OfferedAccount[]): string {
  const { amount, recurring, period, payee, terms } = visit.engine.details.present(detail, asking.locale) as PaymentPresentation;
  return JSON.stringify({ amount, recurring, ...(period && { period }), payee, terms: terms.map(({ term, value }) => withoutIsolates(`${term}: ${value}`)), from: idsOf(from) });
}

const rowFacts = ({ badge, title, says }: ChangeRow): string => withoutIsolates([`${badge}: ${title}`, ...says].join(' | '));
/** Accounts that stayed shared, and those that could not. */
function accountFacts(all: Answers) {
  const { kept = [], lost = [] } = aboutData(all) ?? {};
  return { ...(kept.length > 0 && { accounts_kept: idsOf(kept) }), ...(lost.length > 0 && { accounts_lost: idsOf(lost) }) };
}

const idsOf = (accounts: readonly OfferedAccount[]): readonly string[] => [...new Set(accounts.map(({ id }) => id))];
