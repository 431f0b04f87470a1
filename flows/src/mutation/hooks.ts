import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { patches } from './patches.js';

/*
 * Loads the servers with switches in them: whoever throws a refusal is asked whether its control is off, and the places
 * of `patches` likewise. Exists in test processes only; the servers know nothing of it.
 */

interface Loaded {
  readonly format: string;
  readonly source: string;
  readonly shortCircuit: boolean;
}

const servers = /\/(?:libs|apps)\/(?!threat-model\/|testing\/)[\w-]+\/dist\/.*\.js$/;
const throwing = /\bthrow (.+);$/gm;

/** The loader hook of Node. Throws when a patch does not fit any more. */
export async function load(url: string, context: unknown, next: (url: string, context: unknown) => Promise<Loaded>): Promise<Loaded> {
  if (!url.startsWith('file:') || !servers.test(url)) return next(url, context);
  let source = await readFile(fileURLToPath(url), 'utf8');
  for (const { file, find, put, control } of patches.filter((patch) => url.endsWith(`/${patch.file}`))) {
    if (!source.includes(find)) throw new Error(`${file} has no ${find}: the patch for ${control} is out of date`);
    source = source.replace(find, () => put.replaceAll('OFF', `globalThis.assentSwitches?.isOff('${control}')`));
  }
  source = source.replace(throwing, (_, thrown: string) => `{ const assentRefusal = ${thrown}; if (!globalThis.assentSwitches?.lets(assentRefusal)) throw assentRefusal; }`);
  return { format: 'module', source, shortCircuit: true };
}
