import { dateTime, plainText } from '@assent/authorization-details';
import { paymentPermissions } from '../vocabulary.js';

/** Parts both consents have. Every text and list has a bound. */

/** Chosen by the third party; it stands in addresses. */
export const consentId = { type: 'string', minLength: 1, maxLength: 128, format: 'reference-id' } as const;

export const accountIds = { type: 'array', items: { type: 'string', maxLength: 255, format: 'account-id' }, minItems: 1, maxItems: 100, uniqueItems: true } as const;

export const onBehalfOf = {
  type: 'object',
  additionalProperties: false,
  properties: { TradingName: plainText(140), LegalName: plainText(140), IdentifierType: { enum: ['Other'] }, Identifier: plainText(140) },
} as const;

/** Where events of the consent are to be sent. */
export const subscription = {
  type: 'object',
  additionalProperties: false,
  required: ['Webhook'],
  properties: {
    Webhook: { type: 'object', additionalProperties: false, required: ['Url', 'IsActive'], properties: { Url: { type: 'string', maxLength: 512, format: 'location' }, IsActive: { type: 'boolean' } } },
  },
} as const;

export const expiration = dateTime;
export const paymentReads = { type: 'array', items: { enum: paymentPermissions }, minItems: 1, maxItems: paymentPermissions.length, uniqueItems: true } as const;

const year = 366 * 86_400_000;

/** `ExpirationDateTime` lies ahead, at most a year. */
export function expirationFault(text: string, now: Date): string | undefined {
  const end = Date.parse(text);
  if (end <= now.getTime()) return 'consent.ExpirationDateTime must lie in the future';
  return end > now.getTime() + year ? 'consent.ExpirationDateTime must lie at most a year ahead' : undefined;
}

export const instant = (text: string | undefined): number | undefined => (text === undefined ? undefined : Date.parse(text));
