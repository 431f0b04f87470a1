import { errorOf, type ReadWriteCodes } from '../src/read-write/index.js';
import type { ErrorFacts, MarketAnswer } from '../src/route.js';

/** The codes of the family under this market's own name; its list was not read. */
export const ksaCodes = {
  unexpectedError: 'KSAOB.UnexpectedError',
  invalid: 'KSAOB.Field.Invalid',
  date: 'KSAOB.Field.InvalidDate',
  missing: 'KSAOB.Field.Missing',
  unexpected: 'KSAOB.Field.Unexpected',
  headerInvalid: 'KSAOB.Header.Invalid',
  headerMissing: 'KSAOB.Header.Missing',
  consentStatus: 'KSAOB.Resource.InvalidConsentStatus',
  schema: 'KSAOB.Resource.InvalidFormat',
  notFound: 'KSAOB.Resource.NotFound',
  exists: 'KSAOB.Rules.ResourceAlreadyExists',
  signatureInvalid: 'KSAOB.Signature.Invalid',
  forbidden: 'KSAOB.Resource.Forbidden',
} as const satisfies ReadWriteCodes & Readonly<Record<string, string>>;

const ofStatus: Readonly<Record<number, string>> = { 400: ksaCodes.schema, 404: ksaCodes.notFound, 406: ksaCodes.headerInvalid, 409: ksaCodes.exists, 413: ksaCodes.schema, 415: ksaCodes.headerInvalid };

export const ksaError = (facts: ErrorFacts): MarketAnswer =>
  errorOf(facts, {
    known: (code) => code.startsWith('KSAOB.'),
    of: (_code, status) => ofStatus[status] ?? (status >= 500 ? ksaCodes.unexpectedError : ksaCodes.forbidden),
  });
