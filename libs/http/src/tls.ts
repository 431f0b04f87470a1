import type { TlsConfig } from '@assent/config';
import { constants } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext, type SecureContextOptions, type TlsOptions } from 'node:tls';
import { StartupError } from './startup-error.js';

/** RFC 9325 section 4.2: the recommended TLS 1.2 suites, and all of TLS 1.3 (F2-NET-06). */
export const cipherSuites = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_AES_128_GCM_SHA256',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
].join(':');

/**
 * The TLS settings of a listener, its files read now. `StartupError` names the file that cannot be used.
 *
 * An mtls listener asks for a certificate and takes any: trust is judged per client, and self-signed certificates are
 * as good as others for those registered so. Its list of acceptable authorities is therefore empty (`ca: []`): many
 * clients withhold a certificate that no listed authority issued. It never resumes a session, because a resumed one
 * carries the client's certificate without the chain that came with it.
 */
export function tlsOptions(kind: 'tls' | 'mtls', tls: TlsConfig, listener: string): TlsOptions {
  const { certificateFile, keyFile } = tls;
  if (certificateFile === undefined || keyFile === undefined) {
    throw new StartupError(`the ${listener} needs a certificate: set tls.certificateFile and tls.keyFile, or make the listener plain`);
  }
  const context: SecureContextOptions = {
    cert: readPem(certificateFile, 'tls.certificateFile', listener),
    key: readPem(keyFile, 'tls.keyFile', listener),
    minVersion: 'TLSv1.2',
    maxVersion: 'TLSv1.3',
    ciphers: cipherSuites,
    honorCipherOrder: true,
    ecdhCurve: 'X25519:P-256:P-384',
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION | (kind === 'mtls' ? constants.SSL_OP_NO_TICKET : 0),
    ...(kind === 'mtls' ? { ca: [] } : {}),
  };
  try {
    createSecureContext(context);
  } catch (cause) {
    throw new StartupError(`the ${listener} cannot use ${certificateFile} with ${keyFile} (${reason(cause)}): set tls.certificateFile and tls.keyFile to a matching PEM pair`, { cause });
  }
  return kind === 'mtls' ? { ...context, requestCert: true, rejectUnauthorized: false } : context;
}

/** Reads PEM files for one setting. `StartupError` names the one that cannot be read. */
export function readPem(file: string, setting: string, listener: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new StartupError(`the ${listener} cannot read ${file} (${reason(cause)}): set ${setting} to a readable PEM file`, { cause });
  }
  if (!text.includes('-----BEGIN ')) throw new StartupError(`the ${listener} cannot use ${file}: it is not PEM; set ${setting} to a PEM file`);
  return text;
}

function reason(cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  return code?.replace(/^ERR_/, '') ?? message;
}
