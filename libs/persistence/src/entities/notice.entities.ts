import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A client that wants to be told of changes of the grants it manages. */
@Entity({ schema: 'assent', name: 'event_receiver', synchronize: false })
export class EventReceiverEntity {
  @PrimaryColumn('text') issuer!: string;
  @PrimaryColumn('text', { name: 'client_id' }) clientId!: string;
}

/** An issuer whose clients are told when somebody else ends a grant of theirs. */
@Entity({ schema: 'assent', name: 'end_receiver', synchronize: false })
export class EndReceiverEntity {
  @PrimaryColumn('text') issuer!: string;
}

/** A change of a grant that its client has not acknowledged yet. */
@Entity({ schema: 'assent', name: 'grant_notice', synchronize: false })
export class GrantNoticeEntity {
  @PrimaryColumn('integer') tag!: number;
  @PrimaryColumn('text', { name: 'grant_id' }) grantId!: string;
  @PrimaryColumn('integer') version!: number;
  @Column('text') jti!: string;
  @Column('text') issuer!: string;
  @Column('text', { name: 'client_id' }) clientId!: string;
  @Column('text') event!: string;
  @Column('timestamptz') at!: Date;
  @Column('jsonb') detail!: Record<string, unknown>;
  @Column('integer') attempts!: number;
  @Column('timestamptz', { name: 'next_at' }) nextAt!: Date;
}

/** A signed statement about the chains of grant events. */
@Entity({ schema: 'assent', name: 'audit_checkpoint', synchronize: false })
export class AuditCheckpointEntity {
  @PrimaryColumn('integer') number!: number;
  @Column('timestamptz') at!: Date;
  @Column('text') kind!: string;
  @Column('text') jws!: string;
}

/** One chain's link that a checkpoint speaks of. */
@Entity({ schema: 'assent', name: 'audit_checkpoint_leaf', synchronize: false })
export class AuditCheckpointLeafEntity {
  @PrimaryColumn('integer') tag!: number;
  @PrimaryColumn('text', { name: 'grant_id' }) grantId!: string;
  @PrimaryColumn('integer') number!: number;
  @Column('integer') sequence!: number;
  @Column('bytea') hash!: Buffer;
}
