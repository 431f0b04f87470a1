import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What a client and its market know of a consent beside the grant it is. */
@Entity({ schema: 'assent', name: 'consent', synchronize: false })
export class ConsentEntity {
  @PrimaryColumn('integer') tag!: number;
  @PrimaryColumn('text', { name: 'grant_id' }) grantId!: string;
  @Column('text') name!: string;
  @Column('text') kind!: string;
  @Column('jsonb') document!: Record<string, unknown>;
  @Column('jsonb', { name: 'customer_claims' }) customerClaims!: Record<string, string>;
  @Column('timestamptz', { name: 'authorise_by', nullable: true }) authoriseBy!: Date | null;
  @Column('timestamptz', { name: 'expires_at', nullable: true }) expiresAt!: Date | null;
  @Column('boolean') once!: boolean;
  @Column('text', { nullable: true }) follows!: string | null;
}

/** The names consents are known by to their clients. */
@Entity({ schema: 'assent', name: 'consent_name', synchronize: false })
export class ConsentNameEntity {
  @PrimaryColumn('text') issuer!: string;
  @PrimaryColumn('text', { name: 'client_id' }) clientId!: string;
  @PrimaryColumn('text') name!: string;
  @Column('integer') tag!: number;
  @Column('text', { name: 'grant_id' }) grantId!: string;
}

/** Of a grant that several customers must say yes to: one of them, and what they said. */
@Entity({ schema: 'assent', name: 'consent_approval', synchronize: false })
export class ConsentApprovalEntity {
  @PrimaryColumn('integer') tag!: number;
  @PrimaryColumn('text', { name: 'grant_id' }) grantId!: string;
  @PrimaryColumn('text', { name: 'customer_id' }) customerId!: string;
  @Column('text') state!: string;
  @Column('timestamptz', { nullable: true }) at!: Date | null;
}
