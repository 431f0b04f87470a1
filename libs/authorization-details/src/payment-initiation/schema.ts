import type { AuthorizationDetail } from '@assent/protocol';
import type { DetailSchema } from '../detail-type.js';
import { identifier, locations, payee, someOf } from '../schema/fragments.js';
import { moneyFault, moneySchema, type Money } from '../schema/money.js';
import type { Payee } from '../schema/payee.js';

export const paymentActions = ['initiate', 'status', 'cancel'] as const;
export type PaymentAction = (typeof paymentActions)[number];

/** One payment, made once. */
export interface PaymentInitiation extends AuthorizationDetail, Payee {
  readonly type: 'payment_initiation';
  readonly instructedAmount: Money;
  readonly endToEndIdentification?: string;
  /** Left out: `initiate` and `status`. */
  readonly actions?: readonly PaymentAction[];
}

export const schema: DetailSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['type', 'instructedAmount', 'creditorName', 'creditorAccount'],
  properties: {
    type: { const: 'payment_initiation' },
    instructedAmount: moneySchema,
    ...payee,
    endToEndIdentification: { type: 'string', minLength: 1, maxLength: 35, format: 'reference-id' },
    actions: someOf(paymentActions),
    locations,
    identifier,
  },
};

export const fault = ({ instructedAmount }: PaymentInitiation): string | undefined => moneyFault(instructedAmount, 'instructedAmount');
