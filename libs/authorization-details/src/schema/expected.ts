import type { ErrorObject } from 'ajv';
import { formats, type FormatName } from './formats.js';

/** The first thing a schema found wrong, for a developer: where, and what is expected. No value of the request is in it. */
export function toldOf(error: ErrorObject, where: string, schema: { readonly properties?: object }): string {
  const path = where + pathOf(error.instancePath);
  const { keyword, params } = error as { keyword: string; params: Record<string, unknown> };
  switch (keyword) {
    case 'required':
      return `${path}.${String(params['missingProperty'])} is required`;
    case 'additionalProperties':
      return `${path} has ${memberName(params['additionalProperty'])}, which ${error.instancePath === '' ? `this type does not know; it knows ${Object.keys(schema.properties ?? {}).join(', ')}` : 'is not known there'}`;
    case 'enum':
      return `${path} must be one of ${(params['allowedValues'] as unknown[]).join(', ')}`;
    case 'format':
      return `${path} must be ${formats[params['format'] as FormatName]?.expected ?? 'as its type describes it'}`;
    case 'uniqueItems':
      return `${path} must not hold a value twice`;
    case 'pattern':
      return `${path} must match the pattern of its type`;
    default:
      // ajv's own words name the keyword's bound and nothing of the value: "must NOT have more than 70 characters".
      return `${path} ${error.message?.replace('NOT', 'not') ?? 'is not as its type describes it'}`;
  }
}

/** `/limits/perPayment`, `/actions/0` as a developer writes it. */
const pathOf = (pointer: string): string =>
  pointer.split('/').slice(1).map((step) => (/^\d+$/.test(step) ? `[${step}]` : `.${step}`)).join(''); // prettier-ignore

/** The name of an unknown member is the client's own text: repeated only where it is a plain word. */
const memberName = (name: unknown): string => (typeof name === 'string' && /^[A-Za-z][A-Za-z0-9_]{0,39}$/.test(name) ? `the member ${name}` : 'a member');
