import type { MigrationInterface, QueryRunner } from 'typeorm';

/*
 * What every primary key begins with is the flow's routing tag (replay rows: their own hash), so that one flow lives
 * on one shard. Tables of short-lived rows are partitioned by the time their rows stop mattering; housekeeping makes
 * coming partitions and drops past ones. The DEFAULT partition takes rows whose time lies beyond the partitions made
 * so far (or rows of a day without housekeeping): nothing is ever refused for want of a partition.
 */
const tables = `
-- bucket: the start of the quarter hour the proof expires in (and of each it was accepted before): replay-rows.ts.
CREATE TABLE assent.replay (
  hash   bytea       NOT NULL,
  bucket timestamptz NOT NULL,
  PRIMARY KEY (hash, bucket)
) PARTITION BY RANGE (bucket);

CREATE TABLE assent.pushed_request (
  tag          integer     NOT NULL,
  expires_at   timestamptz NOT NULL,
  hash         bytea       NOT NULL,
  issuer       text        NOT NULL,
  client_id    text        NOT NULL,
  request      json        NOT NULL,
  completed_at timestamptz,
  PRIMARY KEY (tag, expires_at, hash)
) PARTITION BY RANGE (expires_at);

CREATE TABLE assent.authorization_code (
  tag            integer     NOT NULL,
  expires_at     timestamptz NOT NULL,
  hash           bytea       NOT NULL,
  issuer         text        NOT NULL,
  client_id      text        NOT NULL,
  grant_tag      integer     NOT NULL,
  grant_id       text        NOT NULL,
  customer_id    text        NOT NULL,
  scope          text[]      NOT NULL,
  resources      text[]      NOT NULL,
  code_challenge text        NOT NULL,
  redirect_uri   text        NOT NULL,
  dpop_jkt       text,
  context        json        NOT NULL,
  used_at        timestamptz,
  family_tag     integer,
  family_id      text,
  tokens_until   timestamptz,
  PRIMARY KEY (tag, expires_at, hash)
) PARTITION BY RANGE (expires_at);

CREATE TABLE assent.access_token (
  tag        integer     NOT NULL,
  expires_at timestamptz NOT NULL,
  hash       bytea       NOT NULL,
  jti_tag    integer     NOT NULL,
  jti        text        NOT NULL,
  family_id  text,
  grant_tag  integer,
  grant_id   text,
  issuer     text        NOT NULL,
  client_id  text        NOT NULL,
  subject    text        NOT NULL,
  scope      text[]      NOT NULL,
  audience   text[]      NOT NULL,
  issued_at  timestamptz NOT NULL,
  jkt        text,
  x5t        text,
  acr        text,
  auth_time  timestamptz,
  PRIMARY KEY (tag, expires_at, hash)
) PARTITION BY RANGE (expires_at);

CREATE TABLE assent.session (
  tag           integer     NOT NULL,
  expires_at    timestamptz NOT NULL,
  hash          bytea       NOT NULL,
  customer_id   text        NOT NULL,
  display_name  text        NOT NULL,
  auth_time     timestamptz NOT NULL,
  acr           text        NOT NULL,
  amr           text[]      NOT NULL,
  signed_in_for text,
  ended_at      timestamptz,
  PRIMARY KEY (tag, expires_at, hash)
) PARTITION BY RANGE (expires_at);

CREATE TABLE assent.audit_event (
  tag         integer     NOT NULL,
  at          timestamptz NOT NULL,
  id          uuid        NOT NULL DEFAULT gen_random_uuid(),
  type        text        NOT NULL,
  issuer      text        NOT NULL,
  client_id   text,
  customer_id text,
  grant_id    text,
  request_id  text,
  rule        text,
  detail      jsonb,
  PRIMARY KEY (tag, at, id)
) PARTITION BY RANGE (at);
`;

const partitioned = ['replay', 'pushed_request', 'authorization_code', 'access_token', 'session', 'audit_event'];
const defaults = partitioned.map((table) => `CREATE TABLE assent.${table}_default PARTITION OF assent.${table} DEFAULT;`).join('\n');

const lasting = `
CREATE TABLE assent."grant" (
  tag                   integer     NOT NULL,
  id                    text        NOT NULL,
  version               integer     NOT NULL DEFAULT 1,
  status                text        NOT NULL CHECK (status IN ('awaiting_authorisation', 'active', 'suspended', 'revoked', 'expired', 'consumed')),
  issuer                text        NOT NULL,
  client_id             text        NOT NULL,
  customer_id           text        NOT NULL,
  subject               text        NOT NULL,
  scope                 text[]      NOT NULL,
  accounts              text[]      NOT NULL,
  authorization_details jsonb       NOT NULL,
  claims                jsonb,
  auth_time             timestamptz NOT NULL,
  acr                   text        NOT NULL,
  amr                   text[]      NOT NULL,
  created_at            timestamptz NOT NULL,
  updated_at            timestamptz NOT NULL,
  expires_at            timestamptz,
  PRIMARY KEY (tag, id)
);
CREATE INDEX grant_ending ON assent."grant" (expires_at) WHERE status IN ('awaiting_authorisation', 'active', 'suspended');

-- Lists across flows read this instead of searching every shard.
CREATE TABLE assent.customer_grant (
  customer_id text        NOT NULL,
  issuer      text        NOT NULL,
  client_id   text        NOT NULL,
  grant_id    text        NOT NULL,
  grant_tag   integer     NOT NULL,
  created_at  timestamptz NOT NULL,
  PRIMARY KEY (customer_id, issuer, client_id, grant_id)
);

CREATE TABLE assent.refresh_token (
  tag         integer     NOT NULL,
  hash        bytea       NOT NULL,
  expires_at  timestamptz NOT NULL,
  issued_at   timestamptz NOT NULL,
  issuer      text        NOT NULL,
  client_id   text        NOT NULL,
  family_tag  integer     NOT NULL,
  family_id   text        NOT NULL,
  grant_tag   integer     NOT NULL,
  grant_id    text        NOT NULL,
  customer_id text        NOT NULL,
  scope       text[]      NOT NULL,
  resources   text[]      NOT NULL,
  context     json        NOT NULL,
  PRIMARY KEY (tag, hash)
);
CREATE INDEX refresh_token_of_grant ON assent.refresh_token (grant_tag, grant_id);
CREATE INDEX refresh_token_ending ON assent.refresh_token (expires_at);

-- The one truth about dead tokens: a row here kills a token (by jti), a family or all of a grant. It is also the feed
-- that resource servers follow: \`until\` is when the last access token it can concern has expired, \`kept_until\` when
-- the last token of any kind has.
CREATE TABLE assent.revocation (
  tag        integer     NOT NULL,
  id         text        NOT NULL,
  subject    text        NOT NULL CHECK (subject IN ('token', 'family', 'grant')),
  until      timestamptz NOT NULL,
  kept_until timestamptz NOT NULL,
  xid        xid8        NOT NULL DEFAULT pg_current_xact_id(),
  PRIMARY KEY (tag, id, subject)
);
CREATE INDEX revocation_feed ON assent.revocation (xid);
CREATE INDEX revocation_ending ON assent.revocation (kept_until);

CREATE FUNCTION assent.announce_revocation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('assent_revocation', '');
  RETURN NULL;
END $$;
-- For each row: a statement trigger would also fire, and take the notification lock, where nothing was revoked.
CREATE TRIGGER announce AFTER INSERT ON assent.revocation FOR EACH ROW EXECUTE FUNCTION assent.announce_revocation();

CREATE TABLE assent.signing_key (
  issuer      text        NOT NULL,
  alg         text        NOT NULL,
  kid         text        NOT NULL,
  state       text        NOT NULL CHECK (state IN ('next', 'current', 'previous')),
  sealed_key  bytea       NOT NULL,
  created_at  timestamptz NOT NULL,
  since       timestamptz NOT NULL,
  PRIMARY KEY (issuer, alg, kid)
);
CREATE UNIQUE INDEX signing_key_current ON assent.signing_key (issuer, alg) WHERE state = 'current';
CREATE UNIQUE INDEX signing_key_next ON assent.signing_key (issuer, alg) WHERE state = 'next';

-- In the shape that rate-limiter-flexible's RateLimiterPostgres expects (tableCreated: true).
CREATE TABLE assent.login_throttle (
  key    varchar(255) PRIMARY KEY,
  points integer NOT NULL DEFAULT 0,
  expire bigint
);
`;

export class ProtocolTables1764000000000 implements MigrationInterface {
  readonly name = 'ProtocolTables1764000000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(tables);
    await queryRunner.query(defaults);
    await queryRunner.query(lasting);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    const all = [...partitioned, 'grant', 'customer_grant', 'refresh_token', 'revocation', 'signing_key', 'login_throttle'];
    await queryRunner.query(all.map((table) => `DROP TABLE assent."${table}";`).join('\n'));
    await queryRunner.query('DROP FUNCTION assent.announce_revocation()');
  }
}
