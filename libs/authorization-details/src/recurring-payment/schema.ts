import type { AuthorizationDetail } from '@assent/protocol';
import type { DetailSchema } from '../detail-type.js';
import { date, identifier, locations, payee } from '../schema/fragments.js';
import { unitsOf, moneyFault, moneySchema, type Money } from '../schema/money.js';
import type { Payee } from '../schema/payee.js';

export const periods = ['day', 'week', 'month', 'year'] as const;
export type Period = (typeof periods)[number];

export interface RecurringLimits {
  readonly perPayment: Money;
  readonly perPeriod: Money;
  readonly period: Period;
  readonly paymentsPerPeriod?: number;
}

/** Payments to one payee, again and again, within limits that hold over time. */
export interface RecurringPayment extends AuthorizationDetail, Payee {
  readonly type: 'recurring_payment';
  readonly limits: RecurringLimits;
  /** First and last day a payment may be made on. */
  readonly startsOn?: string;
  readonly endsOn?: string;
}

export const schema: DetailSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['type', 'creditorName', 'creditorAccount', 'limits'],
  properties: {
    type: { const: 'recurring_payment' },
    limits: {
      type: 'object',
      additionalProperties: false,
      required: ['perPayment', 'perPeriod', 'period'],
      properties: { perPayment: moneySchema, perPeriod: moneySchema, period: { enum: periods }, paymentsPerPeriod: { type: 'integer', minimum: 1, maximum: 1000 } },
    },
    startsOn: date,
    endsOn: date,
    ...payee,
    locations,
    identifier,
  },
};

export function fault({ limits: { perPayment, perPeriod }, startsOn, endsOn }: RecurringPayment, { now }: { readonly now: Date }): string | undefined {
  const money = moneyFault(perPayment, 'limits.perPayment') ?? moneyFault(perPeriod, 'limits.perPeriod');
  if (money !== undefined) return money;
  if (perPayment.currency !== perPeriod.currency) return 'limits.perPeriod.currency must be that of limits.perPayment';
  if (unitsOf(perPayment) > unitsOf(perPeriod)) return 'limits.perPayment must not be above limits.perPeriod';
  if (startsOn !== undefined && endsOn !== undefined && startsOn > endsOn) return 'endsOn must not lie before startsOn';
  if (endsOn !== undefined && dayAfter(endsOn).getTime() <= now.getTime()) return 'endsOn must not lie in the past';
  return undefined;
}

/** The first instant after a day, in UTC. */
export const dayAfter = (day: string): Date => new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000);
