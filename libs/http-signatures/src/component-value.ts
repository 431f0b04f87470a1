import { serializeByteSequence } from 'structured-headers';
import type { Component, DerivedName } from './component.js';
import { fieldLines, fieldValue } from './field-value.js';
import { badComponent } from './http-signature-error.js';
import { isRequest, type HttpMessage, type HttpRequest } from './message.js';
import { memberOf, strictly, type StructuredType } from './structured-field.js';

export interface Around {
  /** The request a response answers: where `req` components come from. */
  readonly request?: HttpRequest | undefined;
  /** Structured types of fields that are not registered ones. */
  readonly structuredTypes?: Readonly<Record<string, StructuredType>>;
}

/** The value of one component (RFC 9421 sections 2.1 to 2.4). `HttpSignatureError` component when the message has none. */
export function componentValue(component: Component, message: HttpMessage, around: Around = {}): string {
  const source = component.req ? requestOf(message, around) : message;
  return component.name.startsWith('@') ? derivedValue(component, source) : valueOfField(component, source, around);
}

function requestOf(message: HttpMessage, { request }: Around): HttpRequest {
  if (isRequest(message) || !request) throw badComponent('req components belong into the signature of a response to a known request');
  return request;
}

function valueOfField({ name, sf, key, bs, tr }: Component, message: HttpMessage, { structuredTypes }: Around): string {
  const fields = tr ? (message.trailers ?? []) : message.headers;
  if (bs) {
    const lines = fieldLines(fields, name);
    if (!lines) throw absent(name);
    return lines.map((line) => serializeByteSequence(Buffer.from(line, 'latin1'))).join(', ');
  }
  const value = fieldValue(fields, name);
  if (value === undefined) throw absent(name);
  if (key !== undefined) return memberOf(name, value, key);
  return sf ? strictly(name, value, structuredTypes) : value;
}

const absent = (name: string) => badComponent(`${name} is covered, and the message has none`);

function derivedValue(component: Component, message: HttpMessage): string {
  const name = component.name as DerivedName;
  if (name === '@status') {
    if (isRequest(message)) throw badComponent('a request has no @status');
    return String(message.status);
  }
  if (!isRequest(message)) throw badComponent(`a response has no ${name}: use req`);
  return printable(name, ofRequest(name, component, message));
}

function ofRequest(name: Exclude<DerivedName, '@status'>, component: Component, request: HttpRequest): string {
  switch (name) {
    case '@method':
      return request.method;
    case '@target-uri':
      return targetUri(request);
    case '@authority':
      return authority(request);
    case '@scheme':
      return request.scheme.toLowerCase();
    case '@request-target':
      return request.target;
    case '@path':
      return pathAndQuery(request).path;
    case '@query':
      return `?${pathAndQuery(request).query ?? ''}`;
    case '@query-param':
      return queryParameter(pathAndQuery(request).query ?? '', component.of ?? '');
  }
}

function printable(name: string, value: string): string {
  if (!/^[\x20-\x7e]*$/.test(value)) throw badComponent(`${name} is not ASCII text`);
  return value;
}

/** Lower case, without the port of the scheme (RFC 9421 section 2.2.3). */
function authority({ scheme, authority: given }: HttpRequest): string {
  const [usual, ending] = scheme.toLowerCase() === 'http' ? [':80', -3] : [':443', -4];
  const lower = given.toLowerCase();
  return lower.endsWith(usual) ? lower.slice(0, ending) : lower;
}

const isAbsolute = (target: string): boolean => /^[A-Za-z][A-Za-z0-9+.-]{0,30}:\/\//.test(target);

function targetUri(request: HttpRequest): string {
  const { target, method } = request;
  if (isAbsolute(target)) return target;
  if (method === 'CONNECT') throw badComponent('CONNECT has no @target-uri');
  return `${request.scheme.toLowerCase()}://${authority(request)}${target === '*' ? '' : target}`;
}

/** As they were sent: percent-encoding is left alone, and only an empty path becomes a slash (RFC 9421 section 2.2.6). */
function pathAndQuery({ target, method }: HttpRequest): { readonly path: string; readonly query: string | undefined } {
  if (method === 'CONNECT' || target === '*') return { path: '/', query: undefined };
  let local = target;
  if (isAbsolute(target)) {
    const start = target.slice(target.indexOf('://') + 3).search(/[/?]/);
    local = start < 0 ? '' : target.slice(target.indexOf('://') + 3 + start);
  }
  const mark = local.indexOf('?');
  const path = mark < 0 ? local : local.slice(0, mark);
  return { path: path === '' ? '/' : path, query: mark < 0 ? undefined : local.slice(mark + 1) };
}

/** One query parameter, which must stand there once (RFC 9421 section 2.2.8). */
function queryParameter(query: string, wanted: string): string {
  const found = [...new URLSearchParams(query)].filter(([name]) => formEncoded(name) === wanted);
  const [only, ...more] = found;
  if (!only) throw badComponent('@query-param names a parameter that is not there');
  if (more.length > 0) throw badComponent('@query-param names a parameter that is there more than once');
  return formEncoded(only[1]);
}

/** The percent-encode set of forms, spaces as %20. */
const formEncoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
