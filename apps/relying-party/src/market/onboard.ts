import { randomUUID } from 'node:crypto';
import { plainRegistration, type Market, type RegistrationDialect } from '@assent/markets';
import { importJWK, SignJWT, type CryptoKey, type JWK } from 'jose';
import { Agent, fetch as undiciFetch } from 'undici';
import { clientAssertion } from './assertion.js';
import { Mismatch } from './mismatch.js';
import type { Tell } from './play.js';
import type { Tpp, TppKey } from './tpp.js';

/** Where a third party joins, and how it presents itself. */
export interface Joining {
  /** Or `plainMarket`, where the issuer belongs to none. */
  readonly market: Pick<Market, 'name' | 'onboarding'>;
  /** Metadata beside what the market fixes: what it leaves to the third party. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** The issuer identifier. */
  readonly issuer: string;
  readonly directory: { readonly url: string; readonly adminToken: string };
  readonly organisation: { readonly legalName: string; readonly country: string; readonly registerNumber: string };
  /** The first redirect URI is the one journeys use. */
  readonly software: { readonly name: string; readonly redirectUris: readonly [string, ...string[]]; readonly recipientBaseUri?: string };
  /** Trust anchors of the directory and the bank. */
  readonly authorities: readonly string[];
  readonly tell: Tell;
}

/** Joining an issuer outside of all markets: RFC 7591 as it stands. */
export const plainMarket: Joining['market'] = { name: 'plain', onboarding: { kind: 'registration', clause: 'RFC 7591', dialect: plainRegistration } };

/** A third party that joined, and the way it leaves. */
export interface Joined {
  readonly tpp: Tpp;
  /** What the market answered to its registration; `undefined`: nothing is answered. */
  readonly registration: Readonly<Record<string, unknown>> | undefined;
  /** What only it has: for whoever is to play it elsewhere. */
  readonly secrets: { readonly certificate: string; readonly privateKey: string; readonly authority: string; readonly jwks: { readonly keys: readonly JWK[] } };
  /** Connections that present its transport certificate. */
  readonly agent: Agent;
  close(): Promise<void>;
}

interface Certified {
  readonly certificate: string;
  readonly authority: string;
  readonly private_key: string;
  readonly private_jwk?: JWK & { readonly kid: string };
}

/**
 * From nothing to a client of the market: organisation, software and certificates at the directory, a software statement,
 * and registration at the bank as the market wants it. Throws `Mismatch` for what does not go as its dialect says.
 */
export async function join(joining: Joining): Promise<Joined> {
  const { tell, market, software: wanted, authorities } = joining;
  const dialect = dialectOf(market);
  // Roles are a market's; outside of them nobody has any.
  const inMarkets = dialect.roles.length > 0 ? { markets: [market.name] } : {};
  const directory = new Agent({ connect: { ca: [...authorities] } });
  const api = callApi(joining, directory);
  const organisation = await tell('Organisation at the directory', () => api('POST', '/api/organisations', { legal_name: joining.organisation.legalName, country: joining.organisation.country, register_number: joining.organisation.registerNumber, ...inMarkets }), (made) => String(made['legal_name']));
  const software = await tell(
    'Its software',
    () => api('POST', '/api/software', { organisation_id: organisation['id'], client_name: wanted.name, redirect_uris: wanted.redirectUris, ...(wanted.recipientBaseUri === undefined ? {} : { recipient_base_uri: wanted.recipientBaseUri }), ...inMarkets }),
    ({ id }) => String(id),
  );
  const id = String(software['id']);
  const certify = (purpose: string) => api('POST', `/api/software/${id}/certificates`, { purpose, market: market.name }) as unknown as Promise<Certified>;
  const [transport, signing, encryption] = await tell('Certificates: transport, signing, encryption', async () => [await certify('transport'), await certify('signing'), await certify('encryption')] as const, ([{ certificate }]) => `${certificate.split('\n').length} lines of PEM, private keys kept by nobody else`);
  const statement = dialect.statement && String((await tell('Software statement', () => api('POST', `/api/software/${id}/statements?market=${market.name}`), ({ expires_at: until }) => `good until ${String(until)}`))['software_statement']);
  await directory.close();

  const bank = new Agent({ connect: { ca: [...authorities], cert: transport.certificate, key: transport.private_key } });
  const ids = { id, organisationId: String(organisation['id']), jwksUri: String(software['jwks_uri']) };
  const keys = { signing: await keyOf(signing, 'PS256'), decryption: await keyOf(encryption, 'RSA-OAEP') };
  const registration = await tell(dialect.says, () => register(joining, dialect, { bank, statement, ids, key: keys.signing }), (answer) => (answer ? `client_id ${String(answer['client_id'])}` : 'nothing is answered: the client is the software'));
  const metadata = registration ?? {};
  const tpp: Tpp = {
    clientId: registration?.['client_id'] === undefined ? id : String(registration['client_id']),
    organisationId: ids.organisationId,
    softwareId: id,
    redirectUri: wanted.redirectUris[0],
    authentication: metadata['token_endpoint_auth_method'] === 'tls_client_auth' ? 'tls_client_auth' : 'private_key_jwt',
    signing: keys.signing,
    decryption: keys.decryption,
    metadata: namesOf({ ...dialect.metadata.defaults, ...metadata }),
    fetch: withInteractionId(bank),
  };
  const jwks = { keys: [{ ...signing.private_jwk, alg: keys.signing.alg }, { ...encryption.private_jwk, alg: keys.decryption.alg }] as readonly JWK[] };
  const secrets = { certificate: transport.certificate, privateKey: transport.private_key, authority: transport.authority, jwks };
  return { tpp, registration, secrets, agent: bank, close: () => bank.close() };
}

function dialectOf({ name, onboarding }: Joining['market']): RegistrationDialect {
  if (onboarding.kind === 'configured') throw new Error(`${name}: clients are written into the configuration`);
  return onboarding.dialect;
}

async function keyOf({ private_jwk: jwk }: Certified, alg: string): Promise<TppKey> {
  if (!jwk) throw new Mismatch('a private key beside the certificate', 'none');
  return { key: (await importJWK({ ...jwk, alg }, alg)) as CryptoKey, kid: jwk.kid, alg };
}

/** What openid-client reads of a registration. */
function namesOf(metadata: Readonly<Record<string, unknown>>): Tpp['metadata'] {
  const names = ['id_token_signed_response_alg', 'authorization_signed_response_alg', 'userinfo_signed_response_alg', 'id_token_encrypted_response_alg', 'id_token_encrypted_response_enc'];
  return Object.fromEntries(names.flatMap((name) => (metadata[name] === undefined ? [] : [[name, metadata[name]]])));
}

type Answered = Readonly<Record<string, unknown>>;

const callApi =
  ({ directory: { url, adminToken } }: Joining, dispatcher: Agent) =>
  async (method: string, path: string, body?: object): Promise<Answered> => {
    const response = await undiciFetch(`${url}${path}`, { method, dispatcher, headers: { authorization: `Bearer ${adminToken}`, accept: 'application/json', 'content-type': 'application/json' }, body: JSON.stringify(body ?? {}) });
    const answer = (await response.json()) as Answered;
    if (!response.ok) throw new Mismatch('the directory to agree', `${response.status} ${JSON.stringify(answer)}`);
    return answer;
  };

interface Registering {
  readonly bank: Agent;
  readonly statement: string | undefined;
  readonly ids: { readonly id: string; readonly organisationId: string; readonly jwksUri: string };
  readonly key: TppKey;
}

/** The registration request as the market writes it, over mutual TLS. */
async function register(joining: Joining, dialect: RegistrationDialect, registering: Registering): Promise<Answered | undefined> {
  if (dialect.request.as === 'none') return followed(joining, registering);
  const { bank } = registering;
  const endpoint = await registrationEndpoint(joining.issuer, bank);
  const { body, type } = await requestOf(joining, dialect, registering);
  const response = await undiciFetch(endpoint, { method: 'POST', dispatcher: bank, headers: { accept: 'application/json', ...(type === undefined ? {} : { 'content-type': type }), 'x-fapi-interaction-id': randomUUID() }, ...(body === undefined ? {} : { body }) });
  const text = await response.text();
  if (response.status !== dialect.answer.status) throw new Mismatch(`status ${dialect.answer.status}`, `${response.status} ${text}`);
  return text === '' ? undefined : (JSON.parse(text) as Answered);
}

async function registrationEndpoint(issuer: string, dispatcher: Agent): Promise<string> {
  const metadata = (await (await undiciFetch(`${issuer}/.well-known/openid-configuration`, { dispatcher })).json()) as { readonly registration_endpoint?: string; readonly mtls_endpoint_aliases?: { readonly registration_endpoint?: string } };
  const endpoint = metadata.mtls_endpoint_aliases?.registration_endpoint ?? metadata.registration_endpoint;
  if (endpoint === undefined) throw new Mismatch('registration_endpoint in the metadata', 'none');
  return endpoint;
}

/** Where the market leaves it to the third party. */
const ownChoice = { token_endpoint_auth_method: 'private_key_jwt', token_endpoint_auth_signing_alg: 'PS256', id_token_signed_response_alg: 'PS256' };

async function requestOf({ issuer, software, metadata: own }: Joining, { request, metadata, roles, commonScopes }: RegistrationDialect, { statement, ids, key }: Registering): Promise<{ readonly body?: string; readonly type?: string }> {
  if (request.as === 'certificate' || request.as === 'none') return {};
  const scope = [...new Set([...commonScopes, ...roles.flatMap(({ scopes }) => scopes)])].join(' ');
  const claims = { ...ownChoice, ...own, ...metadata.defaults, redirect_uris: software.redirectUris, jwks_uri: ids.jwksUri, ...(scope === '' ? {} : { scope }), ...(roles.some(({ detailTypes }) => detailTypes) ? { authorization_details_types: roles.flatMap(({ detailTypes = [] }) => detailTypes) } : {}), ...(statement === undefined ? {} : { software_statement: statement }) };
  if (request.as === 'json') return { body: JSON.stringify(claims), type: request.mediaTypes[0] ?? 'application/json' };
  const jwt = new SignJWT(claims).setProtectedHeader({ alg: key.alg, kid: key.kid, typ: 'JWT' }).setIssuer(ids.id).setAudience(issuer).setIssuedAt().setExpirationTime('5m').setJti(randomUUID());
  return { body: await jwt.sign(key.key), type: request.mediaTypes[0] ?? 'application/jwt' };
}

/** Nobody registers: the bank follows the directory. Until it knows the client, it says so of every request. */
async function followed({ issuer }: Joining, { bank, ids: { id }, key }: Registering): Promise<undefined> {
  const metadata = (await (await undiciFetch(`${issuer}/.well-known/openid-configuration`, { dispatcher: bank })).json()) as { readonly mtls_endpoint_aliases: { readonly pushed_authorization_request_endpoint: string } };
  for (const _ of Array(120).keys()) {
    const body = new URLSearchParams(await clientAssertion(id, key, issuer));
    const response = await undiciFetch(metadata.mtls_endpoint_aliases.pushed_authorization_request_endpoint, { method: 'POST', dispatcher: bank, body, headers: { 'x-fapi-interaction-id': randomUUID() } });
    const { error } = (await response.json()) as { readonly error?: string };
    if (error !== 'invalid_client') return undefined;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Mismatch('a bank that knows the software within a minute', 'invalid_client');
}

/** Some markets want an interaction id at every endpoint; it does no harm at the others. */
const withInteractionId =
  (dispatcher: Agent): Tpp['fetch'] =>
  async (url, options) => {
    const { headers, ...rest } = options as { readonly headers?: Record<string, string> };
    const sent = new Headers(headers);
    if (!sent.has('x-fapi-interaction-id')) sent.set('x-fapi-interaction-id', randomUUID());
    return (await undiciFetch(url, { ...rest, headers: Object.fromEntries(sent), dispatcher } as Parameters<typeof undiciFetch>[1])) as unknown as Response;
  };
