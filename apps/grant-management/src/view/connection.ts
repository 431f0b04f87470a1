import type { DetailTypes } from '@assent/authorization-details';
import type { AssentConfig } from '@assent/config';
import { isOver, revocationReasons, siteTextsOf, type Connection, type ConnectionRow, type ConnectionState, type HistoryEntry, type Locale, type NamedAccount, type RevocationReason, type SafeUrl, type UseKind } from '@assent/pages';
import type { ClientRegistry, NamedClient } from '@assent/persistence';
import type { Grant, GrantScope, GrantVersion, ListedGrant, UseOfGrant } from '@assent/protocol';
import { referenceOf } from './reference.js';
import { accountNamed, changeWords, dataOf, explanations, paymentsOf, paymentWords, shortWords, type Speaking } from './words.js';

/** What it takes to put grants in words. */
export interface Viewer {
  readonly config: AssentConfig;
  readonly registry: ClientRegistry;
  readonly details: DetailTypes;
  readonly locale: Locale;
  readonly now: Date;
}

/** Grants of every issuer that signs customers in, but for those of the bank's own applications. */
export const scopeOf = ({ issuers }: Pick<AssentConfig, 'issuers'>): GrantScope => ({
  issuers: issuers.filter(({ signsIn }) => signsIn === 'customers').map(({ issuer }) => issuer),
  own: issuers.flatMap(({ issuer, clients }) => clients.filter(({ first_party: own }) => own).map(({ client_id: clientId }) => ({ issuer, clientId }))),
});

/** The client of a grant, also one that is registered no more. */
export const clientOf = (registry: ClientRegistry, { issuer, clientId }: Pick<Grant, 'issuer' | 'clientId'>): NamedClient => registry.named(issuer, clientId);

export const speakingOf = ({ config, registry, details, locale }: Omit<Viewer, 'now'>, grant: Grant): Speaking => ({ locale, details, bank: config.bank.name, tpp: clientOf(registry, grant).client_name, market: config.issuers.find(({ issuer }) => issuer === grant.issuer)?.market });

export const day = 86_400_000;

export function stateOf({ status, expiresAt }: Pick<Grant, 'status' | 'expiresAt'>, now: Date): ConnectionState {
  switch (status) {
    case 'awaiting_authorisation':
      return { kind: 'waiting' };
    case 'suspended':
      return { kind: 'suspended' };
    case 'revoked':
    case 'rejected':
      return { kind: 'stopped' };
    case 'expired':
      return { kind: 'ended' };
    case 'consumed':
      return { kind: 'completed' };
    case 'active': {
      if (expiresAt === null) return { kind: 'active' };
      const days = Math.ceil((expiresAt.getTime() - now.getTime()) / day);
      if (days <= 0) return { kind: 'ended' };
      return days <= 30 ? { kind: 'ending', days: dayOf(expiresAt) === dayOf(now) ? 0 : days } : { kind: 'active' };
    }
  }
}

/** Of the days the pages write, which are UTC's. */
const dayOf = (date: Date): string => date.toISOString().slice(0, 10);

export const isCurrent = (grant: Grant, now: Date): boolean => !isOver(stateOf(grant, now));

const endedAt = (grant: Grant, now: Date): Date | undefined => (isCurrent(grant, now) ? undefined : grant.status === 'expired' || grant.status === 'active' ? (grant.expiresAt ?? grant.updatedAt) : grant.updatedAt);

/** The lines of a grant: one for what it sees, one for what it pays. A grant that does both stands in both lists; whoever is paid through knows that it is the same customer. */
export function rowsOf(grant: ListedGrant, viewer: Viewer, to: SafeUrl): readonly ConnectionRow[] {
  const speaking = speakingOf(viewer, grant);
  const t = siteTextsOf(viewer.locale);
  const data = dataOf(grant, speaking);
  const payments = paymentsOf(grant, speaking);
  const common = { to, name: speaking.tpp, accounts: grant.accounts.length, until: grant.expiresAt, endedAt: endedAt(grant, viewer.now), state: stateOf(grant, viewer.now), lastUse: grant.lastUse?.at };
  const seeing = data.clusters.some(({ id }) => id !== 'identity') || data.details.length > 0 || payments.length === 0;
  return [
    ...(seeing ? [{ ...common, kind: 'data' as const, what: shortWords(grant, speaking) }] : []),
    ...(payments.length > 0 ? [{ ...common, kind: 'payment' as const, what: payments.map((payment) => paymentWords(payment, t, viewer.locale)) }] : []),
  ];
}

export interface Told {
  readonly grant: ListedGrant;
  readonly versions: readonly GrantVersion[];
  readonly uses: readonly UseOfGrant[];
  /** Of the customer. */
  readonly accounts: readonly NamedAccount[];
}

/** All a page says of one grant. */
export function connectionOf({ grant, versions, uses, accounts }: Told, viewer: Viewer): Connection {
  const speaking = speakingOf(viewer, grant);
  const { organisation } = clientOf(viewer.registry, grant);
  const pays = paymentsOf(grant, speaking);
  const sees = explanations(grant, speaking);
  return {
    name: speaking.tpp,
    legalName: organisation?.legal_name,
    registerNumber: organisation?.register_number,
    purpose: organisation?.purpose,
    kind: pays.length > 0 && sees.length === 0 ? 'payment' : 'data',
    state: stateOf(grant, viewer.now),
    accounts: grant.accounts.map((id) => accountNamed(id, accounts)),
    allowedAt: grant.createdAt,
    until: grant.expiresAt,
    endedAt: endedAt(grant, viewer.now),
    lastUse: grant.lastUse && { at: grant.lastUse.at, kinds: grant.lastUse.kinds.map(useKind) },
    sees,
    pays,
    history: historyOf({ grant, versions, uses, accounts }, speaking),
    reference: referenceOf(grant.id),
  };
}

/** Changes and reads, the newest first; reads of a day are one line. A yes takes nothing away: it writes accounts into what was asked for. */
function historyOf({ grant, versions, uses, accounts }: Told, speaking: Speaking): readonly HistoryEntry[] {
  const changes = versions.map((version): HistoryEntry => {
    const { difference, actor, event, at, reason } = version;
    const ends = difference.expiresAt && { to: difference.expiresAt.to === null ? null : new Date(difference.expiresAt.to) };
    return { what: event, at, by: actor.kind, ...changeWords(difference, accounts, speaking), ...(event === 'authorised' && { removed: [] }), ends, reason: reasonOf(reason) };
  });
  const begun: readonly HistoryEntry[] = versions.some(({ event }) => event === 'created' || event === 'lodged') ? [] : [{ what: 'created', at: grant.createdAt, by: 'customer', added: [], removed: [] }];
  return [...changes, ...begun, ...readsOf(uses)].sort((one, other) => other.at.getTime() - one.at.getTime());
}

function readsOf(uses: readonly UseOfGrant[]): readonly HistoryEntry[] {
  const days = new Map<number, UseOfGrant[]>();
  for (const use of uses) days.set(use.day.getTime(), [...(days.get(use.day.getTime()) ?? []), use]);
  return [...days.values()].map((ofDay) => ({ what: 'read', at: new Date(Math.max(...ofDay.map(({ lastAt }) => lastAt.getTime()))), kinds: [...new Set(ofDay.map(({ kind }) => useKind(kind)))], times: ofDay.reduce((sum, { count }) => sum + count, 0) }));
}

const useKind = (kind: string): UseKind => (['accounts', 'balances', 'transactions', 'payments', 'identity'] as const).find((one) => kind === one || kind.replace(/s?$/, 's') === one) ?? 'other';

const reasonOf = (reason: string | undefined): RevocationReason | undefined => revocationReasons.find((one) => one === reason);
