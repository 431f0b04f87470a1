import {
  accessDenied,
  mintHandle,
  mintId,
  plusSeconds,
  type AuditEvent,
  type AuthorizedContext,
  type Client,
  type Grant,
  type OAuthError,
  type PushedRequest,
  type Session,
} from '@assent/protocol';
import type { Engine } from '../engine.js';
import { deliveredClaims } from './asked.js';
import type { OpenRequest } from './open-request.js';
import { ValidatedRedirect } from './validated-redirect.js';

/** What the customer said yes to. */
export interface Consent {
  readonly accounts: readonly string[];
  readonly expiresAt: Date | null;
  /** The facts the page showed, for the audit. */
  readonly shown: NonNullable<AuditEvent['detail']>;
}

/** Who asks, when, in which HTTP request. */
export interface Occasion {
  readonly engine: Engine;
  readonly requestId: string;
  readonly now: Date;
}

export type Answered = { readonly redirect: string } | 'already-completed';

/** Consumes the request, writes grant and code in one statement (F2-AZ-16: one winner), and says where to go. */
export async function allow({ engine, requestId, now }: Occasion, open: OpenRequest, session: Session, consent: Consent): Promise<Answered> {
  const grantId = mintId(open.handle.tag);
  const grant = { accounts: consent.accounts, authorizationDetails: [], expiresAt: consent.expiresAt };
  const audit = auditOf(open, 'authorize.allowed', requestId, { customerId: session.customerId, grantId, detail: consent.shown });
  const { code, outcome } = await write(engine, open, contextOf(open, session, grantId), grant, now, audit);
  return outcome === 'allowed' ? { redirect: ValidatedRedirect.of(open).code(code) } : 'already-completed';
}

/** A code on a grant that is there already (`prompt=none`). */
export async function allowOnGrant({ engine, requestId, now }: Occasion, open: OpenRequest, session: Session, grant: Grant): Promise<Answered | 'grant-gone'> {
  const audit = auditOf(open, 'authorize.allowed', requestId, { customerId: session.customerId, grantId: grant.id, detail: { prompt: 'none' } });
  const { code, outcome } = await write(engine, open, contextOf(open, session, grant.id), 'existing', now, audit);
  return outcome === 'allowed' ? { redirect: ValidatedRedirect.of(open).code(code) } : outcome;
}

/** Consumes the request and tells the client that, and why, there is no code. */
export async function refuse({ engine, requestId, now }: Occasion, open: OpenRequest, error: OAuthError, customerId?: string): Promise<Answered> {
  const audit = { ...auditOf(open, 'authorize.refused', requestId, { detail: { error: error.code } }), rule: error.rule, ...(customerId === undefined ? {} : { customerId }) };
  const outcome = await engine.stores.authorizations.refuse({ request: open.handle, now, audit });
  return outcome === 'refused' ? { redirect: ValidatedRedirect.of(open).error(error) } : 'already-completed';
}

/** F2-AZ-25. */
export const customerSaidNo = () => accessDenied('the customer said no', 'F2-AZ-25');

type GrantInput = Parameters<Engine['stores']['authorizations']['allow']>[0]['grant'];

async function write(engine: Engine, open: OpenRequest, context: AuthorizedContext, grant: GrantInput, now: Date, audit: AuditEvent) {
  const { request, handle, issuer } = open;
  const code = mintHandle(handle.tag, plusSeconds(now, issuer.policy.codeLifetime));
  const { codeChallenge, redirectUri, dpopJkt } = request;
  const binding = { codeChallenge, redirectUri, ...(dpopJkt === undefined ? {} : { dpopJkt }) };
  const outcome = await engine.stores.authorizations.allow({ request: handle, code: code.handle, context, ...binding, grant, now, audit });
  return { code: code.value, outcome };
}

function contextOf(open: OpenRequest, session: Session, grantId: string): AuthorizedContext {
  const { request, client, issuer } = open;
  const { scope, resources, nonce } = request;
  const claims = deliveredClaims(open);
  const { authTime, acr, amr, customerId } = session;
  return {
    issuer: issuer.issuer,
    clientId: client.client_id,
    grantId,
    customerId,
    subject: issuer.subjects.of(client, customerId),
    scope,
    resources,
    authentication: { authTime, acr, amr },
    authTimeRequired: authTimeRequired(request, client),
    ...(claims === undefined ? {} : { claims }),
    ...(nonce === undefined ? {} : { nonce }),
  };
}

/** OIDC-01, OIDC-04: asked by `max_age`, as a claim, or by the client's metadata. */
export const authTimeRequired = (request: Pick<PushedRequest, 'maxAge' | 'claims'>, client: Pick<Client, 'require_auth_time' | 'default_max_age'>): boolean =>
  request.maxAge !== undefined || client.default_max_age !== undefined || client.require_auth_time || request.claims?.id_token?.['auth_time'] !== undefined;

const auditOf = (open: OpenRequest, type: string, requestId: string, more: Partial<AuditEvent>): AuditEvent => ({
  type,
  issuer: open.issuer.issuer,
  clientId: open.client.client_id,
  requestId,
  ...more,
});
