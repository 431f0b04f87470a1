import { Form } from '@assent/protocol';
import type { FastifyRequest } from 'fastify';

/**
 * The request's form body, every pair kept. `invalid_request` 415 when the body is of another type, 400 when it is
 * not well-formed percent-encoded UTF-8. No body at all is an empty form.
 */
export function formOf(_request: FastifyRequest): Form {
  throw new Error('to come');
}

/** The request's query, every pair kept. `invalid_request` 400 when it is not well-formed percent-encoded UTF-8. */
export function queryOf(_request: FastifyRequest): Form {
  throw new Error('to come');
}

/** Every value a header was sent with, one per line of the request; `name` in lower case. */
export function headerValues(_request: FastifyRequest, _name: string): readonly string[] {
  throw new Error('to come');
}
