import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';

/** A service of docker-compose.yml as far as running its command elsewhere needs it. */
export interface ComposeService {
  readonly command?: readonly string[];
  readonly image?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly volumes?: readonly string[];
  readonly network_mode?: string;
  readonly ports?: readonly string[];
}

export interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly volumes?: Readonly<Record<string, unknown>>;
}

/** Reads the file with its merge keys resolved; extension fields (`x-…`) stay. */
export async function readComposeFile(file: string): Promise<ComposeFile> {
  return parse(await readFile(file, 'utf8'), { merge: true }) as ComposeFile;
}

/** `${NAME}`, `${NAME:-default}` and `$$` as Compose replaces them. */
export function interpolate(text: string, env: Readonly<Record<string, string | undefined>>): string {
  return text.replace(/\$(?:\$|\{(\w+)(?::-([^}]*))?\})/g, (whole, name: string | undefined, fallback: string | undefined) => {
    if (whole === '$$' || name === undefined) return '$';
    return env[name] || fallback || '';
  });
}
