/** How third parties join a market: strategy five of five. The dialects of registration are in this file's neighbours. */
export type Onboarding =
  | { readonly kind: 'registration'; readonly clause: string; readonly dialect: RegistrationDialect }
  /** The operator writes clients into the configuration, or a directory is followed. */
  | { readonly kind: 'configured'; readonly clause: string };

/** How a market registers clients (RFC 7591): what is sent, by whom, and what comes of it. */
export interface RegistrationDialect {
  readonly says: string;
}
