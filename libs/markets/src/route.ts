import type { AccountName, AuthorizationDetail, ConsentApproval, CreditorAccount, LodgedConsent, Money, NewConsent, PaymentRejection } from '@assent/protocol';

/** The market's API at the bank: consents and resources. Everything in it is pure; the server brings the ports. */
export interface ResourceDialect {
  readonly headers: HeaderRules;
  /** The market's error format. `undefined` body: none. */
  error(refusal: ErrorFacts): MarketAnswer;
  readonly routes: readonly MarketRoute[];
}

/** What an error is about, whether the guard, the server or a route refused. */
export interface ErrorFacts {
  readonly status: number;
  /** The market's own code, or the OAuth error code of the guard (`invalid_token`, `insufficient_scope`, …). */
  readonly code: string;
  /** Ours, of whoever refused: `F2-RS-03` a token that was revoked, `ASSENT-MK-12` one whose consent has ended, `ASSENT-RG-03` a client that is not served any more. */
  readonly rule?: string;
  readonly description: string;
  readonly title?: string;
  readonly path?: string;
  readonly interactionId: string;
  readonly now: Date;
}

export interface HeaderRules {
  /** `x-fapi-interaction-id`: always answered; `refuse` (400) or `generate` when absent, and the same for one that is no UUID. */
  readonly interactionId: { readonly whenAbsent: 'refuse' | 'generate'; readonly whenMalformed: 'refuse' | 'generate' };
  /** Judges the other request headers of a route and gives those of the answer. Throws `MarketRefusal`. */
  read?(request: Pick<MarketRequest, 'header' | 'route' | 'now' | 'version' | 'access'>): Readonly<Record<string, string>>;
  /**
   * Which of the versions an address is there in (lowest first) a request means, where the market negotiates them by
   * header. Throws `MarketRefusal` (406, 400). Asked only where the address has routes with `versions`.
   */
  version?(request: Pick<MarketRequest, 'header'>, offered: readonly number[]): number;
}

/** One address. `path` begins after the issuer's own part of the URL; parameters are `:name`. */
export interface MarketRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly says: string;
  readonly clause: string;
  readonly access: RouteAccess;
  /** `json`: a JSON object. `jwt`: a JWS by the client's key (registered algorithms), whose claims are `body`. */
  readonly body?: BodyRules;
  /** How the answer is signed: a JWS whose payload is `body`, or a detached signature in the header named. */
  readonly signed?: { readonly as: 'jwt'; readonly typ?: string; /** Refusals behind the guard as well. */ readonly errors?: boolean; /** What the JWS says of itself, beside the body. */ readonly claims?: (facts: MessageFacts) => Readonly<Record<string, unknown>> } | { readonly as: 'detached'; readonly errors?: boolean; readonly header: string; readonly claims?: Readonly<Record<string, unknown>> | ((facts: AnswerFacts) => Readonly<Record<string, unknown>>) };
  /** Versions the route is there in, where the market negotiates them by header. Several routes may share an address. */
  readonly versions?: readonly number[];
  /** The whole of what it does. Throws `MarketRefusal`. */
  answer(request: MarketRequest, ports: MarketPorts): Promise<MarketAnswer>;
}

/**
 * `client`: a client_credentials token with the scope. `customer`: a token of a grant, with the scope where one is named,
 * and one of the permissions in its details where any are named. `any`: no token (public data).
 */
export type RouteAccess =
  | { readonly as: 'client'; readonly scope: string }
  | { readonly as: 'customer'; readonly scope?: string; readonly permissions?: readonly string[] }
  | { readonly as: 'either'; readonly scope: string }
  | { readonly as: 'any' };

export interface BodyRules {
  readonly as: 'json' | 'jwt' | 'form';
  /** A detached signature over the body (RFC 7515 appendix F), in the header named (`x-jws-signature`), by the client's key. */
  readonly detachedSignature?: DetachedSignatureRules;
  /** Of a `jwt` body: what its header and claims must be; a description of what is wrong, or `undefined`. */
  verifyJwt?(jwt: { readonly header: Readonly<Record<string, unknown>>; readonly claims: Readonly<Record<string, unknown>> }, facts: JwtFacts): string | undefined;
  /** What a body that cannot be read, or whose signature is wrong, is refused with. */
  readonly malformed?: { readonly status: number; readonly code: string };
  readonly badSignature?: { readonly status: number; readonly code: string };
  /** How long the `jti` of a `jwt` body is remembered, in seconds; refused as `replayed` when it comes again. */
  readonly replay?: { readonly seconds: number; readonly status: number; readonly code: string };
  /** Key of idempotency: the header, its longest length, and whether it must be there; of the client, or of each of its grants. The same key and body get the same answer for 24 hours. */
  readonly idempotencyKey?: { readonly header: string; readonly demand: 'optional' | 'required'; readonly maxLength: number; readonly blanks?: 'refused'; readonly per?: 'grant'; readonly missing: { readonly status: number; readonly code: string }; readonly reused: { readonly status: number; readonly code: string } };
}

export interface DetachedSignatureRules {
  readonly header: string;
  readonly demand: 'optional' | 'required';
  /** How a request is refused that lacks it where it must be there, and one whose header value is no detached JWS. */
  readonly missing?: { readonly status: number; readonly code: string };
  readonly malformed?: { readonly status: number; readonly code: string };
  /** Header parameters in `crit` that `verifyHeader` understands. */
  readonly critical?: readonly string[];
  /** Judges the protected header, before the signature: what is wrong with it (then `badSignature`), or throws `MarketRefusal`. */
  verifyHeader?(header: Readonly<Record<string, unknown>>, facts: SignerFacts): string | undefined;
}

/** Whose signature it must be. */
export interface SignerFacts {
  readonly clientId: string;
  readonly organisationId: string | undefined;
  /** Where the client's keys are published, if by address. */
  readonly jwksUri: string | undefined;
  readonly now: Date;
}

/** What the protected header of a detached signature on an answer may tell. */
export interface AnswerFacts {
  /** The issuer identifier. */
  readonly issuer: string;
  readonly now: Date;
}

/** What a signed answer may tell of itself. */
export interface MessageFacts extends AnswerFacts {
  readonly clientId: string;
  readonly organisationId: string | undefined;
  /** A new UUID. */
  readonly id: string;
}

export interface JwtFacts {
  readonly clientId: string;
  readonly issuer: string;
  /** The public URL that was called. */
  readonly url: string;
  readonly organisationId: string | undefined;
  readonly now: Date;
}

export interface MarketRequest {
  readonly route: MarketRoute;
  /** The version it means, where the market negotiates versions. */
  readonly version: number | undefined;
  /** The issuer identifier the token came from. */
  readonly issuer: string;
  /** Public URL the route's path begins at. */
  readonly base: string;
  /** The public URL called, without query. */
  readonly url: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  header(name: string): string | undefined;
  /** After its rules: the JSON object, or the claims of the JWS. `undefined`: the route takes none. */
  readonly body: Readonly<Record<string, unknown>> | undefined;
  readonly access: MarketAccess;
  readonly bank: BankFacts;
  readonly interactionId: string;
  readonly now: Date;
}

/** What the bank says of itself in answers. */
export interface BankFacts {
  readonly name: string;
  /** What it is called and numbered in the market, as its operator wrote it; by the market's names for that. */
  readonly participant: Readonly<Record<string, string>>;
}

/** Whose token it is and what it opens; of a route that takes no token, all empty. */
export interface MarketAccess {
  readonly clientId: string;
  readonly scope: readonly string[];
  /** The organisation behind the client, as its software statement or its metadata names it. */
  readonly organisationId: string | undefined;
  readonly grantId: string | undefined;
  readonly subject: string | undefined;
  readonly details: readonly AuthorizationDetail[];
  /** Union over the details, of those that have not ended. */
  readonly permissions: readonly string[];
  readonly acr: string | undefined;
}

export interface MarketAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What routes may ask of the bank and the consents; each call is already bound to the token. */
export interface MarketPorts {
  readonly accounts: AccountReader;
  readonly consents: ConsentDesk;
  readonly payments: PaymentDesk;
}

/** Account data of the token's grant, narrowed to the accounts, days and permissions of its details. Throws when it has ended. */
export interface AccountReader {
  /** All, or the one asked for, if it is among them. */
  accounts(accountId?: string): Promise<readonly BankAccount[]>;
  balances(accountId?: string): Promise<readonly BankBalance[]>;
  /** `undefined`: no such account for this token. Days that may not be read are left out. */
  transactions(accountId: string, page: TransactionPage): Promise<TransactionList | undefined>;
  /** Claims about the customer (OpenID Connect Core section 5.1). */
  customer(): Promise<Readonly<Record<string, unknown>>>;
}
export interface BankAccount {
  readonly id: string;
  readonly name: string;
  /** `current`, `savings`, `card` or `business`. */
  readonly type: string;
  readonly currency: string;
  readonly iban: string;
}
export interface BankBalance {
  readonly id: string;
  /** Signed decimal text. */
  readonly amount: string;
  readonly currency: string;
  readonly asOf: Date;
}
export interface BankTransaction {
  readonly id: string;
  /** YYYY-MM-DD. */
  readonly bookedOn: string;
  readonly valueOn: string;
  /** Signed decimal text: money out is negative. */
  readonly amount: string;
  readonly currency: string;
  readonly description: string;
  readonly counterparty: string;
  readonly category: string;
}
export interface TransactionPage {
  readonly from?: string;
  readonly to?: string;
  readonly limit: number;
  /** From `next` of the page before. */
  readonly cursor?: string;
}
export interface TransactionList {
  readonly transactions: readonly BankTransaction[];
  readonly next?: string;
}

/** The consents of the calling client at this issuer. */
export interface ConsentDesk {
  /** Keeps a consent that awaits its customer. `exists`: this client has one of this name. */
  lodge(consent: NewConsent): Promise<LodgedConsent | 'exists'>;
  /** By the name the client knows it by, or by the grant's id. Never another client's. */
  find(name: string): Promise<LodgedConsent | undefined>;
  /** The consent behind the token. */
  own(): Promise<LodgedConsent | undefined>;
  /** Ends it and all tokens that stand on it. `not-active`: it had ended before. */
  revoke(name: string, reason?: string): Promise<'revoked' | 'not-active' | 'unknown'>;
  /** Everybody who must say yes, and who has. */
  approvals(name: string): Promise<readonly ConsentApproval[]>;
}

/** Payments under the token's grant, each exactly as approved and once. */
export interface PaymentDesk {
  /** Throws a `MarketRefusal` of status 400, 403, 409 or 422 with a rule when it is not what was approved, or was made. */
  pay(order: MarketPaymentOrder): Promise<MarketPayment>;
  /** Of the token's grant; of a client's own token (`client_credentials`), of any grant of this client at this issuer. */
  find(paymentId: string): Promise<MarketPayment | undefined>;
  /** Whether the account to pay from holds the amount. */
  fundsAvailable(amount: Money): Promise<boolean>;
}
export interface MarketPaymentOrder {
  readonly amount: Money;
  readonly creditorName: string;
  /** The creditor's account as the market writes it: an IBAN, or another identification with its scheme. */
  readonly creditorAccount: CreditorAccount;
  readonly remittance?: string;
  readonly endToEndId?: string;
  readonly debtor?: AccountName;
  readonly identifier?: string;
}
export type { CreditorAccount } from '@assent/protocol';
export interface MarketPayment {
  readonly id: string;
  /** The consent it was made under. */
  readonly grantId: string;
  readonly status: 'booked' | 'rejected';
  readonly rejection?: PaymentRejection;
  readonly amount: Money;
  readonly creditorName: string;
  readonly creditorAccount: CreditorAccount;
  readonly remittance?: string;
  readonly endToEndId?: string;
  readonly accountId: string;
  readonly createdAt: Date;
}
