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
  /** May have payments made. */
  readonly pays?: boolean;
}

const order = { instructedAmount: { currency: 'GBP', amount: '0.01' }, creditorName: 'Corner Cafe', creditorAccount: { iban: 'GB76HBNK40010100213377' }, remittanceInformationUnstructured: '{reference}' };

/** What is kept of the latest grant of a client: the signed messages in it. */
async function evidenceOf({ database }: Stack, clientId: string): Promise<readonly string[]> {
  const { rows } = await database.pool.query<{ id: string }>('SELECT id FROM assent."grant" WHERE client_id = $1 ORDER BY created_at DESC LIMIT 1', [clientId]);
  const chain = rows[0] && (await database.stores.evidence.chain(rows[0].id));
  return (chain?.artefacts ?? []).flatMap(({ text }) => (JSON.parse(text) as { readonly jws?: string }).jws ?? []);
}

/** A running stack as a target of attacks. */
export function targetOf(stack: Stack, { clients: [honest, thief], at = 'fapi2', signed = false, permits = [], pays = false }: WantedTarget): Target {
  const { issuer, ca, resource, client } = stack;
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
    ...(pays ? { payment: { details: [{ type: 'payment_initiation', ...order }], url: `${resource}/payments`, body: order, seenAt: `${resource}/balances` } } : {}),
    ...(client(honest).metadata['evidence'] === 'on' ? { evidence: (clientId) => evidenceOf(stack, clientId) } : {}),
    permits,
    mostPasswords: 8,
  };
}
