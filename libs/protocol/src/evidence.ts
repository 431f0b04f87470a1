import type { GrantActor } from './grant.js';
import type { Handle } from './handle.js';

/*
 * Signed messages that are kept, so that it can be shown later who said what. Each belongs to a grant and is named by a
 * link of the grant's chain; what is signed before there is a grant is held until there is one.
 */

export type EvidenceKind = 'request_object' | 'authorization_response' | 'id_token' | 'introspection_response' | 'http_request' | 'http_response';

/** What a link of the chain says of an artefact. */
export interface EvidenceSummary {
  readonly kind: EvidenceKind;
  /** When it was received or made. */
  readonly at: string;
  readonly by: { readonly role: 'client' | 'authorization_server' | 'resource_server'; readonly id: string };
  /** RFC 7638 thumbprint of the key that verifies it. */
  readonly key: string;
  /** SHA-256 of the artefact's text, base64url. */
  readonly digest: string;
}

/** A signed message with the key that verifies it, as one text; it holds tokens and is sealed at rest. */
export interface EvidenceArtefact {
  readonly text: string;
  readonly digest: Buffer;
  readonly at: Date;
  readonly summary: EvidenceSummary;
}

/** A grant's chain and what is still kept of its artefacts. */
export interface EvidenceChain {
  readonly grantId: string;
  readonly issuer: string;
  readonly links: readonly { readonly sequence: number; readonly body: string; readonly previous: Buffer; readonly hash: Buffer }[];
  readonly artefacts: readonly { readonly digest: Buffer; readonly text: string }[];
  /** Named by a link and no longer there. */
  readonly dropped: readonly Buffer[];
}

export interface Evidence {
  /** Keeps artefacts of a flow that has no grant yet, under its pushed request or its code. A consent hands them on from the one to the other. */
  hold(input: { readonly holder: Handle; readonly artefacts: readonly EvidenceArtefact[] }): Promise<void>;

  /**
   * Keeps artefacts and links them, and those held under `held`, to the grant: one link of its chain, of the type
   * `evidence.<what>`. `unknown` when there is no such grant.
   */
  link(input: {
    readonly what: 'authorization' | 'introspection' | 'request' | 'response';
    readonly grantId: string;
    readonly actor: GrantActor;
    readonly artefacts: readonly EvidenceArtefact[];
    readonly held?: Handle;
    readonly requestId?: string;
    readonly now: Date;
  }): Promise<'linked' | 'unknown'>;

  /** Everything about a grant; `undefined` when there is no such grant. */
  chain(grantId: string): Promise<EvidenceChain | undefined>;
}
