import type { z } from 'zod';
import type { ConfigDocument } from './document.js';
import { overridesOf, withOverrides, type Environment, type Override } from './environment.js';
import { ConfigError, didYouMean, pathText, shown, type ConfigProblem, type Path } from './problem.js';
import { configSchema, type ConfigFile } from './schema/index.js';

/** The file's content, in shape, with the environment's values in it. */
export interface ReadConfig {
  readonly content: ConfigFile;
  /** The line of a problem: where the file says it, or which variable does. */
  lineFor(problem: ConfigProblem): string;
}

/** The shape of everything but clients' metadata. Throws `ConfigError` with every problem. */
export function readConfig(document: ConfigDocument, env: Environment): ReadConfig {
  const { data } = document;
  if (data === null || typeof data !== 'object' || Array.isArray(data)) {
    throw new ConfigError([`${document.name}: expected a mapping, found ${shown(data, [])}`]);
  }
  const overrides = overridesOf(env);
  const whole = withOverrides(data as Record<string, unknown>, overrides);
  const lineFor = (problem: ConfigProblem): string => `${placeOf(problem.path, document, overrides)}: ${problem.text}`;
  const parsed = configSchema.safeParse(whole);
  if (!parsed.success) {
    const lines = parsed.error.issues.flatMap((issue) => explain(issue, whole)).map(lineFor);
    throw new ConfigError([...new Set(lines)]);
  }
  return { content: parsed.data, lineFor };
}

function placeOf(path: Path, document: ConfigDocument, overrides: readonly Override[]): string {
  const override = overrides.find((one) => one.path.every((step, index) => step === path[index]));
  if (override) return `environment: ${override.variable}`;
  const line = document.lineOf(path);
  const place = line === undefined ? document.name : `${document.name}:${line}`;
  return path.length === 0 ? place : `${place}: ${pathText(path)}`;
}

/** An issue of the schema in our words. */
function explain(issue: z.core.$ZodIssue, data: unknown): ConfigProblem[] {
  const path = issue.path as Path;
  const found = shown(at(data, path), path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({ path: [...path, key], text: unknownKey(key, path) }));
    case 'custom':
      return [{ path, text: `expected ${issue.message}, found ${found}` }];
    case 'too_small':
      return [{ path, text: `expected at least one, found ${found}` }];
    case 'invalid_type':
      return [{ path, text: `expected ${kinds[issue.expected] ?? issue.expected}, found ${found}` }];
    default:
      return [{ path, text: `${issue.message}, found ${found}` }];
  }
}

const kinds: Readonly<Record<string, string>> = { object: 'a mapping', record: 'a mapping', array: 'a list', string: 'text' };

function unknownKey(key: string, path: Path): string {
  const allowed = keysAt(path);
  const meant = didYouMean(key, allowed);
  return meant ? `unknown key; did you mean ${meant}?` : `unknown key; expected one of ${allowed.join(', ')}`;
}

function at(data: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, step) => (value as Record<string | number, unknown> | null | undefined)?.[step], data);
}

/** The keys the schema knows at a path. */
function keysAt(path: Path): readonly string[] {
  let schema = bare(configSchema);
  for (const step of path) {
    const { element, shape } = schema as { element?: z.ZodType; shape?: Record<string, z.ZodType> };
    const next = typeof step === 'number' ? element : shape?.[step];
    if (!next) return [];
    schema = bare(next);
  }
  return Object.keys((schema as { shape?: object }).shape ?? {});
}

/** The schema under its `optional`, `default` and `prefault`. */
export function bare(schema: z.ZodType): z.ZodType {
  const { innerType } = schema.def as { innerType?: z.ZodType };
  return innerType ? bare(innerType) : schema;
}
