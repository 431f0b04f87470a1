import { epochSeconds, type Client, type RegisteredClient } from '@assent/protocol';
import type { RegistrationSite } from './call.js';

/** What of the stored metadata means nothing to the server and is told back all the same. */
const informative = ['application_type', 'contacts', 'initiate_login_uri', 'logo_uri', 'policy_uri', 'software_id', 'software_version', 'tos_uri', 'sector_identifier_uri'];

/**
 * The client information response (RFC 7591 section 3.2.1): what is in force, defaults filled in, with what the
 * statement said as far as the market repeats it. The registration access token is in the answer that made it and in no other.
 */
export function clientInformation({ dialect, issuer }: RegistrationSite, { clientId, issuedAt, metadata, stated }: RegisteredClient, client: Client, token?: string): Record<string, unknown> {
  const { organisation: _, scope, ...members } = client;
  const told = Object.fromEntries(Object.entries(metadata).filter(([name]) => informative.includes(name) || name.includes('#')));
  const byToken = dialect.management.access.as === 'registration-token' && dialect.management.methods.length > 0;
  return {
    ...stated,
    ...told,
    ...members,
    ...(scope.length > 0 && { scope: scope.join(' ') }),
    client_id: clientId,
    client_id_issued_at: epochSeconds(issuedAt),
    ...(byToken && { registration_client_uri: clientUri(issuer, clientId) }),
    ...(token !== undefined && { registration_access_token: token }),
  };
}

/** Where the registration is managed: at the mTLS alias where there is one (RFC 7592 section 3). */
const clientUri = ({ endpoints, mtlsEndpoints }: RegistrationSite['issuer'], clientId: string): string => `${(mtlsEndpoints ?? endpoints).registration ?? ''}/${encodeURIComponent(clientId)}`;
