/** A grant's life: what a customer agreed to, from the first approver's yes to its end. */
export type GrantStatus = 'awaiting_authorisation' | 'active' | 'suspended' | 'revoked' | 'expired' | 'consumed' | 'rejected';

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
  /** As the grant has them (RFC 9396 section 7). */
  readonly authorizationDetails: readonly AuthorizationDetail[];
  /** The version of the grant this was authorized or refreshed under. */
  readonly grantVersion: number;
  /** Whether the client manages the grant and may learn its id (GM-AZ-12). */
  readonly managed: boolean;
  readonly authentication: AuthenticationEvent;
  readonly claims?: ClaimsRequest;
  readonly nonce?: string;
  /** Whether `auth_time` must stand in the ID token (max_age asked, requested as a claim, or client metadata). */
  readonly authTimeRequired: boolean;
  /** The consent it is, where its market knows consents. */
  readonly consent?: AuthorizedConsent;
}

/** What answers may say of the consent behind an authorization. */
export interface AuthorizedConsent {
  /** How the client knows it: the name it was lodged under, else the grant's id. */
  readonly name: string;
  /** It is used once: there is no refresh token. */
  readonly once: boolean;
  /** The end of the grant as it is now. */
  readonly expiresAt: Date | null;
}

export interface Grant {
  readonly id: string;
  readonly version: number;
  readonly status: GrantStatus;
  readonly issuer: string;
  readonly clientId: string;
  /** Empty while a consent awaits its customer, and for ever when nobody said yes to it. */
  readonly customerId: string;
  readonly subject: string;
  readonly scope: readonly string[];
  readonly accounts: readonly string[];
  readonly authorizationDetails: readonly AuthorizationDetail[];
  readonly claims?: ClaimsRequest;
  /** Whether its client manages it and knows its id (GM-AZ-12). */
  readonly managed: boolean;
  /** Resource identifiers its access tokens may name (RFC 8707). */
  readonly resources: readonly string[];
  readonly updatedBy: 'client' | 'authorization_server';
  readonly authentication: AuthenticationEvent;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly expiresAt: Date | null;
}

/** One object of `authorization_details` (RFC 9396 section 2); its type says what the other members mean. */
export interface AuthorizationDetail {
  readonly type: string;
  readonly [member: string]: unknown;
}

/** What a request asks to do with a grant (Grant Management section 5.2). */
export type GrantManagementAction = 'create' | 'merge' | 'replace';

/** All that a grant permits. */
export interface GrantPermissions {
  readonly scope: readonly string[];
  /** Resource identifiers access tokens of the grant may name as audience (RFC 8707). */
  readonly resources: readonly string[];
  /** Accounts the customer chose, over all of it. */
  readonly accounts: readonly string[];
  /** As consented and enriched (RFC 9396 section 7.1). */
  readonly authorizationDetails: readonly AuthorizationDetail[];
  readonly claims?: ClaimsRequest;
  readonly expiresAt: Date | null;
}

/** What a customer said yes to; it becomes part of the grant when the client redeems the code (GM-SE-04). */
export interface GrantChange {
  readonly action: GrantManagementAction;
  /** Whether the client named the action, and so learns the grant's id (GM-AZ-12, GM-SE-05). */
  readonly managed: boolean;
  /** The version of the grant the customer was shown, for `merge` and `replace`. */
  readonly seenVersion?: number;
  readonly permissions: GrantPermissions;
}

/** A yes to a consent in waiting: the grant stands from the yes on, not from the redemption of the code. */
export interface GrantActivation {
  readonly action: 'activate';
  /** As the customer was shown it. */
  readonly waiting: Grant;
  readonly permissions: GrantPermissions;
  /** Customers who must say yes as well before it is active. */
  readonly furtherAuthorisers: readonly string[];
}

/** Who changed a grant. `id`: client_id, customer id, staff member's id, or the name of the part of the system. */
export interface GrantActor {
  readonly kind: 'client' | 'customer' | 'staff' | 'system';
  readonly id: string;
}

export type GrantEventType = 'lodged' | 'authorised' | 'approved' | 'rejected' | 'created' | 'merged' | 'replaced' | 'narrowed' | 'consumed' | 'revoked' | 'expired';

/** A grant as it stood from one change to the next. Kept for ever, changed never. */
export interface GrantVersion extends GrantPermissions {
  readonly grantId: string;
  readonly version: number;
  readonly at: Date;
  readonly actor: GrantActor;
  readonly event: GrantEventType;
  readonly status: GrantStatus;
  readonly difference: GrantDifference;
  /** Why, where somebody had to say: a staff member's reason. */
  readonly reason?: string;
}

/** What a change added, took away and left; members that did not change are absent. */
export interface GrantDifference {
  readonly scope?: Difference<string>;
  readonly accounts?: Difference<string>;
  readonly authorizationDetails?: Difference<AuthorizationDetail>;
  /** Names of claims. */
  readonly claims?: Difference<string>;
  /** ISO 8601, or `null` for no end. */
  readonly expiresAt?: { readonly from: string | null; readonly to: string | null };
  readonly status?: { readonly from: GrantStatus; readonly to: GrantStatus };
}
export interface Difference<T> {
  readonly added: readonly T[];
  readonly removed: readonly T[];
}
