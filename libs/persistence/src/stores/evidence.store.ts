import { deriveKey, open, seal } from '@assent/crypto';
import { tagOf, type Evidence, type EvidenceArtefact, type EvidenceSummary, type Secret } from '@assent/protocol';
import { DatabaseError } from '../database-error.js';
import { instant, reading, writing, type Sql } from '../sql.js';
import { grantEventRows, grantEventValues } from './grant-event-rows.js';
import { handleValues } from './handle-values.js';

/** Rows of artefacts, for use as a CTE. */
const kept = `
  kept AS (
    INSERT INTO assent.evidence (tag, digest, at, sealed)
    SELECT $evidence_tag::int, a.digest, a.at, a.sealed
    FROM unnest($evidence_digests::bytea[], $evidence_at::timestamptz[], $evidence_sealed::bytea[]) AS a (digest, at, sealed)
    ON CONFLICT DO NOTHING
  )`;

const hold = writing(
  'evidence_hold',
  `WITH ${kept}
  INSERT INTO assent.evidence_held (tag, expires_at, holder, digest, summary)
  SELECT $tag::int, $expires_at::timestamptz, $hash::bytea, a.digest, a.summary::json
  FROM unnest($evidence_digests::bytea[], $evidence_summaries::text[]) AS a (digest, summary)
  ON CONFLICT DO NOTHING`,
);

/** A CTE for the consent that turns a pushed request into a code: what was held under the one is held under the other. */
export const heldByCode = `
  held AS (
    INSERT INTO assent.evidence_held (tag, expires_at, holder, digest, summary)
    SELECT $code_tag::int, $code_expires_at::timestamptz, $code_hash::bytea, h.digest, h.summary
    FROM request, assent.evidence_held h
    WHERE h.tag = $tag::int AND h.expires_at = $expires_at::timestamptz AND h.holder = $hash::bytea
  )`;

/** One link for all artefacts of a moment, those held before first, each by its own time. */
const link = writing(
  'evidence_link',
  `WITH ${kept},
  told AS (
    SELECT json_agg(t.summary ORDER BY t.summary ->> 'at', t.place) AS artefacts FROM (
      SELECT h.summary, 0 AS place FROM assent.evidence_held h
      WHERE h.tag = $tag::int AND h.expires_at = $expires_at::timestamptz AND h.holder = $hash::bytea
      UNION ALL
      SELECT s.summary::json, 1 FROM unnest($evidence_summaries::text[]) AS s (summary)
    ) t
  ),
  found AS (
    SELECT g.tag, g.id, g.version, g.issuer, g.client_id, g.customer_id FROM assent."grant" g, told
    WHERE g.tag = $grant_tag::int AND g.id = $grant_id::text AND told.artefacts IS NOT NULL
  ),
  ${grantEventRows({ from: 'found g', detail: `json_build_object('artefacts', (SELECT artefacts FROM told))` })}
  SELECT EXISTS (SELECT FROM assent."grant" g WHERE g.tag = $grant_tag::int AND g.id = $grant_id::text) AS known`,
);

const links = reading(
  'evidence_links',
  `SELECT g.issuer, e.sequence, e.body, e.previous, e.hash FROM assent."grant" g
  LEFT JOIN assent.grant_event e ON e.tag = g.tag AND e.grant_id = g.id
  WHERE g.tag = $grant_tag::int AND g.id = $grant_id::text ORDER BY e.sequence`,
);

const artefacts = reading(
  'evidence_artefacts',
  `SELECT DISTINCT ON (e.digest) e.digest, e.sealed FROM unnest($evidence_tags::int[], $evidence_digests::bytea[]) AS w (tag, digest)
  JOIN assent.evidence e ON e.tag = w.tag AND e.digest = w.digest`,
);

interface LinkRow {
  readonly issuer: string;
  readonly sequence: number | null;
  readonly body: string;
  readonly previous: Buffer;
  readonly hash: Buffer;
}

/** Where the row lies, beside what the link says: a flow's tag may differ from its grant's. */
type Located = EvidenceSummary & { readonly tag?: number };

/** Seals artefacts; a sealed one names its digest, so that it opens in no other row. */
class ArtefactSealing {
  readonly #key: Buffer;

  constructor(master: Secret<Buffer>) {
    this.#key = deriveKey(master.reveal(), 'evidence');
  }

  seal = ({ text, digest }: EvidenceArtefact): Buffer => seal(Buffer.from(text, 'utf8'), this.#key, contextOf(digest));
  open = (digest: Buffer, sealed: Buffer): string => open(sealed, this.#key, contextOf(digest)).toString('utf8');
}
const contextOf = (digest: Buffer): string => `evidence/${digest.toString('hex')}`;

const noHolder = { tag: 0, expires_at: instant(new Date(0)), hash: Buffer.alloc(0) };

export function evidence(sql: Sql, encryptionKey: Secret<Buffer> | undefined): Evidence {
  let opened: ArtefactSealing | undefined;
  const sealing = (): ArtefactSealing => {
    if (!encryptionKey) throw new DatabaseError('evidence cannot be kept or read without an encryption key');
    return (opened ??= new ArtefactSealing(encryptionKey));
  };
  const rowsOf = (kept: readonly EvidenceArtefact[], tag: number) => ({
    evidence_tag: tag,
    evidence_digests: kept.map(({ digest }) => digest),
    evidence_at: kept.map(({ at }) => instant(at)),
    evidence_sealed: kept.map((each) => sealing().seal(each)),
    evidence_summaries: kept.map(({ summary }) => JSON.stringify({ ...summary, tag } satisfies Located)),
  });
  return {
    async hold({ holder, artefacts: kept }) {
      await sql.rows(hold, { ...handleValues(holder), ...rowsOf(kept, holder.tag) });
    },

    async link({ what, grantId, actor, artefacts: kept, held, requestId, now }) {
      const tag = tagOf(grantId);
      const row = await sql.row<{ known: boolean }>(link, {
        ...(held ? handleValues(held) : noHolder),
        ...rowsOf(kept, tag),
        ...grantEventValues(`evidence.${what}`, actor, requestId === undefined ? {} : { requestId }, now),
        grant_tag: tag,
        grant_id: grantId,
      });
      return row.known ? 'linked' : 'unknown';
    },

    async chain(grantId) {
      const rows = await sql.rows<LinkRow>(links, { grant_tag: tagOf(grantId), grant_id: grantId });
      const [first] = rows;
      if (!first) return undefined;
      const linked = rows.flatMap(({ sequence, body, previous, hash }) => (sequence === null ? [] : [{ sequence, body, previous, hash }]));
      const named = linked.flatMap(({ body }) => (JSON.parse(body) as { detail?: { artefacts?: readonly Located[] } | null }).detail?.artefacts ?? []);
      const digests = named.map(({ digest }) => Buffer.from(digest, 'base64url'));
      const found = await sql.rows<{ digest: Buffer; sealed: Buffer }>(artefacts, { evidence_tags: named.map(({ tag }) => tag ?? tagOf(grantId)), evidence_digests: digests });
      const there = new Set(found.map(({ digest }) => digest.toString('base64url')));
      return {
        grantId,
        issuer: first.issuer,
        links: linked,
        artefacts: found.map(({ digest, sealed }) => ({ digest, text: sealing().open(digest, sealed) })),
        dropped: digests.filter((digest) => !there.has(digest.toString('base64url'))),
      };
    },
  };
}
