import { encryptJws, KeySetError, type EncryptionKey } from '@assent/crypto';
import { temporarilyUnavailable, type Client, type ContentEncryptionAlg, type EncryptionAlg } from '@assent/protocol';
import type { Engine } from '../engine.js';

type Keys = Pick<Engine, 'clientKeys'>;

/** A signed JWT, encrypted to the client. `temporarily_unavailable` when its key cannot be had: nothing goes out in the clear instead. */
export async function encryptToClient({ clientKeys }: Keys, client: Client, jws: string, alg: EncryptionAlg, enc: ContentEncryptionAlg = 'A128CBC-HS256'): Promise<string> {
  return encryptJws(jws, await keyOf(clientKeys, client, alg), enc);
}

/** The client's ID token as it registered to get it (OpenID Connect Core section 2): signed, then encrypted where it wants that. */
export async function encryptIdToken(keys: Keys, client: Client, jws: string): Promise<string> {
  const { id_token_encrypted_response_alg: alg, id_token_encrypted_response_enc: enc } = client;
  return alg === undefined ? jws : encryptToClient(keys, client, jws, alg, enc);
}

async function keyOf(clientKeys: Engine['clientKeys'], client: Client, alg: EncryptionAlg): Promise<EncryptionKey> {
  try {
    const key = await clientKeys.encryptionKey(client, alg);
    if (key) return key;
  } catch (cause) {
    if (!(cause instanceof KeySetError)) throw cause;
    throw unreadable(cause);
  }
  throw unreadable();
}

const unreadable = (cause?: unknown) => temporarilyUnavailable('the encryption key of the client cannot be read at the moment', 'ASSENT-ENC-01', cause);
