import { decodeBase64url } from '../base64url.js';
import { parseStrictObject, type JsonObject } from '../strict-json.js';
import { malformed } from './jws-error.js';

export interface JwsHeader {
  readonly alg: string;
  readonly kid?: string;
  readonly typ?: string;
  readonly [parameter: string]: unknown;
}

export interface ParsedJws {
  readonly header: JwsHeader;
  readonly payloadBytes: Buffer;
  /** The payload as a JSON object; `JwsError` malformed when it is none. Parsed once. */
  payload(): JsonObject;
  readonly signingInput: Buffer;
  readonly signature: Buffer;
}

/** Longest compact serialisation looked at: far above any honest proof, assertion or token. */
export const maxJwsLength = 16_384;

/**
 * Takes a compact JWS apart (RFC 7515 section 5.2) without verifying it. `JwsError` malformed unless it is exactly
 * three canonical base64url parts with a JSON object as header. `crit` and `b64` are refused: no extension is
 * understood here (RFC 7515 section 4.1.11, RFC 7797 section 6).
 */
export function parseJws(compact: string): ParsedJws {
  if (typeof compact !== 'string') throw malformed('not a compact JWS');
  if (compact.length > maxJwsLength) throw malformed('the JWS is too long');
  const first = compact.indexOf('.');
  const second = compact.indexOf('.', first + 1);
  if (first < 1 || second < 0 || compact.includes('.', second + 1)) throw malformed('a compact JWS has three parts');
  const header = parseHeader(compact.slice(0, first));
  const payloadBytes = decodeBase64url(compact.slice(first + 1, second));
  const signature = decodeBase64url(compact.slice(second + 1));
  if (!payloadBytes || !signature) throw malformed('a part of the JWS is not canonical base64url');
  return new Parsed(header, payloadBytes, Buffer.from(compact.slice(0, second), 'latin1'), signature);
}

function parseHeader(part: string): JwsHeader {
  const bytes = decodeBase64url(part);
  const header = bytes && parseStrictObject(bytes);
  if (!header) throw malformed('the JWS header is not one JSON object with unique names');
  for (const name of ['alg', 'kid', 'typ', 'cty'] as const) {
    const value = header[name];
    if (value !== undefined && typeof value !== 'string') throw malformed(`${name} of the JWS header must be a string`);
  }
  if (typeof header['alg'] !== 'string') throw malformed('the JWS header has no alg');
  if (Object.hasOwn(header, 'crit')) throw malformed('the JWS header names critical extensions');
  if (Object.hasOwn(header, 'b64')) throw malformed('b64 is not supported');
  return header as JsonObject & JwsHeader;
}

class Parsed implements ParsedJws {
  private claims: JsonObject | undefined;

  constructor(
    readonly header: JwsHeader,
    readonly payloadBytes: Buffer,
    readonly signingInput: Buffer,
    readonly signature: Buffer,
  ) {}

  payload(): JsonObject {
    this.claims ??= parseStrictObject(this.payloadBytes);
    if (!this.claims) throw malformed('the JWS payload is not one JSON object with unique names');
    return this.claims;
  }
}
