import { artefact, parseJws, type PublicKey, type Signer, type VerifiedRequestObject } from '@assent/crypto';
import { keepsEvidence } from '@assent/profiles';
import { parseHandle, type Client, type EvidenceArtefact, type EvidenceKind, type GrantActor, type Handle } from '@assent/protocol';
import type { Engine, IssuerRuntime } from '../engine.js';
import type { Call } from '../request/call.js';

/*
 * What is signed between a client and its issuer is kept before it takes effect or leaves the server, where the
 * issuer's policy or the client's registration says so (docs/evidence.md).
 */

/** Where something is signed: a back-channel call, or a step of a customer's interaction. */
export interface Occasion {
  readonly engine: Pick<Engine, 'stores'>;
  readonly issuer: IssuerRuntime;
  readonly now: Date;
}

/** Keeps a client's signed request under the reference it is answered with; the grant is not there yet. */
export async function holdRequestObject({ engine, issuer, now }: Occasion, client: Client, holder: Handle, object: Pick<VerifiedRequestObject, 'compact' | 'key'>): Promise<void> {
  if (!keepsEvidence(client, issuer.policy)) return;
  const source = client.jwks_uri ?? 'jwks of the registration';
  const kept = artefact('request_object', { role: 'client', id: client.client_id, key: object.key, source }, now, { jws: object.compact });
  await engine.stores.evidence.hold({ holder, artefacts: [kept] });
}

/** Keeps what is signed in an authorization response under the code in it. One without a code leads to no grant. */
export async function holdResponse(occasion: Occasion, client: Client, code: string | undefined, kind: 'authorization_response' | 'id_token', jws: string): Promise<void> {
  const holder = code === undefined ? undefined : parseHandle(code);
  if (!holder || !keepsEvidence(client, occasion.issuer.policy)) return;
  await occasion.engine.stores.evidence.hold({ holder, artefacts: [ofIssuer(occasion, kind, jws)] });
}

/** Links to the grant what led to it, and the ID token that is handed out with it. */
export async function keepTokenResponse(call: Call, client: Client, { grantId, code, idToken }: { readonly grantId: string; readonly code?: Handle; readonly idToken: string | undefined }): Promise<void> {
  if (!keepsEvidence(client, call.issuer.policy)) return;
  const artefacts = idToken === undefined ? [] : [ofIssuer(call, 'id_token', idToken)];
  await link(call, 'authorization', grantId, artefacts, code);
}

/** Links a signed answer about one of the grant's tokens. */
export async function keepIntrospection(call: Call, about: Client | undefined, grantId: string | undefined, jws: string): Promise<void> {
  if (grantId === undefined || !about || !keepsEvidence(about, call.issuer.policy)) return;
  await link(call, 'introspection', grantId, [ofIssuer(call, 'introspection_response', jws)]);
}

async function link(call: Call, what: 'authorization' | 'introspection', grantId: string, artefacts: readonly EvidenceArtefact[], held?: Handle): Promise<void> {
  const actor: GrantActor = { kind: 'system', id: call.issuer.issuer };
  await call.engine.stores.evidence.link({ what, grantId, actor, artefacts, ...(held && { held }), requestId: call.transport.requestId, now: call.now });
}

/** Something the issuer signed just now, with the published key that verifies it. */
function ofIssuer({ issuer, now }: Occasion, kind: EvidenceKind, jws: string): EvidenceArtefact {
  const found = issuer.keys.find(parseJws(jws).header);
  const [key] = Array.isArray(found) ? (found as readonly PublicKey[]) : [];
  if (!key) throw new Error(`${kind} was signed with a key of nobody`);
  const signer: Signer = { role: 'authorization_server', id: issuer.issuer, key, source: issuer.endpoints.jwks };
  return artefact(kind, signer, now, { jws });
}
