import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A pushed authorization request (RFC 9126); `completedAt` once its authorization is over. Partitioned by expiry. */
@Entity({ schema: 'assent', name: 'pushed_request', synchronize: false })
export class PushedRequestEntity {
  @PrimaryColumn('integer') tag!: number;
  @PrimaryColumn('timestamptz', { name: 'expires_at' }) expiresAt!: Date;
  @PrimaryColumn('bytea') hash!: Buffer;
  @Column('text') issuer!: string;
  @Column('text', { name: 'client_id' }) clientId!: string;
  @Column('json') request!: Record<string, unknown>;
  @Column('timestamptz', { name: 'completed_at', nullable: true }) completedAt!: Date | null;
}

/** An authorization code; `familyId` names the tokens of its first presentation. Partitioned by expiry. */
@Entity({ schema: 'assent', name: 'authorization_code', synchronize: false })
export class AuthorizationCodeEntity {
  @PrimaryColumn('integer') tag!: number;
  @PrimaryColumn('timestamptz', { name: 'expires_at' }) expiresAt!: Date;
  @PrimaryColumn('bytea') hash!: Buffer;
  @Column('text') issuer!: string;
  @Column('text', { name: 'client_id' }) clientId!: string;
  @Column('integer', { name: 'grant_tag' }) grantTag!: number;
  @Column('text', { name: 'grant_id' }) grantId!: string;
  @Column('text', { name: 'customer_id' }) customerId!: string;
  @Column('text', { array: true }) scope!: string[];
  @Column('text', { array: true }) resources!: string[];
  @Column('text', { name: 'code_challenge', nullable: true }) codeChallenge!: string | null;
  @Column('text', { name: 'redirect_uri' }) redirectUri!: string;
  @Column('text', { name: 'dpop_jkt', nullable: true }) dpopJkt!: string | null;
  @Column('json') context!: Record<string, unknown>;
  @Column('timestamptz', { name: 'used_at', nullable: true }) usedAt!: Date | null;
  @Column('integer', { name: 'family_tag', nullable: true }) familyTag!: number | null;
  @Column('text', { name: 'family_id', nullable: true }) familyId!: string | null;
  @Column('timestamptz', { name: 'tokens_until', nullable: true }) tokensUntil!: Date | null;
  @Column('json', { nullable: true }) change!: Record<string, unknown> | null;
}

/** A customer signed in at the authorization server. Partitioned by expiry. */
@Entity({ schema: 'assent', name: 'session', synchronize: false })
export class SessionEntity {
  @PrimaryColumn('integer') tag!: number;
  @PrimaryColumn('timestamptz', { name: 'expires_at' }) expiresAt!: Date;
  @PrimaryColumn('bytea') hash!: Buffer;
  @Column('text', { name: 'customer_id' }) customerId!: string;
  @Column('text', { name: 'display_name' }) displayName!: string;
  @Column('timestamptz', { name: 'auth_time' }) authTime!: Date;
  @Column('text') acr!: string;
  @Column('text', { array: true }) amr!: string[];
  @Column('text', { name: 'signed_in_for', nullable: true }) signedInFor!: string | null;
  @Column('timestamptz', { name: 'ended_at', nullable: true }) endedAt!: Date | null;
}
