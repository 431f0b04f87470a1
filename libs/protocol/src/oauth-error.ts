/** Where an error may be shown: to the calling client, to a validated redirect URI, or on a page for the customer. */
export type Exposure = 'client' | 'redirect' | 'page';

/**
 * A stable rule id: the ids of the requirement sheets (`F2-AZ-03`, `TM-PAR-02`) or `ASSENT-<AREA>-<nn>` where the
 * rule is ours. It goes to log and audit, never to the caller.
 */
export type RuleId = string;

export interface OAuthErrorParts {
  readonly code: string;
  readonly status: number;
  readonly description: string;
  readonly rule: RuleId;
  readonly exposure?: Exposure;
  readonly cause?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * The one error class of every protocol refusal. Made only by the named constructors below.
 * `code` and `description` are public; `rule` and `cause` go to log and audit only.
 */
export class OAuthError extends Error {
  readonly code: string;
  readonly status: number;
  readonly description: string;
  readonly rule: RuleId;
  readonly exposure: Exposure;
  readonly headers: Readonly<Record<string, string>>;

  constructor(parts: OAuthErrorParts) {
    super(`${parts.code}: ${parts.description}`, { cause: parts.cause });
    this.name = 'OAuthError';
    this.code = parts.code;
    this.status = parts.status;
    this.description = publicText(parts.description);
    this.rule = parts.rule;
    this.exposure = parts.exposure ?? 'client';
    this.headers = parts.headers ?? {};
  }

  /** The JSON body of RFC 6749 section 5.2. */
  body(): { error: string; error_description: string } {
    return { error: this.code, error_description: this.description };
  }

  /** The same refusal, shown elsewhere (for instance on a page, because no redirect URI is trusted yet). */
  shownOn(exposure: Exposure): OAuthError {
    return new OAuthError({ ...this.parts(), exposure });
  }

  /** The same refusal with additional response headers (`DPoP-Nonce`, `WWW-Authenticate`). */
  withHeaders(headers: Record<string, string>): OAuthError {
    return new OAuthError({ ...this.parts(), headers: { ...this.headers, ...headers } });
  }

  private parts(): OAuthErrorParts {
    const { code, status, description, rule, exposure, cause, headers } = this;
    return { code, status, description, rule, exposure, cause, headers };
  }
}

/** `error_description` is printable ASCII without `"` and `\` (RFC 6749 section 5.2). */
function publicText(text: string): string {
  return text.replace(/["\\]/g, "'").replace(/[^\x20-\x7e]/g, '?');
}

type Refusal = (description: string, rule: RuleId, cause?: unknown) => OAuthError;
const refusal =
  (code: string, status: number): Refusal =>
  (description, rule, cause) =>
    new OAuthError({ code, status, description, rule, cause });

export const invalidRequest = refusal('invalid_request', 400);
export const invalidClient = refusal('invalid_client', 401);
export const invalidGrant = refusal('invalid_grant', 400);
export const invalidScope = refusal('invalid_scope', 400);
export const invalidGrantId = refusal('invalid_grant_id', 400);
export const invalidAuthorizationDetails = refusal('invalid_authorization_details', 400);
export const invalidTarget = refusal('invalid_target', 400);
export const unauthorizedClient = refusal('unauthorized_client', 400);
export const unsupportedGrantType = refusal('unsupported_grant_type', 400);
export const unsupportedResponseType = refusal('unsupported_response_type', 400);
export const unsupportedTokenType = refusal('unsupported_token_type', 400);
export const invalidRequestUri = refusal('invalid_request_uri', 400);
export const invalidRequestObject = refusal('invalid_request_object', 400);
export const requestNotSupported = refusal('request_not_supported', 400);
export const requestUriNotSupported = refusal('request_uri_not_supported', 400);
export const invalidDpopProof = refusal('invalid_dpop_proof', 400);
export const useDpopNonce = refusal('use_dpop_nonce', 400);
export const accessDenied = refusal('access_denied', 403);
/** The customer said no, as the token endpoint tells it (CIBA section 11). */
export const accessDeniedByCustomer = refusal('access_denied', 400);
export const authorizationPending = refusal('authorization_pending', 400);
export const slowDown = refusal('slow_down', 400);
export const expiredToken = refusal('expired_token', 400);
export const unknownUserId = refusal('unknown_user_id', 400);
export const expiredLoginHintToken = refusal('expired_login_hint_token', 400);
export const invalidBindingMessage = refusal('invalid_binding_message', 400);
export const missingUserCode = refusal('missing_user_code', 400);
export const invalidUserCode = refusal('invalid_user_code', 400);
export const loginRequired = refusal('login_required', 400);
export const interactionRequired = refusal('interaction_required', 400);
export const consentRequired = refusal('consent_required', 400);
export const accountSelectionRequired = refusal('account_selection_required', 400);
export const unmetAuthenticationRequirements = refusal('unmet_authentication_requirements', 400);
export const invalidToken = refusal('invalid_token', 401);
/** Of an HTTP message (RFC 9421): the draft of FAPI 2.0 HTTP Signatures fixes the status and leaves the code open. */
export const invalidSignature = refusal('invalid_signature', 401);
export const insufficientScope = refusal('insufficient_scope', 403);
export const invalidClientMetadata = refusal('invalid_client_metadata', 400);
export const invalidRedirectUri = refusal('invalid_redirect_uri', 400);
export const invalidSoftwareStatement = refusal('invalid_software_statement', 400);
export const unapprovedSoftwareStatement = refusal('unapproved_software_statement', 400);
export const methodNotAllowed = refusal('invalid_request', 405);
export const preconditionFailed = refusal('precondition_failed', 412);
export const notAcceptable = refusal('invalid_request', 406);
export const payloadTooLarge = refusal('invalid_request', 413);
export const conflict = refusal('invalid_request', 409);
export const unprocessableContent = refusal('invalid_request', 422);
export const unsupportedMediaType = refusal('invalid_request', 415);
export const tooManyRequests = refusal('temporarily_unavailable', 429);
export const temporarilyUnavailable = refusal('temporarily_unavailable', 503);
export const notFound = refusal('not_found', 404);
/** A bug or an outage: no detail leaves the server. */
export const serverError = (cause: unknown): OAuthError =>
  new OAuthError({ code: 'server_error', status: 500, description: 'internal error', rule: 'ASSENT-BUG-01', cause });
