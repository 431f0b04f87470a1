import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Keys to decrypt with beside those that sign; codes of requests whose signatures do the work of PKCE (FAPI 1.0 Advanced). */
export class EncryptionKeys1764500000000 implements MigrationInterface {
  readonly name = 'EncryptionKeys1764500000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE assent.signing_key ADD COLUMN use text NOT NULL DEFAULT 'sig' CHECK (use IN ('sig', 'enc'));
      ALTER TABLE assent.signing_key ALTER COLUMN use DROP DEFAULT;
      ALTER TABLE assent.authorization_code ALTER COLUMN code_challenge DROP NOT NULL;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DELETE FROM assent.signing_key WHERE use = 'enc';
      ALTER TABLE assent.signing_key DROP COLUMN use;
      DELETE FROM assent.authorization_code WHERE code_challenge IS NULL;
      ALTER TABLE assent.authorization_code ALTER COLUMN code_challenge SET NOT NULL;
    `);
  }
}
