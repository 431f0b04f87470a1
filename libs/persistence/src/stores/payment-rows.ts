import { tagOf, type Payment, type PaymentAccess, type PaymentRejection } from '@assent/protocol';
import { instant } from '../sql.js';
import { honours } from './grant-rows.js';

export interface PaymentRow {
  readonly id: string;
  readonly detail_id: string;
  readonly detail_type: string;
  readonly status: 'booked' | 'rejected';
  readonly reason: PaymentRejection | null;
  readonly account_id: string;
  readonly amount: string;
  readonly currency: string;
  readonly creditor_name: string;
  readonly creditor_iban: string | null;
  readonly creditor_scheme: string | null;
  readonly creditor_identification: string | null;
  readonly remittance: string | null;
  readonly end_to_end_id: string | null;
  readonly transaction_id: string | null;
  readonly created_at: Date;
}

/** The columns of `PaymentRow` from the alias `p`. */
export const paymentColumns = `p.id, p.detail_id, p.detail_type, p.status, p.reason, p.account_id, p.amount, p.currency, p.creditor_name,
  p.creditor_iban, p.creditor_scheme, p.creditor_identification, p.remittance, p.end_to_end_id, p.transaction_id, p.created_at`;

export const paymentFrom = (row: PaymentRow): Payment => ({
  id: row.id,
  approval: { type: row.detail_type, identifier: row.detail_id },
  status: row.status,
  ...(row.reason !== null && { rejection: row.reason }),
  accountId: row.account_id,
  amount: { amount: row.amount, currency: row.currency },
  creditorName: row.creditor_name,
  creditorAccount: row.creditor_iban === null ? { scheme: row.creditor_scheme ?? '', identification: row.creditor_identification ?? '' } : { iban: row.creditor_iban },
  ...(row.remittance !== null && { remittance: row.remittance }),
  ...(row.end_to_end_id !== null && { endToEndId: row.end_to_end_id }),
  ...(row.transaction_id !== null && { transactionId: row.transaction_id }),
  createdAt: row.created_at,
});

/**
 * Whether the grant under `g` honours the token: still for what was paid under it when nothing is left to pay
 * (`consumed`), and not a token older than it lets live.
 */
export const answersForToken = `g.tag = $tag::int AND g.id = $grant_id::text AND g.issuer = $issuer::text AND g.client_id = $client_id::text
  AND g.subject = $subject::text AND ${honours('g', '$grant_version::int')}`;

/** The parameters of `answersForToken`. */
export const tokenValues = ({ grantId, issuer, clientId, subject, grantVersion }: PaymentAccess, now: Date): Record<string, unknown> => ({
  tag: tagOf(grantId),
  grant_id: grantId,
  issuer,
  client_id: clientId,
  subject,
  grant_version: grantVersion,
  now: instant(now),
});
