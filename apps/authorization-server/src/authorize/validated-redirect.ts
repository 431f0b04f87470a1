import { isJarmMode, isRegisteredRedirectUri, responseModeOf, responseTypeOf, type ResponseMode } from '@assent/profiles';
import type { Client, Form, OAuthError } from '@assent/protocol';
import type { IssuerRuntime } from '../engine.js';
import type { OpenRequest } from './open-request.js';

/** An authorization response as a form for the client's redirect URI (OAuth 2.0 Form Post Response Mode). */
export interface PostedResponse {
  readonly post: string;
  readonly fields: Readonly<Record<string, string>>;
}
/** An authorization response on its way: in an address to go to, or in a form. */
export type ResponseMessage = { readonly redirect: string } | PostedResponse;

/** Makes one signed JWT of the parameters of a response (JARM section 2.1). Asked only where the mode is one of JARM's. */
export type SignResponse = (parameters: Readonly<Record<string, string>>) => Promise<string>;

/**
 * Where an answer may be sent: the redirect URI of a request that was found, in time and bound to its client. There is
 * no other way to make one, so an unchecked address cannot be redirected to (F2-AS-07). Every answer carries the exact
 * issuer (F2-AZ-09, RFC 9207; inside a signed response as its `iss` alone, JM-08) and the `state` of the request, when
 * it had one (F2-AZ-22, F2-AZ-23), and travels as the request asked: success and error alike (JM-07).
 */
export class ValidatedRedirect {
  private constructor(
    private readonly redirectUri: string,
    private readonly state: string | undefined,
    private readonly issuer: string,
    private readonly mode: ResponseMode,
  ) {}

  static of({ request, issuer }: OpenRequest): ValidatedRedirect {
    return new ValidatedRedirect(request.redirectUri, request.state, issuer.issuer, responseModeOf(request.responseType, request.responseMode));
  }

  /**
   * For a request that was refused before it was kept: `undefined` unless its redirect URI is registered and it names
   * a response type and mode that are answered here. Its parameters are the client's own: signed, or sent to a
   * registered address only.
   */
  static ofRefused({ issuer, policy }: IssuerRuntime, client: Client, form: Form): ValidatedRedirect | undefined {
    const [redirectUri, type, mode, state] = ['redirect_uri', 'response_type', 'response_mode', 'state'].map((name) => onlyOne(form, name));
    const responseType = responseTypeOf(type ?? '');
    const resolved = responseModeOf(responseType, mode);
    if (redirectUri === undefined || !isRegisteredRedirectUri(client.redirect_uris, redirectUri)) return undefined;
    if (!policy.responseTypes.includes(responseType) || !policy.responseModes.includes(mode ?? resolved)) return undefined;
    return resolved.startsWith('form_post') && !redirectUri.startsWith('https://') ? undefined : new ValidatedRedirect(redirectUri, state, issuer, resolved);
  }

  /** A code; beside it, in a hybrid response, the ID token that is its detached signature. */
  code(code: string, sign: SignResponse, idToken?: string): Promise<ResponseMessage> {
    return this.answer({ code, ...(idToken === undefined ? {} : { id_token: idToken }) }, sign);
  }

  error(error: OAuthError, sign: SignResponse): Promise<ResponseMessage> {
    return this.answer({ error: error.code, error_description: error.description }, sign);
  }

  private async answer(parameters: Record<string, string>, sign: SignResponse): Promise<ResponseMessage> {
    const stated = { ...parameters, ...(this.state === undefined ? {} : { state: this.state }) };
    return this.carry(isJarmMode(this.mode) ? { response: await sign(stated) } : { ...stated, iss: this.issuer });
  }

  /** The query the redirect URI has of its own stays as it is (RFC 6749 section 3.1.2). */
  private carry(fields: Record<string, string>): ResponseMessage {
    const uri = this.redirectUri;
    if (this.mode.startsWith('form_post')) return { post: uri, fields };
    const encoded = new URLSearchParams(fields).toString();
    if (this.mode.startsWith('fragment')) return { redirect: `${uri}#${encoded}` };
    const join = !uri.includes('?') ? '?' : uri.endsWith('?') || uri.endsWith('&') ? '' : '&';
    return { redirect: uri + join + encoded };
  }
}

/** `undefined` also for a parameter that is repeated: it says nothing that could be relied on. */
const onlyOne = (form: Form, name: string): string | undefined => (form.all(name).length === 1 ? form.all(name)[0] : undefined);
