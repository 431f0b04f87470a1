import { deriveKey, open, seal } from '@assent/crypto';
import { Secret, type BackchannelNotification, type Handle } from '@assent/protocol';
import { DatabaseError } from '../database-error.js';

/** Seals what a client is to be told by, so that no other row opens it. */
export class NotificationSealing {
  #key: Buffer | undefined;

  constructor(private readonly master: Secret<Buffer> | undefined) {}

  seal({ hash }: Handle, { authReqId, token }: BackchannelNotification): Buffer {
    return seal(Buffer.from(JSON.stringify([authReqId.reveal(), token.reveal()])), this.key(), contextOf(hash));
  }

  open(hash: Buffer, sealed: Buffer): BackchannelNotification {
    const [authReqId, token] = JSON.parse(open(sealed, this.key(), contextOf(hash)).toString()) as [string, string];
    return { authReqId: new Secret(authReqId), token: new Secret(token) };
  }

  private key(): Buffer {
    if (!this.master) throw new DatabaseError('notifications cannot be kept or read without an encryption key');
    return (this.#key ??= deriveKey(this.master.reveal(), 'backchannel-notification'));
  }
}

const contextOf = (hash: Buffer): string => `backchannel/${hash.toString('hex')}`;
