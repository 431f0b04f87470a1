import { isConsentName, mintId, newTag, tagOf, type ConsentApproval, type Consents, type ConsentStatus, type LodgedConsent, type AuthorizationDetail } from '@assent/protocol';
import { instant, reading, writing, type Sql } from '../sql.js';
import { auditRow, auditValues } from './audit-rows.js';
import { lodging, lodgingValues } from './consent-rows.js';
import { grantEventRows, grantEventValues } from './grant-event-rows.js';
import { grantColumns, grantFrom, open, type GrantRow } from './grant-rows.js';
import { grantVersionRow, statusDifference } from './grant-version-rows.js';
import { horizon } from './revocation-rows.js';

/**
 * A grant as a consent. One that was not lodged under a name is known by its id. Who ended it, and why, stands in its
 * last version.
 */
const columns = `g.id AS grant_id, coalesce(c.name, g.id) AS name, coalesce(c.kind, '') AS kind, g.issuer, g.client_id, g.status, g.version, g.customer_id,
  g.authorization_details, g.accounts, coalesce(c.document, '{}') AS document, coalesce(c.customer_claims, '{}') AS customer_claims, g.created_at, g.updated_at,
  CASE WHEN g.customer_id IS NULL THEN c.expires_at ELSE g.expires_at END AS ends_at, g.expires_at, c.authorise_by, coalesce(c.once, false) AS once, c.follows,
  v.actor_kind, v.reason`;
const joined = `LEFT JOIN assent.consent c ON c.tag = g.tag AND c.grant_id = g.id
  LEFT JOIN assent.grant_version v ON v.tag = g.tag AND v.grant_id = g.id AND v.version = g.version`;

const lodge = writing(
  'consent_lodge',
  `WITH ${lodging('(SELECT 1) AS once')},
  audit AS (${auditRow({ from: 'lodged g', grant: 'g.id' })})
  SELECT EXISTS (SELECT FROM lodged) AS lodged`,
);

/** A name the client chose comes before an id that reads the same. */
const find = reading(
  'consent_find',
  `SELECT ${columns} FROM (
    SELECT n.tag, n.grant_id, 0 AS place FROM assent.consent_name n WHERE n.issuer = $issuer::text AND n.client_id = $client_id::text AND n.name = $name::text
    UNION ALL SELECT $tag::int, $name::text, 1
  ) w JOIN assent."grant" g ON g.tag = w.tag AND g.id = w.grant_id ${joined}
  WHERE g.issuer = $issuer::text AND g.client_id = $client_id::text ORDER BY w.place LIMIT 1`,
);

const ofGrant = reading('consent_of_grant', `SELECT ${columns} FROM assent."grant" g ${joined} WHERE g.tag = $tag::int AND g.id = $id::text`);

const approvals = reading(
  'consent_approvals',
  `SELECT a.customer_id, a.state, a.at FROM assent.consent_approval a WHERE a.tag = $tag::int AND a.grant_id = $id::text ORDER BY a.at NULLS LAST, a.customer_id`,
);

const awaiting = reading(
  'consent_awaiting',
  `SELECT ${grantColumns} FROM assent.consent_approval a JOIN assent."grant" g ON g.tag = a.tag AND g.id = a.grant_id
  WHERE a.customer_id = $customer_id::text AND a.state = 'pending' AND g.status = 'awaiting_authorisation' AND (g.expires_at IS NULL OR g.expires_at > $now::timestamptz)
  ORDER BY g.updated_at DESC LIMIT 100`,
);

const agreed = reading(
  'consent_agreed',
  `SELECT ${grantColumns} FROM assent.consent_approval a JOIN assent."grant" g ON g.tag = a.tag AND g.id = a.grant_id
  WHERE a.customer_id = $customer_id::text AND a.state = 'approved' AND g.customer_id <> $customer_id::text AND ${open('g')}
  ORDER BY g.updated_at DESC LIMIT 1000`,
);

/*
 * The grant is held first, so that of several who decide at once each sees what those before did: the last yes finds no
 * other pending, and a no that came first leaves nothing to say yes to.
 */
const hold = reading('consent_hold', `SELECT g.status FROM assent."grant" g WHERE g.tag = $tag::int AND g.id = $id::text AND g.status = 'awaiting_authorisation' AND ${open('g')} FOR UPDATE`);

/** After `hold`, in the same transaction. */
const decide = writing(
  'consent_decide',
  `WITH answered AS (
    UPDATE assent.consent_approval a SET state = $state::text, at = $now::timestamptz
    WHERE a.tag = $tag::int AND a.grant_id = $id::text AND a.customer_id = $customer_id::text AND a.state = 'pending'
    RETURNING a.tag, a.grant_id
  ),
  verdict AS (
    SELECT d.tag, d.grant_id, CASE
      WHEN $state::text = 'rejected' THEN 'rejected'
      WHEN EXISTS (SELECT FROM assent.consent_approval o WHERE o.tag = d.tag AND o.grant_id = d.grant_id AND o.customer_id <> $customer_id::text AND o.state = 'pending') THEN 'awaiting_authorisation'
      ELSE 'active' END AS status
    FROM answered d
  ),
  changed AS (
    UPDATE assent."grant" g SET status = v.status, version = g.version + 1, updated_at = $now::timestamptz, updated_by = 'authorization_server'
    FROM verdict v WHERE g.tag = v.tag AND g.id = v.grant_id
    RETURNING g.*
  ),
  dead AS (
    INSERT INTO assent.revocation (tag, id, subject, until, kept_until)
    SELECT g.tag, g.id, 'grant', $horizon::timestamptz, $horizon::timestamptz FROM changed g WHERE g.status = 'rejected'
    ON CONFLICT DO NOTHING
  ),
  versioned AS (${grantVersionRow({ from: 'changed g', difference: difference(), event: '$event::text', reason: 'NULL::text' })}),
  ${grantEventRows({ from: 'changed g', detail: `json_build_object('difference', ${difference()})` })},
  audit AS (${auditRow({ from: 'changed g', client: 'g.client_id', grant: 'g.id' })})
  SELECT g.status FROM changed g`,
);

function difference(): string {
  return `CASE g.status WHEN 'awaiting_authorisation' THEN '{}'::jsonb ELSE ${statusDifference(`'awaiting_authorisation'`, 'g.status')} END`;
}

interface ConsentRow {
  readonly grant_id: string;
  readonly name: string;
  readonly kind: string;
  readonly issuer: string;
  readonly client_id: string;
  readonly status: ConsentStatus;
  readonly version: number;
  readonly customer_id: string | null;
  readonly authorization_details: readonly AuthorizationDetail[];
  readonly accounts: readonly string[];
  readonly document: Readonly<Record<string, unknown>>;
  readonly customer_claims: Readonly<Record<string, string>>;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly ends_at: Date | null;
  readonly expires_at: Date | null;
  readonly authorise_by: Date | null;
  readonly once: boolean;
  readonly follows: string | null;
  readonly actor_kind: 'client' | 'customer' | 'staff' | 'system' | null;
  readonly reason: string | null;
  readonly [column: string]: unknown;
}

const ends: readonly ConsentStatus[] = ['revoked', 'expired', 'consumed', 'rejected'];

function consentFrom(row: ConsentRow, now: Date): LodgedConsent {
  const over = row.expires_at !== null && row.expires_at <= now && !ends.includes(row.status);
  return {
    grantId: row.grant_id,
    name: row.name,
    kind: row.kind,
    issuer: row.issuer,
    clientId: row.client_id,
    status: over ? 'expired' : row.status,
    customerId: row.customer_id ?? undefined,
    details: row.authorization_details,
    accounts: row.accounts,
    document: row.document,
    customerClaims: row.customer_claims,
    createdAt: row.created_at,
    updatedAt: over ? (row.expires_at as Date) : row.updated_at,
    expiresAt: row.ends_at,
    authoriseBy: row.authorise_by ?? undefined,
    once: row.once,
    ...(row.follows !== null && { follows: row.follows }),
    ...(over && { ended: { by: 'system' } }),
    ...(ends.includes(row.status) && row.actor_kind !== null && { ended: { by: row.actor_kind, ...(row.reason !== null && { reason: row.reason }) } }),
  };
}

const lockTimeoutMs = 2_000;

export const consents = (sql: Sql): Consents => {
  const load = async (grantId: string, now: Date): Promise<LodgedConsent | undefined> => {
    const [row] = await sql.rows<ConsentRow>(ofGrant, { tag: tagOf(grantId), id: grantId });
    return row && consentFrom(row, now);
  };
  return {
    async lodge({ issuer, clientId, consent, now, audit }) {
      const grantId = mintId(newTag());
      const row = await sql.row<{ lodged: boolean }>(lodge, {
        ...lodgingValues(grantId, consent, now),
        issuer,
        client_id: clientId,
        now: instant(now),
        ...grantEventValues('grant.lodged', { kind: 'client', id: clientId }, audit, now),
        ...auditValues({ ...audit, grantId }, tagOf(grantId), now),
      });
      return row.lodged ? { outcome: 'lodged', consent: lodgedAs(grantId, { issuer, clientId, consent, now }) } : { outcome: 'exists' };
    },

    async find({ issuer, clientId, name, now }) {
      // What can be no name finds nothing, and is not asked for either.
      if (!isConsentName(name)) return undefined;
      const [row] = await sql.rows<ConsentRow>(find, { issuer, client_id: clientId, name, tag: tagOf(name) });
      return row && consentFrom(row, now);
    },

    ofGrant: ({ grantId, now }) => load(grantId, now),

    async approvals(grantId) {
      const rows = await sql.rows<{ customer_id: string; state: ConsentApproval['state']; at: Date | null }>(approvals, { tag: tagOf(grantId), id: grantId });
      return rows.map(({ customer_id: customerId, state, at }) => ({ customerId, state, ...(at && { at }) }));
    },

    async awaiting({ customerId, now }) {
      return (await sql.rows<GrantRow & Record<string, unknown>>(awaiting, { customer_id: customerId, now: instant(now) })).map((row) => grantFrom(row, now));
    },

    async agreed({ customerId, now }) {
      return (await sql.rows<GrantRow & Record<string, unknown>>(agreed, { customer_id: customerId, now: instant(now) })).map((row) => grantFrom(row, now));
    },

    async decide({ grantId, customerId, decision, now, audit }) {
      const tag = tagOf(grantId);
      const state = decision === 'approve' ? 'approved' : 'rejected';
      const key = { tag, id: grantId, now: instant(now) };
      return sql.transaction(async (within) => {
        const [held] = await within.rows(hold, key);
        if (!held) return 'not-asked';
        const [row] = await within.rows<{ status: ConsentStatus }>(decide, {
          ...key,
          customer_id: customerId,
          state,
          event: state,
          horizon: instant(horizon(now)),
          ...grantEventValues(`grant.${state}`, { kind: 'customer', id: customerId }, audit, now),
          ...auditValues({ ...audit, customerId, grantId }, tag, now),
        });
        if (!row) return 'not-asked';
        return row.status === 'active' ? 'active' : row.status === 'rejected' ? 'rejected' : 'approved';
      }, { lockTimeoutMs });
    },
  };
};

/** As it would be found now. */
function lodgedAs(grantId: string, { issuer, clientId, consent, now }: { readonly issuer: string; readonly clientId: string; readonly consent: Parameters<Consents['lodge']>[0]['consent']; readonly now: Date }): LodgedConsent {
  const { name, namePrefix = '', kind, details, document, expiresAt, authoriseBy, customerClaims = {}, once = false, follows } = consent;
  return {
    grantId,
    name: name ?? `${namePrefix}${grantId}`,
    kind,
    issuer,
    clientId,
    status: 'awaiting_authorisation',
    customerId: undefined,
    details,
    accounts: [],
    document,
    customerClaims,
    createdAt: now,
    updatedAt: now,
    expiresAt,
    authoriseBy,
    once,
    ...(follows !== undefined && { follows }),
  };
}
