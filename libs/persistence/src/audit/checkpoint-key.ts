import { deriveSigningKey, importPublicJwk, publicJwk, type PublicKey, type SigningKey } from '@assent/crypto';
import type { PublicJwk, Secret } from '@assent/protocol';

/**
 * Signs checkpoints. The deployment's own key, derived from its encryption key: signing keys of issuers are rotated and
 * their public halves withdrawn, while a checkpoint must prove something years later.
 */
export const checkpointKey = (encryptionKey: Secret<Buffer>): SigningKey => deriveSigningKey(encryptionKey.reveal(), 'audit-checkpoints');

/** Its public half, for an auditor who is not to have the encryption key. */
export const publicCheckpointKey = (encryptionKey: Secret<Buffer>): PublicJwk => publicJwk(checkpointKey(encryptionKey));

/** `JwsError` when it is no public key. */
export const readCheckpointKey = (jwk: PublicJwk): PublicKey => importPublicJwk(jwk);
