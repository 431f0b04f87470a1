import { differenceOf } from '@assent/grants';
import { plusSeconds, tagOf, type BackchannelRefusal, type BackchannelRequest, type BackchannelRequests, type BackchannelState, type Clock, type FoundBackchannelRequest, type Secret } from '@assent/protocol';
import { instant, type Sql } from '../sql.js';
import { auditValues } from './audit-rows.js';
import * as rows from './backchannel-rows.js';
import { NotificationSealing } from './backchannel-sealing.js';
import { authorisingValues } from './consent-rows.js';
import { changeText } from './context-json.js';
import { grantEventValues } from './grant-event-rows.js';
import { contextValues } from './grant-rows.js';
import { handleValues } from './handle-values.js';
import { outlookOf, redeemOnce } from './redemption.js';
import { replayedBy, replayValues, type GateRow } from './replay-rows.js';

interface FoundRow {
  readonly id: string;
  readonly tag: number;
  readonly expires_at: Date;
  readonly hash: Buffer;
  readonly request: Omit<BackchannelRequest, 'requestedAt'> & { readonly requestedAt: string };
  readonly state: BackchannelState;
}

const foundFrom = ({ id, tag, expires_at: expiresAt, hash, request, state }: FoundRow): FoundBackchannelRequest => ({
  id,
  handle: { tag, expiresAt, hash },
  request: { ...request, requestedAt: new Date(request.requestedAt) },
  state,
});

type PushRefusal = Extract<Awaited<ReturnType<BackchannelRequests['push']>>, { outcome: 'refused' }>['reason'];
type Pushed = GateRow & { readonly reason: PushRefusal | null };
interface Decided {
  readonly outcome: Awaited<ReturnType<BackchannelRequests['approve']>>;
}

/** Whoever waits longer for others who ask the same customer asks too much. */
const lockTimeoutMs = 2_000;
const lockNotAvailable = '55P03';

export function backchannelRequests(sql: Sql, clock: Clock, encryptionKey: Secret<Buffer> | undefined): BackchannelRequests {
  const sealing = new NotificationSealing(encryptionKey);
  return {
    async push({ handle, id, request, notification, interval, limits, replay, audit }) {
      const now = clock.now();
      const values = {
        ...replayValues(replay, now),
        ...handleValues(handle),
        id,
        issuer: request.issuer,
        client_id: request.clientId,
        customer_id: request.customerId,
        request: JSON.stringify(request),
        consent: request.consent && 'grantId' in request.consent ? request.consent.grantId : null,
        sealed: notification ? sealing.seal(handle, notification) : null,
        interval,
        per_customer: limits.perCustomer,
        per_client: limits.perClient,
        refusals: limits.refusals,
        since: instant(plusSeconds(now, -limits.windowSeconds)),
        now: instant(now),
        ...auditValues({ customerId: request.customerId, ...audit }, handle.tag, now),
      };
      const work = async (within: Sql): Promise<Pushed> => {
        await within.rows(rows.holdCustomer, { customer_id: request.customerId });
        return within.row<Pushed>(rows.push, values);
      };
      const row = await sql.transaction(work, { lockTimeoutMs }).catch((error: unknown) => {
        if ((error as { code?: string }).code === lockNotAvailable) return undefined;
        throw error;
      });
      if (!row) return { outcome: 'refused', reason: 'customer_busy' };
      return replayedBy(row, replay, now) ?? (row.reason === null ? { outcome: 'pushed' } : { outcome: 'refused', reason: row.reason });
    },

    async pendingFor({ issuer, customerId, now }) {
      return (await sql.rows<FoundRow & Record<string, unknown>>(rows.pendingFor, { issuer, customer_id: customerId, now: instant(now) })).map(foundFrom);
    },

    async open(id, customerId) {
      const [row] = await sql.rows<FoundRow & Record<string, unknown>>(rows.openOne, { id, customer_id: customerId });
      return row && foundFrom(row);
    },

    async find(handle) {
      const [row] = await sql.rows<FoundRow & Record<string, unknown>>(rows.findOne, handleValues(handle));
      return row && foundFrom(row);
    },

    async approve({ id, customerId, context, change, now, audit }) {
      if (change.action === 'activate') {
        const { authTime, acr, amr } = context.authentication;
        const row = await sql.row<Decided & Record<string, unknown>>(rows.approveActivation, {
          ...contextValues(context),
          ...authorisingValues(change, customerId),
          id,
          grant_tag: tagOf(context.grantId),
          subject: context.subject,
          auth_time: instant(authTime),
          acr,
          amr,
          now: instant(now),
          ...grantEventValues('grant.authorised', { kind: 'customer', id: customerId }, audit, now),
          ...auditValues({ customerId, grantId: context.grantId, ...audit }, 0, now),
        });
        return row.outcome;
      }
      const isNew = change.action === 'create';
      const { issuer, client_id, ...values } = contextValues(context);
      const row = await sql.row<Decided & Record<string, unknown>>(isNew ? rows.approveNew : rows.approveChange, {
        ...values,
        ...(isNew ? {} : { issuer, client_id }),
        id,
        customer_id: customerId,
        grant_tag: tagOf(context.grantId),
        change: changeText(change, isNew ? differenceOf(undefined, change.permissions) : undefined),
        now: instant(now),
        ...auditValues({ customerId, grantId: context.grantId, ...audit }, 0, now),
      });
      return row.outcome;
    },

    async deny({ id, customerId, grantId, rejects, now, audit }) {
      if (rejects !== undefined) {
        const row = await sql.row<Decided & Record<string, unknown>>(rows.denyAndReject, {
          id,
          customer_id: customerId,
          issuer: audit.issuer,
          client_id: audit.clientId ?? '',
          grant_tag: tagOf(rejects),
          grant_id: rejects,
          now: instant(now),
          ...grantEventValues('grant.rejected', { kind: 'customer', id: customerId }, audit, now),
          ...auditValues({ customerId, ...audit, grantId: rejects }, 0, now),
        });
        return row.outcome as Exclude<Decided['outcome'], 'grant-gone'>;
      }
      const values = { id, customer_id: customerId, now: instant(now), ...auditValues({ customerId, ...audit, ...(grantId !== undefined && { grantId }) }, 0, now) };
      const ofGrant = grantId === undefined ? {} : { grant_tag: tagOf(grantId), grant_id: grantId, ...grantEventValues(audit.type, { kind: 'customer', id: customerId }, audit, now) };
      const row = await sql.row<Decided & Record<string, unknown>>(grantId === undefined ? rows.deny : rows.denyChange, { ...values, ...ofGrant });
      return row.outcome as Exclude<Decided['outcome'], 'grant-gone'>;
    },

    outlook: (request) => outlookOf(sql, rows.redemption, request),

    redeem: ({ request, again = false, ...input }) => redeemOnce<BackchannelRefusal>(sql, { statements: rows.redemption, presented: { again } }, { handle: request, ...input }),

    async decidedAmong(handles) {
      const values = { tags: handles.map(({ tag }) => tag), ends: handles.map(({ expiresAt }) => instant(expiresAt)), hashes: handles.map(({ hash }) => hash) };
      const found = await sql.rows<{ tag: number; expires_at: Date; hash: Buffer }>(rows.decidedAmong, values);
      return found.map(({ tag, expires_at: expiresAt, hash }) => ({ tag, expiresAt, hash }));
    },
  };
}
