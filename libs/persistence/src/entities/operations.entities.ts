import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Who did what, under which rule, in which request. Append-only, partitioned by time. */
@Entity({ schema: 'assent', name: 'audit_event', synchronize: false })
export class AuditEventEntity {
  @PrimaryColumn('integer') tag!: number;
  @PrimaryColumn('timestamptz') at!: Date;
  @PrimaryColumn('uuid') id!: string;
  @Column('text') type!: string;
  @Column('text') issuer!: string;
  @Column('text', { name: 'client_id', nullable: true }) clientId!: string | null;
  @Column('text', { name: 'customer_id', nullable: true }) customerId!: string | null;
  @Column('text', { name: 'grant_id', nullable: true }) grantId!: string | null;
  @Column('text', { name: 'request_id', nullable: true }) requestId!: string | null;
  @Column('text', { nullable: true }) rule!: string | null;
  @Column('jsonb', { nullable: true }) detail!: Record<string, unknown> | null;
}

/** A key of an issuer, for signatures or for decryption, its private half sealed under the installation's encryption key. */
@Entity({ schema: 'assent', name: 'signing_key', synchronize: false })
export class SigningKeyEntity {
  @PrimaryColumn('text') issuer!: string;
  @PrimaryColumn('text') alg!: string;
  @PrimaryColumn('text') kid!: string;
  @Column('text') state!: string;
  @Column('bytea', { name: 'sealed_key' }) sealedKey!: Buffer;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
  @Column('timestamptz') since!: Date;
  @Column('text') use!: string;
}

/** Failed sign-ins per key, as rate-limiter-flexible counts them. */
@Entity({ schema: 'assent', name: 'login_throttle', synchronize: false })
export class LoginThrottleEntity {
  @PrimaryColumn('varchar', { length: 255 }) key!: string;
  @Column('integer') points!: number;
  @Column('bigint', { nullable: true }) expire!: string | null;
}

/** What a market's API answered under a key of idempotency, sealed; without an answer somebody is at it. */
@Entity({ schema: 'assent', name: 'market_answer', synchronize: false })
export class MarketAnswerEntity {
  @PrimaryColumn('integer') tag!: number;
  @PrimaryColumn('bytea') hash!: Buffer;
  @Column('bytea') request!: Buffer;
  @Column('timestamptz', { name: 'expires_at' }) expiresAt!: Date;
  @Column('text') lease!: string;
  @Column('timestamptz', { name: 'lease_until' }) leaseUntil!: Date;
  @Column('bytea', { nullable: true }) answer!: Buffer | null;
}

/** The id of a signed message that must not come again. */
@Entity({ schema: 'assent', name: 'market_message', synchronize: false })
export class MarketMessageEntity {
  @PrimaryColumn('integer') tag!: number;
  @PrimaryColumn('bytea') hash!: Buffer;
  @Column('timestamptz', { name: 'expires_at' }) expiresAt!: Date;
}

/** An Idempotency-Key that was used, by hash, and the payment it led to. Partitioned by time. */
@Entity({ schema: 'assent', name: 'idempotency_key', synchronize: false })
export class IdempotencyKeyEntity {
  @PrimaryColumn('integer') tag!: number;
  @PrimaryColumn('text', { name: 'grant_id' }) grantId!: string;
  @PrimaryColumn('bytea') hash!: Buffer;
  @PrimaryColumn('timestamptz') at!: Date;
  @Column('bytea') request!: Buffer;
  @Column('text', { name: 'payment_id' }) paymentId!: string;
}
