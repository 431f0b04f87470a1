import type { MigrationInterface, QueryRunner } from 'typeorm';

/*
 * Signed messages, each sealed: they hold tokens. What is said of one in a link of its grant's chain carries its digest,
 * so that a row cannot be changed unseen, and stays when the row's partition is dropped. `evidence_held` ties those of a
 * flow without a grant to its pushed request, then to its code.
 */
const tables = `
CREATE TABLE assent.evidence (
  tag    integer     NOT NULL,
  digest bytea       NOT NULL,
  at     timestamptz NOT NULL,
  sealed bytea       NOT NULL,
  PRIMARY KEY (tag, digest, at)
) PARTITION BY RANGE (at);
CREATE TABLE assent.evidence_default PARTITION OF assent.evidence DEFAULT;

CREATE TABLE assent.evidence_held (
  tag        integer     NOT NULL,
  expires_at timestamptz NOT NULL,
  holder     bytea       NOT NULL,
  digest     bytea       NOT NULL,
  summary    json        NOT NULL,
  PRIMARY KEY (tag, expires_at, holder, digest)
) PARTITION BY RANGE (expires_at);
CREATE TABLE assent.evidence_held_default PARTITION OF assent.evidence_held DEFAULT;
`;

export class Evidence1764600000000 implements MigrationInterface {
  readonly name = 'Evidence1764600000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(tables);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE assent.evidence_held, assent.evidence');
  }
}
