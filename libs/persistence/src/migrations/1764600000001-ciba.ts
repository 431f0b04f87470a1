import type { MigrationInterface, QueryRunner } from 'typeorm';

/*
 * Authentication requests by the back channel. Once approved, a request has what an authorization code has, under the
 * same names, so that one machinery redeems both. Pages list a customer's requests by the second table instead of
 * searching every shard.
 */
const requests = `
CREATE TABLE assent.backchannel_request (
  tag           integer     NOT NULL,
  expires_at    timestamptz NOT NULL,
  hash          bytea       NOT NULL,
  id            text        NOT NULL,
  issuer        text        NOT NULL,
  client_id     text        NOT NULL,
  customer_id   text        NOT NULL,
  request       json        NOT NULL,
  sealed        bytea,
  state         text        NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'approved', 'denied')),
  decided_at    timestamptz,
  poll_interval integer     NOT NULL,
  polled_at     timestamptz,
  slowed        boolean     NOT NULL DEFAULT false,
  grant_tag     integer,
  grant_id      text,
  scope         text[],
  resources     text[],
  context       json,
  change        json,
  used_at       timestamptz,
  family_tag    integer,
  family_id     text,
  tokens_until  timestamptz,
  PRIMARY KEY (tag, expires_at, hash)
) PARTITION BY RANGE (expires_at);
CREATE TABLE assent.backchannel_request_default PARTITION OF assent.backchannel_request DEFAULT;
CREATE INDEX backchannel_request_pending ON assent.backchannel_request (issuer, client_id) WHERE state = 'pending';

CREATE TABLE assent.customer_backchannel_request (
  customer_id text        NOT NULL,
  expires_at  timestamptz NOT NULL,
  id          text        NOT NULL,
  tag         integer     NOT NULL,
  hash        bytea       NOT NULL,
  PRIMARY KEY (customer_id, expires_at, id)
) PARTITION BY RANGE (expires_at);
CREATE TABLE assent.customer_backchannel_request_default PARTITION OF assent.customer_backchannel_request DEFAULT;
`;

/** What clients are still to be told. The sealed part holds the client's token and the value only it may learn. */
const pings = `
CREATE TABLE assent.backchannel_ping (
  tag        integer     NOT NULL,
  expires_at timestamptz NOT NULL,
  hash       bytea       NOT NULL,
  issuer     text        NOT NULL,
  client_id  text        NOT NULL,
  sealed     bytea       NOT NULL,
  attempts   integer     NOT NULL DEFAULT 0,
  next_at    timestamptz NOT NULL,
  PRIMARY KEY (tag, expires_at, hash)
);
CREATE INDEX backchannel_ping_due ON assent.backchannel_ping (next_at);
`;

/** An ID token shown as a hint names its customer by the subject its client knows. */
const hints = `
ALTER TABLE bank.customer ADD COLUMN user_code_hash text;
CREATE INDEX grant_subject ON assent."grant" (subject, client_id);
`;

export class Ciba1764600000001 implements MigrationInterface {
  readonly name = 'Ciba1764600000001';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(requests);
    await queryRunner.query(pings);
    await queryRunner.query(hints);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP INDEX assent.grant_subject;
      ALTER TABLE bank.customer DROP COLUMN user_code_hash;
      DROP TABLE assent.backchannel_ping, assent.customer_backchannel_request, assent.backchannel_request;
    `);
  }
}
