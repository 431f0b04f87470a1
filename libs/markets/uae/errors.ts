import type { ErrorFacts, MarketAnswer } from '../src/route.js';

/** The market's code for what the guard or the server refused with; a code of the market's own stays. */
const codes: Readonly<Record<string, string>> = {
  insufficient_scope: 'AccessToken.InvalidScope',
  invalid_request: 'Body.InvalidFormat',
  not_found: 'Resource.NotFound',
  method_not_allowed: 'Resource.InvalidMethod',
  unsupported_media_type: 'Body.InvalidFormat',
  server_error: 'GenericError',
  temporarily_unavailable: 'GenericRecoverableError',
};

/** `{ Errors: [{ Code, Message, Path }] }`; a missing or dead token is answered without a body. */
export function uaeError({ status, code, description, path }: ErrorFacts): MarketAnswer {
  if (status === 401) return { status };
  const known = codes[code] ?? (code.includes('.') || code.startsWith('Generic') ? code : status >= 500 ? 'GenericError' : 'Resource.InvalidFormat');
  return { status, body: { Errors: [{ Code: known, Message: description, ...(path !== undefined && { Path: path }) }] } };
}
