import { createHash, randomBytes } from 'node:crypto';
import { applyChange, plainDetails } from '@assent/grants';
import {
  mintHandle,
  mintId,
  newTag,
  plusSeconds,
  systemClock,
  type AuditEvent,
  type AuthorizedContext,
  type GrantActor,
  type GrantChange,
  type Handle,
  type NewTokens,
  type PushedRequest,
  type ReplayClaim,
  type ReplayKind,
} from '@assent/protocol';
import { openDatabase, type Database, type DatabaseOptions } from '../database.js';
import { startDatabase, type TestDatabase } from '../embedded/test-database.js';

/** What the store contracts are tried with: a bank's customer, a client, and one authorization between them. */
export const issuer = 'https://localhost:9443/fapi2';
export const clientId = 'tally-budget';
export const actor: GrantActor = { kind: 'client', id: clientId };
export const redirectUri = 'https://localhost:9447/callback';
export const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
export const jkt = '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I';
export const resource = 'https://localhost:9445';

export interface Bench {
  readonly database: Database;
  readonly url: string;
  close(): Promise<void>;
}

export async function openBench(options: Partial<DatabaseOptions> = {}): Promise<Bench> {
  const server: TestDatabase = await startDatabase();
  const database = await openDatabase({ url: server.url, poolSize: 20, ...options });
  return {
    database,
    url: server.url,
    close: async () => {
      await database.close();
      await server.stop();
    },
  };
}

export const now = (): Date => systemClock.now();
export const inSeconds = (seconds: number): Date => plusSeconds(now(), seconds);
export const audit = (type: string): AuditEvent => ({ type, issuer, clientId, requestId: 'req-1' });
export const aHandle = (seconds = 60, tag = newTag()): Handle => mintHandle(tag, inSeconds(seconds)).handle;

export const aClaim = (kind: ReplayKind = 'client_assertion', expiresAt = inSeconds(60)): ReplayClaim => ({
  kind,
  hash: createHash('sha256').update(randomBytes(16)).digest(),
  expiresAt,
});

export const aRequest = (): PushedRequest => ({
  issuer,
  clientId,
  redirectUri,
  responseType: 'code',
  scope: ['openid', 'accounts'],
  resources: [resource],
  codeChallenge: challenge,
  prompt: [],
  acrValues: [],
  uiLocales: [],
  authorizationDetails: [],
  pushedAt: now(),
});

export const aContext = (over: Partial<AuthorizedContext> = {}, tag = newTag()): AuthorizedContext => ({
  issuer,
  clientId,
  grantId: mintId(tag),
  customerId: 'customer-ana',
  subject: 'subject-ana',
  scope: ['openid', 'accounts', 'balances'],
  resources: [resource],
  authorizationDetails: [],
  grantVersion: 1,
  managed: false,
  authentication: { authTime: new Date('2026-11-24T10:00:00.000Z'), acr: 'urn:acr:password', amr: ['pwd'] },
  claims: { userinfo: { email: null } },
  nonce: 'n-0S6_WzA2Mj',
  authTimeRequired: false,
  ...over,
});

export async function pushed(database: Database): Promise<Handle> {
  const handle = aHandle(90);
  await database.stores.pushedRequests.push({ handle, request: aRequest(), replay: [], audit: audit('par.pushed') });
  return handle;
}

/** What a customer said yes to, for a grant of its own. */
export const aCreation = ({ scope, resources, authorizationDetails, claims, managed }: AuthorizedContext, expiresAt: Date): GrantChange => ({
  action: 'create',
  managed,
  permissions: { scope, resources, accounts: ['ana-everyday'], authorizationDetails, ...(claims && { claims }), expiresAt },
});

export interface Allowed {
  readonly code: Handle;
  readonly context: AuthorizedContext;
}

export interface Over {
  readonly context?: Partial<AuthorizedContext>;
  readonly dpopJkt?: string;
  readonly grantSeconds?: number;
  readonly codeSeconds?: number;
  readonly at?: Date;
  readonly change?: GrantChange;
}

/** A code on a new grant, as after a customer's yes. */
export async function allowed(database: Database, over: Over = {}): Promise<Allowed> {
  const request = await pushed(database);
  const context = aContext(over.context, request.tag);
  const code = aHandle(over.codeSeconds ?? 60, request.tag);
  const outcome = await database.stores.authorizations.allow({
    request,
    code,
    context,
    codeChallenge: challenge,
    redirectUri,
    ...(over.dpopJkt && { dpopJkt: over.dpopJkt }),
    change: over.change ?? aCreation(context, inSeconds(over.grantSeconds ?? 3600)),
    now: over.at ?? now(),
    audit: audit('authorize.allowed'),
  });
  if (outcome !== 'allowed') throw new Error(outcome);
  return { code, context };
}

export function newTokens({ tag }: Handle, opaque = true): NewTokens & { refresh: { handle: Handle } } {
  const familyId = mintId(tag);
  const { handle } = mintHandle(tag, inSeconds(300));
  return {
    familyId,
    access: {
      jti: `${familyId}.${randomBytes(9).toString('base64url')}`,
      format: opaque ? 'opaque' : 'jwt',
      ...(opaque && { handle }),
      audience: [],
      expiresAt: handle.expiresAt,
      confirmation: { jkt },
    },
    refresh: { handle: aHandle(86_400 * 30, tag) },
  };
}

type Redeem = Parameters<Database['stores']['codes']['redeem']>[0];

export const redemption = (code: Handle, over: Partial<Redeem> = {}): Redeem => ({
  code,
  issuer,
  clientId,
  codeChallenge: challenge,
  redirectUri,
  jkt,
  tokens: newTokens(code),
  apply: (current, change) => applyChange(current, change, plainDetails),
  replay: [aClaim(), aClaim('dpop_proof')],
  now: now(),
  audit: audit('token.issued'),
  ...over,
});

type Use = Parameters<Database['stores']['refreshTokens']['use']>[0];

export const refreshment = (refreshToken: Handle, over: Partial<Use> = {}): Use => ({
  refreshToken,
  issuer,
  clientId,
  scope: undefined,
  access: { jtiSuffix: randomBytes(9).toString('base64url'), format: 'jwt', audience: [], expiresAt: inSeconds(300), confirmation: { jkt } },
  replay: [aClaim('dpop_proof')],
  now: now(),
  audit: audit('token.issued'),
  ...over,
});

/** A code on the grant that is there (`prompt=none`). */
export async function onExisting(database: Database, context: AuthorizedContext): Promise<Handle> {
  return ontoGrant(database, context, 'existing');
}

/** A code that, once redeemed, changes the grant of `context`, or stands on it. */
export async function ontoGrant(database: Database, context: AuthorizedContext, change: GrantChange | 'existing'): Promise<Handle> {
  const request = await pushed(database);
  const code = aHandle(60, request.tag);
  const outcome = await database.stores.authorizations.allow({ request, code, context, codeChallenge: challenge, redirectUri, change, now: now(), audit: audit('authorize.allowed') });
  if (outcome !== 'allowed') throw new Error(outcome);
  return code;
}

/** Everything after one successful redemption. */
export async function redeemed(database: Database, opaque = true, over: Over = {}): Promise<Allowed & { readonly tokens: ReturnType<typeof newTokens> }> {
  const { code, context } = await allowed(database, over);
  const tokens = newTokens(code, opaque);
  const result = await database.stores.codes.redeem(redemption(code, { tokens, ...(over.at && { now: over.at }) }));
  if (result.outcome !== 'redeemed') throw new Error(JSON.stringify(result));
  return { code, context, tokens };
}

export async function auditTypes(database: Database, where = 'true'): Promise<{ type: string; detail: Record<string, unknown> | null; grant_id: string | null }[]> {
  return (await database.pool.query(`SELECT type, detail, grant_id FROM assent.audit_event WHERE ${where} ORDER BY at`)).rows;
}

export async function count(database: Database, from: string): Promise<number> {
  const { rows } = await database.pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${from}`);
  return rows[0]?.n ?? 0;
}
