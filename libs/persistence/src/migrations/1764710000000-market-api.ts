import type { MigrationInterface, QueryRunner } from 'typeorm';

/*
 * What the APIs of markets keep: what was answered under a key of idempotency, ids of signed messages that must not come
 * again, and payments to accounts that have no IBAN. Both tables are swept by their end; an answer is sealed, as it holds
 * what was told of a customer.
 */
const tables = `
CREATE TABLE assent.market_answer (
  tag         integer     NOT NULL,
  hash        bytea       NOT NULL,
  request     bytea       NOT NULL,
  expires_at  timestamptz NOT NULL,
  lease       text        NOT NULL,
  lease_until timestamptz NOT NULL,
  answer      bytea,
  PRIMARY KEY (tag, hash)
);
CREATE INDEX market_answer_expiry ON assent.market_answer (expires_at);

CREATE TABLE assent.market_message (
  tag        integer     NOT NULL,
  hash       bytea       NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (tag, hash)
);
CREATE INDEX market_message_expiry ON assent.market_message (expires_at);

ALTER TABLE bank.payment
  ALTER COLUMN creditor_iban DROP NOT NULL,
  ADD COLUMN creditor_scheme text,
  ADD COLUMN creditor_identification text,
  ADD CONSTRAINT payment_creditor_account CHECK (num_nonnulls(creditor_iban, creditor_scheme) = 1 AND (creditor_scheme IS NULL) = (creditor_identification IS NULL));
-- As for payment_initiation: whatever a statement may think, one payment of a market's consent is booked once.
CREATE UNIQUE INDEX payment_of_market_once ON bank.payment (tag, grant_id, detail_id) WHERE status = 'booked' AND detail_type LIKE 'urn:assent:%:payment';
`;

export class MarketApi1764710000000 implements MigrationInterface {
  readonly name = 'MarketApi1764710000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(tables);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP TABLE assent.market_answer;
      DROP TABLE assent.market_message;
      DROP INDEX bank.payment_of_market_once;
      DELETE FROM bank.payment WHERE creditor_iban IS NULL;
      ALTER TABLE bank.payment DROP COLUMN creditor_scheme, DROP COLUMN creditor_identification, ALTER COLUMN creditor_iban SET NOT NULL`);
  }
}
