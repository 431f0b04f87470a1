import { constants, createHash, createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, sign, verify, type KeyObject } from 'node:crypto';

/* A signer that shares nothing with the servers: it also makes what no library would. */

export type Members = Readonly<Record<string, unknown>>;

export interface Key {
  readonly alg: string;
  readonly kid?: string | undefined;
  readonly privateKey: KeyObject;
}

export const keyOf = (jwk: Members, alg?: string): Key => ({ alg: alg ?? (typeof jwk['alg'] === 'string' ? jwk['alg'] : 'ES256'), kid: jwk['kid'] as string | undefined, privateKey: createPrivateKey({ key: jwk as never, format: 'jwk' }) });
export const newKey = (): Key => ({ alg: 'ES256', privateKey: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey });
export const publicJwkOf = ({ privateKey }: Key): Members => createPublicKey(privateKey).export({ format: 'jwk' }) as Members;

/** RFC 7638. */
export function thumbprintOf(key: Key): string {
  const { kty, crv, x, y, n, e } = publicJwkOf(key);
  const members = kty === 'EC' ? { crv, kty, x, y } : kty === 'RSA' ? { e, kty, n } : { crv, kty, x };
  return createHash('sha256').update(JSON.stringify(members)).digest('base64url');
}

export const random = (bytes = 32): string => randomBytes(bytes).toString('base64url');
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64url');
const encode = (members: Members): string => Buffer.from(JSON.stringify(members)).toString('base64url');

export function signed(header: Members, claims: Members, { alg, privateKey }: Key): string {
  const input = `${encode({ ...header, alg })}.${encode(claims)}`;
  return `${input}.${signature(alg, Buffer.from(input), privateKey).toString('base64url')}`;
}

export function signature(alg: string, input: Buffer, key: KeyObject): Buffer {
  if (alg === 'PS256') return sign('sha256', input, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 });
  if (alg === 'EdDSA' || alg === 'Ed25519') return sign(null, input, key);
  return sign('sha256', input, { key, dsaEncoding: 'ieee-p1363' });
}

/** `alg: none` (RFC 8725 section 2.1). */
export const unsigned = (header: Members, claims: Members): string => `${encode({ ...header, alg: 'none' })}.${encode(claims)}.`;

/** HMAC under the public key as if it were a secret. */
export function hmacSigned(header: Members, claims: Members, key: Key): string {
  const input = `${encode({ ...header, alg: 'HS256' })}.${encode(claims)}`;
  return `${input}.${createHmac('sha256', createPublicKey(key.privateKey).export({ type: 'spki', format: 'pem' })).update(input).digest('base64url')}`;
}

/** The same signature under other claims. */
export function tampered(jws: string, change: (claims: Record<string, unknown>) => void): string {
  const [header = '', payload = '', rest = ''] = jws.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
  change(claims);
  return `${header}.${encode(claims)}.${rest}`;
}

/** Header and claims, unverified; `undefined` for text that is no JWT. */
export function readJwt(text: string): { readonly header: Members; readonly claims: Members } | undefined {
  const [header, claims] = text.split('.');
  try {
    const read = (part: string | undefined): Members => JSON.parse(Buffer.from(part ?? '', 'base64url').toString()) as Members;
    return { header: read(header), claims: read(claims) };
  } catch {
    return undefined;
  }
}

/** Whether one of these public keys made the signature. `none`, HMAC and strangers’ keys never did. */
export function isSignedBy(jws: string, keys: readonly Members[]): boolean {
  const [header = '', payload = '', signed = ''] = jws.split('.');
  const { alg, kid } = readJwt(jws)?.header ?? {};
  const fitting = keys.filter((key) => (kid === undefined || key['kid'] === kid) && key['use'] !== 'enc');
  return fitting.some((jwk) => verifies(String(alg), Buffer.from(`${header}.${payload}`), Buffer.from(signed, 'base64url'), createPublicKey({ key: jwk as never, format: 'jwk' })));
}

function verifies(alg: string, input: Buffer, made: Buffer, key: KeyObject): boolean {
  if (alg === 'PS256') return key.asymmetricKeyType === 'rsa' && verify('sha256', input, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }, made);
  if (alg === 'EdDSA' || alg === 'Ed25519') return key.asymmetricKeyType === 'ed25519' && verify(null, input, key, made);
  return alg === 'ES256' && key.asymmetricKeyType === 'ec' && verify('sha256', input, { key, dsaEncoding: 'ieee-p1363' }, made);
}
