import { Catch, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { OAuthError } from '@assent/protocol';

/** Renders refusals of the guard (and any other `OAuthError`) as RFC 6750 section 3 says, on any HTTP platform. */
@Catch(OAuthError)
export class OAuthErrorFilter implements ExceptionFilter<OAuthError> {
  constructor(@Inject(HttpAdapterHost) private readonly host: HttpAdapterHost) {}

  catch(error: OAuthError, host: ArgumentsHost): void {
    const { httpAdapter } = this.host;
    const response: unknown = host.switchToHttp().getResponse();
    const headers = { ...error.headers, 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' };
    for (const [name, value] of Object.entries(headers)) httpAdapter.setHeader(response, name, value);
    httpAdapter.reply(response, error.body(), error.status);
  }
}
