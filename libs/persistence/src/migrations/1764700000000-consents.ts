import type { MigrationInterface, QueryRunner } from 'typeorm';

/*
 * A consent is a grant from the moment it is lodged. Until a customer says yes its row names none; from then on it is a
 * row like every other. A grant in waiting ends when the time to say yes is over.
 */
const grants = `
ALTER TABLE assent."grant"
  ALTER COLUMN customer_id DROP NOT NULL,
  ALTER COLUMN subject DROP NOT NULL,
  ALTER COLUMN auth_time DROP NOT NULL,
  ALTER COLUMN acr DROP NOT NULL,
  DROP CONSTRAINT grant_status_check,
  ADD CONSTRAINT grant_status_check CHECK (status IN ('awaiting_authorisation', 'active', 'suspended', 'revoked', 'expired', 'consumed', 'rejected')),
  ADD CONSTRAINT grant_customer_check CHECK (customer_id IS NOT NULL AND subject IS NOT NULL AND auth_time IS NOT NULL AND acr IS NOT NULL OR customer_id IS NULL AND status IN ('awaiting_authorisation', 'revoked', 'expired', 'rejected'));
`;

/* What its client and the market know of it beside the grant. */
const consents = `
CREATE TABLE assent.consent (
  tag             integer     NOT NULL,
  grant_id        text        NOT NULL,
  name            text        NOT NULL,
  kind            text        NOT NULL,
  document        jsonb       NOT NULL,
  customer_claims jsonb       NOT NULL,
  authorise_by    timestamptz,
  expires_at      timestamptz,
  once            boolean     NOT NULL,
  PRIMARY KEY (tag, grant_id)
);

-- Clients ask by the name they know: this leads to the shard.
CREATE TABLE assent.consent_name (
  issuer    text    NOT NULL,
  client_id text    NOT NULL,
  name      text    NOT NULL,
  tag       integer NOT NULL,
  grant_id  text    NOT NULL,
  PRIMARY KEY (issuer, client_id, name)
);

-- Of grants that several customers must say yes to: one row for each.
CREATE TABLE assent.consent_approval (
  tag         integer     NOT NULL,
  grant_id    text        NOT NULL,
  customer_id text        NOT NULL,
  state       text        NOT NULL CHECK (state IN ('pending', 'approved', 'rejected')),
  at          timestamptz,
  PRIMARY KEY (tag, grant_id, customer_id)
);
CREATE INDEX consent_approval_pending ON assent.consent_approval (customer_id) WHERE state = 'pending';
`;

/* Customers who must agree before an account is shared. */
const approvers = `ALTER TABLE bank.account ADD COLUMN approvers text[] NOT NULL DEFAULT '{}';`;

export class Consents1764700000000 implements MigrationInterface {
  readonly name = 'Consents1764700000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const part of [grants, consents, approvers]) await queryRunner.query(part);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE bank.account DROP COLUMN approvers;
      DROP TABLE assent.consent_approval, assent.consent_name, assent.consent;
      DELETE FROM assent.grant_version v USING assent."grant" g WHERE g.tag = v.tag AND g.id = v.grant_id AND g.customer_id IS NULL;
      DELETE FROM assent.grant_event e USING assent."grant" g WHERE g.tag = e.tag AND g.id = e.grant_id AND g.customer_id IS NULL;
      DELETE FROM assent.grant_chain c USING assent."grant" g WHERE g.tag = c.tag AND g.id = c.grant_id AND g.customer_id IS NULL;
      DELETE FROM assent."grant" WHERE customer_id IS NULL;
      ALTER TABLE assent."grant" DROP CONSTRAINT grant_customer_check, DROP CONSTRAINT grant_status_check,
        ADD CONSTRAINT grant_status_check CHECK (status IN ('awaiting_authorisation', 'active', 'suspended', 'revoked', 'expired', 'consumed')),
        ALTER COLUMN customer_id SET NOT NULL, ALTER COLUMN subject SET NOT NULL, ALTER COLUMN auth_time SET NOT NULL, ALTER COLUMN acr SET NOT NULL;
    `);
  }
}
