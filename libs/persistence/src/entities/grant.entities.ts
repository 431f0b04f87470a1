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
  @Column('text', { name: 'customer_id' }) customerId!: string;
  @Column('text') subject!: string;
  @Column('text', { array: true }) scope!: string[];
  @Column('text', { array: true }) accounts!: string[];
  @Column('jsonb', { name: 'authorization_details' }) authorizationDetails!: Record<string, unknown>[];
  @Column('jsonb', { nullable: true }) claims!: Record<string, unknown> | null;
  @Column('timestamptz', { name: 'auth_time' }) authTime!: Date;
  @Column('text') acr!: string;
  @Column('text', { array: true }) amr!: string[];
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
  @Column('timestamptz', { name: 'updated_at' }) updatedAt!: Date;
  @Column('timestamptz', { name: 'expires_at', nullable: true }) expiresAt!: Date | null;
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
