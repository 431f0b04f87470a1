import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A customer's dashboard lists what they agreed to beside others. */
export class Agreements1764700000003 implements MigrationInterface {
  readonly name = 'Agreements1764700000003';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`CREATE INDEX consent_approval_given ON assent.consent_approval (customer_id) WHERE state = 'approved'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX assent.consent_approval_given');
  }
}
