import { invalidRequest, unsupportedMediaType } from '@assent/protocol';
import type { FastifyInstance } from 'fastify';

export type JsonObject = Readonly<Record<string, unknown>>;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** JSON bodies as received, and nothing else: any other type is 415, a longer one 413, before anybody looks at it. */
export function acceptJson(fastify: FastifyInstance, bodyLimit: number): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer', bodyLimit }, (request, body, done) => {
    if (isUtf8(request.headers['content-type'] ?? '')) done(null, body);
    else done(unsupportedMediaType('the body must be application/json in UTF-8', 'ASSENT-HTTP-02'));
  });
}

/** RFC 8259 section 8.1. */
const isUtf8 = (contentType: string): boolean => contentType.split(';').every((part) => !/^\s*charset\s*=/i.test(part) || /=\s*"?utf-8"?\s*$/i.test(part));

/** The one object of a JSON text (RFC 8259). `invalid_request` for anything else, and for a member that is named twice: readers differ about its value. */
export function readJsonObject(body: unknown): JsonObject {
  if (!Buffer.isBuffer(body)) throw invalidRequest('a JSON body is required', 'ASSENT-RS-04');
  const text = decoded(body);
  const value = parsed(text);
  if (!isObject(value)) throw invalidRequest('the body must be one JSON object', 'ASSENT-RS-04');
  // Parsed, a repeated member is there once; in the text it is as often as it was written.
  if (namesIn(text) !== membersOf(value)) throw invalidRequest('the body names a member twice', 'ASSENT-RS-04');
  return value;
}

function decoded(body: Buffer): string {
  try {
    return utf8.decode(body);
  } catch (cause) {
    throw invalidRequest('the body is not UTF-8', 'ASSENT-RS-04', cause);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalidRequest('the body is not JSON', 'ASSENT-RS-04', cause);
  }
}

export const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Strings followed by a colon, in text that is known to be JSON. */
function namesIn(text: string): number {
  let names = 0;
  for (const [, colon] of text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)) if (colon !== undefined) names += 1;
  return names;
}

function membersOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const inside = Object.values(value).reduce<number>((sum, each) => sum + membersOf(each), 0);
  return Array.isArray(value) ? inside : inside + Object.keys(value).length;
}
