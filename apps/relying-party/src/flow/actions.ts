import * as openid from 'openid-client';
import type { Surroundings } from './flow.js';
import type { BrowserSession, Flow } from './session.js';

export type ActionName = 'accounts' | 'balances' | 'transactions' | 'userinfo' | 'refresh' | 'revoke';

/** A flow that has tokens. */
export type OpenFlow = Flow & { tokens: openid.TokenEndpointResponse };

export function openFlow(session: BrowserSession): OpenFlow {
  if (!session.flow?.tokens) throw new Error('There is no access now. Start again.');
  return session.flow as OpenFlow;
}

const withDpop = (flow: Flow): openid.DPoPOptions | undefined => (flow.dpop ? { DPoP: flow.dpop.handle } : undefined);

async function read(flow: OpenFlow, around: Surroundings, path: string): Promise<unknown> {
  const url = new URL(path, `${around.resource}/`);
  const response = await openid.fetchProtectedResource(flow.configuration, flow.tokens.access_token, url, 'GET', undefined, new Headers({ accept: 'application/json' }), withDpop(flow));
  return response.json();
}

/** The first consented account's id, asked once. */
export async function firstAccount(flow: OpenFlow, around: Surroundings): Promise<string> {
  if (flow.accountId !== undefined) return flow.accountId;
  const { accounts } = (await read(flow, around, 'accounts')) as { accounts: readonly { accountId: string }[] };
  const id = accounts[0]?.accountId;
  if (id === undefined) throw new Error('No account is shared.');
  flow.accountId = id;
  return id;
}

/** What a customer of the demo may do once access was allowed. Each leaves its exchange in the timeline. */
export const actions: Readonly<Record<ActionName, (flow: OpenFlow, around: Surroundings) => Promise<unknown>>> = {
  accounts: (flow, around) => read(flow, around, 'accounts'),
  balances: async (flow, around) => read(flow, around, `accounts/${await firstAccount(flow, around)}/balances`),
  transactions: async (flow, around) => read(flow, around, `accounts/${await firstAccount(flow, around)}/transactions`),
  userinfo: (flow) => openid.fetchUserInfo(flow.configuration, flow.tokens.access_token, flow.subject ?? openid.skipSubjectCheck, withDpop(flow)),
  refresh: async (flow) => {
    const refreshed = await openid.refreshTokenGrant(flow.configuration, flow.tokens.refresh_token ?? '', undefined, withDpop(flow));
    flow.tokens = { ...flow.tokens, ...refreshed };
  },
  revoke: (flow) => openid.tokenRevocation(flow.configuration, flow.tokens.refresh_token ?? flow.tokens.access_token),
};

export const isAction = (name: string): name is ActionName => Object.hasOwn(actions, name);
