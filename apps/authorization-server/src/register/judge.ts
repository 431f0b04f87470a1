import { registrantsOf } from '@assent/config';
import { KeySetError } from '@assent/crypto';
import { OutboundError } from '@assent/http';
import { checkClient, type ClientProblem } from '@assent/profiles';
import { invalidClientMetadata, invalidRedirectUri, OAuthError, type Client } from '@assent/protocol';
import type { RegistrationCall, RegistrationSite } from './call.js';
import type { Metadata } from './read-request.js';

/** The client as the issuer's profile has it, or what is wrong with it (RFC 7591 section 3.2.2, DCR-06). */
export function acceptedClient({ issuer }: Pick<RegistrationSite, 'issuer'>, clientId: string, metadata: Metadata): Client {
  const checked = checkClient({ ...metadata, client_id: clientId }, issuer.policy, registrantsOf(issuer.config));
  if (checked.outcome === 'accepted') return checked.client;
  throw refusalOf(checked.problems);
}

/** All of it, the first first: whoever writes a client wants to know everything at once. */
function refusalOf(problems: readonly ClientProblem[]): OAuthError {
  const code = problems[0]?.code ?? 'invalid_client_metadata';
  const said = problems.slice(0, 8).map(({ path, problem, clause }) => `${pathText(path)}: ${problem} (${clause})`);
  return new OAuthError({ code, status: 400, description: said.join('; '), rule: code === 'invalid_redirect_uri' ? 'DCR-02' : 'DCR-06' });
}

const pathText = (path: ClientProblem['path']): string => path.reduce<string>((text, part) => (typeof part === 'number' ? `${text}[${part}]` : text === '' ? part : `${text}.${part}`), '');

/** Addresses that are fetched from or posted to some day. */
const addresses = ['jwks_uri', 'sector_identifier_uri', 'backchannel_client_notification_endpoint', 'request_uris', 'recipient_base_uri', 'logo_uri', 'client_uri', 'policy_uri', 'tos_uri', 'initiate_login_uri'] as const;

/**
 * No address may lead inside (F2-NET-05); keys by reference must be there; and whoever shares a sector of pairwise
 * subjects must be listed in its document (OpenID Connect Registration section 5).
 */
export async function verifyAddresses(call: RegistrationCall, metadata: Metadata, client: Client): Promise<void> {
  for (const member of addresses) {
    for (const url of [metadata[member]].flat()) {
      if (typeof url === 'string' && (await call.engine.addressCheck(url)) === 'internal') throw invalidClientMetadata(`${member} leads to an internal address`, 'ASSENT-DCR-14');
    }
  }
  if (client.jwks_uri !== undefined) await verifyKeys(call, client);
  if (client.sector_identifier_uri !== undefined) await verifySector(call, client.sector_identifier_uri, client.redirect_uris);
}

async function verifyKeys({ engine, issuer }: RegistrationCall, client: Client): Promise<void> {
  try {
    if (client.token_endpoint_auth_method !== 'private_key_jwt') return;
    const algs = client.token_endpoint_auth_signing_alg ? [client.token_endpoint_auth_signing_alg] : issuer.policy.algs;
    const found = await Promise.all(algs.map((alg) => engine.clientKeys.find({ jwks_uri: client.jwks_uri as string }, { alg })));
    if (found.flat().length === 0) throw invalidClientMetadata(`jwks_uri: no signing key for ${algs.join(', ')} is there`, 'ASSENT-DCR-12');
  } catch (cause) {
    if (cause instanceof KeySetError) throw invalidClientMetadata('jwks_uri: no key set could be read there', 'ASSENT-DCR-12', cause);
    throw cause;
  }
}

async function verifySector({ engine }: RegistrationCall, sector: string, redirects: readonly string[]): Promise<void> {
  const listed = await engine.fetchJson(sector).then(
    ({ body }) => body,
    (cause: unknown) => {
      throw cause instanceof OutboundError ? invalidClientMetadata(`sector_identifier_uri: ${cause.message}`, 'ASSENT-DCR-15', cause) : cause;
    },
  );
  if (!Array.isArray(listed)) throw invalidClientMetadata('sector_identifier_uri: the document must be a list of redirect URIs', 'ASSENT-DCR-15');
  if (redirects.some((uri) => !listed.includes(uri))) throw invalidRedirectUri('the document at sector_identifier_uri does not list every redirect URI', 'ASSENT-DCR-15');
}
