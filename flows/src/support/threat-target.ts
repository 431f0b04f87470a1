import { callbackOf, customers, introspectionClientId, type TestClient } from '@assent/testing/fapi';
import type { LoginStep, Target, TargetClient } from '@assent/threat-model/attack';
import type { Stack } from './stack.js';

/** How Ana signs in and agrees, for whoever knows nothing of our pages. */
export const login: readonly LoginStep[] = [
  { button: 'login-submit', fields: { login: customers.ana.login, password: customers.ana.password } },
  { button: 'consent-allow', choose: 'account' },
];

const asTarget = ({ id, auth, constraint, privateJwk, identity, metadata }: TestClient, signing: Pick<TargetClient, 'signsRequests' | 'responseMode'>): TargetClient => ({
  clientId: id,
  redirectUri: callbackOf(id),
  scope: 'openid accounts balances',
  constraint: constraint === 'either' ? 'none' : constraint,
  ...(auth === 'private_key_jwt' ? { key: { ...privateJwk } } : {}),
  ...(identity && constraint === 'mtls' ? { identity: { cert: identity.cert, key: identity.key } } : {}),
  ...(metadata['backchannel_token_delivery_mode'] === undefined ? {} : { flow: 'backchannel' }),
  ...(metadata['backchannel_token_delivery_mode'] === 'ping' ? { notified: true } : {}),
  ...(metadata['http_message_signatures'] === 'required' ? { signsMessages: true } : {}),
  ...(metadata['introspection'] === undefined ? {} : { asksAboutTokens: true }),
  ...signing,
});

export interface WantedTarget {
  readonly clients: readonly [honest: string, thief: string];
  /** Name of the issuer; the first, unless told. */
  readonly at?: string;
  /** Requests and responses are signed. */
  readonly signed?: boolean;
  readonly permits?: Target['permits'];
}

/** A running stack as a target of attacks. */
export function targetOf({ issuer, ca, resource, client }: Stack, { clients: [honest, thief], at = 'fapi2', signed = false, permits = [] }: WantedTarget): Target {
  const signing = signed ? { signsRequests: true, responseMode: 'jwt' } : {};
  const here = issuer.replace(/[^/]+$/, at);
  const clients = [asTarget(client(honest), signing), asTarget(client(thief), signing)] as const;
  return {
    issuer: here,
    authorities: [ca],
    resource: `${resource}/accounts`,
    clients,
    asker: asTarget(client(introspectionClientId), {}),
    login,
    ...(clients[0].flow === 'backchannel' ? { device: { loginHint: customers.ana.login, url: `${here}/device`, link: '/device/requests/', mostPending: 6 } } : {}),
    permits,
    mostPasswords: 8,
  };
}
