import type { MigrationInterface, QueryRunner } from 'typeorm';

/*
 * What clients are told of their grants. A row of `grant_notice` is a change that its client has not acknowledged yet;
 * it is written by the transaction that writes the grant's version, whoever that is, and goes when it was delivered or
 * given up. `next_at` is when it may be tried (again): taking a row to deliver it moves that on, so that nobody else
 * takes it meanwhile, and so that it is tried again where its taker never came back.
 */
const notices = `
CREATE TABLE assent.event_receiver (
  issuer    text NOT NULL,
  client_id text NOT NULL,
  PRIMARY KEY (issuer, client_id)
);

CREATE TABLE assent.grant_notice (
  tag       integer     NOT NULL,
  grant_id  text        NOT NULL,
  version   integer     NOT NULL,
  jti       text        NOT NULL DEFAULT gen_random_uuid()::text,
  issuer    text        NOT NULL,
  client_id text        NOT NULL,
  event     text        NOT NULL,
  at        timestamptz NOT NULL,
  detail    jsonb       NOT NULL,
  attempts  integer     NOT NULL DEFAULT 0,
  next_at   timestamptz NOT NULL,
  PRIMARY KEY (tag, grant_id, version)
);
CREATE INDEX grant_notice_due ON assent.grant_notice (issuer, client_id, next_at);
CREATE INDEX grant_notice_of ON assent.grant_notice (issuer, client_id, jti);
CREATE INDEX grant_notice_age ON assent.grant_notice (at);

-- Of grants their client manages, where the client wants to be told.
CREATE FUNCTION assent.note_grant_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO assent.grant_notice (tag, grant_id, version, issuer, client_id, event, at, detail, next_at)
  SELECT NEW.tag, NEW.grant_id, NEW.version, g.issuer, g.client_id, NEW.event, NEW.at,
    jsonb_build_object('status', NEW.status, 'by', NEW.actor_kind, 'difference', NEW.difference), NEW.at
  FROM assent."grant" g JOIN assent.event_receiver r ON r.issuer = g.issuer AND r.client_id = g.client_id
  WHERE g.tag = NEW.tag AND g.id = NEW.grant_id AND g.managed;
  IF FOUND THEN PERFORM pg_notify('assent_grant_notice', ''); END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER note_change AFTER INSERT ON assent.grant_version FOR EACH ROW EXECUTE FUNCTION assent.note_grant_change();
`;

/*
 * Signed statements about the chains of grant events, themselves a chain: which head a chain had (kind `heads`), or up
 * to which link its events were dropped with their partition (kind `retired`). Leaves are what a statement is about.
 */
const checkpoints = `
CREATE TABLE assent.audit_checkpoint (
  number integer     NOT NULL PRIMARY KEY,
  at     timestamptz NOT NULL,
  kind   text        NOT NULL CHECK (kind IN ('heads', 'retired')),
  jws    text        NOT NULL
);
CREATE TABLE assent.audit_checkpoint_leaf (
  tag      integer NOT NULL,
  grant_id text    NOT NULL,
  number   integer NOT NULL,
  sequence integer NOT NULL,
  hash     bytea   NOT NULL,
  PRIMARY KEY (tag, grant_id, number)
);
CREATE INDEX audit_checkpoint_leaves ON assent.audit_checkpoint_leaf (number);
`;

export class GrantNotices1764400000000 implements MigrationInterface {
  readonly name = 'GrantNotices1764400000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(notices);
    await queryRunner.query(checkpoints);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP TABLE assent.audit_checkpoint_leaf, assent.audit_checkpoint;
      DROP TRIGGER note_change ON assent.grant_version;
      DROP FUNCTION assent.note_grant_change();
      DROP TABLE assent.grant_notice, assent.event_receiver;
    `);
  }
}
