import type { AuditEvent, ReplayClaim, Replayed } from './ports.js';

/** `suspended`: known, and served nothing until somebody lifts it. `deleted`: its id is never given again. */
export type RegistrationStatus = 'active' | 'suspended' | 'deleted';

/** Who suspended it: each lifts only what it laid on. */
export type SuspendedBy = 'operator' | 'directory';

/** A client that registered itself, or that a directory brought (RFC 7591). */
export interface RegisteredClient {
  readonly issuer: string;
  readonly clientId: string;
  readonly status: RegistrationStatus;
  readonly suspendedBy: SuspendedBy | undefined;
  /** Metadata under their RFC 7591 names as they are in force, before the issuer's profile fills in the rest. Of a deleted one its name and organisation. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** The software as its directory names it; `undefined` when it registered without a statement. */
  readonly softwareId: string | undefined;
  /** `iss` of the directory it came from. */
  readonly directory: string | undefined;
  /** Claims of the statement that answers repeat. */
  readonly stated: Readonly<Record<string, unknown>>;
  /** SHA-256 of the registration access token; `undefined` where there is none. */
  readonly tokenHash: Buffer | undefined;
  /** Counts its changes, from 1. */
  readonly version: number;
  readonly issuedAt: Date;
  readonly updatedAt: Date;
}

/** A statement that may register one client only. */
export interface SpentStatement {
  readonly issuer: string;
  readonly jti: string;
}

export interface NewRegistration {
  readonly issuer: string;
  readonly clientId: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly softwareId?: string | undefined;
  readonly directory?: string | undefined;
  readonly stated?: Readonly<Record<string, unknown>> | undefined;
  readonly tokenHash?: Buffer | undefined;
  /** Whether this software may have no other registration here. */
  readonly single: boolean;
  readonly statement?: SpentStatement | undefined;
  readonly replay?: readonly ReplayClaim[] | undefined;
  readonly now: Date;
  readonly audit: AuditEvent;
}

export interface ChangedRegistration {
  readonly issuer: string;
  readonly clientId: string;
  /** The version that was read; another means somebody else changed it meanwhile. */
  readonly version: number;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly stated?: Readonly<Record<string, unknown>> | undefined;
  /** A new registration access token; absent: the one there is stays. */
  readonly tokenHash?: Buffer | undefined;
  readonly statement?: SpentStatement | undefined;
  readonly replay?: readonly ReplayClaim[] | undefined;
  readonly now: Date;
  readonly audit: AuditEvent;
}

/** Where a reader has come to. Opaque. */
export type RegistrationPosition = string;

/** Clients that are not in the configuration. Every change is told to all processes. */
export interface RegisteredClients {
  /** `duplicate`: the software, or the client id, is registered; `statement-used`: its jti registered another client; `suspended`: another client of the software is. Nothing is kept then. */
  register(input: NewRegistration): Promise<{ readonly outcome: 'registered'; readonly client: RegisteredClient } | { readonly outcome: 'duplicate' | 'statement-used' | 'suspended' } | Replayed>;
  replace(input: ChangedRegistration): Promise<{ readonly outcome: 'replaced'; readonly client: RegisteredClient } | { readonly outcome: 'changed' | 'gone' | 'statement-used' } | Replayed>;
  /** Nobody is served as it from now on; its grants are ended afterwards (`endedBy`). */
  remove(input: { readonly issuer: string; readonly clientId: string; readonly replay?: readonly ReplayClaim[]; readonly now: Date; readonly audit: AuditEvent }): Promise<{ readonly outcome: 'removed' | 'gone' } | Replayed>;
  /** An operator's suspension stays when a directory lifts its own. */
  suspend(input: { readonly issuer: string; readonly clientId: string; readonly by: SuspendedBy; readonly now: Date; readonly audit: AuditEvent }): Promise<'suspended' | 'unchanged' | 'gone'>;
  resume(input: { readonly issuer: string; readonly clientId: string; readonly by: SuspendedBy; readonly now: Date; readonly audit: AuditEvent }): Promise<'resumed' | 'unchanged' | 'gone'>;
  find(issuer: string, clientId: string): Promise<RegisteredClient | undefined>;
  /** Of one issuer, or of all; without the deleted ones. */
  list(issuer?: string): Promise<readonly RegisteredClient[]>;
  /** Everything that may have changed since, deleted ones among it; from the beginning without a position. */
  changes(after: RegistrationPosition | undefined): Promise<{ readonly position: RegistrationPosition; readonly clients: readonly RegisteredClient[] }>;
  /** Deleted clients some of whose grants may still stand. */
  unended(): Promise<readonly Pick<RegisteredClient, 'issuer' | 'clientId'>[]>;
  /** Its grants have all ended, and it was deleted so long ago that nothing that was under way then can have made another. */
  ended(input: { readonly issuer: string; readonly clientId: string; readonly now: Date }): Promise<void>;
  /** Calls back when any process changed something, and after every new connection. Resolves to the end of it. */
  onChange(listener: () => void): Promise<() => Promise<void>>;
}
