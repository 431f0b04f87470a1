import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What a customer agreed to; every token of one authorization names it. */
@Entity({ schema: 'assent', name: 'grant', synchronize: false })
export class GrantEntity {
  @PrimaryColumn('integer') tag!: number;
  @PrimaryColumn('text') id!: string;
  @Column('integer') version!: number;
  @Column('text') status!: string;
  @Column('text') issuer!: string;
  @Column('text', { name: 'client_id' }) clientId!: string;
  @Column('text', { name: 'customer_id', nullable: true }) customerId!: string | null;
  @Column('text', { nullable: true }) subject!: string | null;
  @Column('text', { array: true }) scope!: string[];
  @Column('text', { array: true }) accounts!: string[];
  @Column('jsonb', { name: 'authorization_details' }) authorizationDetails!: Record<string, unknown>[];
  @Column('jsonb', { nullable: true }) claims!: Record<string, unknown> | null;
  @Column('timestamptz', { name: 'auth_time', nullable: true }) authTime!: Date | null;
  @Column('text', { nullable: true }) acr!: string | null;
  @Column('text', { array: true }) amr!: string[];
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
  @Column('timestamptz', { name: 'updated_at' }) updatedAt!: Date;
  @Column('timestamptz', { name: 'expires_at', nullable: true }) expiresAt!: Date | null;
  @Column('boolean') managed!: boolean;
  @Column('text', { array: true }) resources!: string[];
  @Column('text', { name: 'updated_by' }) updatedBy!: string;
  @Column('integer', { name: 'refresh_floor' }) refreshFloor!: number;
  @Column('integer', { name: 'access_floor' }) accessFloor!: number;
}

/** The index of grants by customer: lists read it, so that no list searches every shard. */
@Entity({ schema: 'assent', name: 'customer_grant', synchronize: false })
export class CustomerGrantEntity {
  @PrimaryColumn('text', { name: 'customer_id' }) customerId!: string;
  @PrimaryColumn('text') issuer!: string;
  @PrimaryColumn('text', { name: 'client_id' }) clientId!: string;
  @PrimaryColumn('text', { name: 'grant_id' }) grantId!: string;
  @Column('integer', { name: 'grant_tag' }) grantTag!: number;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
}

/** A grant as it stood from one change to the next. */
@Entity({ schema: 'assent', name: 'grant_version', synchronize: false })
export class GrantVersionEntity {
  @PrimaryColumn('integer') tag!: number;
  @PrimaryColumn('text', { name: 'grant_id' }) grantId!: string;
  @PrimaryColumn('integer') version!: number;
  @Column('timestamptz') at!: Date;
  @Column('text', { name: 'actor_kind' }) actorKind!: string;
  @Column('text', { name: 'actor_id' }) actorId!: string;
  @Column('text') event!: string;
  @Column('text') status!: string;
  @Column('text', { array: true }) scope!: string[];
  @Column('text', { array: true }) resources!: string[];
  @Column('text', { array: true }) accounts!: string[];
  @Column('jsonb', { name: 'authorization_details' }) authorizationDetails!: Record<string, unknown>[];
  @Column('jsonb', { nullable: true }) claims!: Record<string, unknown> | null;
  @Column('timestamptz', { name: 'expires_at', nullable: true }) expiresAt!: Date | null;
  @Column('jsonb') difference!: Record<string, unknown>;
  @Column('text', { nullable: true }) reason!: string | null;
}

/** A decision on a grant, a link of its hash chain. Partitioned by time. */
@Entity({ schema: 'assent', name: 'grant_event', synchronize: false })
export class GrantEventEntity {
  @PrimaryColumn('integer') tag!: number;
  @PrimaryColumn('text', { name: 'grant_id' }) grantId!: string;
  @PrimaryColumn('integer') sequence!: number;
  @PrimaryColumn('timestamptz') at!: Date;
  @Column('text') type!: string;
  @Column('text') body!: string;
  @Column('bytea') previous!: Buffer;
  @Column('bytea') hash!: Buffer;
}

/** The head of a grant's chain. */
@Entity({ schema: 'assent', name: 'grant_chain', synchronize: false })
export class GrantChainEntity {
  @PrimaryColumn('integer') tag!: number;
  @PrimaryColumn('text', { name: 'grant_id' }) grantId!: string;
  @Column('integer') sequence!: number;
  @Column('bytea') previous!: Buffer;
  @Column('bytea') hash!: Buffer;
  @Column('timestamptz') at!: Date;
}

/** When and how often a grant was used, by day and kind of data. */
@Entity({ schema: 'assent', name: 'grant_use', synchronize: false })
export class GrantUseEntity {
  @PrimaryColumn('integer') tag!: number;
  @PrimaryColumn('text', { name: 'grant_id' }) grantId!: string;
  @PrimaryColumn('date') day!: string;
  @PrimaryColumn('text') kind!: string;
  @Column('integer') count!: number;
  @Column('timestamptz', { name: 'last_at' }) lastAt!: Date;
}
