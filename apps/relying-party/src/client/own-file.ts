import { StartupError } from '@assent/http';
import { readFile } from 'node:fs/promises';

/** A file only the client itself has. `StartupError` when it cannot be read. */
export async function readOwn(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new StartupError(`${file}: cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'}); npm start makes the demo clients’ keys and certificates`, { cause: error });
  }
}
