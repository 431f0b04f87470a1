import type { Client } from '@assent/protocol';

const identity = new Set(['openid', 'profile', 'email']);

/** Of the wanted scopes those the client is registered for, with the customer's identity or without. */
export const offeredScope = ({ scope }: Pick<Client, 'scope'>, withIdentity: boolean, wanted: readonly string[]): string =>
  scope.filter((name) => wanted.includes(name) || (withIdentity && identity.has(name))).join(' ');
