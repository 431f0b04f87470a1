import { randomBytes } from 'node:crypto';
import { applyChange, plainDetails } from '@assent/grants';
import { mintHandle, mintId, newTag, Secret, type AuthorizedContext, type BackchannelLimits, type BackchannelRequest, type BackchannelRequests, type Handle } from '@assent/protocol';
import type { Database } from '../database.js';
import { aClaim, aContext, aCreation, audit, clientId, inSeconds, issuer, newTokens, now, resource } from './fixtures.js';

/** What the store of back-channel requests is tried with. */
export const limits: BackchannelLimits = { perCustomer: 5, perClient: 1000, refusals: 3, windowSeconds: 3600 };

export interface Asked {
  readonly id: string;
  readonly handle: Handle;
  readonly value: string;
  readonly request: BackchannelRequest;
}

type Push = Parameters<BackchannelRequests['push']>[0];

export const aCustomer = (): string => `customer-${randomBytes(6).toString('hex')}`;

export function aPush(over: Partial<BackchannelRequest> & { readonly seconds?: number } = {}, more: Partial<Push> = {}): Push & { readonly value: string } {
  const tag = newTag();
  const { seconds = 300, ...changes } = over;
  const { value, handle } = mintHandle(tag, inSeconds(seconds));
  const request: BackchannelRequest = {
    issuer,
    clientId,
    customerId: aCustomer(),
    scope: ['openid', 'accounts', 'balances'],
    resources: [resource],
    acrValues: [],
    authorizationDetails: [],
    delivery: 'poll',
    bindingMessage: '1234',
    requestedAt: now(),
    ...changes,
  };
  const notification = request.delivery === 'ping' ? { notification: { authReqId: new Secret(value), token: new Secret('a-token-of-the-client') } } : {};
  return { value, handle, id: mintId(tag), request, ...notification, interval: 5, limits, replay: [aClaim()], audit: audit('backchannel.requested'), ...more };
}

export async function asked(database: Database, over: Parameters<typeof aPush>[0] = {}, more: Partial<Push> = {}): Promise<Asked> {
  const { value, ...push } = aPush(over, more);
  const result = await database.stores.backchannelRequests.push(push);
  if (result.outcome !== 'pushed') throw new Error(JSON.stringify(result));
  return { id: push.id, handle: push.handle, value, request: push.request };
}

export const contextOf = ({ handle, request }: Asked, over: Partial<AuthorizedContext> = {}): AuthorizedContext => {
  const { nonce: _, ...context } = aContext({ customerId: request.customerId, scope: request.scope, grantId: mintId(handle.tag), ...over });
  return context;
};

type Approve = Parameters<BackchannelRequests['approve']>[0];
export function approval(one: Asked, over: Partial<Approve> = {}): Approve {
  const context = contextOf(one);
  return { id: one.id, customerId: one.request.customerId, context, change: aCreation(context, inSeconds(3600)), now: now(), audit: audit('backchannel.approved'), ...over };
}
export const denial = ({ id, request }: Asked) => ({ id, customerId: request.customerId, now: now(), audit: audit('backchannel.denied') });

type Redeem = Parameters<BackchannelRequests['redeem']>[0];
export const poll = ({ handle }: Pick<Asked, 'handle'>, over: Partial<Redeem> = {}): Redeem => ({
  request: handle,
  issuer,
  clientId,
  tokens: newTokens(handle),
  apply: (current, change) => applyChange(current, change, plainDetails),
  replay: [aClaim()],
  now: now(),
  audit: audit('token.issued'),
  ...over,
});
