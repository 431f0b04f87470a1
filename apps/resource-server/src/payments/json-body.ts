import { isUtf8 } from 'node:buffer';
import { parseStrictJson } from '@assent/crypto';
import { invalidRequest, unsupportedMediaType } from '@assent/protocol';
import type { FastifyInstance } from 'fastify';

export type JsonObject = Readonly<Record<string, unknown>>;

/** JSON bodies as received, and nothing else: any other type is 415, a longer one 413, before anybody looks at it. */
export function acceptJson(fastify: FastifyInstance, bodyLimit: number): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer', bodyLimit }, (request, body, done) => {
    if (saysUtf8(request.headers['content-type'] ?? '')) done(null, body);
    else done(unsupportedMediaType('the body must be application/json in UTF-8', 'ASSENT-HTTP-02'));
  });
}

/** RFC 8259 section 8.1. */
const saysUtf8 = (contentType: string): boolean => contentType.split(';').every((part) => !/^\s*charset\s*=/i.test(part) || /=\s*"?utf-8"?\s*$/i.test(part));

/**
 * The one object of a JSON text (RFC 8259). `invalid_request` for anything else, and for a member that is named twice:
 * readers differ about its value.
 */
export function readJsonObject(body: unknown): JsonObject {
  const value = Buffer.isBuffer(body) && isUtf8(body) ? parseStrictJson(body.toString('utf8'))?.value : undefined;
  if (!isObject(value)) throw invalidRequest('the body must be one JSON object in UTF-8 that names no member twice', 'ASSENT-RS-04');
  return value;
}

export const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);
