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

/** Clients that send customers to the issuer. */
export const thirdParties = ({ clients }: IssuerFacts): readonly Client[] => clients.filter(({ grant_types: types }) => types.includes('authorization_code'));

export const asserting = ({ clients }: IssuerFacts): readonly Client[] => clients.filter((client) => client.token_endpoint_auth_method === 'private_key_jwt');

/** Sites of this deployment that sign people in at the issuer. */
export const ownSites = ({ deployment: { grantManagement }, issuer }: Facts): readonly SiteFacts[] => [grantManagement.dashboard, grantManagement.staff].filter(({ client }) => client?.issuer === issuer.issuer);

/** Up to three names, and how many more. */
export const named = (clients: readonly Pick<Client, 'client_id'>[]): string => {
  const [first, more] = [clients.slice(0, 3), clients.slice(3)];
  return first.map(({ client_id: id }) => id).join(', ') + (more.length > 0 ? ` and ${more.length} more` : '');
};
