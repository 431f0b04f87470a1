import { hkdfSync } from 'node:crypto';

/** A 32-byte key of one purpose out of the master key (HKDF-SHA-256, RFC 5869); `label` keeps purposes apart. */
export function deriveKey(master: Buffer, label: string): Buffer {
  if (master.length < 32) throw new RangeError('a master key needs at least 32 bytes');
  return Buffer.from(hkdfSync('sha256', master, Buffer.alloc(0), `assent/${label}`, 32));
}
