import type { AuditEvent } from '@assent/protocol';
import { refusalOf } from '@assent/threat-model';
import { instant } from '../sql.js';

/** The parameters of `auditRow`. */
export function auditValues(event: AuditEvent, tag: number, at: Date): Record<string, unknown> {
  // A refusal names the control that spoke and what it looked like.
  const refusal = refusalOf(event.rule);
  const detail = refusal ? { ...event.detail, ...refusal } : event.detail;
  return {
    audit_tag: tag,
    audit_at: instant(at),
    audit_type: event.type,
    audit_issuer: event.issuer,
    audit_client: event.clientId ?? null,
    // A consent in waiting is nobody's.
    audit_customer: event.customerId === '' ? null : (event.customerId ?? null),
    audit_grant: event.grantId ?? null,
    audit_request: event.requestId ?? null,
    audit_rule: event.rule ?? null,
    audit_detail: detail ? JSON.stringify(detail) : null,
  };
}

export interface AuditSource {
  /** What follows FROM: the event is written once for each of its rows. */
  readonly from: string;
  /** Expressions that know what the caller does not. */
  readonly tag?: string;
  readonly issuer?: string;
  readonly client?: string;
  readonly customer?: string;
  readonly grant?: string;
  /** An expression: why it was refused, or NULL; a refusal is written as `refusedAs` with its reason. */
  readonly reason?: string;
  /** `token.refused`, where nothing is said. */
  readonly refusedAs?: string;
}

/** An INSERT for use as a CTE: the event commits with what it tells of. */
export function auditRow({ from, tag = '$audit_tag::int', issuer = '$audit_issuer::text', client, customer, grant, reason, refusedAs = 'token.refused' }: AuditSource): string {
  const type = reason ? `CASE WHEN ${reason} IS NULL THEN $audit_type::text ELSE '${refusedAs}' END` : '$audit_type::text';
  const detail = reason
    ? `CASE WHEN ${reason} IS NULL THEN $audit_detail::jsonb ELSE coalesce($audit_detail::jsonb, '{}') || jsonb_build_object('reason', ${reason}) END`
    : '$audit_detail::jsonb';
  const known = (parameter: string, column?: string): string => (column ? `coalesce($${parameter}::text, ${column})` : `$${parameter}::text`);
  return `
    INSERT INTO assent.audit_event (tag, at, type, issuer, client_id, customer_id, grant_id, request_id, rule, detail)
    SELECT ${tag}, $audit_at::timestamptz, ${type}, ${issuer}, ${known('audit_client', client)},
      ${known('audit_customer', customer)}, ${known('audit_grant', grant)}, $audit_request::text, $audit_rule::text, ${detail}
    FROM ${from}`;
}
