import type { Policy, Profile } from '@assent/profiles';
import type { Client } from '@assent/protocol';

/** What the audit reads of one issuer. */
export interface IssuerFacts {
  readonly name: string;
  readonly issuer: string;
  readonly policy: Policy;
  readonly rules: Pick<Profile, 'loosenings' | 'sources'>;
  readonly clients: readonly Client[];
  readonly authorizationDetailsTypes: readonly string[];
  readonly grantManagement: { readonly actions: readonly string[] };
  /** The market it is part of: its clients register, and its tokens are for an API that reads them itself. */
  readonly market?: { readonly details: readonly { readonly kind: string }[] };
  /** Whether clients register themselves. */
  readonly registration?: object | undefined;
  readonly ciba: { readonly pendingPerCustomer: number };
}

interface ServerFacts {
  readonly publicUrl: string;
  readonly proxy?: { readonly trustedAddresses: readonly string[]; readonly clientCertificateHeader: string } | undefined;
}
interface SiteFacts {
  readonly publicUrl: string;
  readonly client?: { readonly issuer: string } | undefined;
}

/** What it reads of everything around: the configuration as the servers run on it. */
export interface DeploymentFacts {
  readonly authorizationServer: ServerFacts & { readonly mtlsUrl: string | undefined; readonly loginThrottle: { readonly attempts: number } };
  readonly resourceServer: ServerFacts & { readonly resource: string; readonly verification: string; readonly introspectionClientId: string | undefined };
  readonly grantManagement: ServerFacts & { readonly dashboard: SiteFacts; readonly staff: SiteFacts };
  readonly issuers: readonly IssuerFacts[];
}

export interface Facts {
  readonly deployment: DeploymentFacts;
  readonly issuer: IssuerFacts;
}

/** Its clients; where others may register, also one that does no more than the profile asks of it. */
export const clientsOf = ({ clients, policy, market, registration }: IssuerFacts): readonly Client[] => (market || registration ? [...clients, leastClient(policy)] : clients);

const leastClient = ({ grantTypes, responseTypes, clientAuth }: Policy): Client => ({
  client_id: '(whoever registers)',
  client_name: '',
  redirect_uris: [],
  grant_types: grantTypes,
  response_types: responseTypes,
  scope: [],
  token_endpoint_auth_method: clientAuth.includes('none') ? 'none' : (clientAuth.find((method) => method === 'private_key_jwt') ?? clientAuth[0] ?? 'private_key_jwt'),
  dpop_bound_access_tokens: false,
  tls_client_certificate_bound_access_tokens: false,
  use_mtls_endpoint_aliases: false,
  id_token_signed_response_alg: 'PS256',
  subject_type: 'public',
  require_auth_time: false,
});

/** Clients that send customers to the issuer. */
export const thirdParties = (issuer: IssuerFacts): readonly Client[] => clientsOf(issuer).filter(({ grant_types: types }) => types.includes('authorization_code'));

export const asserting = (issuer: IssuerFacts): readonly Client[] => clientsOf(issuer).filter((client) => client.token_endpoint_auth_method === 'private_key_jwt');

/** Sites of this deployment that sign people in at the issuer. */
export const ownSites = ({ deployment: { grantManagement }, issuer }: Facts): readonly SiteFacts[] => [grantManagement.dashboard, grantManagement.staff].filter(({ client }) => client?.issuer === issuer.issuer);

/** Up to three names, and how many more. */
export const named = (clients: readonly Pick<Client, 'client_id'>[]): string => {
  const [first, more] = [clients.slice(0, 3), clients.slice(3)];
  return first.map(({ client_id: id }) => id).join(', ') + (more.length > 0 ? ` and ${more.length} more` : '');
};
