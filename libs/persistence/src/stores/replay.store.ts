import { newTag, type AuditLog, type Clock, type ReplayStore } from '@assent/protocol';
import { writing, type Sql } from '../sql.js';
import { auditRow, auditValues } from './audit-rows.js';
import { gateColumns, replayedBy, replayValues, spend, type GateRow } from './replay-rows.js';

/** Spends one-time values and does nothing else. */
export const spendAlone = writing('replay_spend', `WITH ${spend} SELECT ${gateColumns} FROM gate`);
const append = writing('audit_append', auditRow({ from: '(SELECT 1) AS once' }));

export const replayStore = (sql: Sql, clock: Clock): ReplayStore => ({
  async spend(claims) {
    if (claims.length === 0) return { outcome: 'spent' };
    const now = clock.now();
    const row = await sql.row<GateRow>(spendAlone, replayValues(claims, now));
    return replayedBy(row, claims, now) ?? { outcome: 'spent' };
  },
});

export const auditLog = (sql: Sql, clock: Clock): AuditLog => ({
  async append(event) {
    await sql.rows(append, auditValues(event, newTag(), clock.now()));
  },
});
