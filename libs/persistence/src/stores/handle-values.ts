import { tagOf, type Handle } from '@assent/protocol';
import { instant } from '../sql.js';

/** The parameters that name a handle's row. */
export const handleValues = (handle: Handle): { tag: number; expires_at: string; hash: Buffer } => ({
  tag: handle.tag,
  expires_at: instant(handle.expiresAt),
  hash: handle.hash,
});

/** The family a token belongs to: what its jti begins with. A token of no family (client_credentials) has none. */
export function familyOf(jti: string): string | undefined {
  const dot = jti.indexOf('.');
  return dot > 0 ? jti.slice(0, dot) : undefined;
}

/** The parameters that name everything a revocation of this token could name. */
export const revocationKeys = (jti: string): { jti: string; jti_tag: number; family_id: string | null } => ({
  jti,
  jti_tag: tagOf(jti),
  family_id: familyOf(jti) ?? null,
});
