import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AssentConfig } from '@assent/config';
import { importDecryptionJwk, importPrivateJwk, publicEncryptionJwk, publicJwk, type DecryptionKey, type DecryptionRules, type SigningKey } from '@assent/crypto';
import { StartupError } from '@assent/http';
import { signsIntrospection, type Policy } from '@assent/profiles';
import type { Client, PublicJwk } from '@assent/protocol';
import type { TrustedIssuer } from '@assent/resource-guard';

export interface Trust {
  /** Every issuer of the configuration but those of markets, whose tokens are for their own APIs; introspection where its registry knows our client. */
  readonly issuers: readonly TrustedIssuer[];
  /** The key we introspect with, for issuers that registered our client by `jwks_uri`; empty without introspection. */
  readonly jwks: { readonly keys: readonly PublicJwk[] };
}

/** Whom the API trusts, and what it authenticates to them with. `StartupError` when its client key cannot be read. */
export async function openTrust(config: AssentConfig): Promise<Trust> {
  const { introspectionClientId: clientId, verification } = config.resourceServer;
  const trusted = config.issuers.filter(({ market }) => !market);
  if (clientId === undefined || verification === 'jwt') return { issuers: trusted.map(({ issuer, policy }) => ({ issuer, ...bearerOf(policy) })), jwks: { keys: [] } };
  const own = await readClientKeys(config, clientId);
  const { key } = own;
  const issuers = trusted.map(({ issuer, clients, policy }) => {
    const registered = clients.find(({ client_id }) => client_id === clientId);
    return { issuer, ...bearerOf(policy), ...(registered && { introspection: { clientId, key, signed: signsIntrospection(registered, policy), ...decryptionOf(registered, policy, own.decryption) } }) };
  });
  return { issuers, jwks: { keys: [publicJwk(key), ...own.decryption.map(publicEncryptionJwk)] } };
}

/** Tokens that anybody could use are taken only of issuers whose profile has them. */
const bearerOf = ({ senderConstraint }: Policy): Pick<TrustedIssuer, 'bearerTokens'> => (senderConstraint.includes('none') ? { bearerTokens: true } : {});

/** How answers are opened that this issuer encrypts to us. */
function decryptionOf({ introspection_encrypted_response_alg: alg }: Client, { contentEncryptionAlgs }: Policy, keys: readonly DecryptionKey[]): { decryption?: DecryptionRules } {
  return alg === undefined ? {} : { decryption: { algs: [alg], contentAlgs: contentEncryptionAlgs, keys } };
}

/** The key the API's own client authenticates with. `StartupError` when it cannot be read. */
export const readClientKey = async (config: AssentConfig, clientId: string): Promise<SigningKey> => (await readClientKeys(config, clientId)).key;

/** The key it signs with, and those of the same file that answers may be encrypted to. */
async function readClientKeys(config: AssentConfig, clientId: string): Promise<{ readonly key: SigningKey; readonly decryption: readonly DecryptionKey[] }> {
  const file = config.resourceServer.clientKeyFile ?? join(config.dataFolder, 'pki', 'clients', `${clientId}.jwks.json`);
  try {
    const { keys } = JSON.parse(await readFile(file, 'utf8')) as { readonly keys: readonly PublicJwk[] };
    const signing = keys.filter(({ use }) => use !== 'enc');
    const jwk = signing.find(({ alg }) => alg === 'ES256') ?? signing[0];
    if (jwk) return { key: importPrivateJwk(jwk), decryption: keys.filter(({ use }) => use === 'enc').map(importDecryptionJwk) };
  } catch (cause) {
    throw new StartupError(`cannot read the private key set of client ${clientId} from ${file}: check resourceServer.clientKeyFile`, { cause });
  }
  throw new StartupError(`${file} holds no key: check resourceServer.clientKeyFile`);
}
