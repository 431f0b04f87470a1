export type { Choice, DetailType } from './detail-type.js';
export type { DataPresentation, PaymentPresentation, Presentation, PresentedTerm } from './presentation.js';
