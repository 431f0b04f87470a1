import { isolate } from '../html/plain-text.js';
import { SafeUrl } from '../html/safe-url.js';
import type { Locale } from '../locale.js';
import { aFrame } from './samples.js';
import { siteTextsOf } from '../texts/sites/index.js';
import { renderAgreementPage } from '../sites/agreeing.js';
import { renderConnectionPage } from '../sites/connection.js';
import { renderConnectionsPage } from '../sites/connections.js';
import { renderProblemPage, renderSignedOutPage, renderWelcomePage } from '../sites/messages.js';
import type { Connection, ConnectionRow, ConnectionState, HistoryEntry, NamedAccount } from '../sites/model.js';
import type { SiteFrame } from '../sites/site-page.js';
import { renderApprovalPage, renderApprovalsPage, type Approval } from '../sites/staff-approvals.js';
import { renderRevokePage, renderRevokePreviewPage, renderStaffGrantPage, renderStaffToldPage } from '../sites/staff-grant.js';
import { renderSearchPage, renderTicketPage, type StaffAtWork } from '../sites/staff-search.js';
import { renderConfirmRemovalPage, renderRemoveAccountPage, renderStoppedPage, renderStopPage } from '../sites/stopping.js';

/* Every page of the two sites, as the apps make them. `v` stands for every text from outside. */

const at = new Date('2026-11-23T08:14:00Z');
const path = SafeUrl.of('/apps/x');
const hidden = { csrf: 'token', version: '1' };

const frameFor = (locale: Locale, site: 'dashboard' | 'staff', v?: string): SiteFrame => {
  const t = siteTextsOf(locale);
  const link = (to: string, label: string, current = false) => ({ to: SafeUrl.of(to), label, current });
  const links = site === 'dashboard' ? [link('/', t.dashboard.title, true)] : [link('/', t.staff.search, true), link('/approvals', t.staff.approvals)];
  return { ...aFrame(locale, v === undefined ? {} : { brand: v, help: v }), navigation: { links, signOut: { to: SafeUrl.of('/sign-out'), hidden: { csrf: 'token' } } } };
};

export function sitePages(locale: Locale, v?: string): Readonly<Record<string, () => string>> {
  const named = (text: string): string => v ?? text;
  /** Words that others made, with names in them isolated. */
  const said = (text: string): string => (v === undefined ? text : isolate(v));
  const [frame, desk] = [frameFor(locale, 'dashboard', v), frameFor(locale, 'staff', v)];
  const accounts: readonly NamedAccount[] = [
    { id: named('everyday'), name: named('Everyday account'), maskedNumber: named('4821') },
    { id: named('savings'), name: named('Savings'), maskedNumber: named('0093') },
  ];
  const states: readonly ConnectionState[] = [{ kind: 'active' }, { kind: 'ending', days: 12 }, { kind: 'waiting' }, { kind: 'suspended' }];
  const row = (kind: 'data' | 'payment', state: ConnectionState, name: string): ConnectionRow => ({ to: path, name: named(name), kind, what: kind === 'data' ? [said('Balances'), said('Transactions')] : [said('€84.20 to Bright Energy')], lastUse: state.kind === 'waiting' ? undefined : at, accounts: 2, until: kind === 'data' ? at : null, state });
  const rows = [...states.map((state, index) => row('data', state, ['Tally Budget', 'Saffron Mortgages', 'Kirjanpito & Co. Accounting for Small Firms', 'Ledgerly'][index] ?? '')), row('payment', { kind: 'active' }, 'Bright Energy')];
  const history: readonly HistoryEntry[] = [
    { what: 'read', at, kinds: ['balances', 'transactions'], times: 4 },
    { what: 'narrowed', at, by: 'customer', added: [], removed: [said('Savings ••0093')] },
    { what: 'merged', at, by: 'client', added: [said('Transactions')], removed: [], ends: { to: at } },
    { what: 'revoked', at, by: 'staff', added: [], removed: [], reason: 'fraud' },
    ...Array.from({ length: 8 }, (): HistoryEntry => ({ what: 'read', at, kinds: ['accounts'], times: 1 })),
    { what: 'created', at, by: 'customer', added: [], removed: [] },
  ];
  const connection: Connection = {
    name: named('Tally Budget'), legalName: named('Tally Software Ltd'), registerNumber: named('812345'), purpose: named('To show your spending in one place and warn you before a bill is due.'),
    kind: 'data', state: { kind: 'active' }, accounts, allowedAt: at, until: at, lastUse: { at, kinds: ['balances', 'transactions'] }, history, reference: named('GR-7F3A-21'),
    sees: [{ title: said('Balances'), summary: said('How much is in each account.'), items: [said('Booked balance'), said('Currency')], terms: [said('Since 23 November 2025')] }],
    pays: [{ kind: 'payment', amount: { value: named('84.20'), currency: named('EUR') }, recurring: true, period: 'month', payee: { name: named('Bright Energy'), account: named('GB09 HBNK 4001 0112 3448 21') }, terms: [{ id: 'reference', term: named('Reference'), value: named('Invoice 20418'), quoted: true }] }],
  }; // prettier-ignore
  const { name, reference } = connection;
  const work: StaffAtWork = { name: named('Noor Haddad'), roles: ['agent'], ticket: named('CS-20418'), csrf: 'token' };
  const facts = { grantId: named('f9lB2V0tF3dYk2nXbq1pVw8eZrQmTs6u'), clientId: named('tally-budget'), issuer: named('https://localhost:9443/fapi2'), profile: named('strict-profile'), version: 3, status: 'active' as const, managed: true, scopes: [named('openid'), named('accounts')], types: [named('account_information')], refreshTokens: { count: 2, lastIssuedAt: at }, signedInAt: at, signedInBy: named('pwd') };
  const approval: Approval = { id: 'x', clientName: name, clientId: named('tally-budget'), issuer: named('https://localhost:9443/fapi2'), reason: named('licence_lost'), note: named('Register says so.'), ticket: named('CS-20418'), askedName: named('Noor Haddad'), askedAt: at, grants: 214, own: false };
  const search = { customer: named('ana'), grant: named('GR-7F3A-21'), client: named(''), status: 'active' };
  const about = { frame, name, reference, back: path, action: path, hidden };
  const revoking = { frame: desk, work, name, action: path, back: path, hidden };
  return {
    welcome: () => renderWelcomePage({ frame: { ...frame, navigation: { links: [] } }, site: 'dashboard', signIn: path }),
    'signed-out': () => renderSignedOutPage({ frame: { ...frame, navigation: { links: [] } }, signIn: path }),
    problem: () => renderProblemPage({ frame, problem: 'changed', reference: named('0f8c1d3e'), again: path }),
    list: () => renderConnectionsPage({ frame, past: false, counts: { current: 5, past: 6 }, rows, ending: [{ name: named('Saffron Mortgages'), until: at }], filter: { name: named('tally'), kind: 'data', account: '', accounts: [{ value: '1', label: named('Everyday account ••4821') }], on: true } }),
    'list-asked': () => renderConnectionsPage({ frame, past: false, asked: [{ to: path, name, holder: named('Ana Duarte') }], answered: 'agreed', counts: { current: 1, past: 0 }, rows: rows.slice(0, 1), ending: [], filter: { name: '', kind: '', account: '', accounts: [], on: false } }),
    'agree-given': () => renderAgreementPage({ frame, name, holder: named('Ana Duarte'), agreement: 'given', accounts: accounts.slice(0, 1), sees: connection.sees, pays: [], until: null, reference, action: path, hidden, back: path }),
    agree: () => renderAgreementPage({ frame, name, holder: named('Ana Duarte'), agreement: 'asked', accounts: accounts.slice(0, 1), sees: connection.sees, pays: connection.pays, until: at, reference, action: path, hidden, back: path }),
    'list-empty': () => renderConnectionsPage({ frame, past: true, counts: { current: 0, past: 0 }, rows: [], ending: [], filter: { name: '', kind: '', account: '', accounts: [], on: false } }),
    detail: () => renderConnectionPage({ frame, connection, back: path, stop: path, removeAccount: path, json: path, csv: path, notice: 'account-removed' }),
    'detail-over': () => renderConnectionPage({ frame, connection: { ...connection, state: { kind: 'stopped' }, endedAt: at, lastUse: undefined, pays: [] }, back: path, json: path, csv: path }),
    stop: () => renderStopPage({ ...about, kind: 'data' }),
    'stop-payment': () => renderStopPage({ ...about, kind: 'payment' }),
    stopped: () => renderStoppedPage({ ...about, kind: 'data', at }),
    remove: () => renderRemoveAccountPage({ ...about, accounts, stop: path, problem: 'choose' }),
    'remove-last': () => renderRemoveAccountPage({ ...about, accounts: accounts.slice(0, 1), stop: path }),
    'remove-confirm': () => renderConfirmRemovalPage({ ...about, account: accounts[1]!, alsoEnds: [said('€84.20 to Bright Energy')] }),
    ticket: () => renderTicketPage({ frame: desk, work: { ...work, ticket: undefined }, value: named('x'), problem: true }),
    search: () => renderSearchPage({ frame: desk, work, search, found: { rows, page: 2, more: true }, bulk: [{ issuer: named('https://localhost:9443/fapi2'), to: path }, { issuer: named('https://localhost:9443/second'), to: path }] }),
    'search-problem': () => renderSearchPage({ frame: desk, work, search, problem: true }),
    grant: () => renderStaffGrantPage({ frame: desk, work, connection, customer: { id: named('customer-ana'), name: named('Ana Duarte'), login: named('ana') }, facts, record: [{ at, what: 'revoked', name: named('Noor Haddad'), about: 'fraud' }, { at, what: 'viewed', name: named('Noor Haddad'), about: named('CS-20418') }], revoke: path }),
    revoke: () => renderRevokePage({ ...revoking, about: 'grant', problems: ['reason', 'note'], note: named('x') }),
    preview: () => renderRevokePreviewPage({ ...revoking, about: 'client', count: 214, reason: 'court', note: named('Order 12/2026'), now: at, customerLocale: locale === 'ar' ? 'en' : 'ar' }),
    told: () => renderStaffToldPage({ frame: desk, work, told: 'asked', at, back: path }),
    approvals: () => renderApprovalsPage({ frame: desk, work, approvals: [approval, { ...approval, decision: { is: 'approved', name: named('Sam Whitlock'), at } }] }),
    approval: () => renderApprovalPage({ frame: desk, work, approval, hidden, mayDecide: true }),
    'approval-own': () => renderApprovalPage({ frame: desk, work, approval: { ...approval, own: true }, hidden, mayDecide: true }),
  };
}
