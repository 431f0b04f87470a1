import * as oauth from 'oauth4webapi';
import type { Change, Exchange, Prepared } from './change.js';
import { Message, send, type Answer, type Route } from './message.js';
import { callbackOf, type TestClient } from './test-client.js';

type Fetch = (url: string, init: { readonly method: string; readonly headers: Record<string, string>; readonly body?: unknown }) => Promise<Response>;

export interface FapiClientOptions {
  readonly client: TestClient;
  readonly issuer: string;
  readonly ca: string;
  /** To one of several processes behind one address. */
  readonly route?: Route;
}

/**
 * A FAPI 2.0 client on oauth4webapi, an implementation that shares no code with the servers. It sends good requests;
 * a `Change` makes exactly one thing different. Methods resolve with the raw answer, whatever it is; `responseOf` hands
 * it to oauth4webapi's own `process…Response` where it is to be judged.
 */
export class FapiClient {
  /** Seconds this client's clock is ahead. */
  skew = 0;
  /** To one of several processes behind one address. */
  route: Route;
  /** For clients bound either way: bind to the certificate instead of a DPoP key. */
  usesCertificate = false;
  /** The server nonce proofs carry: the last one an answer brought, if any did. */
  nonce: string | undefined;
  last: Exchange | undefined;

  private constructor(
    readonly test: TestClient,
    readonly as: oauth.AuthorizationServer,
    private readonly ca: string,
    /** Proves the tokens' key; undefined for a client that binds to its certificate. */
    readonly dpop: oauth.CryptoKeyPair | undefined,
    route: Route,
  ) {
    this.route = route;
  }

  /** Reads the issuer's metadata and makes a DPoP key. */
  static async open({ client, issuer, ca, route = new Map() }: FapiClientOptions): Promise<FapiClient> {
    const url = new URL(issuer);
    const fetched = await oauth.discoveryRequest(url, {
      algorithm: 'oauth2',
      [oauth.customFetch]: async (address: string) => responseOf(await send(new Message({ method: 'GET', url: address }), { ca, route })),
    });
    const as = await oauth.processDiscoveryResponse(url, fetched);
    return new FapiClient(client, as, ca, client.constraint === 'mtls' ? undefined : await oauth.generateKeyPair('ES256', { extractable: true }), route);
  }

  get id(): string {
    return this.test.id;
  }

  get redirectUri(): string {
    return callbackOf(this.id);
  }

  /** The client as oauth4webapi wants it; certificate users go to the aliases. */
  get metadata(): oauth.Client {
    const { id_token_signed_response_alg: alg, userinfo_signed_response_alg: userinfoAlg } = this.test.metadata as Record<string, string | undefined>;
    return {
      client_id: this.id,
      use_mtls_endpoint_aliases: this.test.identity !== undefined,
      ...(alg === undefined ? {} : { id_token_signed_response_alg: alg }),
      ...(userinfoAlg === undefined ? {} : { userinfo_signed_response_alg: userinfoAlg }),
      [oauth.clockSkew]: this.skew,
    };
  }

  /** A good authorization request; `changes` replaces parameters, `undefined` takes one out. */
  async prepare(changes: Readonly<Record<string, string | undefined>> = {}): Promise<Prepared> {
    const verifier = oauth.generateRandomCodeVerifier();
    const state = changes['state'] ?? oauth.generateRandomState();
    const scope = changes['scope'] ?? 'openid accounts balances transactions';
    const nonce = scope.split(' ').includes('openid') ? (changes['nonce'] ?? oauth.generateRandomNonce()) : undefined;
    const all = {
      response_type: 'code',
      redirect_uri: this.redirectUri,
      scope,
      state,
      nonce,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      ...changes,
    };
    const parameters = Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined));
    return { parameters, verifier, state, nonce: parameters['nonce'] };
  }

  /** Pushes the request (RFC 9126). No DPoP proof goes along unless `change.dpop` names a key. */
  push(prepared: Prepared, change: Change = {}): Promise<Answer> {
    return this.exchange(change, (options) =>
      oauth.pushedAuthorizationRequest(this.as, this.metadata, this.authentication(change), { ...prepared.parameters }, { ...options, ...(change.dpop || change.proof ? { DPoP: this.handle(change)! } : {}) }),
    );
  }

  /** Pushes and says where to send the browser. Throws when the push is refused. */
  async begin(changes: Readonly<Record<string, string | undefined>> = {}): Promise<{ readonly prepared: Prepared; readonly url: URL; readonly requestUri: string }> {
    const prepared = await this.prepare(changes);
    const { request_uri: requestUri } = await oauth.processPushedAuthorizationResponse(this.as, this.metadata, responseOf(await this.push(prepared)));
    return { prepared, url: this.authorizationUrl(requestUri), requestUri };
  }

  authorizationUrl(requestUri: string): URL {
    const url = new URL(this.as.authorization_endpoint!);
    url.search = new URLSearchParams({ client_id: this.id, request_uri: requestUri }).toString();
    return url;
  }

  /** Judges the callback: state, `iss`, error (RFC 9207). Throws oauth4webapi's error. */
  callback(url: URL, prepared: Pick<Prepared, 'state'>): URLSearchParams {
    return oauth.validateAuthResponse(this.as, this.metadata, url, prepared.state);
  }

  /** The token request for a code. */
  redeem(prepared: Prepared, code: string, change: Change = {}): Promise<Answer> {
    return this.token('authorization_code', { code, redirect_uri: this.redirectUri, code_verifier: prepared.verifier }, change);
  }

  refresh(refreshToken: string, change: Change = {}, more: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.token('refresh_token', { refresh_token: refreshToken, ...more }, change);
  }

  clientCredentials(scope: string, change: Change = {}): Promise<Answer> {
    return this.token('client_credentials', { scope }, change);
  }

  /** A request by the back channel (CIBA section 7.1). */
  ask(parameters: Readonly<Record<string, string>>, change: Change = {}): Promise<Answer> {
    return this.exchange(change, (options) => oauth.backchannelAuthenticationRequest(this.as, this.metadata, this.authentication(change), { ...parameters }, options));
  }

  /** A poll for its decision (CIBA section 10.1). */
  poll(authReqId: string, change: Change = {}, more: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.token('urn:openid:params:grant-type:ciba', { auth_req_id: authReqId, ...more }, change);
  }

  /** Any token request. */
  token(grantType: string, parameters: Readonly<Record<string, string>>, change: Change = {}): Promise<Answer> {
    return this.exchange(change, (options) => {
      const handle = this.handle(change);
      return oauth.genericTokenEndpointRequest(this.as, this.metadata, this.authentication(change), grantType, { ...parameters }, { ...options, ...(handle ? { DPoP: handle } : {}) });
    });
  }

  introspect(token: string, change: Change = {}, more: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.exchange(change, (options) => oauth.introspectionRequest(this.as, this.metadata, this.authentication(change), token, { ...options, additionalParameters: { ...more } }));
  }

  revoke(token: string, change: Change = {}, more: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.exchange(change, (options) => oauth.revocationRequest(this.as, this.metadata, this.authentication(change), token, { ...options, additionalParameters: { ...more } }));
  }

  userinfo(accessToken: string, change: Change = {}): Promise<Answer> {
    return this.exchange(change, (options) => {
      const handle = this.handle(change);
      return oauth.userInfoRequest(this.as, this.metadata, accessToken, { ...options, ...(handle ? { DPoP: handle } : {}) });
    });
  }

  /** The grants API (Grant Management section 6). */
  queryGrant(grantId: string, accessToken: string, change: Change = {}): Promise<Answer> {
    return this.call(this.grantUrl(grantId), accessToken, change);
  }

  revokeGrant(grantId: string, accessToken: string, change: Change = {}): Promise<Answer> {
    return this.call(this.grantUrl(grantId), accessToken, change, 'DELETE');
  }

  /** Throws when the issuer publishes no grants API. */
  grantUrl(grantId: string): string {
    const endpoint = this.as['grant_management_endpoint'];
    if (typeof endpoint !== 'string') throw new Error('the issuer has no grant_management_endpoint');
    return `${endpoint}/${grantId}`;
  }

  /** A call to a resource server, with the token as it is bound. */
  call(url: URL | string, accessToken: string, change: Change = {}, method = 'GET'): Promise<Answer> {
    return this.exchange(
      change,
      (options) => {
        const handle = this.handle(change);
        return oauth.protectedResourceRequest(accessToken, method, new URL(url), new Headers({ accept: 'application/json' }), null, { ...options, ...(handle ? { DPoP: handle } : {}) });
      },
      'resource',
    );
  }

  /** The client's authentication at a back-channel endpoint. */
  authentication(change: Change = {}): oauth.ClientAuth {
    if (this.test.auth !== 'private_key_jwt') return oauth.TlsClientAuth();
    return oauth.PrivateKeyJwt(change.assertionKey ?? this.test.signing, change.assertion ? { [oauth.modifyAssertion]: change.assertion } : {});
  }

  /** A proof handle of its own for each request: oauth4webapi keeps a changed header otherwise. */
  handle(change: Change = {}): oauth.DPoPHandle | undefined {
    const pair = change.dpop === undefined ? this.dpop : (change.dpop ?? undefined);
    if (!pair || (this.test.constraint === 'either' && this.usesCertificate && change.dpop === undefined)) return undefined;
    const nonce = this.nonce;
    return oauth.DPoP(this.metadata, pair, {
      [oauth.modifyAssertion]: (header, claims) => {
        if (nonce !== undefined) claims['nonce'] = nonce;
        change.proof?.(header, claims);
      },
    });
  }

  private async exchange(change: Change, run: (options: { [oauth.customFetch]: Fetch }) => Promise<Response>, at: 'issuer' | 'resource' = 'issuer'): Promise<Answer> {
    let exchanged: Exchange | undefined;
    // As it is now: the route may be another by the time everything is signed.
    const { route } = this;
    const customFetch: Fetch = async (url, init) => {
      const identity = change.identity === undefined ? this.test.identity : (change.identity ?? undefined);
      const message = new Message({ method: init.method, url, headers: Object.entries(init.headers), body: init.body === undefined || init.body === null ? undefined : String(init.body), identity });
      await change.message?.(message);
      const answer = await send(message, { ca: this.ca, route });
      exchanged = { message, answer };
      // The issuer's nonces are for its own endpoints (F2-DP-13).
      if (at === 'issuer') this.nonce = answer.headers.get('dpop-nonce') ?? this.nonce;
      return responseOf(answer);
    };
    try {
      await run({ [oauth.customFetch]: customFetch });
    } catch (error) {
      // oauth4webapi throws for a challenge; the answer itself is what the caller wants.
      if (exchanged === undefined) throw error;
    }
    if (exchanged === undefined) throw new Error('nothing was sent');
    this.last = exchanged;
    return exchanged.answer;
  }
}

/** An answer as oauth4webapi judges it. */
export function responseOf({ status, headers, text }: Answer): Response {
  return new Response(status === 204 || status === 304 ? null : text, { status, headers });
}
