import type { FastifyReply, FastifyRequest } from 'fastify';

/** A signal for whatever waits on behalf of a request: aborted when the caller hangs up, has its answer, or the server closes. */
export function untilGone({ raw }: FastifyRequest, reply: FastifyReply, closing: AbortSignal): AbortSignal {
  const gone = new AbortController();
  const abort = (): void => {
    closing.removeEventListener('abort', abort);
    gone.abort();
  };
  reply.raw.once('close', abort);
  closing.addEventListener('abort', abort);
  if (closing.aborted || raw.socket.destroyed) abort();
  return gone.signal;
}
