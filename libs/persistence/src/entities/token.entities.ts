import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A one-time value that was spent (`stores/replay-rows.ts`). Partitioned by bucket. */
@Entity({ schema: 'assent', name: 'replay', synchronize: false })
export class ReplayEntity {
  @PrimaryColumn('bytea') hash!: Buffer;
  @PrimaryColumn('timestamptz') bucket!: Date;
}

/** An opaque access token; JWTs leave no row. Partitioned by expiry. */
@Entity({ schema: 'assent', name: 'access_token', synchronize: false })
export class AccessTokenEntity {
  @PrimaryColumn('integer') tag!: number;
  @PrimaryColumn('timestamptz', { name: 'expires_at' }) expiresAt!: Date;
  @PrimaryColumn('bytea') hash!: Buffer;
  @Column('integer', { name: 'jti_tag' }) jtiTag!: number;
  @Column('text') jti!: string;
  @Column('text', { name: 'family_id', nullable: true }) familyId!: string | null;
  @Column('integer', { name: 'grant_tag', nullable: true }) grantTag!: number | null;
  @Column('text', { name: 'grant_id', nullable: true }) grantId!: string | null;
  @Column('text') issuer!: string;
  @Column('text', { name: 'client_id' }) clientId!: string;
  @Column('text') subject!: string;
  @Column('text', { array: true }) scope!: string[];
  @Column('text', { array: true }) audience!: string[];
  @Column('timestamptz', { name: 'issued_at' }) issuedAt!: Date;
  @Column('text', { nullable: true }) jkt!: string | null;
  @Column('text', { nullable: true }) x5t!: string | null;
  @Column('text', { nullable: true }) acr!: string | null;
  @Column('timestamptz', { name: 'auth_time', nullable: true }) authTime!: Date | null;
  @Column('integer', { name: 'grant_version' }) grantVersion!: number;
  @Column('jsonb', { name: 'authorization_details' }) authorizationDetails!: Record<string, unknown>[];
}

/** A refresh token, never rotated; what kills it is a revocation of its family or its grant's end. */
@Entity({ schema: 'assent', name: 'refresh_token', synchronize: false })
export class RefreshTokenEntity {
  @PrimaryColumn('integer') tag!: number;
  @PrimaryColumn('bytea') hash!: Buffer;
  @Column('timestamptz', { name: 'expires_at' }) expiresAt!: Date;
  @Column('timestamptz', { name: 'issued_at' }) issuedAt!: Date;
  @Column('text') issuer!: string;
  @Column('text', { name: 'client_id' }) clientId!: string;
  @Column('integer', { name: 'family_tag' }) familyTag!: number;
  @Column('text', { name: 'family_id' }) familyId!: string;
  @Column('integer', { name: 'grant_tag' }) grantTag!: number;
  @Column('text', { name: 'grant_id' }) grantId!: string;
  @Column('text', { name: 'customer_id' }) customerId!: string;
  @Column('text', { array: true }) scope!: string[];
  @Column('text', { array: true }) resources!: string[];
  @Column('json') context!: Record<string, unknown>;
  @Column('integer', { name: 'grant_version' }) grantVersion!: number;
}

/** A dead token, family or grant, and a line of the feed that resource servers follow. */
@Entity({ schema: 'assent', name: 'revocation', synchronize: false })
export class RevocationEntity {
  @PrimaryColumn('integer') tag!: number;
  @PrimaryColumn('text') id!: string;
  @PrimaryColumn('text') subject!: string;
  @Column('timestamptz') until!: Date;
  @Column('timestamptz', { name: 'kept_until' }) keptUntil!: Date;
  /** `xid8`, a type TypeORM has no name for: the transaction that wrote the row. */
  @Column('bigint') xid!: string;
  @Column('integer', { nullable: true }) below!: number | null;
}
