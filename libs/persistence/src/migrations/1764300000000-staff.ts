import type { MigrationInterface, QueryRunner } from 'typeorm';

/*
 * Staff are no customers: a table of their own, another sign-in. The two sites keep their own sessions; `ticket` is
 * what a staff member works on, and without one no customer data is shown.
 */
const tables = `
CREATE TABLE bank.staff (
  id            text   PRIMARY KEY,
  login         text   NOT NULL,
  password_hash text   NOT NULL,
  display_name  text   NOT NULL,
  roles         text[] NOT NULL
);
CREATE UNIQUE INDEX staff_login ON bank.staff (lower(login));

CREATE TABLE assent.site_session (
  tag          integer     NOT NULL,
  expires_at   timestamptz NOT NULL,
  hash         bytea       NOT NULL,
  site         text        NOT NULL CHECK (site IN ('dashboard', 'staff')),
  issuer       text        NOT NULL,
  person_id    text        NOT NULL,
  display_name text        NOT NULL,
  roles        text[]      NOT NULL,
  auth_time    timestamptz NOT NULL,
  ticket       text,
  ended_at     timestamptz,
  PRIMARY KEY (tag, expires_at, hash)
) PARTITION BY RANGE (expires_at);
CREATE TABLE assent.site_session_default PARTITION OF assent.site_session DEFAULT;

-- What concerns many customers takes two people: who asked for it, and who said yes or no.
CREATE TABLE assent.bulk_revocation (
  id           text        PRIMARY KEY,
  issuer       text        NOT NULL,
  client_id    text        NOT NULL,
  reason       text        NOT NULL,
  note         text        NOT NULL,
  ticket       text        NOT NULL,
  asked_by     text        NOT NULL,
  asked_name   text        NOT NULL,
  asked_at     timestamptz NOT NULL,
  grants       integer     NOT NULL,
  decision     text        CHECK (decision IN ('approved', 'refused')),
  decided_by   text        CHECK (decided_by IS DISTINCT FROM asked_by),
  decided_name text,
  decided_at   timestamptz,
  revoked      integer     NOT NULL DEFAULT 0,
  finished_at  timestamptz,
  CHECK ((decision IS NULL) = (decided_by IS NULL) AND (decision IS NULL) = (decided_at IS NULL))
);
CREATE UNIQUE INDEX bulk_revocation_open ON assent.bulk_revocation (issuer, client_id) WHERE decision IS NULL;

CREATE INDEX grant_of_client ON assent."grant" (client_id, issuer, created_at DESC);
`;

export class Staff1764300000000 implements MigrationInterface {
  readonly name = 'Staff1764300000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(tables);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX assent.grant_of_client; DROP TABLE assent.bulk_revocation, assent.site_session, bank.staff');
  }
}
