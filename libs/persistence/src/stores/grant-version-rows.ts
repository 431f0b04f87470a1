import type { AuthorizationDetail, ClaimsRequest, GrantDifference, GrantEventType, GrantStatus, GrantVersion } from '@assent/protocol';

export interface GrantVersionSource {
  /** What follows FROM, with the alias `g` for a grant's row as it has become. */
  readonly from: string;
  /** JSON: what changed. */
  readonly difference: string;
  /** SQL expressions; the defaults are parameters of these names. */
  readonly event?: string;
  readonly actorKind?: string;
  readonly actorId?: string;
  readonly reason?: string;
}

/** An INSERT for use as a CTE: the grant as it stands from now on, by whom, and what that changed. */
export const grantVersionRow = ({ from, difference, event = '$event::text', actorKind = '$actor_kind::text', actorId = '$actor_id::text', reason = '$reason::text' }: GrantVersionSource): string => `
    INSERT INTO assent.grant_version (tag, grant_id, version, at, actor_kind, actor_id, event, status, scope, resources, accounts,
      authorization_details, claims, expires_at, difference, reason)
    SELECT g.tag, g.id, g.version, g.updated_at, ${actorKind}, ${actorId}, ${event}, g.status, g.scope, g.resources, g.accounts,
      g.authorization_details, g.claims, g.expires_at, ${difference}, ${reason}
    FROM ${from}`;

/** The difference of a change of status alone, as SQL over both. */
export const statusDifference = (before: string, after: string): string => `jsonb_build_object('status', jsonb_build_object('from', ${before}, 'to', ${after}))`;

export interface GrantVersionRow {
  readonly grant_id: string;
  readonly version: number;
  readonly at: Date;
  readonly actor_kind: GrantVersion['actor']['kind'];
  readonly actor_id: string;
  readonly event: GrantEventType;
  readonly status: GrantStatus;
  readonly scope: readonly string[];
  readonly resources: readonly string[];
  readonly accounts: readonly string[];
  readonly authorization_details: readonly AuthorizationDetail[];
  readonly claims: ClaimsRequest | null;
  readonly expires_at: Date | null;
  readonly difference: GrantDifference;
  readonly reason: string | null;
}

export const grantVersionFrom = (row: GrantVersionRow): GrantVersion => ({
  grantId: row.grant_id,
  version: row.version,
  at: row.at,
  actor: { kind: row.actor_kind, id: row.actor_id },
  event: row.event,
  status: row.status,
  scope: row.scope,
  resources: row.resources,
  accounts: row.accounts,
  authorizationDetails: row.authorization_details,
  ...(row.claims && { claims: row.claims }),
  expiresAt: row.expires_at,
  difference: row.difference,
  ...(row.reason !== null && { reason: row.reason }),
});
