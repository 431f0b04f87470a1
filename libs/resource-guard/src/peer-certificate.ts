import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/**
 * The certificate the client presented on this connection, as the guard needs it (RFC 8705 section 3.1), or
 * `undefined`. For servers that terminate TLS themselves (`requestCert: true, rejectUnauthorized: false`).
 */
export function peerCertificate(socket: Socket): { readonly thumbprint: string } | undefined {
  if (!(socket instanceof TLSSocket)) return undefined;
  const der = socket.getPeerX509Certificate()?.raw;
  return der && { thumbprint: createHash('sha256').update(der).digest('base64url') };
}
