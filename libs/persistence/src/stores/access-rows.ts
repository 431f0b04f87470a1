import { tagOf, type AccessTokenFacts, type AuthorizationDetail, type Confirmation, type NewAccessToken } from '@assent/protocol';
import { instantOrNull } from '../sql.js';

/** The parameters of `accessRow`; a JWT has no handle and leaves no row. */
export const accessValues = (access: Omit<NewAccessToken, 'jti'>, jti: string): Record<string, unknown> => ({
  access_tag: access.handle?.tag ?? null,
  access_expires_at: instantOrNull(access.handle?.expiresAt),
  access_hash: access.handle?.hash ?? null,
  jti,
  jti_tag: tagOf(jti),
  audience: access.audience,
  ...confirmationValues(access.confirmation),
});

export const confirmationValues = (confirmation: Confirmation | undefined): { token_jkt: string | null; token_x5t: string | null } => ({
  token_jkt: confirmation && 'jkt' in confirmation ? confirmation.jkt : null,
  token_x5t: confirmation && 'x5t#S256' in confirmation ? confirmation['x5t#S256'] : null,
});

export interface AccessSource {
  readonly from: string;
  readonly scope: string;
  readonly jti?: string;
  readonly jtiTag?: string;
  /** The version of the grant. */
  readonly version?: string;
}

/**
 * An INSERT for use as a CTE: the opaque access token of a family, if the caller minted one. `from` has the columns of
 * a code or refresh token under the alias `v`, and the grant's details as `details`. Audience: what was
 * asked for, else all the resources. Details and version: those of `measuredValues`, else the grant's.
 */
export const accessRow = ({ from, scope, jti = '$jti::text', jtiTag = '$jti_tag::int', version = 'v.grant_version' }: AccessSource): string => `
    INSERT INTO assent.access_token (tag, expires_at, hash, jti_tag, jti, family_id, grant_tag, grant_id, issuer, client_id,
      subject, scope, audience, issued_at, jkt, x5t, acr, auth_time, grant_version, authorization_details)
    SELECT $access_tag::int, $access_expires_at::timestamptz, $access_hash::bytea, ${jtiTag}, ${jti}, v.family_id,
      v.grant_tag, v.grant_id, v.issuer, v.client_id, v.context->>'subject', ${scope},
      CASE WHEN cardinality($audience::text[]) = 0 THEN v.resources ELSE $audience::text[] END, $now::timestamptz,
      $token_jkt::text, $token_x5t::text, v.context->'authentication'->>'acr', (v.context->'authentication'->>'authTime')::timestamptz,
      coalesce($token_version::int, ${version}), coalesce($token_details::jsonb, v.details)
    FROM ${from} AND $access_hash::bytea IS NOT NULL`;

export interface AccessRow {
  readonly jti: string;
  readonly issuer: string;
  readonly client_id: string;
  readonly subject: string;
  readonly scope: readonly string[];
  readonly audience: readonly string[];
  readonly issued_at: Date;
  readonly expires_at: Date;
  readonly jkt: string | null;
  readonly x5t: string | null;
  readonly grant_id: string | null;
  readonly grant_version: number;
  readonly authorization_details: readonly AuthorizationDetail[];
  readonly acr: string | null;
  readonly auth_time: Date | null;
}

/** The columns of `AccessRow` from the alias `a`. */
export const accessColumns = 'a.jti, a.issuer, a.client_id, a.subject, a.scope, a.audience, a.issued_at, a.expires_at, a.jkt, a.x5t, a.grant_id, a.grant_version, a.authorization_details, a.acr, a.auth_time';

export const accessFrom = (row: AccessRow): AccessTokenFacts => ({
  jti: row.jti,
  issuer: row.issuer,
  clientId: row.client_id,
  subject: row.subject,
  scope: row.scope,
  audience: row.audience,
  issuedAt: row.issued_at,
  expiresAt: row.expires_at,
  confirmation: row.jkt !== null ? { jkt: row.jkt } : row.x5t !== null ? { 'x5t#S256': row.x5t } : undefined,
  ...(row.grant_id !== null && { grantId: row.grant_id, grantVersion: row.grant_version }),
  ...(row.authorization_details.length > 0 && { authorizationDetails: row.authorization_details }),
  ...(row.acr !== null && { acr: row.acr }),
  ...(row.auth_time !== null && { authTime: row.auth_time }),
});
