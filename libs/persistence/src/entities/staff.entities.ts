import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity({ schema: 'bank', name: 'staff', synchronize: false })
export class StaffEntity {
  @PrimaryColumn('text') id!: string;
  @Column('text') login!: string;
  @Column('text', { name: 'password_hash' }) passwordHash!: string;
  @Column('text', { name: 'display_name' }) displayName!: string;
  @Column('text', { array: true }) roles!: string[];
}

/** Somebody signed in at the customer's dashboard or the staff console. Partitioned by expiry. */
@Entity({ schema: 'assent', name: 'site_session', synchronize: false })
export class SiteSessionEntity {
  @PrimaryColumn('integer') tag!: number;
  @PrimaryColumn('timestamptz', { name: 'expires_at' }) expiresAt!: Date;
  @PrimaryColumn('bytea') hash!: Buffer;
  @Column('text') site!: string;
  @Column('text') issuer!: string;
  @Column('text', { name: 'person_id' }) personId!: string;
  @Column('text', { name: 'display_name' }) displayName!: string;
  @Column('text', { array: true }) roles!: string[];
  @Column('timestamptz', { name: 'auth_time' }) authTime!: Date;
  @Column('text', { nullable: true }) ticket!: string | null;
  @Column('timestamptz', { name: 'ended_at', nullable: true }) endedAt!: Date | null;
}

/** The end of all grants of one client: asked for by one person, decided by another. */
@Entity({ schema: 'assent', name: 'bulk_revocation', synchronize: false })
export class BulkRevocationEntity {
  @PrimaryColumn('text') id!: string;
  @Column('text') issuer!: string;
  @Column('text', { name: 'client_id' }) clientId!: string;
  @Column('text') reason!: string;
  @Column('text') note!: string;
  @Column('text') ticket!: string;
  @Column('text', { name: 'asked_by' }) askedBy!: string;
  @Column('text', { name: 'asked_name' }) askedName!: string;
  @Column('timestamptz', { name: 'asked_at' }) askedAt!: Date;
  @Column('integer') grants!: number;
  @Column('text', { nullable: true }) decision!: string | null;
  @Column('text', { name: 'decided_by', nullable: true }) decidedBy!: string | null;
  @Column('text', { name: 'decided_name', nullable: true }) decidedName!: string | null;
  @Column('timestamptz', { name: 'decided_at', nullable: true }) decidedAt!: Date | null;
  @Column('integer') revoked!: number;
  @Column('timestamptz', { name: 'finished_at', nullable: true }) finishedAt!: Date | null;
}
