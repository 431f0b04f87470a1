/** Something about the database that an operator can put right: one line that names what to change. */
export class DatabaseError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'DatabaseError';
  }
}

/** A connection URL without its password, for messages. */
export function withoutPassword(url: string): string {
  try {
    const parsed = new URL(url);
    parsed.password = '';
    return parsed.href;
  } catch {
    return '(not a URL)';
  }
}

/** SQLSTATE classes and codes: connection, resources, operator's intervention (a statement's time-out among them). */
const passing = /^(08...|53...|57P0.|57014|55P03)$/;
const lost = new Set(['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'ENOTFOUND']);

/**
 * Whether the database could not answer at the moment: no connection free in time, none to be had, or no answer on it.
 * The same may work a little later; what a statement that got no answer has done is not known.
 */
export function isUnavailable(error: unknown): boolean {
  const { code, message } = (error ?? {}) as { readonly code?: unknown; readonly message?: unknown };
  if (typeof code === 'string') return passing.test(code) || lost.has(code);
  return typeof message === 'string' && /^(timeout exceeded when trying to connect|Connection terminated)/.test(message);
}
