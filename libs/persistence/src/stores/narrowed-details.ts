import type { AuthorizationDetail, AuthorizedContext, NarrowDetails } from '@assent/protocol';
import type { Sql, Statement } from '../sql.js';

/*
 * What an access token carries of a grant's details is computed outside the database, by the types of these details
 * (RFC 9396 section 6.1). So the grant is read first, and the token says the version it was measured against: should
 * the grant lose something in between, the floor that goes with it kills the token as if it had been issued before.
 */

/** What was granted, and what of it the token is to carry. */
export interface Measured {
  readonly details: readonly AuthorizationDetail[];
  readonly version: number;
}

interface GrantedRow {
  readonly version: number;
  readonly details: readonly AuthorizationDetail[];
}

/** A version below every floor. */
const nothing: Measured = { details: [], version: 0 };

/**
 * `granted` finds at most one row; none where the request will be refused for another reason, which the statement that
 * decides will find (if it does not, the token is worth nothing). `exceeding` when more is asked for than there is.
 */
export async function measure(sql: Sql, granted: Statement, values: Readonly<Record<string, unknown>>, narrow: NarrowDetails | undefined): Promise<Measured | 'exceeding' | undefined> {
  if (!narrow) return undefined;
  const [row] = await sql.rows<GrantedRow & Record<string, unknown>>(granted, values);
  if (!row) return nothing;
  const details = narrow(row.details);
  return details ? { details, version: row.version } : 'exceeding';
}

/** The parameters `accessRow` takes in place of the grant's own details and version. */
export const measuredValues = (measured: Partial<Measured> | undefined): Record<string, unknown> => ({
  token_details: measured?.details === undefined ? null : JSON.stringify(measured.details),
  token_version: measured?.version ?? null,
});

/** The context as the access token has it. */
export const measuredContext = (context: AuthorizedContext, measured: Measured | undefined): AuthorizedContext =>
  measured ? { ...context, authorizationDetails: measured.details, grantVersion: measured.version } : context;
