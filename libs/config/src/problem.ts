export type Path = readonly (string | number)[];

/** One thing wrong with the configuration. */
export interface ConfigProblem {
  readonly path: Path;
  /** `expected …, found …`. */
  readonly text: string;
}

/** The configuration cannot be used. `message` has one line per problem: `file:line: path: expected …, found …`. */
export class ConfigError extends Error {
  constructor(readonly lines: readonly string[]) {
    super(lines.join('\n'));
    this.name = 'ConfigError';
  }
}

/** `issuers[0].clients[2].redirect_uris[0]` */
export function pathText(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    const name = /^[\w#-]+$/.test(step) ? step : JSON.stringify(step);
    return text === '' ? name : `${text}.${name}`;
  }, '');
}

const secretNames = new Set(['password', 'passwordHash']);
const isSecret = (path: Path): boolean => secretNames.has(String(path.at(-1))) || path.join('.') === 'database.url';

/** A found value as a message shows it: on one line, shortened, secrets left out. */
export function shown(value: unknown, path: Path): string {
  if (value === undefined || value === null) return 'nothing';
  if (isSecret(path)) return 'something else';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'a mapping';
  const text = JSON.stringify(value);
  return text.length > 100 ? `${text.slice(0, 97)}…"` : text;
}

/** The closest of the allowed names, when one is close enough to be meant. */
export function didYouMean(name: string, allowed: readonly string[]): string | undefined {
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[_-]/g, '');
  const ranked = allowed.map((one) => ({ one, distance: editDistance(plain(name), plain(one)) }));
  ranked.sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best && best.distance <= Math.max(2, Math.floor(name.length / 3)) ? best.one : undefined;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
