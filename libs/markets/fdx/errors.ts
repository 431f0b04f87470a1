import type { ErrorFacts, MarketAnswer } from '../src/route.js';

/** Numbers of FDX (unverified) for what was refused; the market's own stay. */
const codes: Readonly<Record<string, string>> = {
  invalid_token: '602',
  insufficient_scope: '602',
  invalid_request: '401',
  not_found: '701',
  method_not_allowed: '401',
  temporarily_unavailable: '501',
};

/** `{ code, message, debugMessage }`. */
export const fdxError = ({ status, code, description, title }: ErrorFacts): MarketAnswer => ({
  status,
  body: { code: /^\d{3,4}$/.test(code) ? code : (codes[code] ?? (status >= 500 ? '500' : '401')), message: title ?? messages[status] ?? 'The request was refused', debugMessage: description },
});

const messages: Readonly<Record<number, string>> = { 400: 'Invalid input', 401: 'Not authenticated', 403: 'Not authorized', 404: 'Not found', 405: 'Method not allowed', 409: 'Conflict', 500: 'Internal server error', 503: 'Temporarily unavailable' };
