import * as openid from 'openid-client';
import { asksForIdentity, withDpop, type Surroundings } from './begin.js';
import { readAccounts, readBalances, readPerson, readTransactions, type Account } from './received.js';
import { FlowError } from './refusal.js';
import type { BrowserSession, Flow } from './session.js';

export type ActionName = 'accounts' | 'balances' | 'transactions' | 'userinfo' | 'refresh' | 'revoke';

/** A flow that has tokens. */
export type OpenFlow = Flow & { tokens: openid.TokenEndpointResponse };

/** `FlowError` when there are no tokens. */
export function openFlow(session: BrowserSession): OpenFlow {
  if (!session.flow?.tokens) throw new FlowError('The app has no access now. Start a flow.');
  return session.flow as OpenFlow;
}

/** What the access token opens: the bank may have granted less than was asked (RFC 6749 section 5.1). */
export const grantedScope = ({ tokens, scope }: OpenFlow): readonly string[] => (tokens.scope ?? scope).split(' ');

/** Whether a visitor is offered this now. */
export function isOffered(name: ActionName, flow: OpenFlow): boolean {
  if (name === 'userinfo') return asksForIdentity(flow);
  if (name === 'refresh') return flow.tokens.refresh_token !== undefined;
  if (name === 'revoke') return flow.ended === undefined;
  return grantedScope(flow).includes(name);
}

async function read(flow: OpenFlow, around: Surroundings, path: string): Promise<unknown> {
  const url = new URL(path, `${around.resource}/`);
  const response = await openid.fetchProtectedResource(flow.configuration, flow.tokens.access_token, url, 'GET', undefined, new Headers({ accept: 'application/json' }), withDpop(flow));
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

/** Everything that came from the grant dies with its refresh token (RFC 7009 section 2.1). */
async function revoke(flow: OpenFlow): Promise<void> {
  await openid.tokenRevocation(flow.configuration, flow.tokens.refresh_token ?? flow.tokens.access_token);
  endAccess(flow, 'revoked');
}

/** From now on every use of the tokens must be refused. */
export function endAccess(flow: OpenFlow, ended: NonNullable<Flow['ended']>): void {
  flow.ended = ended;
  flow.expects.refusalAt = /\/(accounts|balances|transactions|userinfo|token)$/;
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
  refresh,
  revoke,
};

export const isAction = (name: string): name is ActionName => Object.hasOwn(actions, name);
