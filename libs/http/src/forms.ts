import { Form, invalidRequest, unsupportedMediaType } from '@assent/protocol';
import type { FastifyInstance, FastifyRequest } from 'fastify';

const mediaType = 'application/x-www-form-urlencoded';
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A form body as received; parsed when first asked for. */
class FormBody {
  private parsed: Form | undefined;
  constructor(private readonly text: string) {}
  get form(): Form {
    this.parsed ??= parseStrictly(this.text);
    return this.parsed;
  }
}

const empty = new FormBody('');
const queries = new WeakMap<FastifyRequest, Form>();

/**
 * The request's form body, every pair kept. `invalid_request` 415 when the body is of another type, 400 when it is
 * not well-formed percent-encoded UTF-8. No body at all is an empty form.
 */
export function formOf(request: FastifyRequest): Form {
  const { body } = request;
  if (body instanceof FormBody) return body.form;
  const absent = body === undefined || body === null;
  if (absent && (request.headers['content-type'] === undefined || isForm(request.headers['content-type']))) return empty.form;
  throw notAForm();
}

/** The request's query, every pair kept. `invalid_request` 400 when it is not well-formed percent-encoded UTF-8. */
export function queryOf(request: FastifyRequest): Form {
  let query = queries.get(request);
  if (query === undefined) {
    const url = request.raw.url ?? '';
    const at = url.indexOf('?');
    query = parseStrictly(at < 0 ? '' : url.slice(at + 1));
    queries.set(request, query);
  }
  return query;
}

/** Every value a header was sent with, one per line of the request; `name` in lower case. */
export function headerValues(request: FastifyRequest, name: string): readonly string[] {
  const { rawHeaders, headers } = request.raw;
  if (headers[name] === undefined) return [];
  const values: string[] = [];
  for (let i = 0; i < rawHeaders.length; i += 2) if (rawHeaders[i]?.toLowerCase() === name) values.push(rawHeaders[i + 1] ?? '');
  return values;
}

/** Teaches a Fastify instance forms (kept as text) and JSON; any other body is 415. */
export function registerBodies(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  const json = fastify.getDefaultJsonParser('error', 'error');
  fastify.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    // Many clients name a type on every request: a DELETE that names one and has no content is a good one.
    if (request.method === 'DELETE' && body === '') done(null, undefined);
    else void json(request, body, done);
  });
  fastify.addContentTypeParser(mediaType, { parseAs: 'buffer' }, (request, body, done) => {
    try {
      if (!isForm(request.headers['content-type'])) throw notAForm();
      done(null, new FormBody(decode(body as Buffer)));
    } catch (error) {
      done(error as Error);
    }
  });
}

/** The media type, with no charset but UTF-8: anything else would be read differently by the sender. */
function isForm(contentType: string | undefined): boolean {
  if (contentType === mediaType) return true;
  const [type = '', ...parameters] = (contentType ?? '').toLowerCase().split(';');
  return type.trim() === mediaType && parameters.every((parameter) => !/^\s*charset\s*=/.test(parameter) || /=\s*"?(utf-8|us-ascii)"?\s*$/.test(parameter));
}

const notAForm = () => unsupportedMediaType(`the body must be ${mediaType} in UTF-8`, 'ASSENT-HTTP-02');

function decode(body: Buffer): string {
  try {
    return utf8.decode(body);
  } catch (cause) {
    throw invalidRequest('the body is not UTF-8', 'ASSENT-FORM-03', cause);
  }
}

/** `URLSearchParams` replaces what it cannot decode; a parameter that was not what we read must not pass. */
function parseStrictly(text: string): Form {
  if (text.includes('%')) {
    try {
      decodeURIComponent(text);
    } catch (cause) {
      throw invalidRequest('parameters are not percent-encoded UTF-8', 'ASSENT-FORM-03', cause);
    }
  }
  if (text.includes('%00') || text.includes('\0')) throw invalidRequest('parameters must not hold NUL', 'ASSENT-FORM-03');
  return Form.parse(text);
}
