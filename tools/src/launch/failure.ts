import { ConfigError } from '@assent/config';

/** A reason not to start, or to stop, that one line tells a person: what is wrong and what to change. */
export class Failure extends Error {
  override readonly name = 'Failure';
}

/** The line to print for anything thrown while starting; a configuration may have several problems, a line each. */
export function explain(error: unknown): string {
  if (error instanceof Failure || error instanceof ConfigError) return error.message;
  const { code, path, message } = error as NodeJS.ErrnoException;
  if (path !== undefined && (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')) return unwritable(path, code);
  if (code === 'ENOSPC') return `The disk is full${path === undefined ? '' : `: ${path} cannot be written`}.`;
  return String(message ?? error).split('\n')[0]!;
}

function unwritable(path: string, code: string): string {
  const why = code === 'EROFS' ? 'the file system is read-only' : `it belongs to another user${process.getuid ? ` (you are uid ${process.getuid()})` : ''}`;
  return `Cannot write ${path}: ${why}. Give it to this user, or choose another data folder with dataFolder (ASSENT_DATA_FOLDER).`;
}
