import * as openid from 'openid-client';
import type { Agent } from 'undici';
import { newDpopKey, signingWebKey } from '../client/client-keys.js';
import { usesCertificate, type DemoClient } from '../client/demo-client.js';
import { messageSignatures } from '../client/message-signatures.js';
import { exchange, type FetchOptions } from '../inspector/recorder.js';
import type { Verdict } from '../inspector/exchange.js';
import type { OpenFlow } from './actions.js';
import type { Asked } from './asks.js';
import { frontChannel } from './front-channel.js';
import { grantIdOf } from './grant.js';
import { FlowError } from './refusal.js';
import type { BrowserSession, Flow } from './session.js';

/** What every flow needs of the app. */
export interface Surroundings {
  readonly plain: Agent;
  readonly redirectUri: string;
  /** Where banks say that a customer has decided (CIBA section 10.2). */
  readonly notifications: string;
  readonly resource: string;
}

/** What the visitor chose on the start page. */
export interface Wish {
  readonly client: DemoClient;
  readonly asked: Asked;
  /** Whether the app wants to manage the grant, and so learns its id (Grant Management section 5.2). */
  readonly managed: boolean;
  readonly wrongVerifier: boolean;
  /** Whether the answer is signed by an ID token beside the code, in place of the way the client registered. */
  readonly detached: boolean;
}

/**
 * The first half of the flow: metadata, a fresh key, state, nonce and PKCE, and the pushed request
 * (FAPI 2.0 SP 5.3.3.2). Returns where to send the browser. Throws openid-client's errors.
 */
export async function beginFlow(session: BrowserSession, wish: Wish, around: Surroundings): Promise<URL> {
  const { asked, managed } = wish;
  const flow = await openConversation(session, wish, around);
  return push(session, flow, around.redirectUri, { asked, ...(managed ? { management: { grant_management_action: 'create' } } : {}) });
}

/** A client begins to speak: with a timeline of its own, the issuer's metadata and a fresh key. */
export async function openConversation(session: BrowserSession, wish: Omit<Wish, 'managed'>, around: Surroundings): Promise<Flow> {
  session.timeline.clear();
  delete session.flow;
  delete session.till;
  const { client, asked, wrongVerifier, detached } = wish;
  const expects: Flow['expects'] = wrongVerifier ? { refusalAt: /\/token$/ } : {};
  const configuration = await discover(wish, recordingFetch(session, client, around, expects));
  const key = client.metadata.dpop_bound_access_tokens ? await newDpopKey() : undefined;
  const dpop = key && { key, handle: openid.getDPoPHandle(configuration, key.pair) };
  const flow: Flow = { client, asked, wrongVerifier, detached, configuration, dpop, expects, received: {} };
  session.flow = flow;
  return flow;
}

/**
 * Asks to change the grant the app manages: merge adds to it, replace puts something else in its place. Until the
 * customer has said yes and the new tokens are there, the app keeps what it has (GM-SE-04).
 */
export async function beginChange(session: BrowserSession, flow: OpenFlow, action: 'merge' | 'replace', asked: Asked, around: Surroundings): Promise<URL> {
  const grantId = grantIdOf(flow);
  if (grantId === undefined) throw new FlowError('The app was given no grant to manage: it did not ask for one.');
  return push(session, flow, around.redirectUri, { asked, change: action, management: { grant_management_action: action, grant_id: grantId } });
}

interface Request {
  readonly asked: Asked;
  readonly change?: 'merge' | 'replace';
  readonly management?: Readonly<Record<string, string>>;
}

async function push(session: BrowserSession, flow: Flow, redirectUri: string, { asked, change, management }: Request): Promise<URL> {
  const codeVerifier = openid.randomPKCECodeVerifier();
  const state = openid.randomState();
  const nonce = openid.randomNonce();
  const parameters = {
    redirect_uri: redirectUri,
    response_type: flow.detached ? 'code id_token' : 'code',
    ...(asked.scope === '' ? {} : { scope: asked.scope }),
    ...(asked.details.length === 0 ? {} : { authorization_details: JSON.stringify(asked.details) }),
    ...management,
    state,
    code_challenge: await openid.calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
    ...(asksForIdentity(asked) ? { nonce } : {}),
  };
  const url = await openid.buildAuthorizationUrlWithPAR(flow.configuration, await signedWhereAsked(flow, parameters), withDpop(flow));
  flow.pending = { asked, state, nonce, codeVerifier, ...(change === undefined ? {} : { change }), requestUri: url.searchParams.get('request_uri') ?? '' };
  const why = 'The address holds no more than who asks and a one-time reference: nothing to read, nothing to change.';
  session.timeline.keep(frontChannel({ step: 'Send the browser to the bank', clause: 'RFC 9126 4; FAPI 2.0 SP 5.3.2.2-3', why, status: 303, verdict: 'fine' }, url));
  return url;
}

/** The parameters, or in their place one signed object that holds them (RFC 9101; FAPI 2.0 Message Signing 5.3.2). */
async function signedWhereAsked({ client, configuration }: Flow, parameters: Record<string, string>): Promise<Record<string, string> | URLSearchParams> {
  if (!client.signsRequests) return parameters;
  const url = await openid.buildAuthorizationUrlWithJAR(configuration, parameters, { key: await signingWebKey(client), kid: client.key.kid });
  return new URLSearchParams({ request: url.searchParams.get('request') ?? '' });
}

export const asksForIdentity = ({ scope }: Pick<Asked, 'scope'>): boolean => scope.split(' ').includes('openid');

/** The option that makes openid-client prove the key, where the client binds its tokens by DPoP. */
export const withDpop = ({ dpop }: Pick<Flow, 'dpop'>): openid.DPoPOptions | undefined => (dpop ? { DPoP: dpop.handle } : undefined);

/** Endpoints come from the issuer's own metadata, at the configured issuer (FAPI 2.0 SP 5.3.3.1-9 to 11). */
async function discover({ client, detached }: Omit<Wish, 'managed'>, fetch: openid.CustomFetch): Promise<openid.Configuration> {
  const { metadata, issuer } = client;
  const authentication =
    metadata.token_endpoint_auth_method === 'private_key_jwt' ? openid.PrivateKeyJwt({ key: await signingWebKey(client), kid: client.key.kid }) : openid.TlsClientAuth();
  const own = { use_mtls_endpoint_aliases: usesCertificate(client), id_token_signed_response_alg: metadata.id_token_signed_response_alg };
  const configuration = await openid.discovery(new URL(issuer), metadata.client_id, own, authentication, { algorithm: 'oauth2', [openid.customFetch]: fetch });
  // The answer is then one signed JWT, proved by the bank's published keys before anything in it is used (JARM section 2.4).
  if (client.signedResponses && !detached) openid.useJwtResponseMode(configuration);
  if (detached) {
    openid.useCodeIdTokenResponseType(configuration);
    // s_hash and c_hash tie state and code to what the bank signed (FAPI 1.0 Advanced 5.2.3.1).
    openid.enableDetachedSignatureResponseChecks(configuration);
  }
  return configuration;
}

function recordingFetch({ timeline }: BrowserSession, client: DemoClient, around: Surroundings, expects: Flow['expects']): openid.CustomFetch {
  const certificate = usesCertificate(client);
  const agent = certificate ? client.withCertificate : around.plain;
  const signatures = messageSignatures(client, around);
  return (url, options) => {
    const refusal = expects.refusalAt?.test(new URL(url).pathname) ?? false;
    return exchange(agent, url, options as unknown as FetchOptions, timeline.keep, { certificate, signatures, judge: (status, body) => judge(refusal, status, body) });
  };
}

/** A nonce challenge is part of the flow, not a failure; nor is a customer who has not decided yet. */
function judge(refusalExpected: boolean, status: number, body: string): Verdict {
  if (/use_dpop_nonce|authorization_pending|slow_down/.test(body)) return 'fine';
  if (refusalExpected) return status < 400 ? 'let-through' : 'refused-as-it-should';
  return status < 400 ? 'fine' : 'unexpected';
}
