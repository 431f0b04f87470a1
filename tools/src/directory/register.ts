import type { AssentConfig } from '@assent/config';
import { importPrivateJwk, signJws } from '@assent/crypto';
import type { Bundle } from '@assent/directory';
import { marketNamed, plainRegistration, type RegistrationDialect } from '@assent/markets';
import { epochSeconds, systemClock, type PublicJwk } from '@assent/protocol';
import { randomUUID } from 'node:crypto';
import { Agent, request } from 'undici';
import { Failure } from '../launch/failure.js';
import { authoritiesOf, type Administration } from './administration.js';

const plainMarket = 'plain';

/** Registers the software of a bundle at an issuer, in the way of its market. Answers what the issuer said; `undefined`: nobody registers there. */
export async function register(config: AssentConfig, directory: Administration, bundle: Bundle, issuer: string): Promise<Record<string, unknown> | undefined> {
  const dialect = dialectOf(bundle.market);
  if (dialect.request.as === 'none') return undefined;
  const agent = new Agent({ connect: { ca: [...authoritiesOf(config)], cert: bundle.transport.certificate, key: bundle.transport.private_key } });
  try {
    const endpoint = await endpointOf(issuer, agent);
    const { type, body } = await contentOf(dialect, directory, bundle, issuer);
    const answer = await request(endpoint, { dispatcher: agent, method: 'POST', headers: type === undefined ? {} : { 'content-type': type }, body });
    const text = await answer.body.text();
    if (answer.statusCode >= 300) throw new Failure(`${issuer} says no (${answer.statusCode}): ${text}`);
    return text === '' ? { client_id: bundle.software_id } : (JSON.parse(text) as Record<string, unknown>);
  } finally {
    await agent.close();
  }
}

function dialectOf(market: string): RegistrationDialect {
  if (market === plainMarket) return plainRegistration;
  const { onboarding } = marketNamed(market);
  if (onboarding.kind === 'configured') throw new Failure(`In ${market} the operator writes clients into the configuration.`);
  return onboarding.dialect;
}

interface Metadata {
  readonly registration_endpoint?: string;
  readonly mtls_endpoint_aliases?: { readonly registration_endpoint?: string };
}

async function endpointOf(issuer: string, agent: Agent): Promise<string> {
  const answer = await request(`${issuer}/.well-known/openid-configuration`, { dispatcher: agent }).catch((cause: Error) => {
    throw new Failure(`${issuer} cannot be reached (${cause.message}).`);
  });
  const metadata = (await answer.body.json()) as Metadata;
  const endpoint = metadata.mtls_endpoint_aliases?.registration_endpoint ?? metadata.registration_endpoint;
  if (endpoint === undefined) throw new Failure(`${issuer} takes no registrations.`);
  return endpoint;
}

async function contentOf(dialect: RegistrationDialect, directory: Administration, bundle: Bundle, issuer: string): Promise<{ readonly type: string | undefined; readonly body: string }> {
  const { request: form } = dialect;
  if (form.as === 'certificate' || form.as === 'none') return { type: undefined, body: '' };
  const { software_statement: statement } = dialect.statement ? await directory.ask(`/api/software/${bundle.software_id}/statements?market=${bundle.market}`, { method: 'POST', token: bundle.api_key }) : {};
  const metadata = {
    redirect_uris: bundle.redirect_uris,
    jwks_uri: bundle.jwks_uri,
    token_endpoint_auth_method: 'private_key_jwt',
    tls_client_certificate_bound_access_tokens: true,
    ...(statement === undefined ? {} : { software_statement: statement }),
  };
  const [type] = form.mediaTypes;
  if (form.as === 'json') return { type, body: JSON.stringify(metadata) };
  const now = epochSeconds(systemClock.now());
  const [audience] = form.audiences({ issuer, organisationId: undefined });
  const claims = { iss: bundle.software_id, aud: audience, iat: now, exp: now + 300, jti: randomUUID(), ...metadata };
  return { type, body: await signJws({ typ: 'JWT' }, claims, importPrivateJwk(bundle.signing.private_jwk as PublicJwk)) };
}
