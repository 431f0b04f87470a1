import type { JsonWebKey } from 'node:crypto';
import type { AssentConfig } from '@assent/config';
import { importPrivateJwk, type FetchJson, type SigningKey } from '@assent/crypto';
import { MessageSigner, resourceKeys } from '@assent/http-signatures';
import { httpSignaturesOf, mustSignRequests, mustSignResponses } from '@assent/profiles';
import { systemClock, type Client, type PublicJwk } from '@assent/protocol';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as openid from 'openid-client';
import { Agent, fetch as undiciFetch } from 'undici';

/** A demo client, ready to speak to its bank through openid-client. */
export interface Party {
  readonly metadata: Client;
  readonly issuer: string;
  readonly options: openid.DiscoveryRequestOptions;
  readonly authentication: openid.ClientAuth;
  readonly usesCertificate: boolean;
  /** Signs its authorization requests, where it must (RFC 9101). */
  readonly requestKey: openid.PrivateKey | undefined;
  /** Whether it is answered by signed responses only (JARM). */
  readonly signedResponses: boolean;
  close(): Promise<void>;
}

/** Reads the client's keys and certificate from the data folder and prepares its connections. */
export async function openParty(config: AssentConfig, issuer: string, metadata: Client): Promise<Party> {
  const stem = join(config.dataFolder, 'pki', 'clients', metadata.client_id);
  const ca = await Promise.all(config.tls.serverAuthorityFiles.map((file) => readFile(file, 'utf8')));
  const usesCertificate = metadata.token_endpoint_auth_method !== 'private_key_jwt' || metadata.tls_client_certificate_bound_access_tokens;
  const certificate = usesCertificate ? { cert: await readFile(`${stem}.crt.pem`, 'utf8'), key: await readFile(`${stem}.key.pem`, 'utf8') } : {};
  const agent = new Agent({ connect: { ca, ...certificate } });
  const plain: openid.CustomFetch = (url, options) => undiciFetch(url, { ...(options as object), dispatcher: agent }) as unknown as Promise<Response>;
  const policy = config.issuers.find((one) => one.issuer === issuer)?.policy;
  const signs = policy !== undefined && httpSignaturesOf(metadata, policy) !== 'off';
  const send = signs ? signing(plain, config.resourceServer.resource, await signingKey(`${stem}.jwks.json`, metadata)) : plain;
  return {
    metadata,
    issuer,
    usesCertificate,
    requestKey: policy && mustSignRequests(metadata, policy) ? await webKey(`${stem}.jwks.json`, metadata) : undefined,
    signedResponses: policy !== undefined && mustSignResponses(metadata, policy),
    authentication: metadata.token_endpoint_auth_method === 'private_key_jwt' ? openid.PrivateKeyJwt(await webKey(`${stem}.jwks.json`, metadata)) : openid.TlsClientAuth(),
    options: { algorithm: 'oauth2', [openid.customFetch]: send },
    close: () => agent.close(),
  };
}

/** Requests to the bank's API are signed, and an answer that is not is an error (FAPI 2.0 HTTP Signatures). */
function signing(send: openid.CustomFetch, resource: string, key: SigningKey): openid.CustomFetch {
  const get: FetchJson = async (url) => ({ body: await (await send(url, { method: 'GET', headers: {}, body: null, redirect: 'manual' })).json(), maxAgeSeconds: undefined });
  const signer = new MessageSigner({ key, keys: resourceKeys(resource, get, systemClock), clock: systemClock });
  return async (url, options) => {
    if (!url.startsWith(`${resource}/`) || options.headers['authorization'] === undefined) return send(url, options);
    const sent = await signer.sign(url, options);
    const response = await send(url, { ...options, headers: sent.headers, ...(sent.body && { body: sent.body }) } as typeof options);
    const body = Buffer.from(await response.arrayBuffer());
    await signer.verify(sent, { status: response.status, headers: [...response.headers], body });
    return new Response(body.length === 0 ? null : body, { status: response.status, headers: response.headers });
  };
}

async function signingKey(file: string, metadata: Client): Promise<SigningKey> {
  const { keys } = JSON.parse(await readFile(file, 'utf8')) as { readonly keys: readonly PublicJwk[] };
  const jwk = keys.find(({ alg }) => alg === (metadata.token_endpoint_auth_signing_alg ?? 'ES256'));
  if (!jwk) throw new Error(`${file}: no key to sign requests with`);
  return importPrivateJwk(jwk);
}

/** The key of its assertions and signed requests, as openid-client wants it. */
async function webKey(file: string, metadata: Client): Promise<openid.PrivateKey> {
  const { keys } = JSON.parse(await readFile(file, 'utf8')) as { readonly keys: readonly (JsonWebKey & { readonly kid: string })[] };
  const wanted = metadata.token_endpoint_auth_signing_alg ?? 'ES256';
  const jwk = keys.find(({ alg }) => alg === wanted);
  if (!jwk) throw new Error(`${file}: no ${wanted} key`);
  const algorithm = wanted === 'ES256' ? { name: 'ECDSA', namedCurve: 'P-256' } : { name: 'RSA-PSS', hash: 'SHA-256' };
  return { key: await crypto.subtle.importKey('jwk', jwk, algorithm, false, ['sign']), kid: jwk.kid };
}
