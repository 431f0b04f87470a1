import type { AuditEvent, GrantActor } from '@assent/protocol';
import { refusalOf } from '@assent/threat-model';
import { instant } from '../sql.js';

/*
 * The decisions on a grant, each a link of its chain: `hash` is SHA-256 over the previous hash (32 zero bytes before
 * the first) and the event's text, which is stored as it was hashed. The head of the chain is one row per grant; to
 * move it is to wait for whoever moves it at the moment, so links never fork and different grants never meet.
 *
 * A statement that changes the grant's own row does so before it touches the chain: everybody takes the two in this
 * order. At most one link per grant and statement.
 */

export interface GrantEventSource {
  /**
   * What follows FROM, with the alias `g` for a row that has the columns tag, id, version, issuer, client_id and
   * customer_id of a grant: one link for each of its rows.
   */
  readonly from: string;
  /** SQL expressions; the defaults are the parameters of `grantEventValues`. */
  readonly type?: string;
  readonly actorKind?: string;
  readonly actorId?: string;
  /** JSON. */
  readonly detail?: string;
  readonly rule?: string;
  readonly requestId?: string;
}

/** CTEs `link`, `chain` and `event`, for use in a statement whose parameters include those of `grantEventValues`. */
export const grantEventRows = ({
  from,
  type = '$event_type::text',
  actorKind = '$actor_kind::text',
  actorId = '$actor_id::text',
  detail = 'NULL::json',
  rule = '$event_rule::text',
  requestId = '$event_request::text',
}: GrantEventSource): string => `
  link AS (
    SELECT g.tag, g.id AS grant_id, ${type} AS type, json_build_object('type', ${type}, 'at', $event_at::text, 'issuer', g.issuer,
      'client_id', g.client_id, 'customer_id', g.customer_id, 'grant_id', g.id, 'version', g.version,
      'actor', json_build_object('kind', ${actorKind}, 'id', ${actorId}), 'rule', ${rule}, 'control', $event_control::text, 'request_id', ${requestId},
      'detail', ${detail})::text AS body
    FROM ${from}
  ),
  chain AS (
    INSERT INTO assent.grant_chain AS head (tag, grant_id, sequence, previous, hash, at)
    SELECT l.tag, l.grant_id, 1, ${beforeFirst}, sha256(${beforeFirst} || convert_to(l.body, 'UTF8')), $event_at::text::timestamptz FROM link l
    ON CONFLICT (tag, grant_id) DO UPDATE SET sequence = head.sequence + 1, previous = head.hash, at = excluded.at,
      hash = sha256(head.hash || convert_to((SELECT l.body FROM link l WHERE l.tag = excluded.tag AND l.grant_id = excluded.grant_id), 'UTF8'))
    RETURNING tag, grant_id, sequence, at, previous, hash
  ),
  event AS (
    INSERT INTO assent.grant_event (tag, grant_id, sequence, at, type, body, previous, hash)
    SELECT c.tag, c.grant_id, c.sequence, c.at, l.type, l.body, c.previous, c.hash
    FROM chain c JOIN link l ON l.tag = c.tag AND l.grant_id = c.grant_id
  )`;

const beforeFirst = `decode(repeat('00', 32), 'hex')`;

/** The parameters of `grantEventRows`; `type` as in `grant.revoked`. A refusal names the control that spoke. */
export function grantEventValues(type: string, actor: GrantActor, { rule, requestId }: Pick<AuditEvent, 'rule' | 'requestId'>, at: Date): Record<string, unknown> {
  return {
    event_type: type,
    event_at: instant(at),
    event_rule: rule ?? null,
    event_control: refusalOf(rule)?.control ?? null,
    event_request: requestId ?? null,
    actor_kind: actor.kind,
    actor_id: actor.id,
  };
}
