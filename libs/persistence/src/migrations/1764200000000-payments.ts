import type { MigrationInterface, QueryRunner } from 'typeorm';

/*
 * Payments. A payment's id begins with its grant's routing tag, so that all of one grant lives on one shard. What the
 * bank did not book is kept as well: it was asked for, and its client reads here why nothing came of it.
 */
const payments = `
CREATE TABLE bank.payment (
  tag            integer       NOT NULL,
  id             text          NOT NULL,
  grant_id       text          NOT NULL,
  detail_id      text          NOT NULL,
  detail_type    text          NOT NULL,
  status         text          NOT NULL CHECK (status IN ('booked', 'rejected')),
  reason         text          CHECK ((reason IS NULL) = (status = 'booked')),
  account_id     text          NOT NULL REFERENCES bank.account,
  amount         numeric(15,2) NOT NULL CHECK (amount > 0),
  currency       text          NOT NULL,
  creditor_name  text          NOT NULL,
  creditor_iban  text          NOT NULL,
  remittance     text,
  end_to_end_id  text,
  transaction_id text,
  created_at     timestamptz   NOT NULL,
  PRIMARY KEY (tag, id)
);
-- Whatever a statement may think: an approved payment is booked once.
CREATE UNIQUE INDEX payment_once ON bank.payment (tag, grant_id, detail_id) WHERE status = 'booked' AND detail_type = 'payment_initiation';
CREATE INDEX payment_of_approval ON bank.payment (tag, grant_id, detail_id, created_at);
`;

/*
 * What an Idempotency-Key was used for, by hash. Two requests of one grant never decide at the same time, so a look at
 * the last day finds any earlier use although the time is part of the key.
 */
const keys = `
CREATE TABLE assent.idempotency_key (
  tag        integer     NOT NULL,
  grant_id   text        NOT NULL,
  hash       bytea       NOT NULL,
  at         timestamptz NOT NULL,
  request    bytea       NOT NULL,
  payment_id text        NOT NULL,
  PRIMARY KEY (tag, grant_id, hash, at)
) PARTITION BY RANGE (at);
CREATE TABLE assent.idempotency_key_default PARTITION OF assent.idempotency_key DEFAULT;
`;

/* When and how often a grant's data was read, a row per day (UTC) and kind. */
const uses = `
CREATE TABLE assent.grant_use (
  tag      integer     NOT NULL,
  grant_id text        NOT NULL,
  day      date        NOT NULL,
  kind     text        NOT NULL,
  count    integer     NOT NULL,
  last_at  timestamptz NOT NULL,
  PRIMARY KEY (tag, grant_id, day, kind)
);
CREATE INDEX grant_use_ending ON assent.grant_use (day);
`;

export class Payments1764200000000 implements MigrationInterface {
  readonly name = 'Payments1764200000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const part of [payments, keys, uses]) await queryRunner.query(part);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE bank.payment, assent.idempotency_key, assent.grant_use');
  }
}
