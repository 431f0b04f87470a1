import type { z } from 'zod';
import { otherVariables, pathsOf, variables } from './environment.js';
import { bare } from './read.js';
import { configSchema } from './schema/index.js';

/** One key of the configuration file, as docs/configuration.md tells it. */
export interface Row {
  /** `issuers[].lifetimes.code` */
  readonly key: string;
  readonly expected: string;
  readonly default: string;
  readonly means: string;
  /** Environment variables that override it. */
  readonly variables: readonly string[];
}

type Shape = Readonly<Record<string, z.ZodType>>;
const shapeOf = (schema: z.ZodType): Shape | undefined => (bare(schema) as { shape?: Shape }).shape;
const elementOf = (schema: z.ZodType): z.ZodType | undefined => (bare(schema) as { element?: z.ZodType }).element;
const metaOf = (schema: z.ZodType): { computed?: string; expected?: string } => (schema.meta() ?? {}) as { computed?: string; expected?: string };

/** Every key that the schema knows. */
export const rows = (): readonly Row[] => rowsOf(shapeOf(configSchema) ?? {}, '');

function rowsOf(shape: Shape, prefix: string): Row[] {
  return Object.entries(shape).flatMap(([name, schema]) => {
    const key = `${prefix}${name}`;
    const element = elementOf(schema);
    const inner = shapeOf(schema) ?? (element && shapeOf(element));
    // A server's own proxy has the keys of the common one.
    if (!inner || (name === 'proxy' && prefix !== '')) return [rowOf(key, schema)];
    const below = rowsOf(inner, `${key}${element ? '[]' : ''}.`);
    return element ? [rowOf(key, schema), ...below] : below;
  });
}

function rowOf(key: string, schema: z.ZodType): Row {
  return {
    key,
    expected: expectedOf(schema),
    default: defaultOf(schema),
    means: schema.description ?? '',
    variables: variables.filter((one) => pathsOf(one).some((path) => path.join('.') === key)).map(({ name }) => name),
  };
}

function expectedOf(schema: z.ZodType): string {
  const element = elementOf(schema);
  if (element) return shapeOf(element) ? 'a list of mappings' : `a list: ${expectedOf(element)}`;
  return metaOf(bare(schema)).expected ?? 'a mapping';
}

function defaultOf(schema: z.ZodType): string {
  const { computed } = metaOf(schema);
  if (computed !== undefined) return computed;
  const { defaultValue } = schema.def as { defaultValue?: unknown };
  if (typeof defaultValue === 'number' && expectedOf(schema).startsWith('a duration')) return `\`${durationText(defaultValue)}\``;
  if (defaultValue !== undefined) return Array.isArray(defaultValue) && defaultValue.length === 0 ? 'none' : `\`${told(defaultValue)}\``;
  return schema.def.type === 'optional' ? 'none' : '**required**';
}

function durationText(seconds: number): string {
  const [size, unit] = ([[86_400, 'd'], [3600, 'h'], [60, 'm']] as const).find(([one]) => seconds % one === 0) ?? [1, 's']; // prettier-ignore
  return `${seconds / size}${unit}`;
}

const told = (value: unknown): string => (Array.isArray(value) ? value.join(', ') : typeof value === 'object' ? '{}' : String(value));

/** The tables between the markers of docs/configuration.md, one for each section of the file. */
export function referenceText(): string {
  const all = rows();
  const top = [...new Set(all.map(({ key }) => sectionOf(key)))];
  const tables = top.map((section) => {
    const own = all.filter(({ key }) => sectionOf(key) === section);
    return `### ${section === '' ? 'The whole' : `\`${section}\``}\n\n${describe(section)}${table(own)}`;
  });
  return [...tables, `### Environment variables\n\n${environmentTable()}`].join('\n\n');
}

const sectionOf = (key: string): string => (key.includes('.') || key.includes('[') || elementOf(configSchema.shape[key as 'issuers'] as z.ZodType) ? key.replace(/[.[].*/, '') : '');

function describe(section: string): string {
  const text = (configSchema.shape as Shape)[section]?.description;
  return text ? `${text}\n\n` : '';
}

function table(own: readonly Row[]): string {
  const lines = own.map(({ key, expected, default: usual, means, variables: names }) => {
    const variable = names.map((name) => `<br>\`${name}\``).join('');
    return `| \`${key}\`${variable} | ${cell(means)} | ${cell(expected)} | ${cell(usual)} |`;
  });
  return ['| key | what it is | expected | default |', '| --- | --- | --- | --- |', ...lines].join('\n');
}

function environmentTable(): string {
  const overriding = variables.map((one) => ({ ...one, keys: pathsOf(one) })).map(({ name, keys, path, means, list }) => `| \`${name}\` | ${keys.length > 1 ? `every \`${path.at(-1)}\`` : `\`${path.join('.')}\``} | ${cell(means)}${list ? ' Several, separated by commas.' : ''} |`);
  const others = otherVariables.map(({ name, means }) => `| \`${name}\` | | ${cell(means)} |`);
  return ['| variable | key | what it is |', '| --- | --- | --- |', ...overriding, ...others].join('\n');
}

const cell = (text: string): string => text.replaceAll('|', '\\|');

export const referenceStart = '<!-- reference: made by `node libs/config/dist/write-reference.js`; change libs/config/src/schema instead -->';
export const referenceEnd = '<!-- end of reference -->';

/** The document with the reference of today. Throws when it has no markers. */
export function withReference(document: string): string {
  const start = document.indexOf(referenceStart);
  const end = document.indexOf(referenceEnd);
  if (start < 0 || end < start) throw new Error('docs/configuration.md lacks the markers of its reference');
  return `${document.slice(0, start)}${referenceStart}\n\n${referenceText()}\n\n${document.slice(end)}`;
}
