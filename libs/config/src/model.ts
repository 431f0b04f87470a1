import type { AccessTokenFormat, Client, GrantManagementAction, Secret, SigningAlg, SigningAlgName } from '@assent/protocol';
import type { Policy, Profile, SubjectType } from '@assent/profiles';
import type { Market, RegistrationDialect } from '@assent/markets';
import type { ThreatWaiver } from '@assent/threat-model';

/** The whole configuration, read, defaulted and checked. Relative paths are already absolute. Times are seconds. */
export interface AssentConfig {
  readonly mode: 'development' | 'production';
  /** Where development keys, PKI and the embedded database live (`.assent` beside package.json). */
  readonly dataFolder: string;
  readonly database: {
    /** `undefined`: the embedded PostgreSQL of `npm start`. */
    readonly url: Secret | undefined;
    readonly poolSize: number;
  };
  /** 32 bytes: signing keys and stored secrets are encrypted under it; HMAC keys are derived from it by HKDF. */
  readonly encryptionKey: Secret<Buffer>;
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
  readonly tls: TlsConfig;
  readonly outbound: OutboundConfig;
  readonly bank: BankConfig;
  readonly authorizationServer: AuthorizationServerConfig;
  readonly resourceServer: ResourceServerConfig;
  readonly grantManagement: GrantManagementConfig;
  readonly relyingParty: RelyingPartyConfig | undefined;
  readonly directory: DirectoryConfig | undefined;
  /** Files of an operator's own types of `authorization_details`. */
  readonly detailTypes: readonly string[];
  /** Those of the file. Which of them an issuer's tokens may name, and which more, each issuer says. */
  readonly resources: readonly ResourceConfig[];
  readonly issuers: readonly IssuerConfig[];
  /** Attacks that may succeed for now. */
  readonly threatWaivers: readonly ThreatWaiver[];
  readonly customers: readonly CustomerConfig[];
  readonly staff: readonly StaffConfig[];
  /** The file this was read from; `undefined` when it was built from text. */
  readonly file: string | undefined;
  /** What was accepted but deserves a look (ignored client metadata), one line each, for the log at start. */
  readonly warnings: readonly string[];
}

export interface BankConfig {
  readonly name: string;
  /** Whom a customer may ask, shown under every page. */
  readonly helpText: string;
  /** BCP 47 tags of the languages of the pages, the preferred one first. */
  readonly locales: readonly string[];
  /** What a customer pays for one payment, in its currency: decimal text. */
  readonly paymentFee: string;
  /** Seconds an approval of nothing but single payments lasts. */
  readonly paymentApproval: number;
}

/** PEM files. `undefined` certificate and key: every listener is plain, behind a TLS-terminating proxy. */
export interface TlsConfig {
  readonly certificateFile: string | undefined;
  readonly keyFile: string | undefined;
  /** Trust anchors for `tls_client_auth` certificates. */
  readonly clientAuthorityFiles: readonly string[];
  /** Trust anchors for our own outbound calls, beside the system's. */
  readonly serverAuthorityFiles: readonly string[];
  /** Absent: client certificates are not asked about. */
  readonly revocation?: RevocationCheckConfig | undefined;
}

/** How revoked client certificates are known. */
export interface RevocationCheckConfig {
  readonly mode: 'off' | 'crl' | 'ocsp';
  /** https URLs, or absolute paths of files. */
  readonly crls: readonly string[];
  readonly softFail: boolean;
  readonly refreshSeconds: number;
}

export interface OutboundConfig {
  /** Origin at which our own servers reach the authorization server, where that is not its public one. */
  readonly authorizationServerUrl?: string | undefined;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  /** CIDR blocks of internal addresses that fetches of `jwks_uri` may reach; none by default. */
  readonly allowPrivateAddresses: readonly string[];
}

export type ListenerKind = 'tls' | 'mtls' | 'plain';
export interface ListenerConfig {
  readonly kind: ListenerKind;
  readonly host: string;
  readonly port: number;
}

/** Which proxies may speak for a client certificate and the public address, and how they do. */
export interface ProxyConfig {
  readonly trustedAddresses: readonly string[];
  readonly clientCertificateHeader: 'rfc9440' | 'nginx' | 'envoy' | 'haproxy' | 'none';
}

export interface ServerConfig {
  readonly publicUrl: string;
  readonly listeners: readonly ListenerConfig[];
  /** Plain HTTP: `/health/live`, `/health/ready`, `/metrics`. */
  readonly health: { readonly host: string; readonly port: number };
  readonly proxy: ProxyConfig | undefined;
}

export interface AuthorizationServerConfig extends ServerConfig {
  /** Base of `mtls_endpoint_aliases`; `undefined` when the main address asks for certificates itself. */
  readonly mtlsUrl: string | undefined;
  readonly sessionLifetime: number;
  readonly interactionLifetime: number;
  readonly loginThrottle: { readonly attempts: number; readonly windowSeconds: number };
  readonly keyRotation: { readonly everySeconds: number; readonly keepPreviousSeconds: number };
}

export interface ResourceServerConfig extends ServerConfig {
  /** The identifier access tokens name as audience. */
  readonly resource: string;
  readonly verification: 'jwt' | 'introspection' | 'jwt-or-introspection';
  /** The oldest knowledge of revocations it acts on. */
  readonly maxFeedAge: number;
  /** The introspection client's id, registered at each issuer; its key lies in the data folder or `clientKeyFile`. */
  readonly introspectionClientId: string | undefined;
  readonly clientKeyFile: string | undefined;
  readonly revocations: RevocationsConfig;
}

export interface RevocationsConfig {
  readonly source: 'database' | 'https';
  /** Of the feed over HTTPS. */
  readonly url: string;
}

export interface GrantManagementConfig extends ServerConfig {
  readonly dashboard: SiteConfig;
  readonly staff: StaffSiteConfig;
  readonly events: { readonly giveUpAfterSeconds: number };
}

/** A site of pages, and the OpenID client it signs people in as; without one, nobody can. */
export interface SiteConfig {
  readonly publicUrl: string;
  readonly listeners: readonly ListenerConfig[];
  readonly client: SiteClientConfig | undefined;
}
export interface StaffSiteConfig extends SiteConfig {
  /** The claim of the ID token that holds the roles, and the scopes that bring it. */
  readonly roleClaim: string;
  readonly scope: string;
}

export interface SiteClientConfig {
  /** The issuer identifier. */
  readonly issuer: string;
  readonly clientId: string;
  /** `undefined`: in the data folder. */
  readonly clientKeyFile: string | undefined;
}

export interface RelyingPartyConfig extends ServerConfig {
  /** Which clients the demo TPP plays, `issuer` being the name of an issuer of this configuration; keys and certificates lie in `<dataFolder>/pki/clients/<client_id>.*`. */
  readonly clients: readonly { readonly issuer: string; readonly clientId: string }[];
}

/** The trust framework for local use. */
export interface DirectoryConfig extends ServerConfig {
  /** Base of the API on the listener that asks for certificates; `undefined` behind a proxy without one. */
  readonly mtlsUrl: string | undefined;
  /** SHA-256 in hexadecimal; `undefined` in development: of the token in the data folder. */
  readonly adminTokenHash: string | undefined;
  readonly authorityCertificateFile: string;
  readonly authorityKeyFile: string;
  /** Seconds. */
  readonly certificateLifetime: number;
  readonly revocationLifetime: number;
  readonly statementLifetime: number;
}

export interface ResourceConfig {
  readonly identifier: string;
  readonly name: string;
  readonly scopes: readonly string[];
  /** Types of `authorization_details` it understands. */
  readonly authorizationDetailsTypes: readonly string[];
  readonly accessTokenFormat: AccessTokenFormat;
}

export interface IssuerConfig {
  /** Path segment: the issuer identifier is `<publicUrl>/<name>`. */
  readonly name: string;
  /** The issuer identifier, without a trailing slash. */
  readonly issuer: string;
  /** Base of the issuer's mTLS aliases, `<mtlsUrl>/<name>`. */
  readonly mtlsBase: string | undefined;
  /** Whose sign-in it is; the two realms never mix. */
  readonly signsIn: 'customers' | 'staff';
  readonly profile: string;
  /** The market it is part of, with consents, resources and errors of its own. */
  readonly market?: Market;
  /** What the bank is called and numbered in its market, by the market's names for that. */
  readonly participant?: Readonly<Record<string, string>>;
  /** What its access tokens may be for: of a market its own API alone, else the resources of the file. */
  readonly resources: readonly ResourceConfig[];
  /** The profile with this issuer's own (never looser) lifetimes: what `enforce(issuer.rules, …)` asks. */
  readonly rules: Profile;
  /** `rules.policy`. */
  readonly policy: Policy;
  readonly signingAlgs: readonly SigningAlgName[];
  /** Signs access tokens; ID tokens follow the client's metadata. */
  readonly accessTokenAlg: SigningAlgName;
  readonly acrValues: readonly string[];
  /** How customers are named to clients, the usual way first. */
  readonly subjectTypes: readonly SubjectType[];
  readonly scopes: readonly string[];
  /** Types of `authorization_details` it offers (RFC 9396 section 10). */
  readonly authorizationDetailsTypes: readonly string[];
  /** Claims about customers this issuer really delivers (`claims_supported`). */
  readonly claims: readonly string[];
  readonly grantManagement: GrantManagementRules;
  readonly ciba: CibaRules;
  /** How others register clients here; `undefined`: nobody does. */
  readonly registration?: RegistrationConfig | undefined;
  /** Those the operator wrote down; clients that registered themselves are in the database. */
  readonly clients: readonly Client[];
}

/** Dynamic client registration, as the market has it and the operator narrowed it. */
export interface RegistrationConfig {
  readonly dialect: RegistrationDialect;
  readonly statementIssuers: readonly StatementIssuer[];
  readonly initialAccessTokens: readonly { readonly name: string; readonly hash: Buffer }[];
  readonly duplicates: 'allowed' | 'refused';
  readonly organisationId: string | undefined;
  /** Requests of one address. */
  readonly perMinute: number;
  /** Seconds. */
  readonly statusEvery: number;
  readonly sync: { readonly url: string; readonly every: number } | undefined;
}

/** A directory whose statements and records are trusted. */
export interface StatementIssuer {
  readonly issuer: string;
  readonly jwksUri: string;
  readonly algs: readonly SigningAlg[];
  /** Seconds. */
  readonly maxAge?: number | undefined;
  readonly apiUrl?: string | undefined;
}

/** How an issuer takes requests by the back channel, where its policy has them. */
export interface CibaRules {
  readonly unknownUsers: 'error' | 'pretend';
  readonly userCode: 'off' | 'on';
  /** Seconds a poll may wait; 0: none. */
  readonly longPolling: number;
  readonly pendingPerCustomer: number;
  readonly pendingPerClient: number;
  readonly refusals: number;
  /** Seconds. */
  readonly refusalWindow: number;
  readonly loginHintIssuers: readonly { readonly issuer: string; readonly jwksUri: string }[];
  /** Decides without any customer: in tests only. */
  readonly approvalEndpoint: boolean;
}

/** What `grant_management_actions_supported` lists (Grant Management section 7.1). */
export type SupportedGrantAction = GrantManagementAction | 'query' | 'revoke';

export interface GrantManagementRules {
  /** Every authorization request must name an action (GM-AZ-07). */
  readonly actionRequired: boolean;
  readonly actions: readonly SupportedGrantAction[];
}

export interface CustomerConfig {
  readonly id: string;
  readonly login: string;
  readonly password: Secret | undefined;
  readonly passwordHash: Secret | undefined;
  /** For requests by the back channel; neither: the customer has none. */
  readonly userCode?: Secret | undefined;
  readonly userCodeHash?: Secret | undefined;
  readonly displayName: string;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly accounts: readonly CustomerAccountConfig[];
}

export type StaffRole = 'viewer' | 'agent' | 'supervisor';

export interface StaffConfig {
  readonly id: string;
  readonly login: string;
  readonly password: Secret | undefined;
  readonly passwordHash: Secret | undefined;
  readonly displayName: string;
  readonly roles: readonly StaffRole[];
}

export interface CustomerAccountConfig {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly iban: string;
  readonly currency: string;
  /** What a customer pays for one payment, in its currency: decimal text. */
  readonly openingBalance: string;
  /** Days of generated transactions. */
  readonly historyDays: number;
  readonly unavailable: string | undefined;
  /** Customers who must agree before it is shared. */
  readonly approvers?: readonly string[];
}
