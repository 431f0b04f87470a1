import { createHash, createHmac } from 'node:crypto';
import { constantTimeEqual } from '@assent/crypto';
import type { Cluster } from '@assent/pages';
import { OAuthError, epochSeconds, invalidRequest, plusSeconds, type Session } from '@assent/protocol';
import { aboutRequest, type OpenRequest } from '../authorize/open-request.js';
import type { Visit } from './visit.js';

/*
 * "What you see is what you sign": the consent form posts back what the page offered, sealed together with everything
 * else the page said. If any of it is no longer so when the answer comes, nothing is granted.
 */

/** What the page offered that is not found again by looking at the request: decided when the page was made. */
export interface Offer {
  /** Accounts that could be chosen. */
  readonly accounts: readonly string[];
  readonly expiresAt: Date;
  readonly locale: string;
}

/** What the page said besides: found again from request, client registry, policy and session. */
export interface SaidFacts {
  readonly clusters: readonly Cluster[];
  readonly offline: boolean;
  readonly session: Session;
}

/** The end of a grant that is allowed now, as the page will say it. */
export const grantEnd = (open: OpenRequest, now: Date): Date => new Date(epochSeconds(plusSeconds(now, open.issuer.policy.grantLifetime)) * 1000);

export function sealShown(visit: Visit, open: OpenRequest, said: SaidFacts, offer: Offer): string {
  const offered = Buffer.from(JSON.stringify([offer.accounts, epochSeconds(offer.expiresAt), offer.locale])).toString('base64url');
  return `${offered}.${seal(visit, open, said, offered)}`;
}

/** The offer, proved to be what this page showed in this session. Throws "this request changed" otherwise. */
export function verifyShown(visit: Visit, open: OpenRequest, said: SaidFacts): Offer & { readonly hash: string } {
  const shown = visit.form.all('shown');
  const [offered = '', sealed = ''] = shown.length === 1 ? (shown[0] ?? '').split('.') : [];
  if (!constantTimeEqual(sealed, seal(visit, open, said, offered))) throw changed(open);
  const [accounts, end, locale] = JSON.parse(Buffer.from(offered, 'base64url').toString('utf8')) as [string[], number, string];
  return { accounts, expiresAt: new Date(end * 1000), locale, hash: createHash('sha256').update(facts(open, said, offered)).digest('base64url') };
}

export const changed = (open: OpenRequest): OAuthError => aboutRequest(invalidRequest('what was shown is not what would be allowed', 'ASSENT-CONSENT-01'), open);

const seal = ({ interactions, sessionBinding }: Visit, open: OpenRequest, said: SaidFacts, offered: string): string =>
  createHmac('sha256', interactions.key)
    .update(`shown\0${sessionBinding}\0${facts(open, said, offered)}`)
    .digest('base64url');

function facts({ handle, request, client, issuer }: OpenRequest, { clusters, offline, session }: SaidFacts, offered: string): string {
  const { client_id: id, client_name: name, organisation } = client;
  return JSON.stringify([
    handle.hash.toString('base64url'),
    issuer.issuer,
    [id, name, organisation?.legal_name ?? '', organisation?.register_number ?? '', organisation?.purpose ?? ''],
    request.redirectUri,
    request.scope,
    clusters,
    offline,
    session.customerId,
    offered,
  ]);
}
