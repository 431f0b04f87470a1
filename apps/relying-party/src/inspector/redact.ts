import type { DecodedJwt, Pair } from './exchange.js';

/** Parameters, members and headers whose value is a credential. */
const secret = new Set([
  'access_token', 'refresh_token', 'id_token', 'code', 'code_verifier', 'client_assertion', 'token', 'request_uri',
  'authorization', 'dpop', 'cookie', 'set-cookie', 'csrf', 'subject_token', 'id_token_hint', 'response',
]);
const shown = 8;
const jwt = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*$/;

/** The first 8 characters of a credential, which tell two of them apart and are of no use to anyone. */
export function cut(value: string): string {
  return value.length <= shown ? '…' : `${value.slice(0, shown)}… (${value.length} characters)`;
}

/** A request_uri keeps its public prefix, an authorization header its scheme. */
export function redactPair([name, value]: Pair): Pair {
  if (!secret.has(name.toLowerCase())) return [name, value];
  const prefix = /^(?:urn:ietf:params:oauth:request_uri:|(?:Bearer|DPoP)\s+)/i.exec(value)?.[0] ?? '';
  return [name, prefix + cut(value.slice(prefix.length))];
}

/** The address with credentials in its query cut. */
export function redactUrl(text: string): string {
  const url = new URL(text);
  if (url.search === '') return text;
  const pairs = [...url.searchParams].map(redactPair);
  return `${url.origin}${url.pathname}?${pairs.map(([name, value]) => `${name}=${value}`).join('&')}`;
}

/** A JSON body with credentials cut and two-space indentation; other text as it is, at most 4,000 characters. */
export function redactBody(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), (name, value: unknown) => (typeof value === 'string' ? redactPair([name, value])[1] : value), 2);
  } catch {
    return text.length > 4000 ? `${text.slice(0, 4000)}…` : text;
  }
}

/** Header and claims of a JWT, unverified: for reading only. `undefined` when the text is none. */
export function decodeJwt(where: string, text: string): DecodedJwt | undefined {
  const [header, claims] = text.split('.');
  if (!jwt.test(text) || header === undefined || claims === undefined) return undefined;
  try {
    return { where, header: parsePart(header), claims: parsePart(claims) };
  } catch {
    return undefined;
  }
}

const parsePart = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as unknown;
