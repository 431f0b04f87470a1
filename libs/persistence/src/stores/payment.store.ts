import { randomBytes } from 'node:crypto';
import { isId, mintId, plusSeconds, tagOf, type GrantActor, type PaymentAccess, type PaymentOrder, type PaymentRefusal, type Payments } from '@assent/protocol';
import { instant, type Sql } from '../sql.js';
import { Turns } from '../turns.js';
import { auditValues } from './audit-rows.js';
import { paymentFrom, tokenValues, type PaymentRow } from './payment-rows.js';
import { grantEventValues } from './grant-event-rows.js';
import { grants } from './grant.store.js';
import { decide, find, findOfClient, hold, recall } from './payment-statements.js';

type Make = Parameters<Payments['make']>[0];
type Outcome = Awaited<ReturnType<Payments['make']>>;

/** Columns of a left join: all NULL when there is no payment. */
type MaybePayment = { readonly id: null } | PaymentRow;
type RecallRow = { readonly request: Buffer | null } & MaybePayment;
type DecideRow = { readonly refusal: PaymentRefusal | 'reused' | null; readonly times: number; readonly total: string; readonly nothing_left: boolean } & MaybePayment;

/** A key counts for this long. Its partition is kept as long after its last row (`partitions/tables.ts`). */
const keySeconds = 24 * 3600;
const keySince = (now: Date): string => instant(plusSeconds(now, -keySeconds));

/** Long enough for all payments before, in this process and in others; then the client is told to ask again. */
const lockTimeoutMs = 3000;
const busy: Outcome = { outcome: 'refused', reason: 'busy' };
/** lock_not_available, deadlock_detected, query_canceled. */
const waitedTooLong: readonly unknown[] = ['55P03', '40P01', '57014'];

export const payments = (sql: Sql, turns = new Turns(lockTimeoutMs)): Payments => ({
  async recall({ access, key, now }) {
    const [row] = await sql.rows<RecallRow>(recall, { ...tokenValues(access, now), key_hash: key.hash, key_since: keySince(now) });
    if (!row) return { outcome: 'grant-ended' };
    if (row.request === null || row.id === null) return { outcome: 'unused' };
    return row.request.equals(key.request) ? { outcome: 'made', payment: paymentFrom(row) } : { outcome: 'reused' };
  },

  async make(input) {
    try {
      return (await turns.take(input.access.grantId, () => sql.transaction((within) => makeWithin(within, input), { lockTimeoutMs }))) ?? busy;
    } catch (error) {
      if (waitedTooLong.includes((error as { readonly code?: unknown }).code)) return busy;
      throw error;
    }
  },

  async findOfClient({ issuer, clientId, paymentId }) {
    if (!isId(paymentId)) return undefined;
    const [row] = await sql.rows<PaymentRow & { readonly grant_id: string }>(findOfClient, { tag: tagOf(paymentId), payment_id: paymentId, issuer, client_id: clientId });
    return row && { ...paymentFrom(row), grantId: row.grant_id };
  },

  async find({ access, paymentId, now }) {
    const [row] = await sql.rows<MaybePayment>(find, { ...tokenValues(access, now), payment_id: paymentId });
    if (!row) return { outcome: 'grant-ended' };
    return row.id === null ? { outcome: 'unknown' } : { outcome: 'found', payment: paymentFrom(row) };
  },
});

async function makeWithin(sql: Sql, input: Make): Promise<Outcome> {
  const { access, now } = input;
  const [held] = await sql.rows<{ account_id: string | null }>(hold, { ...tokenValues(access, now), ...debtorValues(input) });
  if (!held) return { outcome: 'grant-ended' };
  const row = await sql.row<DecideRow>(decide, { ...decideValues(input), account_id: held.account_id });
  if (row.refusal === 'reused') return { outcome: 'reused' };
  if (row.refusal !== null) return { outcome: 'refused', reason: row.refusal, used: { times: row.times, total: row.total } };
  if (row.id === null) throw new Error(`${decide.name} neither refused nor answered`);
  if (row.nothing_left) await grants(sql, { now: () => now }).consume({ grantId: access.grantId, actor: clientOf(access), now, audit: { ...input.audit, type: 'grant.consumed' } });
  return { outcome: 'made', payment: paymentFrom(row) };
}

function debtorValues({ order, approval: { type, identifier, debtor } }: Make): Record<string, string | null> {
  const { accountId } = debtor ?? {};
  return {
    approved_account: accountId ?? null,
    approved_iban: debtor?.iban ?? null,
    chosen: accountId === undefined ? null : JSON.stringify([{ type, identifier, debtorAccount: { accountId } }]),
    asked_account: order.debtor?.accountId ?? null,
    asked_iban: order.debtor?.iban ?? null,
  };
}

const clientOf = ({ clientId }: PaymentAccess): GrantActor => ({ kind: 'client', id: clientId });

function creditorValues({ creditorAccount: account }: PaymentOrder): Record<string, string | null> {
  const [iban, scheme, identification] = 'iban' in account ? [account.iban, null, null] : [null, account.scheme, account.identification];
  return { creditor_iban: iban, creditor_scheme: scheme, creditor_identification: identification };
}

function decideValues({ access, order, approval, key, now, audit }: Make): Record<string, unknown> {
  const tag = tagOf(access.grantId);
  const paymentId = mintId(tag);
  return {
    tag,
    grant_id: access.grantId,
    now: instant(now),
    day: now.toISOString().slice(0, 10),
    payment_id: paymentId,
    transaction_id: `tx-${randomBytes(12).toString('base64url')}`,
    detail_id: approval.identifier,
    detail_type: approval.type,
    approval: JSON.stringify([{ type: approval.type, identifier: approval.identifier }]),
    most_times: approval.most.times ?? null,
    most_total: approval.most.total,
    used_from: approval.most.from ? instant(approval.most.from) : '-infinity',
    used_until: approval.most.until ? instant(approval.most.until) : 'infinity',
    amount: order.amount.amount,
    currency: order.amount.currency,
    creditor_name: order.creditorName,
    ...creditorValues(order),
    single: approval.most.times === 1 && approval.most.from === undefined,
    uses_up_grant: approval.usesUpGrant ?? false,
    remittance: order.remittance ?? null,
    end_to_end_id: order.endToEndId ?? null,
    key_hash: key.hash,
    key_since: keySince(now),
    request: key.request,
    ...grantEventValues('payment.created', clientOf(access), audit, now),
    ...auditValues({ ...audit, detail: { ...audit.detail, payment: paymentId, approval: approval.identifier } }, tag, now),
  };
}
