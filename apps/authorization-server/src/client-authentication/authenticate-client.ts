import { clientIdOfAssertion, clientIdOfRequestObject, KeySetError, verifyClientAssertion, verifyTlsClientAuth, type ClientCertificate } from '@assent/crypto';
import { invalidClient, invalidRequest, OAuthError, type Client, type ReplayClaim } from '@assent/protocol';
import type { Call } from '../request/call.js';

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** What every failure says that must not tell an unknown client from a wrong credential. */
const failed = (rule: string, cause?: unknown): OAuthError =>
  invalidClient('client authentication failed: the client is unknown, or this is not the credential it registered', rule, cause);

/**
 * The client that authenticated, by exactly one method: the one it is registered with (RFC 6749 section 2.3,
 * FAPI 2.0 SP 5.3.2.1-6). Its assertion's jti is kept among the call's one-time proofs.
 * `invalid_client` when it did not; `invalid_request` when it used several methods.
 */
export async function authenticateClient(call: Call): Promise<Client> {
  refuseSecrets(call);
  wantCertificate(call);
  const client = call.form.has('client_assertion') ? await byAssertion(call) : ((await publicClient(call)) ?? (await byCertificate(call)));
  call.proofs.client = client;
  return client;
}

/** Also beside an assertion, where every call of a market comes over mutual TLS: the address without it serves no client. */
function wantCertificate({ issuer, transport }: Call): void {
  if (issuer.policy.clientCertificate === 'always' && !transport.certificate) throw invalidClient('present a client certificate: call the address in mtls_endpoint_aliases', 'ASSENT-CA-01');
}

/** `private_key_jwt` (RFC 7523 section 3, OpenID Connect Core section 9). */
async function byAssertion(call: Call): Promise<Client> {
  const { form, issuer } = call;
  const assertion = form.one('client_assertion');
  if (form.optional('client_assertion_type') !== assertionType) {
    throw invalidClient(`client_assertion_type must be ${assertionType}`, 'F2-CA-01');
  }
  const clientId = clientIdOfAssertion(assertion);
  if (clientId === undefined) throw invalidClient('the client assertion is malformed or its iss and sub are not one client', 'F2-CA-02');
  refuseOtherClientId(form.optional('client_id'), clientId);
  const client = await clientNamed(issuer, clientId);
  if (client?.token_endpoint_auth_method !== 'private_key_jwt') throw failed('F2-AS-06');
  call.proofs.keep(await proveAssertion(call, client, assertion));
  return client;
}

async function proveAssertion({ issuer, engine, urls, now }: Call, client: Client, assertion: string): Promise<ReplayClaim> {
  const { policy } = issuer;
  try {
    return await verifyClientAssertion(assertion, {
      client,
      issuer: issuer.issuer,
      audience: policy.assertionAudience,
      endpoints: [...urls, ...endpointsOf(issuer)],
      algs: policy.algs,
      keys: (header) => engine.clientKeys.find(client, header),
      now,
      maxLifetime: policy.clientAssertionMaxLifetime,
      claims: policy.clientAssertionClaims,
      clockSkew: policy.clockSkew,
    });
  } catch (error) {
    // Only who holds the client's key learns more than that it failed.
    throw error instanceof OAuthError && beforeSignature.has(error.rule) ? failed(error.rule, error) : error;
  }
}

/** FAPI 1.0: beside the endpoint called those of tokens and back-channel requests, and their aliases (F1A-AS-16, PR-17, CB-RQ-02). */
const endpointsOf = ({ endpoints, mtlsEndpoints, policy }: Call['issuer']): readonly string[] =>
  [endpoints, ...(mtlsEndpoints ? [mtlsEndpoints] : [])].flatMap(({ token, backchannelAuthentication }) => (policy.ciba === 'on' ? [token, backchannelAuthentication] : [token]));

/** Rules that can refuse an assertion whose signature is not (yet) proved. */
const beforeSignature: ReadonlySet<string> = new Set(['F2-AS-06', 'F2-CA-06', 'F2-CA-07']);

/**
 * A client that registered to prove nothing (FAPI 1.0 Baseline 5.2.2-2), where the profile has such clients: whatever
 * it is given rests on PKCE.
 */
async function publicClient({ form, issuer }: Call): Promise<Client | undefined> {
  if (!issuer.policy.clientAuth.includes('none') || form.has('client_assertion_type')) return undefined;
  const client = await clientNamed(issuer, form.optional('client_id') ?? '');
  return client?.token_endpoint_auth_method === 'none' ? client : undefined;
}

/** The client that authenticated; a public one did not, and is refused where it matters who asks (RFC 7662 section 2.1). */
export async function authenticateConfidentialClient(call: Call): Promise<Client> {
  const client = await authenticateClient(call);
  if (client.token_endpoint_auth_method === 'none') throw invalidClient('public clients are not served here', 'F1B-AS-01');
  return client;
}

/** `tls_client_auth` and `self_signed_tls_client_auth` (RFC 8705 section 2). */
async function byCertificate(call: Call): Promise<Client> {
  const { form, issuer, transport } = call;
  if (form.has('client_assertion_type')) throw invalidClient('client_assertion is required', 'F2-CA-01');
  if (!transport.certificate) throw invalidClient('authenticate with a client assertion or a client certificate', 'F2-AS-06');
  // A pushed request object names the client itself (RFC 9126 section 3, PR-03); what it says is proved later.
  const clientId = form.optional('client_id') ?? clientIdOfRequestObject(form.optional('request') ?? '');
  if (clientId === undefined) throw invalidClient('client_id is required with a client certificate', 'F2-MT-01');
  const client = await clientNamed(issuer, clientId);
  if (!client || (client.token_endpoint_auth_method !== 'tls_client_auth' && client.token_endpoint_auth_method !== 'self_signed_tls_client_auth')) throw failed('F2-AS-06');
  await proveCertificate(call, client, transport.certificate);
  return client;
}

/** From memory, mostly: one that nobody knows here may have registered at another process a moment ago. */
const clientNamed = ({ clients }: Call['issuer'], clientId: string): Client | undefined | Promise<Client | undefined> => clients.find(clientId) ?? clients.lookUp?.(clientId);

async function proveCertificate({ engine }: Call, client: Client, certificate: ClientCertificate): Promise<void> {
  try {
    const selfSigned = client.token_endpoint_auth_method === 'self_signed_tls_client_auth';
    verifyTlsClientAuth(client, certificate, selfSigned ? await engine.clientKeys.certificates(client, certificate) : []);
  } catch (error) {
    if (error instanceof OAuthError) throw failed(error.rule, error);
    throw error instanceof KeySetError ? failed('F2-MT-02', error) : error;
  }
}

/** Shared secrets authenticate nobody here; beside another method they are a second one (RFC 6749 section 2.3). */
function refuseSecrets({ form, authorization }: Call): void {
  const secrets = Number(authorization.length > 0) + Number(form.has('client_secret'));
  if (secrets === 0) return;
  if (secrets > 1 || form.has('client_assertion')) throw invalidRequest('use exactly one client authentication method', 'F2-CA-01');
  throw invalidClient('client secrets are not accepted: use a client assertion or a client certificate', 'F2-AS-06');
}

/** The form may repeat the client's id and must then agree (F2-CA-02). */
function refuseOtherClientId(inForm: string | undefined, authenticated: string): void {
  if (inForm !== undefined && inForm !== authenticated) {
    throw invalidClient('client_id is not the client of the assertion', 'F2-CA-02');
  }
}
