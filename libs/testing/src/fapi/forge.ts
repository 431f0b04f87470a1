import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';

/* Tokens no library would make: for requests that must be refused. */

type Members = Readonly<Record<string, unknown>>;

const encode = (value: unknown): string => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** Header and claims of a compact JWS, unverified. */
export function readJws(jws: string): { readonly header: Record<string, unknown>; readonly claims: Record<string, unknown> } {
  const [header = '', claims = ''] = jws.split('.');
  const decode = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
  return { header: decode(header), claims: decode(claims) };
}

/** `alg: none`: no signature at all. */
export const unsigned = (header: Members, claims: Members): string => `${encode({ ...header, alg: 'none' })}.${encode(claims)}.`;

/** HS256 under a public key as if it were a shared secret: the classic confusion (RFC 8725 section 2.1). */
export function hmacSigned(header: Members, claims: Members, publicKey: KeyObject): string {
  const input = `${encode({ ...header, alg: 'HS256' })}.${encode(claims)}`;
  const secret = publicKey.export({ type: 'spki', format: 'pem' });
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}

/** RS256: sound, but outside what FAPI allows. */
export function rs256Signed(header: Members, claims: Members, key: KeyObject): string {
  const input = `${encode({ ...header, alg: 'RS256' })}.${encode(claims)}`;
  return `${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}`;
}

/** ES256 under any P-256 key, header as given. */
export function es256Signed(header: Members, claims: Members, key: KeyObject): string {
  const input = `${encode({ ...header, alg: 'ES256' })}.${encode(claims)}`;
  return `${input}.${sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

/** The same text with one bit of its signature turned. */
export function withBrokenSignature(jws: string): string {
  const [header, claims, signature = ''] = jws.split('.');
  const bytes = Buffer.from(signature, 'base64url');
  bytes[5] = (bytes[5] ?? 0) ^ 1;
  return `${header}.${claims}.${bytes.toString('base64url')}`;
}

export const ecKey = (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
export const rsaKey = (bits = 2048): KeyObject => generateKeyPairSync('rsa', { modulusLength: bits }).privateKey;
export const publicOf = (key: KeyObject): KeyObject => createPublicKey(key);
export const privateFromJwk = (jwk: Members): KeyObject => createPrivateKey({ key: jwk as never, format: 'jwk' });
