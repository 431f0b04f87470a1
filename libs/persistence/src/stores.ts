import type {
  AccessTokens,
  AuditLog,
  Authorizations,
  BackchannelBlocks,
  BackchannelPings,
  BackchannelRequests,
  BulkRevocations,
  Codes,
  Consents,
  Customers,
  Evidence,
  GrantDirectory,
  GrantNotices,
  Grants,
  GrantUses,
  KeptAnswers,
  Payments,
  PushedRequests,
  RefreshTokens,
  RegisteredClients,
  ReplayStore,
  Sessions,
  SigningKeys,
  SiteSessions,
  SpentMessages,
  Staff,
  TokenFamilies,
} from '@assent/protocol';

/** Every port of the protocol that PostgreSQL keeps. */
export interface Stores {
  readonly replay: ReplayStore;
  readonly audit: AuditLog;
  readonly pushedRequests: PushedRequests;
  readonly authorizations: Authorizations;
  readonly backchannelRequests: BackchannelRequests;
  readonly backchannelBlocks: BackchannelBlocks;
  readonly backchannelPings: BackchannelPings;
  readonly codes: Codes;
  readonly consents: Consents;
  readonly refreshTokens: RefreshTokens;
  readonly accessTokens: AccessTokens;
  readonly tokenFamilies: TokenFamilies;
  /** Signed messages, kept by the chains of their grants. */
  readonly evidence: Evidence;
  readonly grants: Grants;
  readonly grantNotices: GrantNotices;
  readonly grantUses: GrantUses;
  readonly payments: Payments;
  /** Of the APIs of markets. */
  readonly keptAnswers: KeptAnswers;
  readonly spentMessages: SpentMessages;
  readonly sessions: Sessions;
  readonly customers: Customers;
  readonly signingKeys: SigningKeys;
  readonly staff: Staff;
  readonly siteSessions: SiteSessions;
  readonly grantDirectory: GrantDirectory;
  readonly bulkRevocations: BulkRevocations;
  /** Clients that are not in the configuration. */
  readonly registeredClients: RegisteredClients;
}
