import { errorOf, type ReadWriteCodes } from '../src/read-write/index.js';
import type { ErrorFacts, MarketAnswer } from '../src/route.js';

/** OBExternalStatusReason1Code, as far as it names errors (External_Internal_CodeSets). */
export const ukCodes = {
  unexpectedError: 'U000',
  invalid: 'U002',
  date: 'U003',
  missing: 'U004',
  unexpected: 'U005',
  headerInvalid: 'U006',
  headerMissing: 'U007',
  consentMismatch: 'U008',
  consentStatus: 'U009',
  schema: 'U010',
  notFound: 'U011',
  controlParameters: 'U014',
  signatureInvalid: 'U015',
  signatureInvalidClaim: 'U016',
  signatureMissingClaim: 'U017',
  signatureMalformed: 'U018',
  signatureMissing: 'U019',
  unsupportedAccount: 'U021',
  unsupportedCurrency: 'U023',
  unsupportedFrequency: 'U025',
  unsupportedInstrument: 'U026',
  unsupportedScheme: 'U027',
  exists: 'U029',
  forbidden: 'U042',
} as const satisfies ReadWriteCodes & Readonly<Record<string, string>>;

const ofStatus: Readonly<Record<number, string>> = { 400: ukCodes.schema, 404: ukCodes.notFound, 406: ukCodes.headerInvalid, 409: ukCodes.exists, 413: ukCodes.schema, 415: ukCodes.headerInvalid };

/** OBErrorResponse1; a missing or invalid token is told by 401 without a body. */
export const ukError = (facts: ErrorFacts): MarketAnswer =>
  errorOf(facts, {
    known: (code) => /^U\d{3}$/.test(code),
    of: (_code, status) => ofStatus[status] ?? (status >= 500 ? ukCodes.unexpectedError : ukCodes.forbidden),
  });
