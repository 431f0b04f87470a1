import { familyOf, tagOf, type Handle } from '@assent/protocol';
import { instant } from '../sql.js';

/** The parameters that name a handle's row. */
export const handleValues = (handle: Handle): { tag: number; expires_at: string; hash: Buffer } => ({
  tag: handle.tag,
  expires_at: instant(handle.expiresAt),
  hash: handle.hash,
});

/** The parameters that name everything a revocation of this token could name. */
export const revocationKeys = (jti: string): { jti: string; jti_tag: number; family_id: string | null } => ({
  jti,
  jti_tag: tagOf(jti),
  family_id: familyOf(jti) ?? null,
});
