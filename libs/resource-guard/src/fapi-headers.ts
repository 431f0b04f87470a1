import { isIP } from 'node:net';
import { invalidRequest } from '@assent/protocol';
import { headerValues } from './request.js';

/** A day of the week by its first letters, a day, a month, and a time in GMT (RFC 9110 section 5.6.7). */
const httpDate = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** What a client says of its customer in the headers of FAPI 1.0 Baseline 6.2.2. It is the client's word: nothing is decided by it. */
export interface CustomerHeaders {
  /** When the customer last signed in to the client. */
  readonly authDate?: Date;
  /** IPv4 or IPv6. */
  readonly ipAddress?: string;
}

/**
 * Reads `x-fapi-auth-date` and `x-fapi-customer-ip-address`. Both may be left out; a well-formed one never makes a
 * request fail (FAPI 1.0 Baseline 6.2.1-13; F1-RS-07, F1-RS-08). `invalid_request` when one is malformed or repeated.
 */
export function customerHeaders(rawHeaders: readonly string[]): CustomerHeaders {
  const authDate = only(rawHeaders, 'x-fapi-auth-date', 'F1-RS-08');
  const ipAddress = only(rawHeaders, 'x-fapi-customer-ip-address', 'F1-RS-07');
  if (authDate !== undefined && (!httpDate.test(authDate) || Number.isNaN(Date.parse(authDate)))) throw invalidRequest('x-fapi-auth-date must be an HTTP date', 'F1-RS-08');
  if (ipAddress !== undefined && isIP(ipAddress) === 0) throw invalidRequest('x-fapi-customer-ip-address must be an IPv4 or IPv6 address', 'F1-RS-07');
  return { ...(authDate === undefined ? {} : { authDate: new Date(authDate) }), ...(ipAddress === undefined ? {} : { ipAddress }) };
}

function only(rawHeaders: readonly string[], name: string, rule: string): string | undefined {
  const [value, ...more] = headerValues(rawHeaders, name).map((text) => text.trim());
  if (more.length > 0) throw invalidRequest(`${name} must not be repeated`, rule);
  return value;
}
