import type { Policy, PolicySource } from '../policy.js';

/** One thing wrong with a client's metadata, where it is, and what would be right. */
export interface ClientProblem {
  /** Where, from the metadata's root: `redirect_uris[0]`, `jwks.keys[1].n`; empty for the whole. */
  readonly path: readonly (string | number)[];
  /** In words, without the value's name: `expected an https URL, found "http://x"`. */
  readonly problem: string;
  readonly expected: string;
  readonly clause: string;
  /** The error code of RFC 7591 section 3.2.2. */
  readonly code: 'invalid_client_metadata' | 'invalid_redirect_uri';
}

/** Collects the problems and warnings of one client's metadata. */
export class Findings {
  readonly problems: ClientProblem[] = [];
  readonly warnings: ClientProblem[] = [];

  constructor(private readonly sources: Partial<Record<keyof Policy, PolicySource>> = {}) {}

  /** The clause behind a value of the profile, without remarks; `otherwise` where the value is ours. */
  clauseOf(key: keyof Policy, otherwise: string): string {
    const [clause = ''] = (this.sources[key] ?? '').split(/[;:]|, /);
    return clause === '' || clause.startsWith('ours') ? otherwise : clause;
  }

  /** `found` undefined: the member is missing. Pass no `found` that is a secret. */
  problem(path: readonly (string | number)[], expected: string, found: unknown, clause: string): undefined {
    this.problems.push(finding(path, expected, found, clause));
    return undefined;
  }

  warn(path: readonly (string | number)[], problem: string, clause: string): undefined {
    this.warnings.push({ path, problem, expected: '', clause, code: 'invalid_client_metadata' });
    return undefined;
  }
}

function finding(path: readonly (string | number)[], expected: string, found: unknown, clause: string): ClientProblem {
  const code = path[0] === 'redirect_uris' ? 'invalid_redirect_uri' : 'invalid_client_metadata';
  return { path, problem: `expected ${expected}, found ${shown(found)}`, expected, clause, code };
}

/** What was found, told in words instead of shown. */
export class InWords {
  constructor(readonly text: string) {}
}

/** A found value as a message shows it: short, on one line. */
export function shown(value: unknown): string {
  if (value instanceof InWords) return value.text;
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (value !== null && typeof value === 'object') return 'a mapping';
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}…"` : text;
}
