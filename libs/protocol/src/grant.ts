/** A grant's life: what a customer agreed to, from the first approver's yes to its end. */
export type GrantStatus = 'awaiting_authorisation' | 'active' | 'suspended' | 'revoked' | 'expired' | 'consumed';

/** How the customer proved who they are (OpenID Connect Core section 2). */
export interface AuthenticationEvent {
  readonly authTime: Date;
  readonly acr: string;
  readonly amr: readonly string[];
}

/** The `claims` request parameter (OpenID Connect Core section 5.5). */
export interface ClaimsRequest {
  readonly userinfo?: Readonly<Record<string, ClaimRequest | null>>;
  readonly id_token?: Readonly<Record<string, ClaimRequest | null>>;
}
export interface ClaimRequest {
  readonly essential?: boolean;
  readonly value?: unknown;
  readonly values?: readonly unknown[];
}

/** One authorization of a customer: what a code, a refresh token and each ID token derived from them stand for. */
export interface AuthorizedContext {
  readonly issuer: string;
  readonly clientId: string;
  readonly grantId: string;
  readonly customerId: string;
  /** The subject identifier as this client sees it (public or pairwise). */
  readonly subject: string;
  readonly scope: readonly string[];
  /** Resource identifiers the access token may name as audience (RFC 8707). */
  readonly resources: readonly string[];
  readonly authentication: AuthenticationEvent;
  readonly claims?: ClaimsRequest;
  readonly nonce?: string;
  /** Whether `auth_time` must stand in the ID token (max_age asked, requested as a claim, or client metadata). */
  readonly authTimeRequired: boolean;
}

export interface Grant {
  readonly id: string;
  readonly version: number;
  readonly status: GrantStatus;
  readonly issuer: string;
  readonly clientId: string;
  readonly customerId: string;
  readonly subject: string;
  readonly scope: readonly string[];
  readonly accounts: readonly string[];
  readonly authorizationDetails: readonly Record<string, unknown>[];
  readonly claims?: ClaimsRequest;
  readonly authentication: AuthenticationEvent;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly expiresAt: Date | null;
}
