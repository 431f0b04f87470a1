import { isIP } from 'node:net';
import { invalidClient, type Client, type OAuthError, type RuleId } from '@assent/protocol';
import type { PublicKey } from '../jwks/public-key.js';
import type { ClientCertificate } from './certificate.js';
import { DistinguishedNameError, parseName, sameName } from './distinguished-name.js';
import { isStrong } from './trust-store.js';
import { sameKey } from '../jwks/same-key.js';

const refuse = (what: string, rule: RuleId, cause?: unknown): OAuthError => invalidClient(`client certificate: ${what}`, rule, cause);

/**
 * Proves that a TLS certificate authenticates `client` by its registered method (RFC 8705 section 2; F2-MT-01, F2-MT-02):
 * a trusted chain and the one registered subject, or one of the client's own `keys` (`ClientKeys.certificates`).
 * Throws `invalid_client`.
 */
export function verifyTlsClientAuth(client: Client, certificate: ClientCertificate | undefined, keys: readonly PublicKey[]): void {
  const method = client.token_endpoint_auth_method;
  const rule = method === 'self_signed_tls_client_auth' ? 'F2-MT-02' : 'F2-MT-01';
  if (method !== 'tls_client_auth' && method !== 'self_signed_tls_client_auth') throw refuse('not the registered authentication method', 'F2-AS-06');
  if (!certificate) throw refuse('none was presented', rule);
  if (!certificate.current) throw refuse('outside its validity dates', rule);
  if (method === 'tls_client_auth') verifySubject(client, certificate);
  else verifyRegisteredKey(certificate, keys);
}

function verifyRegisteredKey(certificate: ClientCertificate, keys: readonly PublicKey[]): void {
  if (!keys.some(({ key }) => sameKey(key, certificate.publicKey))) throw refuse('its key is not registered', 'F2-MT-02');
}

function verifySubject(client: Client, certificate: ClientCertificate): void {
  if (!isStrong(certificate.publicKey)) throw refuse('its key is too weak', 'F2-CR-02');
  if (!certificate.chainTrusted) throw refuse('not issued by a trusted authority', 'F2-MT-01');
  const registered = subjects.flatMap(({ member, matches }) => {
    const value = client[member];
    return value === undefined ? [] : [{ value, matches }];
  });
  const [only, ...more] = registered;
  if (!only || more.length > 0) throw refuse('the client must be registered with exactly one subject', 'F2-MT-01');
  if (!only.matches(only.value, certificate)) throw refuse('its subject is not the registered one', 'F2-MT-01');
}

/** RFC 8705 section 2.1.2: one way to name the subject each. */
const subjects = [
  { member: 'tls_client_auth_subject_dn', matches: sameSubject },
  { member: 'tls_client_auth_san_dns', matches: (value: string, { san }: ClientCertificate) => san.dns.some((dns) => dns.toLowerCase() === value.toLowerCase()) },
  { member: 'tls_client_auth_san_uri', matches: (value: string, { san }: ClientCertificate) => san.uri.includes(value) },
  { member: 'tls_client_auth_san_ip', matches: (value: string, { san }: ClientCertificate) => san.ip.some((ip) => sameAddress(ip, value)) },
  { member: 'tls_client_auth_san_email', matches: (value: string, { san }: ClientCertificate) => san.email.some((email) => foldDomain(email) === foldDomain(value)) },
] as const;

function sameSubject(registered: string, { subject }: ClientCertificate): boolean {
  try {
    return sameName(parseName(registered), subject);
  } catch (cause) {
    throw refuse('the registered subject cannot be read', 'F2-MT-01', cause instanceof DistinguishedNameError ? cause : undefined);
  }
}

/** Addresses are compared by value: IPv6 has many spellings (RFC 8705 section 2.1.2). */
function sameAddress(a: string, b: string): boolean {
  const spelling = (address: string): string | undefined => {
    const family = isIP(address);
    if (family === 4) return address;
    return family === 6 && !address.includes('%') ? new URL(`http://[${address}]`).hostname : undefined;
  };
  const left = spelling(a);
  return left !== undefined && left === spelling(b);
}

/** The local part of an address counts as written, its domain does not (RFC 5280 section 7.5). */
function foldDomain(email: string): string {
  const at = email.lastIndexOf('@');
  return email.slice(0, at + 1) + email.slice(at + 1).toLowerCase();
}
