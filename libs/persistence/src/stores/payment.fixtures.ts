import { randomBytes } from 'node:crypto';
import { mintId, newTag, sha256, tagOf, type AuthorizationDetail, type IdempotencyKey, type PaymentAccess, type PaymentApproval, type PaymentOrder, type Payments } from '@assent/protocol';
import type pg from 'pg';
import { clientId, issuer, now } from './fixtures.js';

/* A customer who pays, the grant behind it, and one good order. */

type Make = Parameters<Payments['make']>[0];

export interface PayingGrant {
  readonly access: PaymentAccess;
  readonly accountId: string;
}

export interface WantedGrant {
  readonly details?: readonly AuthorizationDetail[];
  readonly balance?: string;
  readonly currency?: string;
  readonly unavailable?: string;
  readonly scope?: readonly string[];
  readonly status?: string;
  /** Another grant's account. */
  readonly accountId?: string;
}

export const single = (identifier = 'p-1'): AuthorizationDetail => ({ type: 'payment_initiation', identifier });
export const recurring = (identifier = 'r-1'): AuthorizationDetail => ({ type: 'recurring_payment', identifier });

/** A grant over one account of a new customer. */
export async function aPayingGrant(pool: pg.Pool, wanted: WantedGrant = {}): Promise<PayingGrant> {
  const { details = [single(), recurring()], balance = '1000.00', currency = 'GBP', unavailable = null, scope = ['accounts'], status = 'active' } = wanted;
  const id = mintId(newTag());
  const accountId = wanted.accountId ?? `account-${randomBytes(6).toString('hex')}`;
  if (wanted.accountId === undefined) {
    await pool.query(`INSERT INTO bank.customer VALUES ($1, $1, 'x', $1, '{}')`, [`of-${accountId}`]);
    await pool.query(`INSERT INTO bank.account VALUES ($1, $2, 0, 'Current', 'current', 'GB09HBNK40010112344821', $3, 0, '2026-01-01', $4, now(), $5)`, [accountId, `of-${accountId}`, currency, balance, unavailable]);
  }
  await pool.query(
    `INSERT INTO assent."grant" (tag, id, status, issuer, client_id, customer_id, subject, scope, accounts, authorization_details, auth_time, acr, amr, created_at, updated_at, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6, 'subject-ana', $7, $8, $9, now(), '1', '{}', now(), now(), now() + interval '400 days')`,
    [tagOf(id), id, status, issuer, clientId, `of-${accountId}`, scope, [accountId], JSON.stringify(details)],
  );
  return { access: { issuer, clientId, subject: 'subject-ana', grantId: id, grantVersion: 1 }, accountId };
}

export const anOrder = (changes: Partial<PaymentOrder> = {}): PaymentOrder => ({
  amount: { amount: '100.00', currency: 'GBP' },
  creditorName: 'Corner Cafe',
  creditorAccount: { iban: 'GB15HBNK40010155120937' },
  remittance: 'Invoice 7',
  ...changes,
});

export const once = (identifier = 'p-1'): PaymentApproval => ({ type: 'payment_initiation', identifier, most: { times: 1, total: '100.00' } });

export const aKey = (text = randomBytes(12).toString('hex'), request = 'request'): IdempotencyKey => ({ hash: sha256(text), request: sha256(request) });

export const aPayment = ({ access }: PayingGrant, changes: Partial<Make> = {}): Make => ({
  access,
  order: anOrder(),
  approval: once(),
  key: aKey(),
  now: now(),
  audit: { type: 'payment.created', issuer, clientId, grantId: access.grantId, requestId: 'req-1' },
  ...changes,
});
