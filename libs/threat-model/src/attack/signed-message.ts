import { createHash } from 'node:crypto';
import { signature, type Key } from './jws.js';
import type { Outgoing } from './wire.js';

const covered = ['authorization', 'dpop', 'content-digest', 'content-type'];

/**
 * The fields that sign a request to a resource (RFC 9421; FAPI 2.0 HTTP Signatures 5.3.1.1): method, address, token,
 * proof and body. `now`: epoch seconds.
 */
export function signedFields({ method, url, headers = [], body }: Outgoing, key: Key, now: number): readonly (readonly [string, string])[] {
  const digest = body === undefined ? [] : [['content-digest', `sha-256=:${createHash('sha256').update(body).digest('base64')}:`] as const];
  const fields = new Map([...headers, ...digest].map(([name, value]) => [name.toLowerCase(), value]));
  const names = ['@method', '@target-uri', ...covered.filter((name) => fields.has(name))];
  const values: Readonly<Record<string, string>> = { '@method': method, '@target-uri': url, ...Object.fromEntries(fields) };
  const parameters = `(${names.map((name) => `"${name}"`).join(' ')});created=${now};keyid="${key.kid ?? ''}";tag="fapi-2-request"`;
  const base = [...names.map((name) => `"${name}": ${values[name] ?? ''}`), `"@signature-params": ${parameters}`].join('\n');
  return [...digest, ['signature-input', `sig1=${parameters}`], ['signature', `sig1=:${signature(key.alg, Buffer.from(base), key.privateKey).toString('base64')}:`]];
}
