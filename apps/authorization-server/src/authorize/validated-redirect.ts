import type { OAuthError } from '@assent/protocol';
import type { OpenRequest } from './open-request.js';

/**
 * Where an answer may be sent: the redirect URI of a request that was found, in time and bound to its client. There is
 * no other way to make one, so an unchecked address cannot be redirected to (F2-AS-07). Every answer carries the exact
 * issuer (F2-AZ-09, RFC 9207) and the `state` of the pushed request, when it had one (F2-AZ-22, F2-AZ-23).
 */
export class ValidatedRedirect {
  private constructor(
    private readonly redirectUri: string,
    private readonly state: string | undefined,
    private readonly issuer: string,
  ) {}

  static of({ request, issuer }: OpenRequest): ValidatedRedirect {
    return new ValidatedRedirect(request.redirectUri, request.state, issuer.issuer);
  }

  code(code: string): string {
    return this.answer({ code });
  }

  error(error: OAuthError): string {
    return this.answer({ error: error.code, error_description: error.description });
  }

  /** The query the redirect URI has of its own stays as it is (RFC 6749 section 3.1.2). */
  private answer(parameters: Record<string, string>): string {
    const query = new URLSearchParams({ ...parameters, ...(this.state === undefined ? {} : { state: this.state }), iss: this.issuer });
    const uri = this.redirectUri;
    const join = !uri.includes('?') ? '?' : uri.endsWith('?') || uri.endsWith('&') ? '' : '&';
    return uri + join + query.toString();
  }
}
