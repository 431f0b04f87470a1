import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The name of the consent another goes on with: its client's own, the first of its chain. */
export class ConsentChains1764700000001 implements MigrationInterface {
  readonly name = 'ConsentChains1764700000001';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE assent.consent ADD COLUMN follows text');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE assent.consent DROP COLUMN follows');
  }
}
