import type { AuthorizationDetail, AuthorizedContext, ClaimsRequest, Grant, GrantPermissions, GrantStatus } from '@assent/protocol';

export interface GrantRow {
  readonly id: string;
  readonly version: number;
  readonly status: GrantStatus;
  readonly issuer: string;
  readonly client_id: string;
  /** `null`, with the three that speak of a customer: nobody has said yes. */
  readonly customer_id: string | null;
  readonly subject: string | null;
  readonly scope: readonly string[];
  readonly accounts: readonly string[];
  readonly authorization_details: readonly AuthorizationDetail[];
  readonly claims: ClaimsRequest | null;
  readonly auth_time: Date | null;
  readonly acr: string | null;
  readonly amr: readonly string[];
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly expires_at: Date | null;
  readonly managed: boolean;
  readonly resources: readonly string[];
  readonly updated_by: 'client' | 'authorization_server';
}

/** The columns of `GrantRow` from the alias `g`. */
export const grantColumns = `g.id, g.version, g.status, g.issuer, g.client_id, g.customer_id, g.subject, g.scope, g.accounts,
  g.authorization_details, g.claims, g.auth_time, g.acr, g.amr, g.created_at, g.updated_at, g.expires_at,
  g.managed, g.resources, g.updated_by`;

/** Whether the grant under an alias stands: SQL that is never NULL. Its end counts from the moment, not from when housekeeping writes it. */
export const stands = (alias: string): string => `(${alias}.status IS NOT DISTINCT FROM 'active' AND (${alias}.expires_at IS NULL OR ${alias}.expires_at > $now::timestamptz))`;

/**
 * Whether the grant under an alias still honours an access token of a version: SQL that is never NULL. A grant that
 * was consumed lets its tokens live to their end.
 */
export const honours = (alias: string, version: string): string =>
  `(coalesce(${alias}.status IN ('active', 'consumed') AND ${version} >= ${alias}.access_floor, false) AND (${alias}.expires_at IS NULL OR ${alias}.expires_at > $now::timestamptz))`;

/**
 * Whether new tokens may be given out for the grant under an alias: SQL that is never NULL. One that waits for the yes of
 * further customers gives tokens that open nothing yet.
 */
export const gives = (alias: string): string =>
  `(coalesce(${alias}.status = 'active' OR ${alias}.status = 'awaiting_authorisation' AND ${alias}.customer_id IS NOT NULL, false) AND (${alias}.expires_at IS NULL OR ${alias}.expires_at > $now::timestamptz))`;

/** Whether the grant under an alias can still be changed: SQL. */
export const open = (alias: string): string => `(${alias}.status IN ('awaiting_authorisation', 'active', 'suspended') AND (${alias}.expires_at IS NULL OR ${alias}.expires_at > $now::timestamptz))`;

const ends: readonly GrantStatus[] = ['revoked', 'expired', 'consumed', 'rejected'];

export function grantFrom(row: GrantRow, now: Date): Grant {
  const over = row.expires_at !== null && row.expires_at <= now && !ends.includes(row.status);
  return {
    id: row.id,
    version: row.version,
    status: over ? 'expired' : row.status,
    issuer: row.issuer,
    clientId: row.client_id,
    customerId: row.customer_id ?? '',
    subject: row.subject ?? '',
    scope: row.scope,
    accounts: row.accounts,
    authorizationDetails: row.authorization_details,
    ...(row.claims && { claims: row.claims }),
    managed: row.managed,
    resources: row.resources,
    updatedBy: row.updated_by,
    authentication: { authTime: row.auth_time ?? row.created_at, acr: row.acr ?? '', amr: row.amr },
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    expiresAt: row.expires_at,
  };
}

/** The parameters of a context's facts that SQL needs to see. */
export const contextValues = (context: AuthorizedContext): Record<string, unknown> => ({
  issuer: context.issuer,
  client_id: context.clientId,
  grant_id: context.grantId,
  customer_id: context.customerId,
  scope: context.scope,
  resources: context.resources,
  context: JSON.stringify(context),
});

/** The parameters of what a grant permits; its end travels apart, as names differ. */
export const permissionValues = ({ scope, resources, accounts, authorizationDetails, claims }: GrantPermissions): Record<string, unknown> => ({
  scope,
  resources,
  accounts,
  authorization_details: JSON.stringify(authorizationDetails),
  claims: claims ? JSON.stringify(claims) : null,
});
