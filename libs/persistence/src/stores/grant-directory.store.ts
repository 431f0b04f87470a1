import { tagOf, type Clock, type GrantActor, type GrantDirectory, type GrantScope, type GrantSearch, type ListedGrant } from '@assent/protocol';
import { instant, reading, writing, type Sql } from '../sql.js';
import { auditRow, auditValues } from './audit-rows.js';
import { grantEventRows, grantEventValues } from './grant-event-rows.js';
import { grantColumns, grantFrom, type GrantRow } from './grant-rows.js';

/** The last day of use, and what was read on it. */
const lastUse = `LEFT JOIN LATERAL (
    SELECT max(u.last_at) AS used_at, array_agg(u.kind ORDER BY u.kind) AS used_kinds FROM assent.grant_use u
    WHERE u.tag = g.tag AND u.grant_id = g.id AND u.day = (SELECT max(d.day) FROM assent.grant_use d WHERE d.tag = g.tag AND d.grant_id = g.id)
  ) used ON true`;
const columns = `${grantColumns}, used.used_at, used.used_kinds`;
const inScope = `g.issuer = ANY ($issuers::text[]) AND NOT (g.issuer || ' ' || g.client_id) = ANY ($own::text[])`;
/** A consent nobody said yes to connects nobody with anybody: no list has it. Its own id finds it. */
const ofSomebody = 'g.customer_id IS NOT NULL';

const ofCustomer = reading(
  'directory_customer',
  `SELECT ${columns} FROM assent.customer_grant c JOIN assent."grant" g ON g.tag = c.grant_tag AND g.id = c.grant_id ${lastUse}
  WHERE c.customer_id = $customer_id::text AND g.customer_id = $customer_id::text AND ${inScope} ORDER BY g.created_at DESC LIMIT 1000`,
);

const find = reading('directory_find', `SELECT ${columns} FROM assent."grant" g ${lastUse} WHERE g.tag = $tag::int AND g.id = $id::text AND ${inScope}`);

const uses = reading(
  'directory_uses',
  `SELECT u.kind, u.day::text AS day, u.count, u.last_at FROM assent.grant_use u WHERE u.tag = $tag::int AND u.grant_id = $id::text ORDER BY u.day DESC, u.kind LIMIT 2000`,
);

const tokens = reading(
  'directory_tokens',
  `SELECT count(*)::int AS count, max(r.issued_at) AS last_issued_at FROM assent.refresh_token r
  WHERE r.grant_tag = $tag::int AND r.grant_id = $id::text AND r.expires_at > $now::timestamptz
    AND NOT EXISTS (SELECT FROM assent.revocation x WHERE x.tag = r.family_tag AND x.id = r.family_id AND x.subject = 'family')`,
);

const ended = `('revoked', 'expired', 'consumed', 'rejected')`;
/** A grant ends at its moment, not when housekeeping writes it. */
const standing = `CASE WHEN g.expires_at <= $now::timestamptz AND g.status NOT IN ${ended} THEN 'expired' ELSE g.status END`;
const narrowed = `AND ($client_id::text IS NULL OR g.client_id = $client_id::text) AND ($status::text IS NULL OR ${standing} = $status::text)
  AND ${inScope} ORDER BY g.created_at DESC, g.id LIMIT 26 OFFSET $skip::int`;

/* Three ways in, each by an index of its own. */
const byCustomer = reading(
  'directory_search_customer',
  `SELECT ${columns} FROM assent.customer_grant c JOIN assent."grant" g ON g.tag = c.grant_tag AND g.id = c.grant_id ${lastUse}
  WHERE c.customer_id = $customer_id::text AND g.customer_id = $customer_id::text AND ($grant::text IS NULL OR left(g.id, length($grant::text)) = $grant::text) ${narrowed}`,
);
const byGrant = reading('directory_search_grant', `SELECT ${columns} FROM assent."grant" g ${lastUse} WHERE g.tag = $tag::int AND left(g.id, length($grant::text)) = $grant::text ${narrowed}`);
const byClient = reading('directory_search_client', `SELECT ${columns} FROM assent."grant" g ${lastUse} WHERE g.client_id = $client_id::text AND ${ofSomebody} ${narrowed}`);

const currentOfClient = `FROM assent."grant" g WHERE g.client_id = $client_id::text AND g.issuer = $issuer::text AND g.status NOT IN ${ended} AND (g.expires_at IS NULL OR g.expires_at > $now::timestamptz)`;
const count = reading('directory_count', `SELECT count(*)::int AS count ${currentOfClient}`);
const current = reading('directory_current', `SELECT g.id ${currentOfClient} ORDER BY g.created_at LIMIT $limit::int`);

const events = reading(
  'directory_events',
  `SELECT e.type, e.at, e.body FROM assent.grant_event e WHERE e.tag = $tag::int AND e.grant_id = $id::text ORDER BY e.sequence DESC LIMIT 200`,
);

const viewed = writing(
  'directory_viewed',
  `WITH seen AS (SELECT g.tag, g.id, g.version, g.issuer, g.client_id, g.customer_id FROM assent."grant" g WHERE g.tag = $tag::int AND g.id = $id::text),
  ${grantEventRows({ from: 'seen g', detail: '$event_detail::json' })},
  audit AS (${auditRow({ from: 'seen g', customer: 'g.customer_id', grant: 'g.id' })})
  SELECT 1`,
);

interface ListedRow extends GrantRow {
  readonly used_at: Date | null;
  readonly used_kinds: readonly string[] | null;
}

const perPage = 25;

export const grantDirectory = (sql: Sql, clock: Clock): GrantDirectory => {
  const listed = (row: ListedRow): ListedGrant => ({ ...grantFrom(row, clock.now()), ...(row.used_at && { lastUse: { at: row.used_at, kinds: row.used_kinds ?? [] } }) });
  return {
    async ofCustomer(customerId, scope) {
      return (await sql.rows<ListedRow>(ofCustomer, { customer_id: customerId, ...scopeValues(scope) })).map(listed);
    },
    async find(grantId, scope) {
      const [row] = await sql.rows<ListedRow>(find, { tag: tagOf(grantId), id: grantId, ...scopeValues(scope) });
      return row && listed(row);
    },
    async uses(grantId) {
      const rows = await sql.rows<{ kind: string; day: string; count: number; last_at: Date }>(uses, { tag: tagOf(grantId), id: grantId });
      return rows.map(({ kind, day, count: times, last_at: lastAt }) => ({ kind, day: new Date(`${day}T00:00:00Z`), count: times, lastAt }));
    },
    async tokens(grantId) {
      const row = await sql.row<{ count: number; last_issued_at: Date | null }>(tokens, { tag: tagOf(grantId), id: grantId, now: instant(clock.now()) });
      return { count: row.count, lastIssuedAt: row.last_issued_at ?? undefined };
    },
    async search(search, scope) {
      const rows = await found(sql, search, { ...scopeValues(scope), now: instant(clock.now()), skip: (search.page - 1) * perPage, client_id: search.clientId ?? null, status: search.status ?? null });
      return { grants: rows.slice(0, perPage).map(listed), more: rows.length > perPage };
    },
    async count(issuer, clientId) {
      return (await sql.row<{ count: number }>(count, { issuer, client_id: clientId, now: instant(clock.now()) })).count;
    },
    async current(issuer, clientId, limit) {
      return (await sql.rows<{ id: string }>(current, { issuer, client_id: clientId, now: instant(clock.now()), limit })).map(({ id }) => id);
    },
    async events(grantId) {
      const rows = await sql.rows<{ type: string; at: Date; body: string }>(events, { tag: tagOf(grantId), id: grantId });
      return rows.map(({ type, at, body }) => {
        const { actor, detail } = JSON.parse(body) as { actor: GrantActor; detail: Record<string, unknown> | null };
        return { type, at, actor, detail: detail ?? {} };
      });
    },
    async viewed({ grantId, actor, detail, audit, now }) {
      const tag = tagOf(grantId);
      await sql.rows(viewed, { tag, id: grantId, event_detail: JSON.stringify(detail ?? {}), ...grantEventValues(audit.type, actor, audit, now), ...auditValues({ ...audit, grantId, ...(detail && { detail }) }, tag, now) });
    },
  };
};

function found(sql: Sql, { customerId, grant, clientId }: GrantSearch, values: Record<string, unknown>): Promise<ListedRow[]> {
  if (customerId !== undefined) return sql.rows<ListedRow>(byCustomer, { ...values, customer_id: customerId, grant: grant ?? null });
  if (grant !== undefined) return sql.rows<ListedRow>(byGrant, { ...values, tag: tagOf(grant), grant });
  if (clientId !== undefined) return sql.rows<ListedRow>(byClient, values);
  // Nothing is asked for, so nothing is found: there is no browsing.
  return Promise.resolve([]);
}

const scopeValues = ({ issuers, own }: GrantScope): { issuers: readonly string[]; own: readonly string[] } => ({ issuers, own: own.map(({ issuer, clientId }) => `${issuer} ${clientId}`) });
