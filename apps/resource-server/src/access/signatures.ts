import type { AssentConfig, IssuerConfig } from '@assent/config';
import { artefact, ClientKeys, type KeysById, type Signer } from '@assent/crypto';
import { createFetchJson } from '@assent/http';
import { httpSignaturesOf, keepsEvidence } from '@assent/profiles';
import type { ClientRegistry } from '@assent/persistence';
import type { Client, Clock, Evidence, GrantActor, PublicJwk, SigningAlg, SigningKeys } from '@assent/protocol';
import type { Caller, HttpSignatureOptions, SignatureEvidence } from '@assent/resource-guard';
import { KeyRings } from '@assent/signing-keys';
import type { Logger } from 'pino';

/** The one algorithm answers are signed with: the fastest of those FAPI allows that every party has. */
const alg = 'ES256';

export interface AnswerSigning {
  readonly httpSignatures: HttpSignatureOptions;
  /** Public keys that verify answers. */
  jwks(): readonly PublicJwk[];
  /** Members of the metadata document (RFC 9728). */
  readonly described: { readonly jwks_uri: string; readonly resource_signing_alg_values_supported: readonly string[] };
  close(): Promise<void>;
}

/** Whether any client signs its requests, or may register to do so. */
export const someoneSigns = ({ issuers }: AssentConfig): boolean => issuers.some(({ policy, clients, registration, market }) => policy.httpSignatures !== 'off' || (registration && !market) || clients.some((client) => httpSignaturesOf(client, policy) !== 'off'));

/**
 * Signatures of clients and of answers, as the configuration wants them. The keys that sign answers are the API's own:
 * kept beside those of the issuers, sealed and rotated as they are, under the resource's identifier.
 */
export async function openAnswerSigning(config: AssentConfig, registry: ClientRegistry, stores: { readonly signingKeys: SigningKeys; readonly evidence: Evidence }, { clock, log }: { readonly clock: Clock; readonly log: Logger }): Promise<AnswerSigning> {
  const { resource, publicUrl } = config.resourceServer;
  const keys = await KeyRings.open({ store: stores.signingKeys, issuers: [{ issuer: resource, signingAlgs: [alg], accessTokenAlg: alg, clients: [] }], rotation: config.authorizationServer.keyRotation, clock, log });
  // Nobody else makes it, and one of this kind costs next to nothing.
  await keys.prepareNext();
  const fetchJson = createFetchJson(config.outbound, config.tls.serverAuthorityFiles);
  const clientKeys = new ClientKeys({ fetchJson, clock });
  const ring = keys.of(resource);
  return {
    httpSignatures: {
      key: () => ring.signing(alg),
      demand: (caller) => demandOf(config, registry, caller),
      keys: (caller) => keysOf(clientKeys, registry.find(caller.issuer, caller.clientId)),
      covering: ['x-fapi-interaction-id', 'location'],
      evidence: keptEvidence(config, registry, stores.evidence, clock),
    },
    jwks: () => ring.jwks().keys,
    described: { jwks_uri: `${publicUrl}/jwks.json`, resource_signing_alg_values_supported: [alg] },
    close: async () => {
      await keys.close();
      await fetchJson.close();
    },
  };
}

function clientOf({ issuers }: AssentConfig, registry: ClientRegistry, { issuer, clientId }: Caller): { readonly config: IssuerConfig; readonly client: Client | undefined } | undefined {
  const config = issuers.find((one) => one.issuer === issuer);
  return config && { config, client: registry.find(issuer, clientId) };
}

/** A client nobody registered can only be held to what its issuer asks of all. */
function demandOf(config: AssentConfig, registry: ClientRegistry, caller: Caller) {
  const found = clientOf(config, registry, caller);
  return found ? httpSignaturesOf(found.client ?? {}, found.config.policy) : 'required';
}

const keysOf =
  (clientKeys: ClientKeys, client: Client | undefined): KeysById =>
  (kid) =>
    client ? clientKeys.named(client, kid) : [];

/**
 * Signatures as evidence of the grant behind the token, of clients that are to have it. A token without a grant stands
 * for the client alone: there is no chain to link to.
 */
function keptEvidence(config: AssentConfig, registry: ClientRegistry, evidence: Evidence, clock: Clock): SignatureEvidence {
  const { resource, publicUrl } = config.resourceServer;
  const keep = async (what: 'request' | 'response', { grantId, issuer, clientId, claims }: Caller, signer: (client: Client) => Signer, signed: Made): Promise<void> => {
    const found = clientOf(config, registry, { issuer, clientId, claims });
    if (grantId === undefined || !found?.client || !keepsEvidence(found.client, found.config.policy)) return;
    const now = clock.now();
    const http = { alg: signed.alg, base: signed.base, signature: signed.signature.toString('base64') };
    const actor: GrantActor = what === 'request' ? { kind: 'client', id: clientId } : { kind: 'system', id: resource };
    await evidence.link({ what, grantId, actor, artefacts: [artefact(`http_${what}`, signer(found.client), now, { http })], now });
  };
  return {
    request: (caller, signed) => keep('request', caller, ({ client_id, jwks_uri }) => ({ role: 'client', id: client_id, key: signed.key, source: jwks_uri ?? 'jwks of the registration' }), signed),
    response: (caller, signed) => keep('response', caller, () => ({ role: 'resource_server', id: resource, key: signed.key, source: `${publicUrl}/jwks.json` }), signed),
  };
}

interface Made {
  readonly alg: SigningAlg;
  readonly base: string;
  readonly signature: Buffer;
}
