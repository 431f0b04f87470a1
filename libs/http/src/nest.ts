import { Catch, Module, type ArgumentsHost, type ExceptionFilter, type LoggerService } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { sendOAuthError } from './errors.js';
import type { Log } from './log.js';

/** Nest on an instance whose bodies, errors and unknown addresses are the edge's own. */
export class EdgeAdapter extends FastifyAdapter {
  constructor(private readonly fastify: FastifyInstance) {
    // The instance's type parameters differ from the adapter's in optional members only.
    super(fastify as never);
  }

  override setErrorHandler(): ReturnType<FastifyAdapter['setErrorHandler']> {
    return this.fastify as unknown as ReturnType<FastifyAdapter['setErrorHandler']>;
  }

  override setNotFoundHandler(): ReturnType<FastifyAdapter['setNotFoundHandler']> {
    return this.fastify as unknown as ReturnType<FastifyAdapter['setNotFoundHandler']>;
  }

  override registerParserMiddleware(): void {}
}

/** Whatever a controller throws is answered like anything else. */
@Catch()
export class EveryErrorFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    sendOAuthError(host.switchToHttp().getResponse<FastifyReply>(), error);
  }
}

@Module({})
export class EmptyModule {}

/** Nest's own lines in the process log; its start-up chatter at debug level. */
export function nestLogger(log: Log): LoggerService {
  const line = (level: 'debug' | 'warn' | 'error' | 'fatal') => (message: unknown, ...rest: unknown[]) => {
    const context = rest.at(-1);
    log[level]({ nest: typeof context === 'string' ? context : undefined, ...(message instanceof Error ? { err: message } : {}) }, message instanceof Error ? message.message : String(message));
  };
  return { log: line('debug'), debug: line('debug'), verbose: line('debug'), warn: line('warn'), error: line('error'), fatal: line('fatal') };
}
