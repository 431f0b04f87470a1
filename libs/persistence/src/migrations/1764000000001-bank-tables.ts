import type { MigrationInterface, QueryRunner } from 'typeorm';

const tables = `
CREATE SCHEMA bank;

CREATE TABLE bank.customer (
  id            text  PRIMARY KEY,
  login         text  NOT NULL,
  password_hash text  NOT NULL,
  display_name  text  NOT NULL,
  claims        jsonb NOT NULL
);
CREATE UNIQUE INDEX customer_login ON bank.customer (lower(login));

CREATE TABLE bank.account (
  id              text          PRIMARY KEY,
  customer_id     text          NOT NULL REFERENCES bank.customer,
  position        integer       NOT NULL,
  name            text          NOT NULL,
  type            text          NOT NULL,
  iban            text          NOT NULL,
  currency        text          NOT NULL,
  opening_balance numeric(15,2) NOT NULL,
  opened_on       date          NOT NULL,
  balance         numeric(15,2) NOT NULL,
  balance_at      timestamptz   NOT NULL,
  unavailable     text
);
CREATE INDEX account_of_customer ON bank.account (customer_id, position);

-- sequence numbers an account's transactions from 1 in booking order, so pages can be cut at a sequence.
CREATE TABLE bank.transaction (
  account_id        text          NOT NULL REFERENCES bank.account,
  sequence          integer       NOT NULL,
  id                text          NOT NULL,
  booked_on         date          NOT NULL,
  value_on          date          NOT NULL,
  amount            numeric(15,2) NOT NULL,
  currency          text          NOT NULL,
  description       text          NOT NULL,
  counterparty      text          NOT NULL,
  counterparty_iban text,
  category          text          NOT NULL,
  balance_after     numeric(15,2) NOT NULL,
  PRIMARY KEY (account_id, sequence)
);
CREATE INDEX transaction_by_date ON bank.transaction (account_id, booked_on, sequence);
`;

export class BankTables1764000000001 implements MigrationInterface {
  readonly name = 'BankTables1764000000001';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(tables);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE bank.transaction, bank.account, bank.customer; DROP SCHEMA bank');
  }
}
