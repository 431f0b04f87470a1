import { invalidRequest } from '@assent/protocol';

/** What a receiver asks and tells when it polls (RFC 8936 section 2.4). */
export interface PollRequest {
  readonly maxEvents: number;
  readonly returnImmediately: boolean;
  readonly ack: readonly string[];
  readonly setErrs: readonly { readonly jti: string; readonly reason: string }[];
}

const limits = { events: 100, told: 1_000 };

/** Throws `invalid_request` for anything that is not as RFC 8936 section 2.4 has it; members it does not know are ignored. */
export function readPollRequest(body: unknown): PollRequest {
  if (body === null || typeof body !== 'object' || Array.isArray(body)) throw refused('the body must be a JSON object');
  const { maxEvents = limits.events, returnImmediately = false, ack = [], setErrs = {} } = body as Readonly<Record<string, unknown>>;
  if (typeof maxEvents !== 'number' || !Number.isInteger(maxEvents) || maxEvents < 0) throw refused('maxEvents must be a whole number');
  if (typeof returnImmediately !== 'boolean') throw refused('returnImmediately must be true or false');
  if (!Array.isArray(ack) || ack.length > limits.told || !ack.every(isJti)) throw refused(`ack must be a list of jti values, ${limits.told} at most`);
  if (setErrs === null || typeof setErrs !== 'object' || Array.isArray(setErrs) || Object.keys(setErrs).length > limits.told) throw refused(`setErrs must be an object with ${limits.told} members at most`);
  return {
    maxEvents: Math.min(maxEvents, limits.events),
    returnImmediately,
    ack: ack as readonly string[],
    setErrs: Object.entries(setErrs).map(([jti, error]) => ({ jti: known(jti), reason: codeOf(error) })),
  };
}

const refused = (why: string) => invalidRequest(why, 'ASSENT-EVT-02');
/** Ours are printable ASCII; anything else is a slip, and may be what PostgreSQL takes for no text. */
const isJti = (value: unknown): boolean => typeof value === 'string' && /^[\x21-\x7e]{1,100}$/.test(value);

function known(jti: string): string {
  if (!isJti(jti)) throw refused('each member of setErrs must be a jti value');
  return jti;
}

/** The error code alone: descriptions are free text of somebody else. */
function codeOf(error: unknown): string {
  const { err } = (error ?? {}) as { readonly err?: unknown };
  if (typeof err !== 'string' || !/^[a-zA-Z_]{1,50}$/.test(err)) throw refused('each member of setErrs must have an err, a code of RFC 8935 section 2.4');
  return err;
}
