import { MarketRefusal, type MarketDetailType, type MarketPayment, type MarketPaymentOrder, type PaymentDesk, type PaymentLimits } from '@assent/markets';
import { insufficientScope, OAuthError, sha256, type Consents, type CreditorAccount, type IdempotencyKey, type OAuthError as Refusal, type Payment, type PaymentApproval, type PaymentOrder, type UseKind } from '@assent/protocol';
import { randomBytes } from 'node:crypto';
import type { Bank } from '../../bank/bank.js';
import { isAtMost, isSameAmount } from '../../payments/decimal.js';
import { compactIban } from '../../payments/iban.js';
import { fingerprint } from '../../payments/order.js';
import { pay, type PayStores } from '../../payments/pay.js';
import { whyEnded } from './accounts.js';
import type { Asking } from './asking.js';

export interface PaymentPorts {
  readonly stores: PayStores;
  readonly bank: Bank;
  readonly consents: Pick<Consents, 'ofGrant'>;
  readonly used: (grantId: string, kind: UseKind) => void;
}

/** Payments under the token's grant: exactly what a detail stands for, once, or again and again within its limits; asked about by the grant's tokens and the client's own. */
export function paymentDesk(asking: Asking, key: IdempotencyKey | undefined, { stores, bank, consents, used }: PaymentPorts): PaymentDesk {
  const { site, call, admitted } = asking;
  const { verified, access } = admitted;
  const accessOf = () => {
    if (verified?.grantId === undefined) throw new Error('a route without a grant asked for a payment');
    const { issuer, clientId, subject, grantId, grantVersion = 1 } = verified;
    return { issuer, clientId, subject, grantId, grantVersion };
  };
  return {
    async pay(asked) {
      const order = normal(asked);
      const payer = { access: accessOf(), details: access.details, now: call.now, requestId: call.requestId };
      const once = (await consents.ofGrant({ grantId: payer.access.grantId, now: call.now }))?.once ?? false;
      const approvals = approvalsFor(order, ordersOf(site.market.details, access.details, call.now), once);
      const made = await told(asking, () => pay(stores, payer, order, { hash: key?.hash ?? sha256(randomBytes(32)), request: fingerprint(order) }, () => approvals));
      used(payer.access.grantId, 'payments');
      return shown(made, payer.access.grantId);
    },
    async find(paymentId) {
      if (verified?.grantId === undefined) {
        const found = await stores.payments.findOfClient({ issuer: site.issuer.issuer, clientId: access.clientId, paymentId });
        return found && shown(found, found.grantId);
      }
      const found = await stores.payments.find({ access: accessOf(), paymentId, now: call.now });
      if (found.outcome === 'grant-ended') throw await whyEnded(asking, consents);
      return found.outcome === 'found' ? shown(found.payment, verified.grantId) : undefined;
    },
    async fundsAvailable(amount) {
      const orders = ordersOf(site.market.details, access.details, call.now);
      const accountId = orders.map(({ order }) => order.debtor?.accountId).find((one) => one !== undefined);
      if (accountId === undefined || !verified) return false;
      const found = await bank.funds({ access: verified, accountId, amount });
      if (found.grant === 'ended') throw await whyEnded(asking, consents);
      return found.value;
    },
  };
}

/** A refusal of the payments flow as one a market's route can catch; that a token is no good stays the guard's word. */
async function told<T>(asking: Asking, make: () => Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
    if (error.status === 401) throw asking.admitted.verified ? asking.site.guard.challenge(error, asking.admitted.verified) : error;
    throw new MarketRefusal(error.status, error.code, error.description, error.rule, { headers: error.headers });
  }
}

interface Approved {
  readonly type: string;
  readonly ownWords: readonly string[];
  readonly order: MarketPaymentOrder;
  /** Of payments made again and again; `none`: not now. */
  readonly limits?: PaymentLimits | 'none';
}

const ordersOf = (types: readonly MarketDetailType[], details: readonly { readonly type: string }[], now: Date): readonly Approved[] =>
  details.flatMap((detail) => {
    const known = types.find(({ type }) => type === detail.type);
    const order = known?.payment?.(detail);
    if (!known || !order) return [];
    return [{ type: detail.type, ownWords: known.ownWords ?? [], order: normal(order), ...(known.limits && { limits: known.limits(detail, { now }) ?? 'none' }) }];
  });

/** The details an order may be made under, or what the closest has different. */
function approvalsFor(order: PaymentOrder, approved: readonly Approved[], once: boolean): readonly PaymentApproval[] | Refusal {
  if (approved.length === 0) return insufficientScope('the access token holds no approved payment', 'RR-13');
  const judged = approved.map((one) => ({ ...one, faults: faultsOf(order, one) })).sort((a, b) => a.faults.length - b.faults.length);
  const fitting = judged.filter(({ faults }) => faults.length === 0);
  if (fitting.length === 0) return insufficientScope(`this is not what the customer approved: ${(judged[0]?.faults ?? []).join(', ')}`, 'RR-13');
  return fitting.flatMap(({ type, limits, order: { identifier, amount, debtor } }) => {
    if (identifier === undefined) return [];
    const bounds = limits && limits !== 'none' ? { most: limits } : { most: { times: 1, total: amount.amount }, usesUpGrant: once && approved.length === 1 };
    return [{ type, identifier, ...(debtor && { debtor }), ...bounds }];
  });
}

const faultsOf = (order: PaymentOrder, { order: approved, ownWords, limits }: Approved): readonly string[] => [
  ...fault(order.amount.currency === approved.amount.currency && (limits ? isAtMost : isSameAmount)(order.amount.amount, approved.amount.amount), limits ? 'more than one payment may be' : 'another amount'),
  ...fault(limits !== 'none', 'another time'),
  ...fault(order.creditorName === approved.creditorName, 'another creditor'),
  ...fault(accountText(order.creditorAccount) === accountText(approved.creditorAccount), 'another creditor account'),
  ...fault(order.remittance === approved.remittance || (approved.remittance === undefined && ownWords.includes('remittance')), 'another reference'),
  ...fault(order.endToEndId === approved.endToEndId || (approved.endToEndId === undefined && ownWords.includes('endToEndId')), 'another end-to-end identification'),
  ...fault(order.identifier === undefined || order.identifier === approved.identifier, 'another identifier'),
];

const fault = (good: boolean, text: string): readonly string[] => (good ? [] : [text]);

const accountText = (account: CreditorAccount): string => JSON.stringify('iban' in account ? ['iban', account.iban] : [account.scheme, account.identification]);

/** IBANs in their electronic form, whoever writes them. */
function normal({ creditorAccount, debtor, ...order }: MarketPaymentOrder): PaymentOrder {
  return {
    ...order,
    creditorAccount: 'iban' in creditorAccount ? { iban: compactIban(creditorAccount.iban) } : creditorAccount,
    ...(debtor && { debtor: debtor.iban === undefined ? debtor : { ...debtor, iban: compactIban(debtor.iban) } }),
  };
}

const shown = ({ id, status, rejection, amount, creditorName, creditorAccount, remittance, endToEndId, accountId, createdAt }: Payment, grantId: string): MarketPayment => ({
  id,
  grantId,
  status,
  ...(rejection !== undefined && { rejection }),
  amount,
  creditorName,
  creditorAccount,
  ...(remittance !== undefined && { remittance }),
  ...(endToEndId !== undefined && { endToEndId }),
  accountId,
  createdAt,
});
