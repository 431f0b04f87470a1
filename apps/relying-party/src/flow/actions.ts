import * as openid from 'openid-client';
import { withDpop, type Surroundings } from './begin.js';
import { grantIdOf, readOwnGrant, revokeGrant } from './grant.js';
import { approvedPayment, pay, readPaymentStatus } from './payment.js';
import { readAccounts, readBalances, readPerson, readTransactions, type Account } from './received.js';
import { FlowError } from './refusal.js';
import type { BrowserSession, Flow } from './session.js';

export type ActionName =
  | 'accounts' | 'balances' | 'transactions' | 'userinfo' | 'pay' | 'pay-again' | 'payment-status' | 'refresh' | 'revoke'
  | 'grant-read' | 'grant-revoke' | 'older-refresh' | 'older-access'; // prettier-ignore

/** A flow that has tokens. */
export type OpenFlow = Flow & { tokens: openid.TokenEndpointResponse };

/** `FlowError` when there are no tokens. */
export function openFlow(session: BrowserSession): OpenFlow {
  if (!session.flow?.tokens) throw new FlowError('The app has no access now. Start a flow.');
  return session.flow as OpenFlow;
}

/** What the access token opens: the bank may have granted less than was asked (RFC 6749 section 5.1). */
export const grantedScope = ({ tokens, asked }: OpenFlow): readonly string[] => (tokens.scope ?? asked.scope).split(' ').filter((scope) => scope !== '');

/** The same in plain names, whether a scope or a detail opens it. */
export function opened(flow: OpenFlow): readonly string[] {
  const actions = (flow.tokens.authorization_details ?? []).flatMap((detail) => (detail.type === 'account_information' ? [detail['actions']].flat() : []));
  const scope = grantedScope(flow);
  return (['accounts', 'balances', 'transactions'] as const).filter((name) => scope.includes(name) || actions.includes(actionOf[name]));
}
const actionOf = { accounts: 'list_accounts', balances: 'read_balances', transactions: 'read_transactions' } as const;

/** Whether a visitor is offered this now. */
export function isOffered(name: ActionName, flow: OpenFlow): boolean {
  switch (name) {
    case 'userinfo':
      return grantedScope(flow).includes('openid');
    case 'pay':
      return approvedPayment(flow) !== undefined;
    case 'pay-again':
      return approvedPayment(flow)?.type === 'payment_initiation' && flow.received.payment !== undefined;
    case 'payment-status':
      return flow.received.payment !== undefined;
    case 'refresh':
      return flow.tokens.refresh_token !== undefined;
    case 'revoke':
      return flow.ended === undefined;
    case 'grant-read':
      return mayAskApi(flow, 'grant_management_query');
    case 'grant-revoke':
      return mayAskApi(flow, 'grant_management_revoke');
    case 'older-refresh':
      return flow.older?.tokens.refresh_token !== undefined;
    case 'older-access':
      return flow.older?.by === 'replace';
    default:
      return opened(flow).includes(name);
  }
}

/** The grants API takes a token of the client's own, for a scope it is registered for (Grant Management section 6.1). */
const mayAskApi = (flow: OpenFlow, scope: string): boolean =>
  grantIdOf(flow) !== undefined && flow.ended !== 'grant-revoked' && flow.client.metadata.scope.includes(scope) && flow.client.metadata.grant_types.includes('client_credentials');

/** The actions of the grant's own card, apart from those that use the tokens. */
export const onGrant: readonly ActionName[] = ['grant-read', 'grant-revoke', 'older-refresh', 'older-access'];

async function read(flow: OpenFlow, around: Surroundings, path: string, { access_token: token } = flow.tokens): Promise<unknown> {
  const url = new URL(path, `${around.resource}/`);
  const response = await openid.fetchProtectedResource(flow.configuration, token, url, 'GET', undefined, new Headers({ accept: 'application/json' }), withDpop(flow));
  if (!response.ok) throw new FlowError(`The bank’s API answered ${response.status}.`);
  return response.json();
}

/** The first consented account, asked for once. `FlowError` when none is shared. */
export async function firstAccount(flow: OpenFlow, around: Surroundings): Promise<Account> {
  flow.received.accounts ??= readAccounts(await read(flow, around, 'accounts'));
  const [account] = flow.received.accounts;
  if (!account) throw new FlowError('No account is shared.');
  return account;
}

async function readLatest(flow: OpenFlow, around: Surroundings): Promise<void> {
  const account = await firstAccount(flow, around);
  const latest = readTransactions(await read(flow, around, `accounts/${encodeURIComponent(account.accountId)}/transactions?limit=10`));
  flow.received.transactions = { account, latest };
}

async function refresh(flow: OpenFlow): Promise<void> {
  if (flow.tokens.refresh_token === undefined) throw new FlowError('The app was given no refresh token.');
  const refreshed = await openid.refreshTokenGrant(flow.configuration, flow.tokens.refresh_token, undefined, withDpop(flow));
  flow.tokens = { ...flow.tokens, ...refreshed };
}

/** Does something that must be refused now, whatever else works: with tokens from before a change, or what was approved once only. */
async function mustFail(flow: OpenFlow, what: () => Promise<unknown>): Promise<void> {
  const { refusalAt } = flow.expects;
  flow.expects.refusalAt = /\/(token|accounts|payments)$/;
  try {
    await what();
  } finally {
    if (refusalAt) flow.expects.refusalAt = refusalAt;
    else delete flow.expects.refusalAt;
  }
}

function older(flow: OpenFlow): openid.TokenEndpointResponse {
  if (!flow.older) throw new FlowError('The grant has not been changed.');
  return flow.older.tokens;
}

/** Everything that came from the grant dies with its refresh token (RFC 7009 section 2.1). */
async function revoke(flow: OpenFlow): Promise<void> {
  await openid.tokenRevocation(flow.configuration, flow.tokens.refresh_token ?? flow.tokens.access_token);
  endAccess(flow, 'revoked');
}

/** From now on every use of the tokens must be refused. */
export function endAccess(flow: OpenFlow, ended: NonNullable<Flow['ended']>): void {
  flow.ended = ended;
  flow.expects.refusalAt = /\/(accounts|balances|transactions|userinfo|payments|token)$/;
}

/** What a visitor may do once access was allowed. Each leaves its exchange in the timeline. */
export const actions: Readonly<Record<ActionName, (flow: OpenFlow, around: Surroundings) => Promise<void>>> = {
  accounts: async (flow, around) => void (flow.received.accounts = readAccounts(await read(flow, around, 'accounts'))),
  balances: async (flow, around) => {
    await firstAccount(flow, around);
    flow.received.balances = readBalances(await read(flow, around, 'balances'));
  },
  transactions: readLatest,
  userinfo: async (flow) => {
    const claims = await openid.fetchUserInfo(flow.configuration, flow.tokens.access_token, flow.subject ?? openid.skipSubjectCheck, withDpop(flow));
    flow.received.person = readPerson(claims);
  },
  pay: (flow, around) => pay(flow, around),
  // A key of its own: to the bank this is another attempt, not the same one sent twice.
  'pay-again': (flow, around) => mustFail(flow, () => pay(flow, around)),
  'payment-status': readPaymentStatus,
  refresh,
  revoke,
  'grant-read': readOwnGrant,
  'grant-revoke': async (flow) => {
    await revokeGrant(flow);
    endAccess(flow, 'grant-revoked');
  },
  'older-refresh': (flow) => mustFail(flow, () => openid.refreshTokenGrant(flow.configuration, older(flow).refresh_token ?? '', undefined, withDpop(flow))),
  'older-access': (flow, around) => mustFail(flow, () => read(flow, around, 'accounts', older(flow))),
};

export const isAction = (name: string): name is ActionName => Object.hasOwn(actions, name);
