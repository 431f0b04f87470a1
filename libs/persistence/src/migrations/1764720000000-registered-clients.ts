import type { MigrationInterface, QueryRunner } from 'typeorm';

/*
 * Clients that registered themselves. Few rows, read by every process into its memory; `changed_in` is the transaction
 * that wrote a row last, so that a reader that goes on from the oldest transaction it saw running misses none.
 */
const clients = `
CREATE TABLE assent.registered_client (
  issuer       text        NOT NULL,
  client_id    text        NOT NULL,
  status       text        NOT NULL CHECK (status IN ('active', 'suspended', 'deleted')),
  suspended_by text        CHECK (suspended_by IN ('operator', 'directory')),
  metadata     jsonb       NOT NULL,
  software_id  text,
  directory    text,
  single       boolean     NOT NULL,
  stated       jsonb       NOT NULL,
  token_hash   bytea,
  version      integer     NOT NULL,
  issued_at    timestamptz NOT NULL,
  updated_at   timestamptz NOT NULL,
  ended_at     timestamptz,
  changed_in   xid8        NOT NULL,
  PRIMARY KEY (issuer, client_id),
  CHECK ((status = 'suspended') = (suspended_by IS NOT NULL))
);
-- Of two registrations of one software where it may have one, one wins.
CREATE UNIQUE INDEX registered_client_software ON assent.registered_client (issuer, directory, software_id) WHERE single AND status <> 'deleted';
CREATE INDEX registered_client_changed ON assent.registered_client (changed_in);

CREATE FUNCTION assent.announce_registration() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('assent_registered_client', '');
  RETURN NULL;
END $$;
CREATE TRIGGER announce AFTER INSERT OR UPDATE ON assent.registered_client FOR EACH ROW EXECUTE FUNCTION assent.announce_registration();

-- A statement that may register once has registered this client.
CREATE TABLE assent.registered_statement (
  issuer    text  NOT NULL,
  hash      bytea NOT NULL,
  client_id text  NOT NULL,
  PRIMARY KEY (issuer, hash)
);
`;

export class RegisteredClients1764720000000 implements MigrationInterface {
  readonly name = 'RegisteredClients1764720000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(clients);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE assent.registered_statement, assent.registered_client; DROP FUNCTION assent.announce_registration()');
  }
}
