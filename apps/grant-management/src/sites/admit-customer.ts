import type { Stores } from '@assent/persistence';
import { accessDenied, parseHandle, type Clock } from '@assent/protocol';
import type { Proven } from './client.js';
import type { Admit } from './sign-in.js';
import { shown } from './visit.js';

/**
 * The customer behind the dashboard's own access token: the issuer's subject says no more than that it is the same
 * person as before, the grant says who. The token proved to belong to the signed ID token (`at_hash`).
 */
export const admitCustomer = (clientId: string | undefined, { grants, customers, accessTokens }: Pick<Stores, 'grants' | 'customers' | 'accessTokens'>, clock: Clock): Admit => ({
  scope: 'openid',
  claims: [],
  verify: async ({ issuer, claims, accessToken }: Proven) => {
    const grantId = grantIdOf(accessToken) ?? (await grantIdOfOpaque(accessToken, accessTokens, clock));
    const grant = grantId === undefined ? undefined : await grants.find(grantId);
    const own = grant?.issuer === issuer && grant.clientId === clientId && grant.subject === claims.sub && grant.status === 'active';
    const customer = own ? await customers.find(grant.customerId) : undefined;
    if (!customer || claims.at_hash === undefined) throw shown('signIn', accessDenied('the token leads to no customer', 'ASSENT-SITE-06'), '/sign-in');
    return { personId: customer.id, displayName: customer.displayName, roles: [], customerId: customer.id };
  },
});

function grantIdOf(token: string): string | undefined {
  const [, payload, signature] = token.split('.');
  if (payload === undefined || signature === undefined) return undefined;
  const { grant_id: id } = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as { grant_id?: unknown };
  return typeof id === 'string' ? id : undefined;
}

async function grantIdOfOpaque(token: string, accessTokens: Stores['accessTokens'], clock: Clock): Promise<string | undefined> {
  const handle = parseHandle(token);
  const found = handle && (await accessTokens.find(handle, [], clock.now()));
  return found?.outcome === 'found' ? found.facts.grantId : undefined;
}
