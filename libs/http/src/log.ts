import { pino, type DestinationStream, type Logger } from 'pino';

export type Log = Logger;

/** Members that never belong in a log, should one slip into a logged object. */
const secretNames = ['authorization', 'dpop', 'cookie', 'set-cookie', 'client-cert', 'client-cert-chain', 'ssl-client-cert', 'x-forwarded-client-cert', 'x-ssl-client-der'];
const secretMembers = ['password', 'client_assertion', 'code', 'code_verifier', 'access_token', 'refresh_token', 'id_token', 'token', 'request', 'privateKeyPem'];
const redactPaths = [
  ...secretNames.flatMap((name) => [`headers["${name}"]`, `*.headers["${name}"]`]),
  ...secretMembers.flatMap((name) => [`form.${name}`, `body.${name}`, `params.${name}`]),
];

/**
 * The process log: JSON lines on stdout. Requests are logged without bodies, queries and headers; the redaction
 * is the second line of defence.
 */
export function createLog(options: { readonly app: string; readonly level: string; readonly destination?: DestinationStream }): Log {
  // Written when the event loop is free; pino flushes what is left when the process exits.
  const destination = options.destination ?? standardOutput();
  return pino(
    {
      level: options.level,
      base: { app: options.app },
      redact: { paths: redactPaths, censor: '[redacted]' },
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: errorForLog },
    },
    destination,
  );
}

type Destination = ReturnType<typeof pino.destination>;
const destinations = new Set<Destination>();

function standardOutput(): Destination {
  // Without a least length, `flush` would answer before anything is written.
  const destination = pino.destination({ fd: 1, sync: false, minLength: 1 });
  destinations.add(destination);
  return destination;
}

/**
 * Writes out what is left, before the process exits. What cannot be written within `limitMs` is lost: the flush that
 * pino does at exit tries for ever when nobody reads our output any more, and the process would never end.
 */
export async function flushLogs(limitMs = 1000): Promise<void> {
  const flushed = [...destinations].map((destination) => new Promise<void>((resolve) => destination.flush(() => resolve())));
  const limit = new Promise((resolve) => setTimeout(resolve, limitMs));
  await Promise.race([Promise.all(flushed), limit]);
  for (const destination of destinations) destination.flushSync = () => undefined;
}

/** Type, message, stack and causes; no further members, which in driver and HTTP errors hold queries and headers. */
function errorForLog(error: unknown): unknown {
  if (!(error instanceof Error)) return error === undefined ? undefined : String(error);
  const { code } = error as NodeJS.ErrnoException;
  const cause = error.cause === undefined ? {} : { cause: errorForLog(error.cause) };
  return { type: error.name, message: error.message, stack: error.stack, ...(code === undefined ? {} : { code }), ...cause };
}
