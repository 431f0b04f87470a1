import type { MigrationInterface, QueryRunner } from 'typeorm';

/*
 * The trust framework for local use, apart from the bank's tables: it is somebody else's. Nothing here is short-lived
 * but sessions. API keys and sessions are hashed; of private keys nothing is kept.
 *
 * The state of a certificate, and of software, follows from that of what it belongs to: it is read, never copied.
 */
const tables = `
CREATE SCHEMA directory;

CREATE TABLE directory.organisation (
  id              text        PRIMARY KEY,
  legal_name      text        NOT NULL,
  country         text        NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
  register_number text        NOT NULL,
  -- [{"market": "…", "role": "…", "status": "active"}]
  roles           jsonb       NOT NULL,
  status          text        NOT NULL CHECK (status IN ('active', 'suspended', 'revoked')),
  status_since    timestamptz NOT NULL,
  created_at      timestamptz NOT NULL,
  UNIQUE (country, register_number)
);

CREATE TABLE directory.software (
  id              text        PRIMARY KEY,
  organisation_id text        NOT NULL REFERENCES directory.organisation,
  -- [{"market": "…", "role": "…"}]
  roles           jsonb       NOT NULL,
  -- Names and addresses, under their RFC 7591 names.
  metadata        jsonb       NOT NULL,
  api_key_hash    bytea       NOT NULL UNIQUE,
  status          text        NOT NULL CHECK (status IN ('active', 'suspended', 'revoked')),
  status_since    timestamptz NOT NULL,
  created_at      timestamptz NOT NULL
);
CREATE INDEX software_of_organisation ON directory.software (organisation_id, created_at);

CREATE TABLE directory.certificate (
  serial      text        PRIMARY KEY,
  software_id text        NOT NULL REFERENCES directory.software,
  purpose     text        NOT NULL CHECK (purpose IN ('transport', 'signing', 'encryption')),
  market      text,
  subject     text        NOT NULL,
  thumbprint  text        NOT NULL UNIQUE,
  der         bytea       NOT NULL,
  -- As it stands in the software's key set; none of a transport certificate's.
  kid         text,
  jwk         jsonb,
  issued_at   timestamptz NOT NULL,
  not_after   timestamptz NOT NULL,
  revoked_at  timestamptz,
  reason      text,
  CHECK ((revoked_at IS NULL) = (reason IS NULL)),
  CHECK ((kid IS NULL) = (jwk IS NULL) AND (kid IS NULL) = (purpose = 'transport'))
);
CREATE INDEX certificate_of_software ON directory.certificate (software_id, issued_at);

CREATE TABLE directory.statement (
  jti         text        PRIMARY KEY,
  software_id text        NOT NULL REFERENCES directory.software,
  market      text        NOT NULL,
  issued_at   timestamptz NOT NULL,
  expires_at  timestamptz NOT NULL
);
CREATE INDEX statement_of_software ON directory.statement (software_id, issued_at);

CREATE TABLE directory.authorisation_server (
  id         text        PRIMARY KEY,
  name       text        NOT NULL,
  issuer     text        NOT NULL UNIQUE,
  market     text,
  created_at timestamptz NOT NULL
);

CREATE TABLE directory.session (
  hash       bytea       PRIMARY KEY,
  expires_at timestamptz NOT NULL
);
CREATE INDEX session_expiry ON directory.session (expires_at);
`;

export class Directory1764730000000 implements MigrationInterface {
  readonly name = 'Directory1764730000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(tables);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP SCHEMA directory CASCADE');
  }
}
