import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AssentConfig, SiteClientConfig } from '@assent/config';
import { atHash, constantTimeEqual, importPrivateJwk, publicJwk, type SigningKey } from '@assent/crypto';
import { operatorFetch, StartupError } from '@assent/http';
import { epochSeconds, type Clock, type PublicJwk } from '@assent/protocol';
import * as openid from 'openid-client';

/** What one sign-in must remember to judge its answer: fresh each time, sealed in the browser's cookie. */
export interface Pending {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
  /** A path of the site: where the person wanted to go. */
  readonly next: string;
  /** Epoch seconds. */
  readonly startedAt: number;
}

/** What a site asks of the issuer. */
export interface Wish {
  readonly scope: string;
  readonly next: string;
  readonly locale: string;
  /** Claims for the ID token (OpenID Connect Core section 5.5). */
  readonly claims?: readonly string[];
}

/** Who somebody is, as the issuer signed it, and the access token that came along. */
export interface Proven {
  readonly issuer: string;
  readonly claims: openid.IDToken;
  readonly accessToken: string;
}

/** A sign-in that did not end well, for whatever reason; `cause` goes to the log. */
export class SignInError extends Error {
  override readonly name = 'SignInError';
}

const metadataSeconds = 600;
/** How long somebody may take at the issuer's pages. */
export const signInSeconds = 900;

/**
 * The OpenID client of one site (FAPI 2.0 SP section 5.3.3): pushed requests, PKCE, `private_key_jwt`, DPoP-bound
 * tokens, `iss` compared. Where an identity provider of the bank's own has no pushed requests or no DPoP in its
 * metadata, these are left out; nothing else is.
 */
export class SiteClient {
  private known: { readonly configuration: openid.Configuration; readonly at: number } | undefined;

  private constructor(
    readonly client: SiteClientConfig,
    private readonly key: SigningKey,
    private readonly parts: { readonly redirectUri: string; readonly idTokenAlg: string | undefined; readonly outbound: ReturnType<typeof operatorFetch>; readonly clock: Clock },
  ) {}

  /** `undefined` where the site has no client. `StartupError` when its key cannot be read. */
  static async open(site: 'dashboard' | 'staff', config: AssentConfig, clock: Clock): Promise<SiteClient | undefined> {
    const { publicUrl, client } = config.grantManagement[site];
    if (!client) return undefined;
    const file = client.clientKeyFile ?? join(config.dataFolder, 'pki', 'clients', `${client.clientId}.jwks.json`);
    const registered = config.issuers.find(({ issuer }) => issuer === client.issuer)?.clients.find(({ client_id }) => client_id === client.clientId);
    const key = await readKey(file, `grantManagement.${site}.clientKeyFile`, registered?.token_endpoint_auth_signing_alg);
    return new SiteClient(client, key, { redirectUri: `${publicUrl}/sign-in/callback`, idTokenAlg: registered?.id_token_signed_response_alg, outbound: operatorFetch(config), clock });
  }

  /** What `jwks_uri` serves. */
  get jwks(): { readonly keys: readonly PublicJwk[] } {
    return { keys: [publicJwk(this.key)] };
  }

  /** Pushes a request and says where to send the browser. `SignInError` when the issuer cannot be reached or says no. */
  async begin({ scope, next, locale, claims = [] }: Wish): Promise<{ readonly url: URL; readonly pending: Pending }> {
    return attempt(async () => {
      const configuration = await this.configuration();
      const pending = { state: openid.randomState(), nonce: openid.randomNonce(), codeVerifier: openid.randomPKCECodeVerifier(), next, startedAt: epochSeconds(this.parts.clock.now()) };
      const parameters = {
        redirect_uri: this.parts.redirectUri,
        response_type: 'code',
        scope,
        state: pending.state,
        nonce: pending.nonce,
        code_challenge: await openid.calculatePKCECodeChallenge(pending.codeVerifier),
        code_challenge_method: 'S256',
        // Whoever comes after somebody else at this browser must not find the door open.
        prompt: 'login',
        ui_locales: locale,
        claims: JSON.stringify({ id_token: Object.fromEntries([...claims, 'auth_time'].map((name) => [name, { essential: true }])) }),
      };
      const pushes = configuration.serverMetadata().pushed_authorization_request_endpoint !== undefined;
      const url = pushes ? await openid.buildAuthorizationUrlWithPAR(configuration, parameters) : openid.buildAuthorizationUrl(configuration, parameters);
      return { url, pending };
    });
  }

  /**
   * Exchanges the answer for tokens and verifies the ID token: signature, issuer, audience, nonce, times, and that the
   * access token belongs to it (`at_hash`). `SignInError` when anything is not as it should be.
   */
  async finish(callback: URL, pending: Pending): Promise<Proven> {
    return attempt(async () => {
      if (epochSeconds(this.parts.clock.now()) > pending.startedAt + signInSeconds) throw new SignInError('the sign-in took too long');
      const configuration = await this.configuration();
      const metadata = configuration.serverMetadata();
      const checks = { expectedState: pending.state, expectedNonce: pending.nonce, pkceCodeVerifier: pending.codeVerifier, idTokenExpected: true };
      // Mix-up: an answer that names an issuer must name this one (RFC 9207 section 2.4).
      const issuers = callback.searchParams.getAll('iss');
      if (issuers.some((iss) => iss !== metadata.issuer)) throw new SignInError('the answer is of another issuer');
      const dpop = metadata.dpop_signing_alg_values_supported === undefined ? undefined : { DPoP: openid.getDPoPHandle(configuration, await openid.randomDPoPKeyPair('ES256')) };
      const tokens = await openid.authorizationCodeGrant(configuration, callback, checks, undefined, dpop);
      const claims = tokens.claims();
      if (!claims) throw new SignInError('no ID token came');
      verifyAtHash(tokens.access_token, tokens.id_token ?? '', claims);
      return { issuer: metadata.issuer, claims, accessToken: tokens.access_token };
    });
  }

  close(): Promise<void> {
    return this.parts.outbound.close();
  }

  /** Endpoints from the issuer's own metadata, looked at again every ten minutes. */
  private async configuration(): Promise<openid.Configuration> {
    const now = epochSeconds(this.parts.clock.now());
    if (this.known && now < this.known.at + metadataSeconds) return this.known.configuration;
    const { issuer, clientId } = this.client;
    const { outbound, idTokenAlg } = this.parts;
    const fetch: openid.CustomFetch = (url, init) => outbound.fetch(inside(url, outbound.origins), { ...(init as unknown as RequestInit), redirect: 'manual', signal: AbortSignal.timeout(outbound.timeoutMs) });
    const own = idTokenAlg === undefined ? {} : { id_token_signed_response_alg: idTokenAlg };
    const authentication = openid.PrivateKeyJwt({ key: await webKey(this.key), kid: this.key.kid });
    const configuration = await openid.discovery(new URL(issuer), clientId, own, authentication, { [openid.customFetch]: fetch });
    // The ID token's signature, too: who somebody is must not hang on TLS alone.
    openid.enableNonRepudiationChecks(configuration);
    this.known = { configuration, at: now };
    return configuration;
  }
}

/** The authorization server's address inside the own network, where one is configured. */
function inside(url: string, origins: Readonly<Record<string, string>>): string {
  const { origin } = new URL(url);
  const other = origins[origin];
  return other === undefined ? url : other + url.slice(origin.length);
}

async function attempt<T>(step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw error instanceof SignInError ? error : new SignInError('the sign-in failed', { cause: error });
  }
}

/** OpenID Connect Core section 3.1.3.8: the access token is the one the ID token was issued with. */
function verifyAtHash(accessToken: string, idToken: string, { at_hash: expected }: openid.IDToken): void {
  const { alg } = JSON.parse(Buffer.from(idToken.split('.')[0] ?? '', 'base64url').toString('utf8')) as { alg: string };
  if (expected !== undefined && (typeof expected !== 'string' || !constantTimeEqual(expected, atHash(accessToken, alg)))) throw new SignInError('the access token is not the one of the ID token');
}

async function readKey(file: string, setting: string, alg: string | undefined): Promise<SigningKey> {
  try {
    const { keys } = JSON.parse(await readFile(file, 'utf8')) as { readonly keys: readonly PublicJwk[] };
    const jwk = keys.find((one) => one.alg === (alg ?? 'ES256')) ?? keys[0];
    if (jwk) return importPrivateJwk(jwk);
  } catch (cause) {
    throw new StartupError(`cannot read the site's private key set from ${file}: check ${setting}`, { cause });
  }
  throw new StartupError(`${file} holds no key: check ${setting}`);
}

const webAlgorithms: Readonly<Record<SigningKey['alg'], { readonly name: string; readonly namedCurve?: string; readonly hash?: string }>> = {
  ES256: { name: 'ECDSA', namedCurve: 'P-256' },
  PS256: { name: 'RSA-PSS', hash: 'SHA-256' },
  EdDSA: { name: 'Ed25519' },
};
const webKey = ({ key, alg }: SigningKey): Promise<openid.CryptoKey> =>
  crypto.subtle.importKey('pkcs8', new Uint8Array(key.export({ type: 'pkcs8', format: 'der' })), webAlgorithms[alg], false, ['sign']);
