import { fapi2Ciba, type Policy, type Profile } from '@assent/profiles';
import type { Client } from '@assent/protocol';
import type { DeploymentFacts, IssuerFacts } from './facts.js';

/** A third party by assertion and DPoP. */
export const thirdParty = (changes: Partial<Client> = {}): Client => ({
  client_id: 'tally',
  client_name: 'Tally',
  redirect_uris: ['https://tally.test/callback'],
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  scope: ['openid', 'accounts'],
  token_endpoint_auth_method: 'private_key_jwt',
  dpop_bound_access_tokens: true,
  tls_client_certificate_bound_access_tokens: false,
  use_mtls_endpoint_aliases: false,
  id_token_signed_response_alg: 'ES256',
  subject_type: 'public',
  require_auth_time: false,
  ...changes,
});

/** The resource server's own client; its answers are signed. */
const askingClient = thirdParty({ client_id: 'api', grant_types: ['client_credentials'], introspection: ['https://api.test'], introspection_signed_response_alg: 'ES256' });

export interface Wanted {
  readonly profile?: Profile;
  readonly policy?: Partial<Policy>;
  readonly clients?: readonly Client[];
  readonly issuer?: Partial<IssuerFacts>;
  readonly deployment?: Partial<DeploymentFacts>;
}

/** An issuer that offers everything the model speaks of, and what is around it. */
export function deploymentWith({ profile = fapi2Ciba, policy = {}, clients = [thirdParty()], issuer = {}, deployment = {} }: Wanted = {}): DeploymentFacts {
  const one: IssuerFacts = {
    name: 'main',
    issuer: 'https://as.test/main',
    policy: { ...profile.policy, ...policy },
    rules: profile,
    clients: [...clients, askingClient],
    authorizationDetailsTypes: ['payment_initiation'],
    grantManagement: { actions: ['create', 'merge', 'query'] },
    ciba: { pendingPerCustomer: 5 },
    ...issuer,
  };
  return {
    authorizationServer: { publicUrl: 'https://as.test', mtlsUrl: 'https://mtls.as.test', proxy: undefined, loginThrottle: { attempts: 5 } },
    resourceServer: { publicUrl: 'https://api.test', resource: 'https://api.test', verification: 'jwt-or-introspection', introspectionClientId: 'api', proxy: undefined },
    grantManagement: { publicUrl: 'https://grants.test', proxy: undefined, dashboard: { publicUrl: 'https://my.test', client: { issuer: 'https://as.test/main' } }, staff: { publicUrl: 'https://staff.test' } },
    issuers: [one],
    ...deployment,
  };
}
