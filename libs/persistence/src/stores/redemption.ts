import { differenceOf } from '@assent/grants';
import { tagOf, type AuthorizedContext, type Codes, type Grant, type GrantChange, type GrantPermissions, type Handle, type Outlook, type Replayed } from '@assent/protocol';
import { instant, instantOrNull, reading, type Sql } from '../sql.js';
import { accessValues } from './access-rows.js';
import { auditValues } from './audit-rows.js';
import { changeFrom, contextFrom, type GrantNow, type StoredChange, type StoredContext } from './context-json.js';
import { grantEventValues } from './grant-event-rows.js';
import { grantColumns, grantFrom, permissionValues, type GrantRow } from './grant-rows.js';
import { handleValues } from './handle-values.js';
import { measure, measuredContext, measuredValues, type Measured } from './narrowed-details.js';
import { outlookFrom, type OutlookRow } from './outlook.js';
import type { RedemptionStatements } from './redemption-rows.js';
import { replayedBy, replayValues, type GateRow } from './replay-rows.js';
import { horizon, proveWithinHorizon } from './revocation-rows.js';
import { spendAlone } from './replay.store.js';

const findGrant = reading('code_find_grant', `SELECT ${grantColumns} FROM assent."grant" g WHERE g.tag = $tag::int AND g.id = $grant_id::text`);

/** `pending`: nothing is decided yet, the grant comes first. */
type Reason<R> = R | 'pending' | 'unknown' | 'details' | null;

interface RedeemRow<R> extends GateRow, GrantNow {
  readonly reason: Reason<R>;
  readonly context: StoredContext | null;
  readonly change: StoredChange | null;
}

/** What every redemption says, whatever is redeemed. */
export type Redemption = Omit<Parameters<Codes['redeem']>[0], 'code' | 'codeChallenge' | 'redirectUri' | 'jkt'> & { readonly handle: Handle };

/** Statements, and the parameters only they have. */
export interface Redeeming {
  readonly statements: RedemptionStatements;
  readonly presented: Readonly<Record<string, unknown>>;
}

type Redeemed<R> = { readonly outcome: 'redeemed'; readonly context: AuthorizedContext } | { readonly outcome: 'refused'; readonly reason: R | 'unknown' | 'details' };

/** How long the authorization behind a code, or what is as good as one, will last. */
export async function outlookOf(sql: Sql, { outlook }: RedemptionStatements, handle: Handle): Promise<Outlook | undefined> {
  const [row] = await sql.rows<OutlookRow>(outlook, handleValues(handle));
  return row && outlookFrom(row);
}

/** Redeems a code, or what is as good as one, once (`redemption-rows.ts`). */
export async function redeemOnce<R extends string>(sql: Sql, redeeming: Redeeming, input: Redemption): Promise<Redeemed<R> | Replayed> {
  proveWithinHorizon(input.tokens.access.expiresAt, input.now);
  const { replay, now, audit } = input;
  const { statements } = redeeming;
  const presented = presentedValues(redeeming, input);
  const measured = await measure(sql, statements.granted, presented, input.narrow);
  if (measured === 'exceeding') return spendOnly(sql, input);
  const values = { ...presented, ...measuredValues(measured), ...replayValues(replay, now) };
  const row = await sql.row<RedeemRow<R>>(statements.redeem, { ...values, ...grantEventValues('grant.created', { kind: 'customer', id: '' }, audit, now) });
  const replayed = replayedBy(row, replay, now);
  if (replayed) return replayed;
  if (row.reason === 'pending' && row.context && row.change) return change(sql, redeeming, input, contextFrom(row.context, row), changeFrom(row.change));
  if (row.reason === null && row.context) return { outcome: 'redeemed', context: measuredContext(contextFrom(row.context, row), measured) };
  return refused(row.reason);
}

/** More details were asked for than granted: the proofs are spent, code and grant stay as they are (RR-09). */
async function spendOnly<R>(sql: Sql, { replay, now }: Redemption): Promise<Redeemed<R> | Replayed> {
  const row = await sql.row<GateRow>(spendAlone, replayValues(replay, now));
  return replayedBy(row, replay, now) ?? refused('details');
}

/** Reads the grant, computes, and redeems if it is still the same; as often as another change comes first. */
async function change<R extends string>(sql: Sql, redeeming: Redeeming, input: Redemption, context: AuthorizedContext, asked: GrantChange): Promise<Redeemed<R>> {
  const { now, apply, audit } = input;
  const presented = { ...presentedValues(redeeming, input), ...replayValues([], now) };
  const event = asked.action === 'replace' ? 'replaced' : 'merged';
  for (;;) {
    const current = await grantBehind(sql, context, now);
    // Without a grant the statement only spends the code, whatever is computed here.
    const permissions = current ? apply(current, asked) : asked.permissions;
    const changed = changedContext(context, permissions, current);
    const measured = measuredAfter(input, changed);
    // A grant that is gone is the better reason, and the statement finds it.
    if (measured === 'exceeding' && current) return refused('details');
    const narrowed = measured === 'exceeding' ? undefined : measured;
    const row = await sql.row<GateRow & { readonly reason: Reason<R> }>(redeeming.statements.redeemChange, {
      ...presented,
      ...changeValues(changed, permissions, current),
      ...measuredValues(narrowed),
      event,
      agreed: asked.seenVersion ?? 0,
      named: textsIn(asked.permissions.authorizationDetails),
      ...grantEventValues(`grant.${event}`, { kind: 'customer', id: context.customerId }, audit, now),
    });
    if (row.reason === null) return { outcome: 'redeemed', context: measuredContext(changed, narrowed) };
    if (row.reason !== 'pending') return refused(row.reason);
  }
}

function measuredAfter({ narrow }: Redemption, { authorizationDetails, grantVersion: version }: AuthorizedContext): Measured | 'exceeding' | undefined {
  if (!narrow) return undefined;
  const details = narrow(authorizationDetails);
  return details ? { details, version } : 'exceeding';
}

async function grantBehind(sql: Sql, { grantId, issuer, clientId, customerId }: AuthorizedContext, now: Date): Promise<Grant | undefined> {
  const [row] = await sql.rows<GrantRow>(findGrant, { tag: tagOf(grantId), grant_id: grantId });
  const grant = row && grantFrom(row, now);
  return grant?.issuer === issuer && grant.clientId === clientId && grant.customerId === customerId ? grant : undefined;
}

/** New tokens stand for the whole grant as it has become. */
function changedContext(context: AuthorizedContext, permissions: GrantPermissions, current: Grant | undefined): AuthorizedContext {
  const { scope, resources, authorizationDetails, claims } = permissions;
  const { claims: _, ...rest } = context;
  return { ...rest, scope, resources, authorizationDetails, ...(claims && { claims }), grantVersion: (current?.version ?? 0) + 1, managed: current?.managed ?? context.managed, ...(context.consent && { consent: { ...context.consent, expiresAt: permissions.expiresAt } }) };
}

function changeValues(context: AuthorizedContext, permissions: GrantPermissions, current: Grant | undefined): Record<string, unknown> {
  const { authTime, acr, amr } = context.authentication;
  return {
    ...permissionValues(permissions),
    grant_expires_at: instantOrNull(permissions.expiresAt),
    difference: JSON.stringify(differenceOf(current, permissions)),
    context: JSON.stringify(context),
    grant_tag: tagOf(context.grantId),
    grant_id: context.grantId,
    seen: current?.version ?? 0,
    auth_time: instant(authTime),
    acr,
    amr,
  };
}

/** Every text in details, account ids among them: what a text means, only its type knows. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

function presentedValues({ presented }: Redeeming, { handle, issuer, clientId, tokens, now, audit }: Redemption): Record<string, unknown> {
  const { familyId, access, refresh } = tokens;
  const last = Math.max(access.expiresAt.getTime(), refresh?.handle.expiresAt.getTime() ?? 0);
  return {
    ...handleValues(handle),
    issuer,
    client_id: clientId,
    ...presented,
    family_id: familyId,
    family_tag: tagOf(familyId),
    tokens_until: instant(new Date(last)),
    refresh_tag: refresh?.handle.tag ?? null,
    refresh_hash: refresh?.handle.hash ?? null,
    refresh_expires_at: instantOrNull(refresh?.handle.expiresAt),
    ...accessValues(access, access.jti),
    now: instant(now),
    horizon: instant(horizon(now)),
    ...auditValues(audit, handle.tag, now),
  };
}

const refused = <R>(reason: Reason<R>): Redeemed<R> => ({ outcome: 'refused', reason: reason === null || reason === 'pending' ? 'unknown' : reason });
