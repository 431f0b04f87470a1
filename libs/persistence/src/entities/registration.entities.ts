import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A client that registered itself (RFC 7591). */
@Entity({ schema: 'assent', name: 'registered_client', synchronize: false })
export class RegisteredClientEntity {
  @PrimaryColumn('text') issuer!: string;
  @PrimaryColumn('text', { name: 'client_id' }) clientId!: string;
  @Column('text') status!: string;
  @Column('text', { name: 'suspended_by', nullable: true }) suspendedBy!: string | null;
  @Column('jsonb') metadata!: Record<string, unknown>;
  @Column('text', { name: 'software_id', nullable: true }) softwareId!: string | null;
  @Column('text', { nullable: true }) directory!: string | null;
  @Column('boolean') single!: boolean;
  @Column('jsonb') stated!: Record<string, unknown>;
  @Column('bytea', { name: 'token_hash', nullable: true }) tokenHash!: Buffer | null;
  @Column('integer') version!: number;
  @Column('timestamptz', { name: 'issued_at' }) issuedAt!: Date;
  @Column('timestamptz', { name: 'updated_at' }) updatedAt!: Date;
  @Column('timestamptz', { name: 'ended_at', nullable: true }) endedAt!: Date | null;
  @Column('bigint', { name: 'changed_in' }) changedIn!: string;
}

/** A software statement that has registered its one client. */
@Entity({ schema: 'assent', name: 'registered_statement', synchronize: false })
export class RegisteredStatementEntity {
  @PrimaryColumn('text') issuer!: string;
  @PrimaryColumn('bytea') hash!: Buffer;
  @Column('text', { name: 'client_id' }) clientId!: string;
}
