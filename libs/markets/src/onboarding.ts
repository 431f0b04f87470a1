import type { RegistrationDialect } from './registration/dialect.js';

/** How third parties join a market: strategy five of five. */
export type Onboarding =
  | { readonly kind: 'registration'; readonly clause: string; readonly dialect: RegistrationDialect }
  /** Nobody registers: the bank follows the directory on a schedule. `dialect` says what comes of a record. */
  | { readonly kind: 'synced'; readonly clause: string; readonly dialect: RegistrationDialect }
  /** The operator writes clients into the configuration. */
  | { readonly kind: 'configured'; readonly clause: string };
