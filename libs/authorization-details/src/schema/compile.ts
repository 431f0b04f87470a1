import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ValidateFunction } from 'ajv';
import type { DetailSchema } from '../detail-type.js';
import { verifyClosed } from './closed.js';
import { toldOf } from './expected.js';
import { formats } from './formats.js';

/** A schema, compiled: what is wrong with a value in words, or `undefined`. `where` is the path of the value. */
export interface CompiledSchema {
  /** As an authorization request must state it. */
  readonly whole: (value: object, where: string) => string | undefined;
  /** As a request that narrows may state it: members left out are those granted. */
  readonly part: (value: object, where: string) => string | undefined;
}

/** Compiles once, at start. Throws when the schema is not JSON Schema 2020-12, or leaves something open. */
export function compileSchema(type: string, schema: DetailSchema): CompiledSchema {
  verifyClosed(schema, type);
  const [whole, part] = [schema, withoutRequired(schema)].map((one) => compile(type, one as DetailSchema)) as [ValidateFunction, ValidateFunction];
  return { whole: (value, where) => fault(whole, schema, value, where), part: (value, where) => fault(part, schema, value, where) };
}

function compile(type: string, schema: DetailSchema): ValidateFunction {
  try {
    return ajv.compile(schema);
  } catch (cause) {
    throw new Error(`authorization detail type ${type}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** One for all: each would compile the meta-schema of JSON Schema anew. */
const ajv = new Ajv2020({
  strict: true,
  // Two alternatives and a bounded list are fine where a type means them.
  strictTypes: false,
  ownProperties: true,
  allErrors: false,
  formats: Object.fromEntries(Object.entries(formats).map(([name, { accepts }]) => [name, accepts])),
});

function fault(validate: ValidateFunction, schema: DetailSchema, value: object, where: string): string | undefined {
  if (validate(value)) return undefined;
  const error = validate.errors?.[0];
  return error ? toldOf(error, where, schema) : `${where} is not as its type describes it`;
}

function withoutRequired(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutRequired);
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([name, value]) => !((name === 'required' && Array.isArray(value)) || name === 'minProperties'))
      .map(([name, value]) => [name, withoutRequired(value)]),
  );
}
