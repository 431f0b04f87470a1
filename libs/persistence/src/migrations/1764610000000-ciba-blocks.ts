import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whose requests by the back channel a customer does not want: a row for each client, until the customer takes it back. */
const blocks = `
CREATE TABLE assent.backchannel_block (
  customer_id text        NOT NULL,
  issuer      text        NOT NULL,
  client_id   text        NOT NULL,
  blocked_at  timestamptz NOT NULL,
  PRIMARY KEY (customer_id, issuer, client_id)
);
`;

export class CibaBlocks1764610000000 implements MigrationInterface {
  readonly name = 'CibaBlocks1764610000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(blocks);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE assent.backchannel_block');
  }
}
