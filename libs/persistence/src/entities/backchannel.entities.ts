import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An authentication request by the back channel (CIBA); once approved, what a code is. Partitioned by expiry. */
@Entity({ schema: 'assent', name: 'backchannel_request', synchronize: false })
export class BackchannelRequestEntity {
  @PrimaryColumn('integer') tag!: number;
  @PrimaryColumn('timestamptz', { name: 'expires_at' }) expiresAt!: Date;
  @PrimaryColumn('bytea') hash!: Buffer;
  @Column('text') id!: string;
  @Column('text') issuer!: string;
  @Column('text', { name: 'client_id' }) clientId!: string;
  @Column('text', { name: 'customer_id' }) customerId!: string;
  @Column('json') request!: Record<string, unknown>;
  @Column('bytea', { nullable: true }) sealed!: Buffer | null;
  @Column('text') state!: string;
  @Column('timestamptz', { name: 'decided_at', nullable: true }) decidedAt!: Date | null;
  @Column('integer', { name: 'poll_interval' }) pollInterval!: number;
  @Column('timestamptz', { name: 'polled_at', nullable: true }) polledAt!: Date | null;
  @Column('boolean') slowed!: boolean;
  @Column('integer', { name: 'grant_tag', nullable: true }) grantTag!: number | null;
  @Column('text', { name: 'grant_id', nullable: true }) grantId!: string | null;
  @Column('text', { array: true, nullable: true }) scope!: string[] | null;
  @Column('text', { array: true, nullable: true }) resources!: string[] | null;
  @Column('json', { nullable: true }) context!: Record<string, unknown> | null;
  @Column('json', { nullable: true }) change!: Record<string, unknown> | null;
  @Column('timestamptz', { name: 'used_at', nullable: true }) usedAt!: Date | null;
  @Column('integer', { name: 'family_tag', nullable: true }) familyTag!: number | null;
  @Column('text', { name: 'family_id', nullable: true }) familyId!: string | null;
  @Column('timestamptz', { name: 'tokens_until', nullable: true }) tokensUntil!: Date | null;
}

/** A customer's requests, for the pages of their device. Partitioned by expiry. */
@Entity({ schema: 'assent', name: 'customer_backchannel_request', synchronize: false })
export class CustomerBackchannelRequestEntity {
  @PrimaryColumn('text', { name: 'customer_id' }) customerId!: string;
  @PrimaryColumn('timestamptz', { name: 'expires_at' }) expiresAt!: Date;
  @PrimaryColumn('text') id!: string;
  @Column('integer') tag!: number;
  @Column('bytea') hash!: Buffer;
}

/** A client whose requests a customer does not want. */
@Entity({ schema: 'assent', name: 'backchannel_block', synchronize: false })
export class BackchannelBlockEntity {
  @PrimaryColumn('text', { name: 'customer_id' }) customerId!: string;
  @PrimaryColumn('text') issuer!: string;
  @PrimaryColumn('text', { name: 'client_id' }) clientId!: string;
  @Column('timestamptz', { name: 'blocked_at' }) blockedAt!: Date;
}

/** What a client is still to be told (CIBA section 10.2). */
@Entity({ schema: 'assent', name: 'backchannel_ping', synchronize: false })
export class BackchannelPingEntity {
  @PrimaryColumn('integer') tag!: number;
  @PrimaryColumn('timestamptz', { name: 'expires_at' }) expiresAt!: Date;
  @PrimaryColumn('bytea') hash!: Buffer;
  @Column('text') issuer!: string;
  @Column('text', { name: 'client_id' }) clientId!: string;
  @Column('bytea') sealed!: Buffer;
  @Column('integer') attempts!: number;
  @Column('timestamptz', { name: 'next_at' }) nextAt!: Date;
}
