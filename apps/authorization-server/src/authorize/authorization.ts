import {
  accessDenied,
  mintHandle,
  mintId,
  plusSeconds,
  type AuditEvent,
  type AuthorizationDetail,
  type AuthorizedContext,
  type Client,
  type Grant,
  type GrantActivation,
  type GrantChange,
  type OAuthError,
  type PushedRequest,
  type Session,
} from '@assent/protocol';
import type { Engine } from '../engine.js';
import { deliveredClaims } from './asked.js';
import { changeOf } from './asked-change.js';
import type { FoundGrant } from './current-grant.js';
import { activationOf, authorizedConsent } from '../consent/activation.js';
import type { OpenRequest } from './open-request.js';
import { respondWithCode, respondWithError } from './authorization-response.js';
import type { ResponseMessage } from './validated-redirect.js';

/** What the customer said yes to. */
export interface Consent {
  readonly accounts: readonly string[];
  /** As granted (RFC 9396 section 7.1); none when absent. */
  readonly authorizationDetails?: readonly AuthorizationDetail[];
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

export type Answered = ResponseMessage | 'already-completed';

/**
 * Consumes the request and writes the code with the change it stands for in one statement (F2-AZ-16: one winner), and
 * says where to go. `found`: the grant that is to be changed, or the consent in waiting; `grant-gone` when it ended, or
 * somebody else said yes to it, meanwhile.
 */
export async function allow({ engine, requestId, now }: Occasion, open: OpenRequest, session: Session, consent: Consent, found: FoundGrant = { grant: undefined }): Promise<Answered | 'grant-gone'> {
  const { authorizationDetails = [] } = consent;
  const { waiting, grant: current } = found;
  const change = waiting ? await activationOf(engine, open, session, waiting, { ...consent, authorizationDetails }) : changeOf(open, current, { ...consent, authorizationDetails }, engine.details);
  return allowChange({ engine, requestId, now }, open, session, change, { detail: consent.shown, current: waiting ?? current });
}

/** A code for a change that needs no page, as nothing in it is new to the customer. */
export async function allowChange({ engine, requestId, now }: Occasion, open: OpenRequest, session: Session, change: GrantChange | GrantActivation, { detail, current }: { readonly detail: NonNullable<AuditEvent['detail']>; readonly current: Grant | undefined }): Promise<Answered | 'grant-gone'> {
  const grantId = current?.id ?? mintId(open.handle.tag);
  const action = open.request.grantManagementAction;
  const audit = auditOf(open, 'authorize.allowed', requestId, { customerId: session.customerId, grantId, detail: { ...detail, ...(action && { action }) } });
  const activated = change.action === 'activate' ? { managed: false, grantVersion: change.waiting.version + 1 } : { managed: change.managed };
  const context = { ...contextOf(open, session, grantId, change.permissions.expiresAt), authorizationDetails: change.permissions.authorizationDetails, ...activated };
  const { code, outcome } = await write(engine, open, context, change, now, audit);
  return outcome === 'allowed' ? respondWithCode({ engine, now }, open, context, code) : outcome;
}

/** A code on a grant that is there already (`prompt=none`). */
export async function allowOnGrant({ engine, requestId, now }: Occasion, open: OpenRequest, session: Session, grant: Grant): Promise<Answered | 'grant-gone'> {
  const audit = auditOf(open, 'authorize.allowed', requestId, { customerId: session.customerId, grantId: grant.id, detail: { prompt: 'none' } });
  const context = { ...contextOf(open, session, grant.id, grant.expiresAt), authorizationDetails: grant.authorizationDetails, grantVersion: grant.version, managed: grant.managed };
  const { code, outcome } = await write(engine, open, context, 'existing', now, audit);
  return outcome === 'allowed' ? respondWithCode({ engine, now }, open, context, code) : outcome;
}

/**
 * Consumes the request and tells the client that, and why, there is no code. `current`: the customer's own grant that
 * was to be changed and stays as it is (GM-SE-04). `rejected`: the consent in waiting that the customer said no to.
 */
export async function refuse({ engine, requestId, now }: Occasion, open: OpenRequest, error: OAuthError, customerId?: string, { grant: current, waiting: rejected }: FoundGrant = { grant: undefined }): Promise<Answered> {
  const audit = { ...auditOf(open, 'authorize.refused', requestId, { detail: { error: error.code } }), rule: error.rule, ...(customerId === undefined ? {} : { customerId }) };
  const outcome = await engine.stores.authorizations.refuse({ request: open.handle, ...(current && { grantId: current.id }), ...(rejected && { rejects: rejected.id }), now, audit });
  return outcome === 'refused' ? respondWithError({ engine, now }, open, error) : 'already-completed';
}

/** F2-AZ-25. */
export const customerSaidNo = () => accessDenied('the customer said no', 'F2-AZ-25');

async function write(engine: Engine, open: OpenRequest, context: AuthorizedContext, change: GrantChange | GrantActivation | 'existing', now: Date, audit: AuditEvent) {
  const { request, handle, issuer } = open;
  const code = mintHandle(handle.tag, plusSeconds(now, issuer.policy.codeLifetime));
  const { codeChallenge, redirectUri, dpopJkt } = request;
  const binding = { redirectUri, ...(codeChallenge === undefined ? {} : { codeChallenge }), ...(dpopJkt === undefined ? {} : { dpopJkt }) };
  const outcome = await engine.stores.authorizations.allow({ request: handle, code: code.handle, context, ...binding, change, now, audit });
  return { code: code.value, outcome };
}

function contextOf(open: OpenRequest, session: Session, grantId: string, expiresAt: Date | null): AuthorizedContext {
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
    authorizationDetails: [],
    grantVersion: 1,
    managed: false,
    authentication: { authTime, acr, amr },
    authTimeRequired: authTimeRequired(request, client),
    ...(claims === undefined ? {} : { claims }),
    ...(nonce === undefined ? {} : { nonce }),
    ...authorizedConsent(request, grantId, expiresAt),
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
