import type { DecodedJwt, Pair } from './exchange.js';

/** Parameters, members and headers whose value is a credential. */
const secret = new Set([
  'access_token', 'refresh_token', 'id_token', 'code', 'code_verifier', 'state', 'client_assertion', 'client_secret', 'token', 'request_uri',
  'authorization', 'dpop', 'cookie', 'set-cookie', 'csrf', 'password', 'subject_token', 'actor_token', 'id_token_hint', 'request', 'response', 'auth_req_id', 'client_notification_token',
]); // prettier-ignore
/** Their values are addresses, which may carry credentials in the query. */
const addresses = new Set(['location', 'content-location']);
const shown = 8;
const longestBody = 6000;
const jwt = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*$/;

/** The first 8 characters of a credential, which tell two of them apart and are of no use to anyone. */
export function cut(value: string): string {
  return value.length <= shown ? '…' : `${value.slice(0, shown)}… (${value.length} characters)`;
}

/**
 * A request_uri keeps its public prefix, an authorization header its scheme, an address everything but the credentials
 * in its query. A JWT is cut wherever it stands.
 */
export function redactPair([name, value]: Pair): Pair {
  const known = name.toLowerCase();
  if (addresses.has(known) && value.includes('?')) return [name, redactUrl(value)];
  if (!secret.has(known) && decodeJwt(name, value) === undefined) return [name, value];
  const prefix = /^(?:urn:ietf:params:oauth:request_uri:|(?:Bearer|DPoP)\s+)/i.exec(value)?.[0] ?? '';
  return [name, prefix + cut(value.slice(prefix.length))];
}

/** The address, also one relative to where it stood, with credentials in its query cut. */
export function redactUrl(text: string): string {
  const [address = '', query] = text.split('#')[0]?.split(/\?(.*)/s) ?? [];
  if (query === undefined) return address;
  const pairs = [...new URLSearchParams(query)].map(redactPair);
  return `${address}?${pairs.map(([name, value]) => `${name}=${value}`).join('&')}`;
}

/** A body to look at: JSON indented, a page as the words a person reads, at most 6,000 characters, credentials cut. */
export function redactBody(text: string): string {
  const told = redactJson(text) ?? (text.trimStart().startsWith('<') ? wordsOf(text) : redactPair(['body', text])[1]);
  return told.length > longestBody ? `${told.slice(0, longestBody)}…` : told;
}

function redactJson(text: string): string | undefined {
  try {
    return JSON.stringify(JSON.parse(text), (name, value: unknown) => (typeof value === 'string' ? redactPair([name, value])[1] : value), 2);
  } catch {
    return undefined;
  }
}

/** Attributes, where hidden fields keep their values, go with the tags. */
const wordsOf = (html: string): string =>
  html
    .replace(/<[^<>]*>/g, '\n')
    .replace(/&(amp|lt|gt|quot|#39);/g, (_, name: keyof typeof entities) => entities[name])
    .replace(/\s*\n\s*/g, '\n')
    .trim();
const entities = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

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
