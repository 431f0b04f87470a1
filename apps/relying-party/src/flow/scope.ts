import type { Client } from '@assent/protocol';

const identity = new Set(['openid', 'profile', 'email']);
const data = new Set(['accounts', 'balances', 'transactions']);

/** What the demo asks for: what it can show, as far as the client is registered for it, with the customer's identity or without. */
export const offeredScope = ({ scope }: Pick<Client, 'scope'>, withIdentity: boolean): string =>
  scope.filter((name) => data.has(name) || (withIdentity && identity.has(name))).join(' ');
