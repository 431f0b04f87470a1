import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AssentConfig } from '@assent/config';
import { importPrivateJwk, publicJwk, type SigningKey } from '@assent/crypto';
import { StartupError } from '@assent/http';
import { signsIntrospection } from '@assent/profiles';
import type { PublicJwk } from '@assent/protocol';
import type { TrustedIssuer } from '@assent/resource-guard';

export interface Trust {
  /** Every issuer of the configuration; introspection where its registry knows our client. */
  readonly issuers: readonly TrustedIssuer[];
  /** The key we introspect with, for issuers that registered our client by `jwks_uri`; empty without introspection. */
  readonly jwks: { readonly keys: readonly PublicJwk[] };
}

/** Whom the API trusts, and what it authenticates to them with. `StartupError` when its client key cannot be read. */
export async function openTrust(config: AssentConfig): Promise<Trust> {
  const { introspectionClientId: clientId, verification } = config.resourceServer;
  if (clientId === undefined || verification === 'jwt') return { issuers: config.issuers.map(({ issuer }) => ({ issuer })), jwks: { keys: [] } };
  const key = await readClientKey(config, clientId);
  const issuers = config.issuers.map(({ issuer, clients, policy }) => {
    const registered = clients.find(({ client_id }) => client_id === clientId);
    return { issuer, ...(registered && { introspection: { clientId, key, signed: signsIntrospection(registered, policy) } }) };
  });
  return { issuers, jwks: { keys: [publicJwk(key)] } };
}

/** The key the API's own client authenticates with. `StartupError` when it cannot be read. */
export async function readClientKey(config: AssentConfig, clientId: string): Promise<SigningKey> {
  const file = config.resourceServer.clientKeyFile ?? join(config.dataFolder, 'pki', 'clients', `${clientId}.jwks.json`);
  try {
    const { keys } = JSON.parse(await readFile(file, 'utf8')) as { readonly keys: readonly PublicJwk[] };
    const jwk = keys.find(({ alg }) => alg === 'ES256') ?? keys[0];
    if (jwk) return importPrivateJwk(jwk);
  } catch (cause) {
    throw new StartupError(`cannot read the private key set of client ${clientId} from ${file}: check resourceServer.clientKeyFile`, { cause });
  }
  throw new StartupError(`${file} holds no key: check resourceServer.clientKeyFile`);
}
