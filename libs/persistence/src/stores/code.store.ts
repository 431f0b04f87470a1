import type { CodeRefusal, Codes } from '@assent/protocol';
import type { Sql } from '../sql.js';
import { outlookOf, redeemOnce } from './redemption.js';
import { redemptionOf } from './redemption-rows.js';

const statements = redemptionOf({
  name: 'code',
  table: 'authorization_code',
  fault: `CASE
        WHEN c.expires_at <= $now::timestamptz THEN 'expired'
        WHEN c.client_id <> $client_id::text OR c.issuer <> $issuer::text THEN 'foreign_client'
        WHEN c.code_challenge IS DISTINCT FROM $code_challenge::text THEN 'pkce'
        WHEN c.redirect_uri IS DISTINCT FROM $redirect_uri::text THEN 'redirect_uri'
        WHEN c.dpop_jkt IS NOT NULL AND c.dpop_jkt IS DISTINCT FROM $jkt::text THEN 'dpop_key'
      END`,
  care: 'spent-by-any',
});

export const codes = (sql: Sql): Codes => ({
  outlook: (code) => outlookOf(sql, statements, code),

  redeem: ({ code, codeChallenge, redirectUri, jkt, ...input }) =>
    redeemOnce<CodeRefusal>(sql, { statements, presented: { code_challenge: codeChallenge ?? null, redirect_uri: redirectUri ?? null, jkt: jkt ?? null } }, { handle: code, ...input }),
});
