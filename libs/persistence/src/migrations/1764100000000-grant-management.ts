import type { MigrationInterface, QueryRunner } from 'typeorm';

/*
 * Grants that change. A grant's row says what holds now; `grant_version` keeps what held before, and by whom it was
 * changed. Two floors kill older tokens without listing them: a refresh token (an access token) of a version below the
 * grant's `refresh_floor` (`access_floor`) is dead.
 */
const grants = `
ALTER TABLE assent."grant"
  ADD COLUMN managed       boolean NOT NULL DEFAULT false,
  ADD COLUMN resources     text[]  NOT NULL DEFAULT '{}',
  ADD COLUMN updated_by    text    NOT NULL DEFAULT 'client' CHECK (updated_by IN ('client', 'authorization_server')),
  ADD COLUMN refresh_floor integer NOT NULL DEFAULT 1,
  ADD COLUMN access_floor  integer NOT NULL DEFAULT 1;

CREATE TABLE assent.grant_version (
  tag                   integer     NOT NULL,
  grant_id              text        NOT NULL,
  version               integer     NOT NULL,
  at                    timestamptz NOT NULL,
  actor_kind            text        NOT NULL CHECK (actor_kind IN ('client', 'customer', 'staff', 'system')),
  actor_id              text        NOT NULL,
  event                 text        NOT NULL,
  status                text        NOT NULL,
  scope                 text[]      NOT NULL,
  resources             text[]      NOT NULL,
  accounts              text[]      NOT NULL,
  authorization_details jsonb       NOT NULL,
  claims                jsonb,
  expires_at            timestamptz,
  difference            jsonb       NOT NULL,
  reason                text,
  PRIMARY KEY (tag, grant_id, version)
);

-- What the customer said yes to, until the client redeems the code. NULL: the code stands on a grant that is there.
ALTER TABLE assent.authorization_code ADD COLUMN change json;

ALTER TABLE assent.refresh_token ADD COLUMN grant_version integer NOT NULL DEFAULT 1;
ALTER TABLE assent.access_token
  ADD COLUMN grant_version         integer NOT NULL DEFAULT 1,
  ADD COLUMN authorization_details jsonb   NOT NULL DEFAULT '[]';

-- subject 'version': access tokens of the grant \`id\` whose version is below \`below\` are dead.
ALTER TABLE assent.revocation
  ADD COLUMN below integer,
  DROP CONSTRAINT revocation_subject_check,
  ADD CONSTRAINT revocation_subject_check CHECK (subject IN ('token', 'family', 'grant', 'version') AND (subject = 'version') = (below IS NOT NULL));
DROP TRIGGER announce ON assent.revocation;
CREATE TRIGGER announce AFTER INSERT OR UPDATE ON assent.revocation FOR EACH ROW EXECUTE FUNCTION assent.announce_revocation();
`;

/*
 * The decisions on each grant, chained: \`hash\` is SHA-256 over the previous hash and the event's text, exactly as it
 * stands in \`body\`. The head is one row per grant, so that writers of different grants never wait for each other.
 */
const chain = `
CREATE TABLE assent.grant_event (
  tag      integer     NOT NULL,
  grant_id text        NOT NULL,
  sequence integer     NOT NULL,
  at       timestamptz NOT NULL,
  type     text        NOT NULL,
  body     text        NOT NULL,
  previous bytea       NOT NULL,
  hash     bytea       NOT NULL,
  PRIMARY KEY (tag, grant_id, sequence, at)
) PARTITION BY RANGE (at);
CREATE TABLE assent.grant_event_default PARTITION OF assent.grant_event DEFAULT;

CREATE TABLE assent.grant_chain (
  tag      integer     NOT NULL,
  grant_id text        NOT NULL,
  sequence integer     NOT NULL,
  previous bytea       NOT NULL,
  hash     bytea       NOT NULL,
  at       timestamptz NOT NULL,
  PRIMARY KEY (tag, grant_id)
);
CREATE INDEX grant_chain_moved ON assent.grant_chain (at);
`;

export class GrantManagement1764100000000 implements MigrationInterface {
  readonly name = 'GrantManagement1764100000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(grants);
    await queryRunner.query(chain);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP TABLE assent.grant_chain, assent.grant_event, assent.grant_version;
      DROP TRIGGER announce ON assent.revocation;
      CREATE TRIGGER announce AFTER INSERT ON assent.revocation FOR EACH ROW EXECUTE FUNCTION assent.announce_revocation();
      DELETE FROM assent.revocation WHERE subject = 'version';
      ALTER TABLE assent.revocation DROP CONSTRAINT revocation_subject_check, DROP COLUMN below,
        ADD CONSTRAINT revocation_subject_check CHECK (subject IN ('token', 'family', 'grant'));
      ALTER TABLE assent.access_token DROP COLUMN grant_version, DROP COLUMN authorization_details;
      ALTER TABLE assent.refresh_token DROP COLUMN grant_version;
      ALTER TABLE assent.authorization_code DROP COLUMN change;
      ALTER TABLE assent."grant" DROP COLUMN managed, DROP COLUMN resources, DROP COLUMN updated_by,
        DROP COLUMN refresh_floor, DROP COLUMN access_floor;
    `);
  }
}
