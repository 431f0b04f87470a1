import { openSigningKey, thumbprint, type SigningKey } from '@assent/crypto';
import type { SigningAlgName } from '@assent/protocol';
import ipaddr from 'ipaddr.js';
import { createPrivateKey } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { fetch as undiciFetch, Agent } from 'undici';
import { z } from 'zod';
import { Signer } from './signer.js';
import type { Target } from './target.js';

const clientFile = z.object({
  client_id: z.string(),
  redirect_uri: z.string(),
  scope: z.string().default('openid'),
  /** The private key (JWK, ES256 or PS256) that signs its assertions. */
  key: z.looseObject({ kid: z.string().optional(), alg: z.enum(['ES256', 'PS256', 'EdDSA']).default('ES256') }),
});

export interface ForeignOptions {
  readonly issuer: string;
  readonly clientFile: string;
  /** PEM: whom to trust beside the system's roots. */
  readonly authorityFile?: string | undefined;
  readonly owned: boolean;
}

/** Somebody's issuer, described by its discovery document and one client of yours. Loopback only, unless owned. */
export async function foreignTarget(options: ForeignOptions): Promise<Target> {
  const { issuer } = options;
  const url = new URL(issuer);
  if (!options.owned) await refuseFarAway(url.hostname);
  const ca = options.authorityFile === undefined ? {} : { ca: await readFile(options.authorityFile, 'utf8') };
  const agent = new Agent({ connect: ca });
  const response = await undiciFetch(`${issuer}/.well-known/openid-configuration`, { dispatcher: agent });
  const metadata = (await response.json()) as Record<string, string>;
  await agent.close();
  if (metadata['issuer'] !== issuer) throw new Error(`${issuer}: its metadata names another issuer (${String(metadata['issuer'])})`);
  const client = clientFile.parse(JSON.parse(await readFile(options.clientFile, 'utf8')));
  return {
    name: issuer,
    issuer,
    main: { origin: url.origin, connect: ca, metricsUrl: undefined },
    endpoints: {
      token: metadata['token_endpoint'] ?? '',
      pushed: metadata['pushed_authorization_request_endpoint'] ?? '',
      authorization: metadata['authorization_endpoint'] ?? '',
    },
    client: await Signer.create(client.client_id, issuer, openKey(client.key)),
    redirectUri: client.redirect_uri,
    scope: client.scope,
  };
}

function openKey(jwk: { readonly kid?: string | undefined; readonly alg: SigningAlgName }): SigningKey {
  const privateKeyPem = createPrivateKey({ key: jwk as never, format: 'jwk' }).export({ type: 'pkcs8', format: 'pem' }).toString();
  return openSigningKey({ kid: jwk.kid ?? thumbprint(jwk as never), alg: jwk.alg, privateKeyPem });
}

/** A load is only ever sent to this machine, or to a server whose operator says it is theirs. */
async function refuseFarAway(host: string): Promise<void> {
  const { address } = await lookup(host.replace(/^\[|\]$/g, ''));
  if (ipaddr.process(address).range() !== 'loopback') throw new Error(`${host} is not this machine: add --i-own-this-target if you run it`);
}
