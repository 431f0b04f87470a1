import * as openid from 'openid-client';
import type { Agent } from 'undici';
import { newDpopKey, type DemoClient } from '../client/demo-client.js';
import type { Exchange } from '../inspector/exchange.js';
import { redactUrl } from '../inspector/redact.js';
import { exchange, type FetchOptions } from '../inspector/recorder.js';
import { keepIn, type BrowserSession, type Flow } from './session.js';

/** What every flow needs of the app. */
export interface Surroundings {
  readonly plain: Agent;
  readonly redirectUri: string;
  readonly resource: string;
}

/**
 * The first half of the flow: metadata, a fresh key, state, nonce and PKCE, and the pushed request
 * (FAPI 2.0 SP 5.3.3.2). Returns where to send the browser.
 */
export async function beginFlow(session: BrowserSession, client: DemoClient, scope: string, around: Surroundings, wrongVerifier = false): Promise<URL> {
  session.exchanges.length = 0;
  const configuration = await discover(session, client, around);
  const key = client.metadata.dpop_bound_access_tokens ? await newDpopKey() : undefined;
  const dpop = key && { key, handle: openid.getDPoPHandle(configuration, key.pair) };
  const flow: Flow = { client, configuration, scope, dpop, wrongVerifier };
  session.flow = flow;

  const codeVerifier = openid.randomPKCECodeVerifier();
  const state = openid.randomState();
  const nonce = openid.randomNonce();
  const url = await openid.buildAuthorizationUrlWithPAR(
    configuration,
    {
      redirect_uri: around.redirectUri,
      response_type: 'code',
      scope,
      state,
      code_challenge: await openid.calculatePKCECodeChallenge(codeVerifier),
      code_challenge_method: 'S256',
      ...(scope.split(' ').includes('openid') ? { nonce } : {}),
    },
    dpop ? { DPoP: dpop.handle } : undefined,
  );
  flow.pending = { state, nonce, codeVerifier, requestUri: url.searchParams.get('request_uri') ?? '' };
  keepIn(session)(frontChannel('Send the browser to the bank', url, 303, 'RFC 9126 4; FAPI 2.0 SP 5.3.2.2-3', 'The address holds no more than who asks and a one-time reference: nothing to read, nothing to change.'));
  return url;
}

async function discover(session: BrowserSession, client: DemoClient, around: Surroundings): Promise<openid.Configuration> {
  const { metadata, issuer } = client;
  const authentication =
    metadata.token_endpoint_auth_method === 'private_key_jwt'
      ? openid.PrivateKeyJwt({ key: await webKey(client), kid: client.key.kid })
      : openid.TlsClientAuth();
  const configuration = await openid.discovery(
    new URL(issuer),
    metadata.client_id,
    {
      use_mtls_endpoint_aliases: usesCertificate(client),
      id_token_signed_response_alg: metadata.id_token_signed_response_alg,
    },
    authentication,
    { algorithm: 'oauth2', [openid.customFetch]: recordingFetch(session, client, around.plain) },
  );
  return configuration;
}

/** Authentication or sender constraint by certificate: such clients use the mTLS aliases (FAPI 2.0 SP 5.3.3.1-7). */
export const usesCertificate = ({ metadata }: DemoClient): boolean =>
  metadata.token_endpoint_auth_method !== 'private_key_jwt' || metadata.tls_client_certificate_bound_access_tokens;

function recordingFetch(session: BrowserSession, client: DemoClient, plain: Agent): openid.CustomFetch {
  const certificate = usesCertificate(client);
  const agent = certificate ? client.withCertificate : plain;
  return (url, options) => exchange(agent, url, options as unknown as FetchOptions, keepIn(session), { certificate, ...judging(url) });
}

/** A nonce challenge is part of the flow, not a failure. */
const judging = (_url: string): { judge: (status: number, body: string) => Exchange['verdict'] } => ({
  judge: (status, body) => (status < 400 || body.includes('use_dpop_nonce') ? 'fine' : 'unexpected'),
});

async function webKey({ key }: DemoClient): Promise<openid.CryptoKey> {
  const algorithm = key.alg === 'ES256' ? { name: 'ECDSA', namedCurve: 'P-256' } : key.alg === 'PS256' ? { name: 'RSA-PSS', hash: 'SHA-256' } : { name: 'Ed25519' };
  const pkcs8 = key.key.export({ type: 'pkcs8', format: 'der' });
  return crypto.subtle.importKey('pkcs8', new Uint8Array(pkcs8), algorithm, false, ['sign']);
}

/**
 * The second half: the answer is checked (`iss`, `state`) before its code is used, then exchanged
 * (FAPI 2.0 SP 5.3.3.2-5). Throws openid-client's errors.
 */
export async function finishFlow(session: BrowserSession, callback: URL): Promise<void> {
  const { flow } = session;
  const pending = flow?.pending;
  if (!flow || !pending) throw new Error('No sign-in is waiting for an answer in this browser. Start again.');
  delete flow.pending;
  const failed = callback.searchParams.has('error');
  keepIn(session)(frontChannel('The browser comes back', callback, 200, 'RFC 9207; FAPI 2.0 SP 5.3.3.2-5', failed ? 'The bank says why there is no code; iss and state say whose answer it is.' : 'iss and state are compared before the code is used: an answer of another bank, or of another browser, is dropped.'));
  flow.done = { requestUri: pending.requestUri, callback, codeVerifier: pending.codeVerifier };
  const identity = flow.scope.split(' ').includes('openid');
  const tokens = await openid.authorizationCodeGrant(
    flow.configuration,
    callback,
    {
      expectedState: pending.state,
      pkceCodeVerifier: flow.wrongVerifier ? openid.randomPKCECodeVerifier() : pending.codeVerifier,
      ...(identity ? { expectedNonce: pending.nonce, idTokenExpected: true } : {}),
    },
    undefined,
    flow.dpop ? { DPoP: flow.dpop.handle } : undefined,
  );
  flow.tokens = tokens;
  const subject = tokens.claims()?.sub;
  if (subject !== undefined) flow.subject = subject;
}

const frontChannel = (step: string, url: URL, status: number, clause: string, why: string): Exchange => ({
  step, clause, why, status, method: 'GET', url: redactUrl(url.href), parameters: [], requestHeaders: [], certificate: false, ms: 0,
  responseHeaders: [], responseBody: '', jwts: [], verdict: url.searchParams.has('error') ? 'unexpected' : 'fine',
});
