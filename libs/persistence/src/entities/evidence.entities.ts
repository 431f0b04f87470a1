import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A signed message, sealed. */
@Entity({ schema: 'assent', name: 'evidence', synchronize: false })
export class EvidenceEntity {
  @PrimaryColumn('integer') tag!: number;
  @PrimaryColumn('bytea') digest!: Buffer;
  @PrimaryColumn('timestamptz') at!: Date;
  @Column('bytea') sealed!: Buffer;
}

/** Which signed messages belong to a pushed request or a code whose grant does not exist yet. */
@Entity({ schema: 'assent', name: 'evidence_held', synchronize: false })
export class EvidenceHeldEntity {
  @PrimaryColumn('integer') tag!: number;
  @PrimaryColumn('timestamptz', { name: 'expires_at' }) expiresAt!: Date;
  @PrimaryColumn('bytea') holder!: Buffer;
  @PrimaryColumn('bytea') digest!: Buffer;
  @Column('json') summary!: object;
}
