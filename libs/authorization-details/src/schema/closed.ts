/**
 * Throws unless a schema closes every object and bounds every text and list: what a type forgets to bound, a client
 * may fill. A mistake of whoever wrote the type, found when the server starts.
 */
export function verifyClosed(schema: unknown, where: string): void {
  if (typeof schema !== 'object' || schema === null) return;
  const { type, additionalProperties, maxLength, maxItems, items } = schema as Record<string, unknown>;
  if (type === 'object' && additionalProperties !== false) throw fault(where, 'an object without additionalProperties: false');
  if (type === 'string' && typeof maxLength !== 'number' && !within(schema, 'format', ['currency', 'amount'])) throw fault(where, 'a text without maxLength');
  if (type === 'array' && (typeof maxItems !== 'number' || items === undefined)) throw fault(where, 'a list without items and maxItems');
  for (const [name, part] of Object.entries(schema)) if (name !== 'enum' && name !== 'const') verifyClosed(part, `${where}/${name}`);
}

/** Formats that bound the length themselves. */
const within = (schema: object, keyword: string, values: readonly string[]): boolean => values.includes((schema as Record<string, unknown>)[keyword] as string);

const fault = (where: string, what: string) => new Error(`authorization detail type ${where}: ${what}`);
