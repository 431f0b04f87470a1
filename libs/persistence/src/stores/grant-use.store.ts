import { tagOf, type GrantUses, type UseKind } from '@assent/protocol';
import { instant, reading, writing, type Sql } from '../sql.js';

/** Rows in one order everywhere, so that two batches never wait for each other in a circle. */
const add = writing(
  'grant_use_add',
  `INSERT INTO assent.grant_use AS known (tag, grant_id, day, kind, count, last_at)
  SELECT * FROM unnest($tags::int[], $grant_ids::text[], $days::date[], $kinds::text[], $counts::int[], $times::timestamptz[]) AS u (tag, grant_id, day, kind, count, last_at)
  ORDER BY u.tag, u.grant_id, u.day, u.kind
  ON CONFLICT (tag, grant_id, day, kind) DO UPDATE SET count = known.count + excluded.count, last_at = greatest(known.last_at, excluded.last_at)`,
);

const lastUse = reading(
  'grant_use_last',
  `SELECT g.grant_id, u.last_at
  FROM unnest($tags::int[], $grant_ids::text[]) AS g (tag, grant_id)
  CROSS JOIN LATERAL (SELECT max(u.last_at) AS last_at FROM assent.grant_use u WHERE u.tag = g.tag AND u.grant_id = g.grant_id) u
  WHERE u.last_at IS NOT NULL`,
);

const useByDay = reading(
  'grant_use_by_day',
  `SELECT to_char(u.day, 'YYYY-MM-DD') AS day, u.kind, u.count, u.last_at FROM assent.grant_use u
  WHERE u.tag = $tag::int AND u.grant_id = $grant_id::text ORDER BY u.day DESC, u.kind`,
);

export const grantUses = (sql: Sql): GrantUses => ({
  async add(uses) {
    if (uses.length === 0) return;
    await sql.rows(add, {
      tags: uses.map(({ grantId }) => tagOf(grantId)),
      grant_ids: uses.map(({ grantId }) => grantId),
      days: uses.map(({ day }) => day),
      kinds: uses.map(({ kind }) => kind),
      counts: uses.map(({ count }) => count),
      times: uses.map(({ lastAt }) => instant(lastAt)),
    });
  },
  async lastUse(grantIds) {
    const rows = await sql.rows<{ grant_id: string; last_at: Date }>(lastUse, { tags: grantIds.map(tagOf), grant_ids: grantIds });
    return new Map(rows.map((row) => [row.grant_id, row.last_at]));
  },
  async useByDay(grantId) {
    const rows = await sql.rows<{ day: string; kind: UseKind; count: number; last_at: Date }>(useByDay, { tag: tagOf(grantId), grant_id: grantId });
    return rows.map(({ day, kind, count, last_at: lastAt }) => ({ day, kind, count, lastAt }));
  },
});
