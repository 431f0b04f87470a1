import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Grants from before there were versions begin their history as they stand, and get back the resources their tokens
 * may name from the refresh tokens that are out.
 */
const backfill = `
INSERT INTO assent.grant_version (tag, grant_id, version, at, actor_kind, actor_id, event, status, scope, resources, accounts,
  authorization_details, claims, expires_at, difference)
SELECT g.tag, g.id, g.version, g.updated_at, 'system', 'migration', CASE WHEN g.status IN ('revoked', 'expired', 'consumed') THEN g.status ELSE 'created' END,
  g.status, g.scope, g.resources, g.accounts, g.authorization_details, g.claims, g.expires_at, '{}'
FROM assent."grant" g WHERE NOT EXISTS (SELECT FROM assent.grant_version v WHERE v.tag = g.tag AND v.grant_id = g.id);
`;

const resources = `
UPDATE assent."grant" g SET resources = named.resources
FROM (
  SELECT r.grant_tag, r.grant_id, array_agg(DISTINCT one ORDER BY one) AS resources
  FROM assent.refresh_token r CROSS JOIN LATERAL unnest(r.resources) AS one GROUP BY r.grant_tag, r.grant_id
) named
WHERE g.tag = named.grant_tag AND g.id = named.grant_id AND g.resources = '{}';
`;

export class FirstGrantVersions1764150000000 implements MigrationInterface {
  readonly name = 'FirstGrantVersions1764150000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(resources);
    await queryRunner.query(backfill);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DELETE FROM assent.grant_version WHERE actor_kind = 'system' AND actor_id = 'migration'`);
  }
}
