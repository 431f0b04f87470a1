import type { BackchannelBlocks } from '@assent/protocol';
import { instant, reading, writing, type Sql } from '../sql.js';
import { auditRow, auditValues } from './audit-rows.js';
import { holdCustomer } from './backchannel-rows.js';

const block = writing(
  'backchannel_block',
  `WITH blocked AS (
    INSERT INTO assent.backchannel_block (customer_id, issuer, client_id, blocked_at)
    VALUES ($customer_id::text, $issuer::text, $client_id::text, $now::timestamptz)
    ON CONFLICT DO NOTHING
    RETURNING client_id
  ),
  audit AS (${auditRow({ from: 'blocked' })})
  SELECT 1 FROM blocked`,
);

const unblock = writing(
  'backchannel_unblock',
  `WITH unblocked AS (
    DELETE FROM assent.backchannel_block WHERE customer_id = $customer_id::text AND issuer = $issuer::text AND client_id = $client_id::text
    RETURNING client_id
  ),
  audit AS (${auditRow({ from: 'unblocked' })})
  SELECT 1 FROM unblocked`,
);

const blockedBy = reading('backchannel_blocked_by', `SELECT client_id FROM assent.backchannel_block WHERE customer_id = $customer_id::text AND issuer = $issuer::text ORDER BY blocked_at DESC, client_id`);

const lockTimeoutMs = 2_000;

type Decision = Parameters<BackchannelBlocks['block']>[0];

const valuesOf = ({ issuer, clientId, customerId, now, audit }: Decision): Record<string, unknown> => ({
  issuer,
  client_id: clientId,
  customer_id: customerId,
  ...auditValues({ clientId, customerId, ...audit }, 0, now),
});

export const backchannelBlocks = (sql: Sql): BackchannelBlocks => ({
  async block(decision) {
    // Waits for requests on their way in: whatever comes after this is refused, whatever came before can be seen.
    await sql.transaction(
      async (within) => {
        await within.rows(holdCustomer, { customer_id: decision.customerId });
        await within.rows(block, { ...valuesOf(decision), now: instant(decision.now) });
      },
      { lockTimeoutMs },
    );
  },
  async unblock(decision) {
    await sql.rows(unblock, valuesOf(decision));
  },
  async blockedBy({ issuer, customerId }) {
    return (await sql.rows<{ client_id: string }>(blockedBy, { issuer, customer_id: customerId })).map(({ client_id: id }) => id);
  },
});
