import type { ErrorFacts, MarketAnswer } from '../route.js';

/** Codes a server knows of itself, and what the family says for them. */
export interface ErrorWords {
  /** Of the guard and the server: OAuth error code or HTTP status → the market's code. */
  of(code: string, status: number): string;
  /** Whether a code is one of the market's own. */
  known(code: string): boolean;
}

const phrases: Readonly<Record<number, string>> = {
  400: 'Bad Request', 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found', 405: 'Method Not Allowed', 406: 'Not Acceptable', 409: 'Conflict', 413: 'Content Too Large',
  415: 'Unsupported Media Type', 422: 'Unprocessable Content', 429: 'Too Many Requests', 500: 'Internal Server Error', 503: 'Service Unavailable',
}; // prettier-ignore

/**
 * OBErrorResponse1 (UK Open Banking v4, Read-Write API Profile, Error Response Structure). A token that is missing or
 * not valid is answered with 401 alone.
 */
export function errorOf({ status, code, description, path, interactionId }: ErrorFacts, words: ErrorWords): MarketAnswer {
  if (status === 401) return { status };
  const error = { ErrorCode: words.known(code) ? code : words.of(code, status), Message: description.slice(0, 500), ...(path !== undefined && { Path: path }) };
  return { status, body: { Id: interactionId, Code: `${status} ${(phrases[status] ?? '').replaceAll(' ', '')}`.trim(), Message: phrases[status] ?? 'Error', Errors: [error] } };
}
