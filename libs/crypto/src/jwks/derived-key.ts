import { createPrivateKey } from 'node:crypto';
import { deriveKey } from '../sealing/derive-key.js';
import { bareJwk, type SigningKey } from './signing-key.js';
import { thumbprint } from './thumbprint.js';

/** PKCS#8 around an Ed25519 seed (RFC 8410 section 7). */
const pkcs8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** An Ed25519 key that lasts as long as the master key: kept nowhere, the same at every start. */
export function deriveSigningKey(master: Buffer, label: string): SigningKey {
  const key = createPrivateKey({ key: Buffer.concat([pkcs8, deriveKey(master, label)]), format: 'der', type: 'pkcs8' });
  return { kid: thumbprint(bareJwk(key)), alg: 'EdDSA', key };
}
