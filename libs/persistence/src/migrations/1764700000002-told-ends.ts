import type { MigrationInterface, QueryRunner } from 'typeorm';

/*
 * Issuers whose clients are told when a grant of theirs is ended by somebody else, whether they manage it or not. Such a
 * notice is kept and taken as every other.
 */
const receivers = `CREATE TABLE assent.end_receiver (issuer text NOT NULL PRIMARY KEY)`;

const noting = (condition: string): string => `
CREATE OR REPLACE FUNCTION assent.note_grant_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO assent.grant_notice (tag, grant_id, version, issuer, client_id, event, at, detail, next_at)
  SELECT NEW.tag, NEW.grant_id, NEW.version, g.issuer, g.client_id, NEW.event, NEW.at,
    jsonb_build_object('status', NEW.status, 'by', NEW.actor_kind, 'difference', NEW.difference), NEW.at
  FROM assent."grant" g WHERE g.tag = NEW.tag AND g.id = NEW.grant_id AND (${condition});
  IF FOUND THEN PERFORM pg_notify('assent_grant_notice', ''); END IF;
  RETURN NULL;
END $$`;

const managed = `g.managed AND EXISTS (SELECT FROM assent.event_receiver r WHERE r.issuer = g.issuer AND r.client_id = g.client_id)`;
const ended = `NEW.status = 'revoked' AND NEW.actor_kind <> 'client' AND g.customer_id IS NOT NULL AND EXISTS (SELECT FROM assent.end_receiver e WHERE e.issuer = g.issuer)`;

export class ToldEnds1764700000002 implements MigrationInterface {
  readonly name = 'ToldEnds1764700000002';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(receivers);
    await queryRunner.query(noting(`${managed} OR ${ended}`));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(noting(managed));
    await queryRunner.query('DROP TABLE assent.end_receiver');
  }
}
