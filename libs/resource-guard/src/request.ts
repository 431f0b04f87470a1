import { invalidRequest } from '@assent/protocol';
import type { ResourceRequest, Scheme } from './options.js';

/** Every value of a header, in order; `name` in lower case. */
export function headerValues(rawHeaders: readonly string[], name: string): string[] {
  const values: string[] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    if (rawHeaders[i]!.toLowerCase() === name) values.push(rawHeaders[i + 1]!);
  }
  return values;
}

export interface Credentials {
  readonly scheme: Scheme;
  readonly token: string;
}

const authorization = /^([A-Za-z][A-Za-z0-9!#$%&'*+.^_`|~-]*)(?: +(.*))?$/;
const token68 = /^[A-Za-z0-9._~+/-]+=*$/;
const schemes: Readonly<Record<string, Scheme>> = { dpop: 'DPoP', bearer: 'Bearer' };

/**
 * The access token of a request and the scheme it came under, case-insensitively (RFC 6750 section 2.1, RFC 9449
 * section 7.1); `undefined` when it carries none. Throws `invalid_request` for a token in the query (F2-RS-02), for
 * more than one `Authorization` header (F2-DP-20) and for a malformed one. Bodies are never looked at.
 */
export function readCredentials(request: ResourceRequest): Credentials | undefined {
  const query = request.url.indexOf('?');
  if (query >= 0 && new URLSearchParams(request.url.slice(query + 1)).has('access_token')) {
    throw invalidRequest('send the access token in the Authorization header only', 'F2-RS-02');
  }
  const [value, ...more] = headerValues(request.headers, 'authorization');
  if (value === undefined) return undefined;
  if (more.length > 0) throw invalidRequest('more than one Authorization header', 'F2-DP-20');
  const [, name = '', token = ''] = authorization.exec(value.trim()) ?? [];
  const scheme = schemes[name.toLowerCase()];
  if (!scheme) return undefined;
  if (!token68.test(token)) throw invalidRequest('malformed access token', 'F2-RS-01');
  return { scheme, token };
}

/**
 * The URL a proof's `htu` must name: this server's public base with the request's path. Host and scheme never come
 * from the request: with an absolute-form target a caller could otherwise pass off a proof made for another server.
 */
export function publicUrlOf(target: string, base: string): string {
  const path = target.startsWith('/') ? target.replace(/[?#].*$/s, '') : URL.canParse(target) ? new URL(target).pathname : '/';
  return base + path;
}
