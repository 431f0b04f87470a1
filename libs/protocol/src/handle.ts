import { createHash, randomBytes } from 'node:crypto';

/**
 * What the database knows of a value that is only ever compared (code, request_uri, refresh token, opaque access
 * token): where its row lives and the SHA-256 of the value. The value itself is never stored.
 *
 * The value is 43 base64url characters over 32 bytes: routing tag (2), expiry in epoch seconds (4), random (26).
 * Tag and expiry add to the 208 random bits and replace none of them; they name the shard and the time partition.
 */
export interface Handle {
  readonly tag: number;
  readonly expiresAt: Date;
  readonly hash: Buffer;
}

export interface MintedHandle {
  readonly value: string;
  readonly handle: Handle;
}

const length = 32;
const shape = /^[A-Za-z0-9_-]{43}$/;

/** A new routing tag (0..65535): picked at the first write of a flow and carried by all that follows from it. */
export const newTag = (): number => randomBytes(2).readUInt16BE(0);

export function mintHandle(tag: number, expiresAt: Date): MintedHandle {
  const bytes = randomBytes(length);
  bytes.writeUInt16BE(tag, 0);
  const seconds = Math.ceil(expiresAt.getTime() / 1000);
  bytes.writeUInt32BE(seconds, 2);
  const value = bytes.toString('base64url');
  return { value, handle: { tag, expiresAt: new Date(seconds * 1000), hash: sha256(value) } };
}

/** `undefined` when the text cannot be one of our values; a forged tag or expiry simply finds no row. */
export function parseHandle(value: string): Handle | undefined {
  if (!shape.test(value)) return undefined;
  const bytes = Buffer.from(value, 'base64url');
  if (bytes.length !== length) return undefined;
  return { tag: bytes.readUInt16BE(0), expiresAt: new Date(bytes.readUInt32BE(2) * 1000), hash: sha256(value) };
}

/**
 * An identifier that is no credential (grant, token family): 32 base64url characters over 24 bytes, routing tag
 * first. The row's primary key is (tag, id).
 */
export function mintId(tag: number): string {
  const bytes = randomBytes(24);
  bytes.writeUInt16BE(tag, 0);
  return bytes.toString('base64url');
}

/** Whether text could be an id of ours at all. */
export const isId = (text: string): boolean => /^[A-Za-z0-9_-]{32}$/.test(text);

/** The routing tag an id begins with; 0 for text that is no id of ours (it then finds no row). */
export function tagOf(id: string): number {
  const bytes = Buffer.from(id.slice(0, 4), 'base64url');
  return bytes.length >= 2 ? bytes.readUInt16BE(0) : 0;
}

export const sha256 = (text: string | Uint8Array): Buffer => createHash('sha256').update(text).digest();
