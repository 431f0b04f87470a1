import { MarketRefusal } from '../src/refusal.js';
import type { ErrorFacts, ResourceDialect } from '../src/route.js';

const urn = (name: string): string => `urn:au-cds:error:${name}`;
const all = (name: string): string => urn(`cds-all:${name}`);

/** The market's codes by short names, with the titles it gives them (CDS Error Codes). */
export const codes = {
  expected: { code: all('GeneralError/Expected'), title: 'Expected Error Encountered' },
  unexpected: { code: all('GeneralError/Unexpected'), title: 'Unexpected Error Encountered' },
  unavailable: { code: all('Service/Unavailable'), title: 'Service Unavailable' },
  fieldMissing: { code: all('Field/Missing'), title: 'Missing Required Field' },
  fieldInvalid: { code: all('Field/Invalid'), title: 'Invalid Field' },
  invalidDate: { code: all('Field/InvalidDateTime'), title: 'Invalid Date' },
  invalidPageSize: { code: all('Field/InvalidPageSize'), title: 'Invalid Page Size' },
  invalidPage: { code: all('Field/InvalidPage'), title: 'Invalid Page' },
  headerMissing: { code: all('Header/Missing'), title: 'Missing Required Header' },
  headerInvalid: { code: all('Header/Invalid'), title: 'Invalid Header' },
  invalidVersion: { code: all('Header/InvalidVersion'), title: 'Invalid Version' },
  unsupportedVersion: { code: all('Header/UnsupportedVersion'), title: 'Unsupported Version' },
  revokedConsent: { code: all('Authorisation/RevokedConsent'), title: 'Consent Is Revoked' },
  adrStatusNotActive: { code: all('Authorisation/AdrStatusNotActive'), title: 'ADR Status Is Not Active' },
  invalidConsent: { code: all('Authorisation/InvalidConsent'), title: 'Consent Is Invalid' },
  notFound: { code: all('Resource/NotFound'), title: 'Resource Not Found' },
  notImplemented: { code: all('Resource/NotImplemented'), title: 'Resource Not Implemented' },
  invalidResource: { code: all('Resource/Invalid'), title: 'Invalid Resource' },
  invalidArrangement: { code: all('Authorisation/InvalidArrangement'), title: 'Invalid Consent Arrangement' },
  invalidAccount: { code: urn('cds-banking:Authorisation/InvalidBankingAccount'), title: 'Invalid Banking Account' },
} as const;
export type CodeName = keyof typeof codes;

/** A refusal by one of the market's codes. */
export const refuse = (status: number, name: CodeName, detail: string, rule: string): MarketRefusal => new MarketRefusal(status, codes[name].code, detail, rule, { title: codes[name].title });

const byStatus: Readonly<Record<number, CodeName>> = { 403: 'invalidConsent', 404: 'notFound', 500: 'unexpected', 503: 'unavailable' };

/** Codes of the guard and of the server that the market has a word for. */
const byCode: Readonly<Record<string, CodeName>> = { insufficient_scope: 'invalidConsent' };

/**
 * Refusals of the guard that have a code of their own (CDS Error Codes: 403): of a data recipient that is not active any
 * more, and of a consent that has ended. A token that an amendment superseded is an invalid one, 401.
 */
const byRule: Readonly<Record<string, CodeName>> = { 'ASSENT-RG-03': 'adrStatusNotActive', 'ASSENT-MK-12': 'revokedConsent' };

/** `{ errors: [{ code, title, detail }] }`, whoever refuses. */
export const error: ResourceDialect['error'] = (facts) => {
  const own = byRule[facts.rule ?? ''];
  return own ? { status: 403, body: { errors: [{ ...codes[own], detail: facts.description }] } } : { status: facts.status, body: { errors: [told(facts)] } };
};

function told({ status, code, title, description, path }: ErrorFacts) {
  if (code.startsWith('urn:')) return { code, title: title ?? codes.expected.title, detail: description };
  // Headers are the one part of a request that the server judges by itself.
  const aboutHeader = path !== undefined && path.startsWith('x-');
  const { code: known, title: usual } = codes[aboutHeader ? 'headerInvalid' : (byCode[code] ?? byStatus[status] ?? (status >= 500 ? 'unexpected' : 'expected'))];
  return { code: known, title: usual, detail: description };
}
