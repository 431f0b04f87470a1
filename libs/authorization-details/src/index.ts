export { canonical } from './canonical.js';
export type { Choice, DetailSchema, DetailType, OfferedAccount } from './detail-type.js';
export { DetailTypes, type AnyDetailType, type Narrowed, type RequestRules } from './detail-types.js';
export { mostObjects } from './request-objects.js';
export { detailsFor, isFor, liesAt, type DetailResource } from './resources.js';
export { loadDetailTypes, shippedTypes } from './load.js';
export type { DataPresentation, PaymentPresentation, Presentation, PresentedTerm } from './presentation.js';

export { accountActions, type AccountAction, type AccountInformation } from './account-information/schema.js';
export { paymentInitiation } from './payment-initiation/index.js';
export { paymentActions, type PaymentAction, type PaymentInitiation } from './payment-initiation/schema.js';
export { type Period, type RecurringLimits, type RecurringPayment } from './recurring-payment/schema.js';

/* What types of an operator's own are made of. */
export { among, asGranted, atLeast, atMost } from './bounds.js';
export { decimalsOf } from './schema/currencies.js';
export { date, dateTime, identifier, locations, plainText, someOf } from './schema/fragments.js';
export { isIban } from './schema/iban.js';
export { unitsOf, moneyFault, moneySchema, type Money } from './schema/money.js';
export { unionOf } from './union.js';
export { formatCount, formatDate, formatIban, formatMoment, formatMoney, ltr } from './words/format.js';
export { languageOf, type InLanguages, type Language } from './words/language.js';
