import { differenceOf, mergeClaims, newlyAsked, type DetailRules } from '@assent/grants';
import { clustersOf, type Cluster } from '@assent/pages';
import type { AuthorizationDetail, ClaimsRequest, Grant, GrantChange, GrantManagementAction, GrantPermissions } from '@assent/protocol';
import { deliveredClaims, type Asked } from './asked.js';

/** A part of what is asked: permissions, and the same as the page explains it. */
export interface AskedPart {
  readonly clusters: readonly Cluster[];
  readonly scope: readonly string[];
  /** Names. */
  readonly claims: readonly string[];
  readonly authorizationDetails: readonly AuthorizationDetail[];
}

/**
 * What a request would do to a grant, for the page to say and for the decision to be made of. Without an action, or
 * with `create`, all is new.
 */
export interface AskedChange {
  readonly action: GrantManagementAction;
  /** Whether the client named the action (GM-AZ-12). */
  readonly managed: boolean;
  /** The grant to be changed; absent for a new one. */
  readonly current: Grant | undefined;
  /** What the customer is asked to say yes to (GM-SE-01). */
  readonly added: AskedPart;
  /** What the client may do already and may do afterwards. */
  readonly kept: AskedPart;
  /** What the client may do now and not afterwards (`replace`, GM-SE-02). */
  readonly removed: AskedPart;
  /** Accounts the client may see already: they stay with `merge`, and are chosen anew with `replace`. */
  readonly currentAccounts: readonly string[];
  /** `from`: the end as it is, absent for a new grant; `to`: the end after a yes. `null`: no end. */
  readonly expiresAt: { readonly from?: Date | null; readonly to: Date | null };
}

/** A consent that is authorised anew, or amended, is replaced by what the customer says yes to now. */
export const actionOf = ({ request }: Pick<Asked, 'request'>, current: Grant | undefined): GrantManagementAction => request.grantManagementAction ?? (current ? 'replace' : 'create');

/** The request against the grant it names. Pure; `until` is the end of a grant that is allowed now. */
export function askedChange(open: Asked, current: Grant | undefined, until: Date | null, details: DetailRules): AskedChange {
  const action = actionOf(open, current);
  const managed = open.request.grantManagementAction !== undefined;
  const asked = askedPermissions(open, until);
  if (current === undefined) return { action, managed, current, added: partOf(asked), kept: nothing, removed: nothing, currentAccounts: [], expiresAt: { to: until } };
  const added = newlyAsked(current, asked, details);
  const lost = action === 'replace' ? differenceOf(current, { ...asked, accounts: current.accounts }) : {};
  const kept = {
    scope: without(current.scope, lost.scope?.removed),
    claims: keptClaims(current.claims, lost.claims?.removed),
    authorizationDetails: without(current.authorizationDetails, lost.authorizationDetails?.removed),
  };
  const removed = {
    scope: lost.scope?.removed ?? [],
    claims: onlyClaims(current.claims, lost.claims?.removed ?? []),
    authorizationDetails: lost.authorizationDetails?.removed ?? [],
  };
  return {
    action,
    managed,
    current,
    added: partOf(added, clustersOf(kept.scope, kept.claims)),
    kept: partOf(kept),
    removed: partOf(removed, clustersOf(asked.scope, asked.claims)),
    currentAccounts: current.accounts,
    expiresAt: { from: current.expiresAt, to: action === 'merge' ? added.expiresAt : until },
  };
}

/** What the customer said yes to on the page that `asked` was made for. */
export interface Chosen {
  readonly accounts: readonly string[];
  /** Of the request, as granted (RFC 9396 section 7.1). */
  readonly authorizationDetails: readonly AuthorizationDetail[];
  readonly expiresAt: Date | null;
}

/**
 * The change a code carries. A merge carries what is new and nothing else: what the grant loses before the code is
 * redeemed must not come back with it.
 */
export function changeOf(open: Asked, current: Grant | undefined, chosen: Chosen, details: DetailRules): GrantChange {
  const action = actionOf(open, current);
  const managed = open.request.grantManagementAction !== undefined;
  const { accounts, authorizationDetails } = chosen;
  const whole = { ...askedPermissions(open, chosen.expiresAt), accounts, authorizationDetails };
  if (current === undefined || action !== 'merge') return { action, managed, ...(current && { seenVersion: current.version }), permissions: whole };
  const added = newlyAsked(current, whole, details);
  const permissions: GrantPermissions = {
    scope: added.scope,
    resources: added.resources,
    accounts: without(accounts, current.accounts),
    authorizationDetails: added.authorizationDetails,
    ...(whole.claims && { claims: whole.claims }),
    expiresAt: added.expiresAt,
  };
  return { action, managed, seenVersion: current.version, permissions };
}

function askedPermissions(open: Asked, expiresAt: Date | null) {
  const { scope, resources, authorizationDetails } = open.request;
  const claims = deliveredClaims(open);
  return { scope, resources, authorizationDetails, ...(claims && { claims }), expiresAt };
}

type Part = Pick<GrantPermissions, 'scope' | 'authorizationDetails'> & { readonly claims?: ClaimsRequest | undefined };

/** `besides`: clusters that are on the page already and are not named twice. */
function partOf({ scope, claims, authorizationDetails }: Part, besides: readonly Cluster[] = []): AskedPart {
  const named = new Set(besides.map(keyOf));
  const names = [...new Set([...Object.keys(claims?.userinfo ?? {}), ...Object.keys(claims?.id_token ?? {})])];
  return { clusters: clustersOf(scope, claims).filter((cluster) => !named.has(keyOf(cluster))), scope, claims: names, authorizationDetails };
}

const nothing: AskedPart = { clusters: [], scope: [], claims: [], authorizationDetails: [] };
const keyOf = (cluster: Cluster): string => (cluster.id === 'other' ? `other ${cluster.name}` : cluster.id);
const without = <T>(all: readonly T[], some: readonly T[] = []): readonly T[] => all.filter((one) => !some.includes(one));

const keptClaims = (claims: ClaimsRequest | undefined, removed: readonly string[] = []): ClaimsRequest | undefined => filterClaims(claims, (name) => !removed.includes(name));
const onlyClaims = (claims: ClaimsRequest | undefined, names: readonly string[]): ClaimsRequest | undefined => filterClaims(claims, (name) => names.includes(name));

function filterClaims(claims: ClaimsRequest | undefined, keep: (name: string) => boolean): ClaimsRequest | undefined {
  if (!claims) return undefined;
  const filter = <T>(members: Readonly<Record<string, T>> = {}) => Object.fromEntries(Object.entries(members).filter(([name]) => keep(name)));
  return mergeClaims({ userinfo: filter(claims.userinfo) }, { id_token: filter(claims.id_token) });
}
