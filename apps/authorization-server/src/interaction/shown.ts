import { createHash, createHmac } from 'node:crypto';
import { constantTimeEqual } from '@assent/crypto';
import { isLocale, type Locale } from '@assent/pages';
import { epochSeconds, type Form } from '@assent/protocol';
import type { Asking } from './asking.js';
import type { Visit } from './visit.js';

/*
 * "What you see is what you sign": the form of each page posts back what the page offered, sealed together with
 * everything else the request says. If any of it is no longer so when the answer comes, nothing is granted. Where a
 * request has several pages, the answers to the earlier ones travel under the seal of the next.
 */

/** An account a page offered: its id, and what was shown of its number. */
export interface OfferedAccount {
  readonly id: string;
  readonly maskedNumber: string;
}

/** A yes to a page: what it showed, and the accounts that were chosen on it. */
export interface Yes {
  readonly hash: string;
  readonly accounts: readonly OfferedAccount[];
  /** Accounts the page said stay shared, and those it said cannot. */
  readonly kept: readonly OfferedAccount[];
  readonly lost: readonly OfferedAccount[];
}

/** What a page offered that is not found again by looking at the request: decided when the page was made. */
export interface Offer {
  /** Of the pages of the request. */
  readonly at: number;
  /** Accounts that could be chosen. */
  readonly accounts: readonly OfferedAccount[];
  /** Accounts that are shared and stay so, whatever is chosen. */
  readonly kept: readonly OfferedAccount[];
  /** Accounts that are shared and could not be kept. */
  readonly lost: readonly OfferedAccount[];
  readonly expiresAt: Date | null;
  /** What a payment costs. */
  readonly fee: string;
  readonly locale: Locale;
  readonly earlier: readonly Yes[];
}

/** What a form posted, read and not proved yet. */
export interface PostedOffer {
  readonly offer: Offer;
  readonly offered: string;
  readonly seal: string;
}

export function sealShown(visit: Visit, asking: Asking, offer: Offer): string {
  const offered = Buffer.from(JSON.stringify({ ...offer, expiresAt: offer.expiresAt && epochSeconds(offer.expiresAt) })).toString('base64url');
  return `${offered}.${seal(visit, asking, offered)}`;
}

/** The offer as it was posted; `undefined` when it is none. `proveShown` proves it. */
export function readShown(form: Form): PostedOffer | undefined {
  const shown = form.all('shown');
  const [offered = '', sealed = ''] = shown.length === 1 ? (shown[0] ?? '').split('.') : [];
  const offer = parseOffer(offered);
  return offer && { offer, offered, seal: sealed };
}

/**
 * SHA-256 of all that a page said, for the audit; `undefined` unless the page with this offer was shown in this session
 * and said what is still so.
 */
export function proveShown(visit: Visit, asking: Asking, { offered, seal: sealed }: PostedOffer): string | undefined {
  if (!constantTimeEqual(sealed, seal(visit, asking, offered))) return undefined;
  return createHash('sha256').update(facts(asking, offered)).digest('base64url');
}

/** Only what it takes to find the request's words again is looked at before the seal is. */
function parseOffer(offered: string): Offer | undefined {
  try {
    const { expiresAt, ...rest } = JSON.parse(Buffer.from(offered, 'base64url').toString('utf8')) as Offer & { readonly expiresAt: unknown };
    const end = expiresAt === null ? null : new Date(Number(expiresAt) * 1000);
    return isLocale(rest.locale) && !Number.isNaN(end?.getTime()) ? { ...rest, expiresAt: end } : undefined;
  } catch {
    return undefined;
  }
}

const seal = ({ interactions, sessionBinding }: Visit, asking: Asking, offered: string): string =>
  createHmac('sha256', interactions.key)
    .update(`shown\0${sessionBinding}\0${facts(asking, offered)}`)
    .digest('base64url');

/** Everything the pages of the request say, as one text. */
function facts({ open, session, current, pages, data, change, offline, also }: Asking, offered: string): string {
  const { handle, request, client, issuer } = open;
  const { client_id: id, client_name: name, organisation } = client;
  return JSON.stringify([
    handle.hash.toString('base64url'),
    issuer.issuer,
    [id, name, organisation?.legal_name ?? '', organisation?.register_number ?? '', organisation?.purpose ?? ''],
    also,
    request.scope,
    request.authorizationDetails,
    pages,
    data,
    [request.grantManagementAction ?? '', current?.id ?? '', current?.version ?? 0, change ?? ''],
    offline,
    session.customerId,
    offered,
  ]);
}
