import {
  conflict, insufficientScope, invalidToken, notFound, OAuthError, unprocessableContent,
  type AuditEvent, type AuditLog, type AuthorizationDetail, type IdempotencyKey, type Payment, type PaymentAccess, type PaymentApproval, type PaymentOrder, type Payments,
} from '@assent/protocol'; // prettier-ignore
import { allows } from '../access/details.js';
import { approvalsFor, isPayment } from './approval.js';

/** Who asks, verified, and what for the token stands. */
export interface Payer {
  readonly access: PaymentAccess;
  /** Of the access token, as far as they are for this address. */
  readonly details: readonly AuthorizationDetail[];
  readonly now: Date;
  readonly requestId: string;
}

export interface PayStores {
  readonly payments: Payments;
  readonly audit: AuditLog;
}

/** The details an order may be made under, or what stands in the way. */
export type Approves = () => readonly PaymentApproval[] | OAuthError;

/**
 * Makes an approved payment once (RFC 9396 section 9). Asked again under the same key it answers what it answered
 * before, also when the two come at the same moment: the later one waits for the first.
 *
 * `invalid_request` 422: the key came with another payment; 409: other payments are taking too long.
 * `insufficient_scope`: not what was approved, already made, or beyond a limit. `invalid_token`: the grant has ended.
 */
export async function pay(stores: PayStores, payer: Payer, order: PaymentOrder, key: IdempotencyKey, approve: Approves = () => approvalsFor(order, payer.details, payer.now)): Promise<Payment> {
  const { access, now } = payer;
  const known = await stores.payments.recall({ access, key, now });
  if (known.outcome === 'grant-ended') throw grantEnded();
  if (known.outcome === 'reused') throw await written(stores.audit, payer, keyReused());
  if (known.outcome === 'made') return known.payment;
  const approvals = approve();
  if (approvals instanceof OAuthError) throw await written(stores.audit, payer, approvals);
  let refusal: OAuthError | undefined;
  for (const approval of approvals) {
    const made = await make(stores.payments, payer, { order, key, approval });
    if (!(made instanceof OAuthError)) return made;
    refusal = made;
  }
  throw refusal ?? new Error('no approval was tried');
}

/** A refusal that no store has decided, and so none has written down. */
async function written(audit: AuditLog, payer: Payer, refusal: OAuthError): Promise<OAuthError> {
  await audit.append({ ...eventOf(payer, 'payment.refused'), rule: refusal.rule, detail: { reason: refusal.description } });
  return refusal;
}

const eventOf = ({ access: { issuer, clientId, grantId }, requestId }: Payer, type: string): AuditEvent => ({ type, issuer, clientId, grantId, requestId });

interface Attempt {
  readonly order: PaymentOrder;
  readonly key: IdempotencyKey;
  readonly approval: PaymentApproval;
}

/** The payment; or why not under this approval, when another one of the token's may still do. Throws what no other would change. */
async function make(payments: Payments, payer: Payer, { order, key, approval }: Attempt): Promise<Payment | OAuthError> {
  const { access, now } = payer;
  const decision = await payments.make({ access, order, approval, key, now, audit: eventOf(payer, 'payment.created') });
  switch (decision.outcome) {
    case 'made':
      return decision.payment;
    case 'grant-ended':
      throw grantEnded();
    case 'reused':
      throw keyReused();
    case 'refused':
      if (decision.reason === 'busy') throw busy();
      return refusalOf(decision.reason, approval, decision.used?.total);
  }
}

const grantEnded = () => invalidToken('the access token was revoked', 'F2-RS-03');
const keyReused = () => unprocessableContent('this Idempotency-Key was used for another payment', 'ASSENT-RS-07');
const busy = () => conflict('other payments are being decided: send the same request again, with the same Idempotency-Key', 'ASSENT-RS-08').withHeaders({ 'Retry-After': '1' });

function refusalOf(reason: 'not_granted' | 'no_account' | 'spent' | 'times' | 'total', { most }: PaymentApproval, total = '0'): OAuthError {
  switch (reason) {
    case 'not_granted':
      return insufficientScope('the grant does not hold this payment any more', 'RR-13');
    case 'no_account':
      return insufficientScope('there is no account to pay from: leave debtorAccount out, or name the one the customer chose', 'RR-13');
    case 'spent':
      return insufficientScope('the approved payment was made already', 'ASSENT-RS-09');
    case 'times':
      return insufficientScope(`limits.paymentsPerPeriod: ${most.times ?? 0} were made in this period`, 'ASSENT-RS-09');
    case 'total':
      return insufficientScope(`limits.perPeriod: ${total} of ${most.total} were paid in this period`, 'ASSENT-RS-09');
  }
}

/**
 * What became of a payment, for the client and the grant that made it; `not_found` for everybody else's and for none
 * alike. `insufficient_scope` when the token's approval does not include asking (the action `status`).
 */
export async function paymentOf(payments: Payments, { access, details, now }: Omit<Payer, 'requestId'>, paymentId: string): Promise<Payment> {
  const open = details.filter((each) => isPayment(each) && allows(each, 'status'));
  if (open.length === 0) throw insufficientScope('needed: a payment_initiation (with the action status) or recurring_payment detail in the access token', 'RR-13');
  const found = await payments.find({ access, paymentId, now });
  if (found.outcome === 'grant-ended') throw grantEnded();
  if (found.outcome === 'unknown') throw notFound('no such payment', 'ASSENT-RS-10');
  const { type, identifier } = found.payment.approval;
  if (!open.some((each) => each.type === type && each['identifier'] === identifier)) throw insufficientScope('the access token is not for this payment', 'RR-13');
  return found.payment;
}
