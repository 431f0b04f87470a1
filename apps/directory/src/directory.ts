import type { DirectoryConfig } from '@assent/config';
import type { Log } from '@assent/http';
import type { DirectoryStore } from '@assent/persistence/directory';
import type { Authority } from '@assent/pki';
import type { AuditEvent, Clock } from '@assent/protocol';
import type { KeyRing } from '@assent/signing-keys';
import type { JoinableMarkets } from './markets.js';

/** What everything of the directory stands on. */
export interface Directory {
  readonly config: DirectoryConfig;
  readonly store: DirectoryStore;
  readonly authority: Authority;
  /** What it signs statements and records with. */
  readonly keys: KeyRing;
  readonly adminTokenHash: Buffer;
  /** What forms of its pages are bound to their session with. */
  readonly csrfKey: Buffer;
  readonly markets: JoinableMarkets;
  readonly clock: Clock;
  readonly log: Log;
}

/** Who does something, for the audit. */
export interface Actor {
  readonly by: 'administrator' | 'software';
  readonly requestId: string;
}

export const auditOf = ({ config }: Directory, { by, requestId }: Actor, type: string, detail: NonNullable<AuditEvent['detail']> = {}): AuditEvent => ({
  type: `directory.${type}`,
  issuer: config.publicUrl,
  requestId,
  detail: { by, ...detail },
});

export const keySetUrl = ({ config }: Directory, softwareId: string): string => `${config.publicUrl}/keystore/${softwareId}.jwks`;
