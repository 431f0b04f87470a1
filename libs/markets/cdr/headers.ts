import type { HeaderRules } from '../src/route.js';
import { refuse } from './errors.js';

type Read = (name: string) => string | undefined;

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** As HTTP writes dates (RFC 9110 section 5.6.7). */
const httpDate = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d{2}:\d{2}:\d{2} GMT$/;

const address = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*)$/;

/** CDS HTTP Headers: when the customer signed in to the recipient, and their own headers while they are present. */
export const headers: HeaderRules = {
  interactionId: { whenAbsent: 'generate', whenMalformed: 'refuse' },
  version: ({ header }, offered) => chooseVersion(header, offered),
  read({ header, version, route }) {
    verifyAccept(header('accept'));
    if (route.access.as !== 'any') verifyCustomerHeaders(header);
    return version === undefined ? {} : { 'x-v': String(version) };
  },
};

/** The highest version offered between `x-min-v` and `x-v`; an `x-min-v` that is not below `x-v` counts as absent. */
export function chooseVersion(header: Read, offered: readonly number[]): number {
  const highest = positive(header, 'x-v');
  if (highest === undefined) throw refuse(400, 'headerMissing', 'x-v', 'ASSENT-CDR-10');
  const least = positive(header, 'x-min-v') ?? highest;
  const lowest = least >= highest ? highest : least;
  const chosen = [...offered].reverse().find((one) => one <= highest && one >= lowest);
  if (chosen === undefined) throw refuse(406, 'unsupportedVersion', `this address is there in version ${offered.join(', ')}`, 'ASSENT-CDR-11');
  return chosen;
}

function positive(header: Read, name: string): number | undefined {
  const text = header(name);
  if (text === undefined) return undefined;
  if (!/^0*[1-9]\d{0,8}$/.test(text)) throw refuse(400, 'invalidVersion', `${name} must be a positive whole number`, 'ASSENT-CDR-12');
  return Number(text);
}

/** Answers are JSON: whoever wants something else gets nothing. */
function verifyAccept(accept: string | undefined): void {
  const wanted = (accept ?? '*/*').split(',').map((one) => one.split(';')[0]?.trim().toLowerCase() ?? '');
  if (!wanted.some((type) => ['*/*', 'application/*', 'application/json', ''].includes(type))) throw refuse(406, 'expected', 'accept must allow application/json', 'ASSENT-CDR-15');
}

function verifyCustomerHeaders(header: Read): void {
  const signedIn = header('x-fapi-auth-date');
  if (signedIn === undefined) throw refuse(400, 'headerMissing', 'x-fapi-auth-date', 'ASSENT-CDR-13');
  if (!httpDate.test(signedIn) || Number.isNaN(Date.parse(signedIn))) throw refuse(400, 'headerInvalid', 'x-fapi-auth-date must be a date such as Wed, 25 Nov 2026 12:00:00 GMT', 'ASSENT-CDR-13');
  const [ip, theirs] = [header('x-fapi-customer-ip-address'), header('x-cds-client-headers')];
  if (ip !== undefined && !address.test(ip)) throw refuse(400, 'headerInvalid', 'x-fapi-customer-ip-address must be an IP address', 'ASSENT-CDR-14');
  // An address says that the customer is there; then their headers come along.
  if (ip !== undefined && theirs === undefined) throw refuse(400, 'headerMissing', 'x-cds-client-headers', 'ASSENT-CDR-14');
  if (theirs !== undefined && (theirs === '' || !base64.test(theirs))) throw refuse(400, 'headerInvalid', 'x-cds-client-headers must be base64', 'ASSENT-CDR-14');
}
