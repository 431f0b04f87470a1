import type { EncryptionAlg } from './client.js';
import type { CarriedConsent, RequestedConsent } from './consent.js';
import type { AuthorizationDetail, AuthorizedContext, ClaimsRequest, Grant, GrantActivation, GrantActor, GrantChange, GrantManagementAction, GrantPermissions, GrantVersion } from './grant.js';
import type { Handle } from './handle.js';

/*
 * The stores the protocol needs, as named atomic operations: each is one statement or one transaction, and the
 * decision, what it creates, the replay rows it spends and its audit event commit together.
 */

// ---------------------------------------------------------------- replay

export type ReplayKind = 'client_assertion' | 'dpop_proof' | 'http_signature' | 'request_object' | 'registration_request';

/** A one-time value to spend: `hash` covers kind, scope (client, or key and htu) and jti, so one key space serves all. */
export interface ReplayClaim {
  readonly kind: ReplayKind;
  readonly hash: Buffer;
  /** When the proof itself stops being acceptable: the row's time partition. */
  readonly expiresAt: Date;
}

/** An operation that was handed a value already spent did nothing and says which. */
export interface Replayed {
  readonly outcome: 'replayed';
  readonly kind: ReplayKind;
}

export interface ReplayStore {
  /** Spends values on their own, for requests that write nothing else. */
  spend(claims: readonly ReplayClaim[]): Promise<{ readonly outcome: 'spent' } | Replayed>;
}

// ---------------------------------------------------------------- audit

/** One append-only line: who did what, under which rule, in which request. Never a secret, token or proof. */
export interface AuditEvent {
  /** `par.pushed`, `authorize.allowed`, `token.issued`, `token.refused`, `login.failed`, `grant.revoked`, … */
  readonly type: string;
  readonly issuer: string;
  readonly clientId?: string;
  readonly customerId?: string;
  readonly grantId?: string;
  readonly requestId?: string;
  readonly rule?: string;
  readonly detail?: Readonly<Record<string, string | number | boolean | readonly string[]>>;
}

export interface AuditLog {
  append(event: AuditEvent): Promise<void>;
}

// ---------------------------------------------------------------- pushed authorization requests

/** The parameters kept at PAR, already validated; nothing is added from the front channel (RFC 9101 section 6.3). */
export interface PushedRequest {
  readonly issuer: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly responseType: string;
  readonly responseMode?: string;
  readonly scope: readonly string[];
  readonly resources: readonly string[];
  readonly state?: string;
  readonly nonce?: string;
  /** Absent only where the profile lets PKCE be left out. */
  readonly codeChallenge?: string;
  readonly dpopJkt?: string;
  readonly prompt: readonly string[];
  readonly maxAge?: number;
  readonly acrValues: readonly string[];
  readonly claims?: ClaimsRequest;
  readonly loginHint?: string;
  readonly idTokenHintSubject?: string;
  readonly uiLocales: readonly string[];
  readonly authorizationDetails: readonly AuthorizationDetail[];
  /** What the client asks to do with a grant (Grant Management section 5.2); absent: an ordinary request. */
  readonly grantManagementAction?: GrantManagementAction;
  /** The grant to merge into or to replace; it was the client's own and alive when the request was pushed. */
  readonly grantId?: string;
  /** The consent it is about, where its market knows consents. */
  readonly consent?: RequestedConsent;
  readonly pushedAt: Date;
}

/** What a request for a customer's yes asks for, however it came. */
export type AskedRequest = Pick<PushedRequest, 'scope' | 'resources' | 'acrValues' | 'claims' | 'authorizationDetails' | 'grantManagementAction' | 'grantId' | 'consent'>;

/** A pushed request as found again, with the browser it was first opened in, if any. */
export interface FoundRequest {
  readonly request: PushedRequest;
  readonly handle: Handle;
  readonly completed: boolean;
}

export interface PushedRequests {
  /** `lodges`: the consent the request carries, kept with it. `exists`: the client has one of this name; nothing is kept. */
  push(input: {
    readonly handle: Handle;
    readonly request: PushedRequest;
    readonly lodges?: CarriedConsent;
    readonly replay: readonly ReplayClaim[];
    readonly audit: AuditEvent;
  }): Promise<{ readonly outcome: 'pushed' | 'exists' } | Replayed>;

  /**
   * The request and, in the same round trip, the customer's session (by cookie). Rows outlive `handle.expiresAt` by
   * an interaction's length, so that a login under way is not cut off; the caller judges expiry.
   */
  open(handle: Handle, session: Handle | undefined): Promise<{ readonly found?: FoundRequest; readonly session?: Session }>;
}

// ---------------------------------------------------------------- sessions and customers

export interface Session {
  readonly handle: Handle;
  readonly customerId: string;
  readonly displayName: string;
  readonly authTime: Date;
  readonly acr: string;
  readonly amr: readonly string[];
  /** SHA-256 (hex) of the interaction the customer last signed in for: what `prompt=login` and `max_age=0` ask about. */
  readonly signedInFor?: string;
}

export interface Sessions {
  start(session: Session, audit: AuditEvent, replaces?: Handle): Promise<void>;
  find(handle: Handle): Promise<Session | undefined>;
  end(handle: Handle): Promise<void>;
}

export interface CustomerAccount {
  readonly id: string;
  readonly name: string;
  /** Last four digits only. */
  readonly maskedNumber: string;
  /** `current`, `savings`, `card` or `business`. */
  readonly type?: string;
  readonly balance: { readonly amount: string; readonly currency: string };
  /** Why it cannot be shared here (a text key such as `needs_second_approver`), when it cannot. */
  readonly unavailable?: string;
  /** Customers who must agree before it is shared, beside its holder. */
  readonly approvers?: readonly string[];
}

export interface Customer {
  readonly id: string;
  readonly login: string;
  readonly passwordHash: string;
  readonly displayName: string;
  /** Of the code the customer gives to shops, so that nobody else makes their device ring (CIBA section 7.1.2). */
  readonly userCodeHash?: string;
  /** Standard claims (OpenID Connect Core section 5.1), those the bank really holds. */
  readonly claims: Readonly<Record<string, unknown>>;
}

export interface Customers {
  findByLogin(login: string): Promise<Customer | undefined>;
  find(customerId: string): Promise<Customer | undefined>;
  /** The one customer of whom the bank holds all these claims; `undefined` for none, and for several. */
  findByClaims(claims: Readonly<Record<string, string>>): Promise<Customer | undefined>;
  /** The customer a client knows by this subject identifier, from a grant it has or had. */
  findBySubject(issuer: string, clientId: string, subject: string): Promise<Customer | undefined>;
  /** The accounts a consent page may offer. */
  accounts(customerId: string): Promise<readonly CustomerAccount[]>;
}

// ---------------------------------------------------------------- authorizations (consent decided)

export interface Authorizations {
  /**
   * The customer said yes: consumes the pushed request (one winner) and writes the code with the change it stands for.
   * No grant is touched before the code is redeemed (GM-SE-04). `existing`: no change; the code stands on the grant
   * that is there (`prompt=none`). Except for `create`, the grant must be the client's and the customer's and still
   * stand, or the answer is `grant-gone` and the request stays open.
   *
   * A yes to a consent in waiting activates it here and now; the code stands on it. It must still wait as it was shown,
   * or the answer is `grant-gone`: of two customers who say yes one wins.
   */
  allow(input: {
    readonly request: Handle;
    readonly code: Handle;
    readonly context: AuthorizedContext;
    readonly codeChallenge?: string;
    readonly redirectUri: string;
    readonly dpopJkt?: string;
    readonly change: GrantChange | GrantActivation | 'existing';
    readonly now: Date;
    readonly audit: AuditEvent;
  }): Promise<'allowed' | 'already-completed' | 'grant-gone'>;

  /**
   * The customer said no, or the request ended in an error told to the client: consumes the pushed request.
   * `grantId`: the customer's own grant that is left as it was; the refusal becomes a link of its chain of events.
   * `rejects`: the consent in waiting that the customer said no to; it ends with that.
   */
  refuse(input: { readonly request: Handle; readonly grantId?: string; readonly rejects?: string; readonly now: Date; readonly audit: AuditEvent }): Promise<'refused' | 'already-completed'>;

  /**
   * The newest active grant of this client and customer that covers the scopes and of which `covers` says yes, if any; a
   * client with many grants may have one that is too old to be looked at.
   */
  covering(input: { readonly issuer: string; readonly clientId: string; readonly customerId: string; readonly scope: readonly string[]; readonly covers?: (grant: Grant) => boolean; readonly now: Date }): Promise<Grant | undefined>;
}

// ---------------------------------------------------------------- tokens

/** What is to be kept of an access token. A JWT leaves no row: it is revoked by its jti, family or grant. */
export interface NewAccessToken {
  readonly jti: string;
  readonly format: 'jwt' | 'opaque';
  /** Of the opaque value; absent for a JWT. */
  readonly handle?: Handle;
  /**
   * The resources asked for at the token endpoint (RFC 8707 section 2.2); one that the context does not name is
   * refused as `target`. Empty: all the resources of the context.
   */
  readonly audience: readonly string[];
  readonly expiresAt: Date;
  /** `undefined`: a bearer token, where the profile has them. */
  readonly confirmation: Confirmation | undefined;
}

/** RFC 7800 `cnf`: exactly one member. */
export type Confirmation = { readonly jkt: string } | { readonly 'x5t#S256': string };

/** Every token minted from one code redemption shares a family: `jti` is `<familyId>.<random>`. */
export interface NewTokens {
  readonly familyId: string;
  readonly access: NewAccessToken;
  readonly refresh?: { readonly handle: Handle };
}

/** `grant_narrowed`: something was taken out of the grant after the customer agreed to replace it. */
export type CodeRefusal = 'unknown' | 'expired' | 'used' | 'foreign_client' | 'pkce' | 'redirect_uri' | 'dpop_key' | 'target' | 'details' | 'grant_inactive' | 'grant_narrowed';

/**
 * What of the granted details the access token is to carry (RFC 9396 section 6); `undefined` when more is asked for than
 * was granted, which is refused as `details`. Pure, and called anew when a grant changed meanwhile.
 */
export type NarrowDetails = (granted: readonly AuthorizationDetail[]) => readonly AuthorizationDetail[] | undefined;

/** What is to be known of an authorization before its tokens are planned, where its consent decides about them. */
export interface Outlook {
  /** When the grant will end. */
  readonly expiresAt: Date | null;
  /** No refresh token. */
  readonly once: boolean;
  /** Others have still to say yes. */
  readonly waiting: boolean;
}

export interface Codes {
  /** Of a code that can be found; whether it is good is not asked. */
  outlook(code: Handle): Promise<Outlook | undefined>;

  /**
   * Redeems a code once (RFC 6749 section 4.1.3), changes the grant as the customer agreed, and keeps the tokens that
   * are to be handed out, in one statement. A code presented by a foreign client, with a wrong verifier, redirect URI
   * or key is spent; a code presented again revokes the tokens issued from it, the grant behind it is not.
   *
   * For `merge` and `replace` the grant is read first, `apply` computes what it will permit, and the statement writes
   * that only if the grant is still the one that was read; when another change came first, it is read again. The code
   * is not spent before that (GM-CC-01, GM-CC-03). `context` answers what the access token stands for: the whole grant,
   * its details narrowed as asked. A request that asks for more details leaves code and grant as they are.
   */
  redeem(input: {
    readonly code: Handle;
    readonly issuer: string;
    readonly clientId: string;
    /** S256 of the presented verifier; `undefined` when none was presented (refused as `pkce`). */
    readonly codeChallenge: string | undefined;
    readonly redirectUri: string | undefined;
    readonly jkt: string | undefined;
    readonly tokens: NewTokens;
    /** Pure: what a grant permits after a change (`applyChange` of libs/grants). */
    readonly apply: (current: Grant, change: GrantChange) => GrantPermissions;
    readonly narrow?: NarrowDetails | undefined;
    readonly replay: readonly ReplayClaim[];
    readonly now: Date;
    readonly audit: AuditEvent;
  }): Promise<{ readonly outcome: 'redeemed'; readonly context: AuthorizedContext } | { readonly outcome: 'refused'; readonly reason: CodeRefusal } | Replayed>;
}

/** `superseded`: the grant was merged into or replaced since the token was issued (GM-SE-03). */
export type RefreshRefusal = 'unknown' | 'expired' | 'revoked' | 'foreign_client' | 'grant_inactive' | 'superseded' | 'scope' | 'target' | 'details';

export interface RefreshTokens {
  /** Of a refresh token that can be found; whether it is good is not asked. */
  outlook(refreshToken: Handle): Promise<Outlook | undefined>;

  /**
   * Uses a refresh token without rotating it (FAPI 2.0 SP 5.3.2.1-9) and keeps the new access token. `context` has the
   * grant's details and version as they are now, narrowed as asked, and of the token's scope what the grant still permits.
   */
  use(input: {
    readonly refreshToken: Handle;
    readonly issuer: string;
    readonly clientId: string;
    /** Narrower scope to ask for, or `undefined` for all of it; wider is refused as `scope`. */
    readonly scope: readonly string[] | undefined;
    readonly narrow?: NarrowDetails | undefined;
    readonly access: Omit<NewAccessToken, 'jti'> & { readonly jtiSuffix: string };
    readonly replay: readonly ReplayClaim[];
    readonly now: Date;
    readonly audit: AuditEvent;
  }): Promise<
    | { readonly outcome: 'used'; readonly context: AuthorizedContext; readonly familyId: string; readonly scope: readonly string[] }
    | { readonly outcome: 'refused'; readonly reason: RefreshRefusal }
    | Replayed
  >;
}

/** What an access token says, whether it was read from its row or from a verified JWT. */
export interface AccessTokenFacts {
  readonly jti: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly subject: string;
  readonly scope: readonly string[];
  readonly audience: readonly string[];
  readonly issuedAt: Date;
  readonly expiresAt: Date;
  /** `undefined`: a bearer token, where the profile has them. */
  readonly confirmation: Confirmation | undefined;
  readonly grantId?: string;
  /** The version of the grant the token was issued under; a floor of the grant may kill older ones. */
  readonly grantVersion?: number;
  /** RFC 9396 section 9; absent or empty: none. */
  readonly authorizationDetails?: readonly AuthorizationDetail[];
  readonly acr?: string;
  readonly authTime?: Date;
}

export interface AccessTokens {
  /** client_credentials: no grant, no customer. */
  issue(input: {
    readonly facts: AccessTokenFacts;
    readonly handle?: Handle;
    readonly replay: readonly ReplayClaim[];
    readonly audit: AuditEvent;
  }): Promise<{ readonly outcome: 'issued' } | Replayed>;

  /** An opaque access token that is neither expired nor revoked, with its grant active. Spends `replay` as well. */
  find(handle: Handle, replay: readonly ReplayClaim[], now: Date): Promise<{ readonly outcome: 'found'; readonly facts: AccessTokenFacts } | { readonly outcome: 'inactive' } | Replayed>;

  /** Whether a verified JWT access token (or its family or grant) is still good, and the customer behind it. */
  check(facts: AccessTokenFacts, replay: readonly ReplayClaim[], now: Date): Promise<{ readonly outcome: 'active'; readonly grant?: Grant } | { readonly outcome: 'inactive' } | Replayed>;
}

/** A refresh token looked up for introspection or revocation. */
export interface RefreshTokenFacts {
  readonly familyId: string;
  readonly context: AuthorizedContext;
  readonly expiresAt: Date;
  readonly issuedAt: Date;
}

export interface TokenFamilies {
  findRefreshToken(handle: Handle, replay: readonly ReplayClaim[], now: Date): Promise<{ readonly outcome: 'found'; readonly facts: RefreshTokenFacts } | { readonly outcome: 'inactive' } | Replayed>;

  /** RFC 7009: a refresh token and all access tokens of its family, or one access token; own tokens only. */
  revoke(input: {
    readonly target: { readonly refreshToken: Handle } | { readonly accessToken: Handle } | { readonly jti: string; readonly expiresAt: Date };
    readonly clientId: string;
    readonly issuer: string;
    readonly replay: readonly ReplayClaim[];
    readonly now: Date;
    readonly audit: AuditEvent;
  }): Promise<{ readonly outcome: 'revoked' | 'unknown' | 'foreign' } | Replayed>;
}

/** Who changes a grant, and on what condition. */
export interface GrantDecision {
  readonly grantId: string;
  readonly actor: GrantActor;
  /** Why, where the actor has to say. */
  readonly reason?: string;
  /** Only if the grant is still of this version (`If-Match`, GM-CC-05). */
  readonly expectedVersion?: number;
  readonly now: Date;
  readonly audit: AuditEvent;
}

/**
 * Each change is one statement: the grant's new state, its version row, the link of its chain of events, the audit
 * line, and what kills its tokens.
 */
export interface Grants {
  find(grantId: string): Promise<Grant | undefined>;
  /** Ends a grant and with it every code, refresh token and access token that stands on it. `changed`: not of the expected version. */
  revoke(input: GrantDecision): Promise<'revoked' | 'not-active' | 'changed'>;
  /**
   * Takes something away. `permissions` computes what is left from the grant as it is (and again, when another change
   * came first); `undefined` when there is nothing to take away. Access tokens die at once, refresh tokens live on and
   * bring what is left. `RangeError` when the answer permits more than before.
   */
  narrow(input: GrantDecision & { readonly permissions: (grant: Grant) => GrantPermissions | undefined }): Promise<'narrowed' | 'not-active' | 'changed' | 'unchanged'>;
  /**
   * The one thing the grant permitted has been done (a payment). Nothing new is issued on it; access tokens that are
   * out live to their end, so that its client can still ask about what it did.
   */
  consume(input: GrantDecision): Promise<'consumed' | 'not-active' | 'changed'>;
  /** Every version, the oldest first. */
  history(grantId: string): Promise<readonly GrantVersion[]>;
}

// ---------------------------------------------------------------- revocation feed

export type RevocationSubject = 'token' | 'family' | 'grant' | 'version';

/**
 * One line of the feed: access tokens whose jti, family or grant is `id` are dead from now until `until`; of subject
 * `version`, those of the grant `id` that were issued under a version lower than `below`, or under none.
 */
export interface Revocation {
  readonly subject: RevocationSubject;
  readonly id: string;
  readonly below?: number;
  readonly until: Date;
}

/** What of an access token the feed is asked about. */
export interface RevocableToken {
  readonly jti: string;
  readonly grantId?: string | undefined;
  readonly grantVersion?: number | undefined;
}

/** A resource server's view of what was revoked, at most `lagMs` behind; a feed too old to trust says so. */
export interface RevocationFeed {
  isRevoked(token: RevocableToken): boolean;
  /** Milliseconds since the feed was last known to be complete; `Infinity` when it cannot hold all there is. */
  age(): number;
  close(): Promise<void>;
}

// ---------------------------------------------------------------- signing keys

export type SigningKeyState = 'next' | 'current' | 'previous';

/** A key of an issuer, for signatures or for decryption, opened. `privateKey` is PKCS#8 PEM. */
export interface StoredSigningKey {
  readonly kid: string;
  readonly issuer: string;
  /** What it signs with, or what others encrypt to it with. */
  readonly alg: KeyAlgName;
  readonly state: SigningKeyState;
  readonly privateKeyPem: string;
  readonly createdAt: Date;
  /** Since when it has been in its state. */
  readonly since: Date;
}
export type SigningAlgName = 'PS256' | 'ES256' | 'EdDSA';
/** The algorithms the server has keys of its own for: each key serves one. */
export type KeyAlgName = SigningAlgName | EncryptionAlg;

export interface SigningKeys {
  /** Every key that is still published: of these issuers, or of all. No other private key is opened. */
  all(issuers?: readonly string[]): Promise<readonly StoredSigningKey[]>;
  /**
   * Under one lock over all processes: makes sure each (issuer, alg) has a current and a next key, or one of them;
   * `generate` is called for each that is missing.
   */
  ensure<Alg extends KeyAlgName>(wanted: readonly { readonly issuer: string; readonly alg: Alg }[], generate: (alg: Alg) => Promise<{ readonly kid: string; readonly privateKeyPem: string }>, now: Date, only?: 'current' | 'next'): Promise<void>;
  /**
   * Under the same lock: next (or one made for it, where there is none yet) → current, current → previous, a new next;
   * previous keys older than `retireBefore` are dropped. With `dueBefore`, nothing happens when the current key became current after it: of several processes
   * whose timers fire together, one rotates.
   */
  rotate<Alg extends KeyAlgName>(issuer: string, alg: Alg, generate: (alg: Alg) => Promise<{ readonly kid: string; readonly privateKeyPem: string }>, now: Date, retireBefore: Date, dueBefore?: Date): Promise<void>;
  /** Calls back whenever keys have changed in any process. Returns the way to stop. */
  onChange(listener: () => void): Promise<() => Promise<void>>;
}
