/* TLS records as they pass on the wire (RFC 8446 section 5.1): type, version, length, content. */

const handshake = 22;
const applicationData = 23;
const headerLength = 5;

/** The first message of a client, made to offer nothing above TLS 1.2: `supported_versions` says 1.2 where it said 1.3. */
export function withoutTls13(bytes: Buffer): Buffer {
  if (bytes[0] !== handshake) return bytes;
  const changed = Buffer.from(bytes);
  // The extension supported_versions (43), and TLS 1.3 (0x0304) in its list.
  const at = changed.indexOf(Buffer.from([0x00, 0x2b, 0x00]));
  const version = at < 0 ? -1 : changed.indexOf(Buffer.from([0x03, 0x04]), at);
  if (version >= 0) changed.writeUInt16BE(0x0303, version);
  return changed;
}

/** One bit of what was encrypted, turned. */
export function withOneBitTurned(bytes: Buffer): Buffer {
  const changed = Buffer.from(bytes);
  for (let at = 0; at + headerLength <= changed.length; at += headerLength + changed.readUInt16BE(at + 3)) {
    const length = changed.readUInt16BE(at + 3);
    // The client’s Finished is such a record, too, and short; requests are long.
    if (changed[at] === applicationData && length > 200 && at + headerLength + 100 < changed.length) changed[at + headerLength + 100]! ^= 1;
  }
  return changed;
}
