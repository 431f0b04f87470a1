import { JwsError, KeySetError, parseJws, verifyJws, type ParsedJws } from '@assent/crypto';
import type { StatementIssuer } from '@assent/config';
import type { Freshness, Statement, StatementDialect } from '@assent/markets';
import { invalidSoftwareStatement, isStorable, temporarilyUnavailable, unapprovedSoftwareStatement, type OAuthError, type SpentStatement } from '@assent/protocol';
import { statementIssuerOf, type RegistrationCall } from './call.js';

/** A software statement whose signature, issuer and times hold. */
export interface ProvedStatement {
  readonly statement: Statement;
  readonly claims: Readonly<Record<string, unknown>>;
  /** The directory that signed it. */
  readonly directory: string;
  /** As it was sent: answers repeat it (RFC 7591 section 3.2.1). */
  readonly compact: string;
  /** Where it may register one client only. */
  readonly once: SpentStatement | undefined;
}

type Claims = Readonly<Record<string, unknown>>;

/** What no database keeps, and no page shows. */
export const unstorable = 'holds text that is not Unicode, or NUL, or is nested too deeply';

const refuse = (what: string, cause?: unknown): OAuthError => invalidSoftwareStatement(`software_statement: ${what}`, 'DCR-04', cause);

/**
 * Proves a software statement (RFC 7591 section 2.3): signed by a directory that is trusted here, of an age the market
 * allows, and with the claims it must have. `unapproved_software_statement` for a directory nobody trusts,
 * `invalid_software_statement` for anything else that is wrong with it.
 */
export async function proveStatement(call: RegistrationCall, dialect: StatementDialect, compact: string): Promise<ProvedStatement> {
  const jws = parsed(compact);
  const directory = directoryOf(call, jws);
  const claims = await proveSignature(call, directory, compact);
  if (!isStorable(claims)) throw refuse(`it ${unstorable}`);
  verifyTimes(claims, dialect.freshness, directory, call);
  const missing = dialect.required.find((name) => claims[name] === undefined || claims[name] === null);
  if (missing !== undefined) throw refuse(`${missing} is required`);
  const statement = dialect.read(claims);
  return { statement, claims, directory: directory.issuer, compact, once: onceOf(dialect, claims, directory.issuer) };
}

function parsed(compact: string): ParsedJws {
  try {
    return parseJws(compact);
  } catch (cause) {
    throw refuse(cause instanceof JwsError ? cause.message : 'it cannot be read', cause);
  }
}

function directoryOf(call: RegistrationCall, jws: ParsedJws): StatementIssuer {
  let iss: unknown;
  try {
    iss = jws.payload()['iss'];
  } catch (cause) {
    throw refuse('its payload is not one JSON object', cause);
  }
  const directory = typeof iss === 'string' ? statementIssuerOf(call, iss) : undefined;
  if (!directory) throw unapprovedSoftwareStatement('software_statement: its iss is no directory that is trusted here', 'DCR-04');
  return directory;
}

async function proveSignature({ engine }: RegistrationCall, { jwksUri, algs }: StatementIssuer, compact: string): Promise<Claims> {
  try {
    return (await verifyJws(compact, { algs, keys: (header) => engine.clientKeys.find({ jwks_uri: jwksUri }, header) })).claims;
  } catch (cause) {
    if (cause instanceof JwsError) throw refuse(cause.message, cause);
    if (cause instanceof KeySetError) throw temporarilyUnavailable('the keys of the directory cannot be read at the moment', 'ASSENT-DCR-17', cause);
    throw cause;
  }
}

function verifyTimes(claims: Claims, { maxAge: most, exp: demand }: Freshness, { maxAge: narrowed }: StatementIssuer, { issuer, now }: RegistrationCall): void {
  const present = now.getTime() / 1000;
  const { clockSkew } = issuer.policy;
  const time = (name: string): number | undefined => {
    const value = claims[name];
    if (value !== undefined && (typeof value !== 'number' || !Number.isFinite(value))) throw refuse(`${name} must be a number`);
    return value;
  };
  const [iat, nbf, exp] = [time('iat'), time('nbf'), time('exp')];
  if ((iat ?? 0) > present + clockSkew || (nbf ?? 0) > present + clockSkew) throw refuse('iat or nbf lies in the future');
  if (exp === undefined && demand === 'required') throw refuse('exp is required');
  if (exp !== undefined && exp <= present) throw refuse('it has expired');
  const maxAge = Math.min(most ?? Infinity, narrowed ?? Infinity);
  if (maxAge === Infinity) return;
  if (iat === undefined) throw refuse('iat is required');
  if (iat + maxAge < present) throw refuse(`it is too old: iat may lie ${maxAge} seconds back, no more`);
}

function onceOf({ replay }: StatementDialect, { jti }: Claims, directory: string): SpentStatement | undefined {
  if (replay === 'allowed' || jti === undefined) return undefined;
  if (typeof jti !== 'string' || jti === '' || jti.length > 256) throw refuse('jti must be a string of 1 to 256 characters');
  return { issuer: directory, jti };
}
