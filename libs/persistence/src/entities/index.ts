import { BackchannelBlockEntity, BackchannelPingEntity, BackchannelRequestEntity, CustomerBackchannelRequestEntity } from './backchannel.entities.js';
import { AccountEntity, CustomerEntity, PaymentEntity, TransactionEntity } from './bank.entities.js';
import { ConsentApprovalEntity, ConsentEntity, ConsentNameEntity } from './consent.entities.js';
import { EvidenceEntity, EvidenceHeldEntity } from './evidence.entities.js';
import { AuthorizationCodeEntity, PushedRequestEntity, SessionEntity } from './flow.entities.js';
import { CustomerGrantEntity, GrantChainEntity, GrantEntity, GrantEventEntity, GrantUseEntity, GrantVersionEntity } from './grant.entities.js';
import { AuditEventEntity, IdempotencyKeyEntity, LoginThrottleEntity, MarketAnswerEntity, MarketMessageEntity, SigningKeyEntity } from './operations.entities.js';
import { RegisteredClientEntity, RegisteredStatementEntity } from './registration.entities.js';
import { BulkRevocationEntity, SiteSessionEntity, StaffEntity } from './staff.entities.js';
import { AccessTokenEntity, RefreshTokenEntity, ReplayEntity, RevocationEntity } from './token.entities.js';
import { AuditCheckpointEntity, AuditCheckpointLeafEntity, EndReceiverEntity, EventReceiverEntity, GrantNoticeEntity } from './notice.entities.js';

export * from './backchannel.entities.js';
export * from './bank.entities.js';
export * from './consent.entities.js';
export * from './evidence.entities.js';
export * from './flow.entities.js';
export * from './grant.entities.js';
export * from './notice.entities.js';
export * from './operations.entities.js';
export * from './registration.entities.js';
export * from './staff.entities.js';
export * from './token.entities.js';

/** Every table, described for tooling and rare administrative use. The request path never goes through them. */
export const entities = [
  AccessTokenEntity,
  AccountEntity,
  AuditCheckpointEntity,
  AuditCheckpointLeafEntity,
  AuditEventEntity,
  AuthorizationCodeEntity,
  BackchannelBlockEntity,
  BackchannelPingEntity,
  BackchannelRequestEntity,
  BulkRevocationEntity,
  ConsentApprovalEntity,
  ConsentEntity,
  ConsentNameEntity,
  CustomerBackchannelRequestEntity,
  CustomerEntity,
  CustomerGrantEntity,
  EndReceiverEntity,
  EventReceiverEntity,
  EvidenceEntity,
  EvidenceHeldEntity,
  GrantChainEntity,
  GrantEntity,
  GrantEventEntity,
  GrantUseEntity,
  GrantNoticeEntity,
  GrantVersionEntity,
  IdempotencyKeyEntity,
  LoginThrottleEntity,
  MarketAnswerEntity,
  MarketMessageEntity,
  PaymentEntity,
  PushedRequestEntity,
  RefreshTokenEntity,
  RegisteredClientEntity,
  RegisteredStatementEntity,
  ReplayEntity,
  RevocationEntity,
  SessionEntity,
  SigningKeyEntity,
  SiteSessionEntity,
  StaffEntity,
  TransactionEntity,
] as const;
