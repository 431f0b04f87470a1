import { formOf, headerValues, noStore, postOnly, transportOf, type Transport } from '@assent/http';
import { OAuthError, type AuditEvent, type Form } from '@assent/protocol';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { InteractionEndpoint } from '@assent/markets';
import type { Endpoints, Engine, IssuerRuntime } from '../engine.js';
import { answerInteractionId } from './interaction-id.js';
import { OneTimeProofs } from './one-time-proofs.js';

/** One back-channel request as it came in: only what was sent, and where it was sent to. What it proves is handed on. */
export interface Call {
  readonly engine: Engine;
  readonly issuer: IssuerRuntime;
  readonly form: Form;
  readonly transport: Transport;
  readonly method: string;
  /** Every `DPoP` header. */
  readonly dpop: readonly string[];
  /** Every `Authorization` header. */
  readonly authorization: readonly string[];
  /** The `Accept` header. */
  readonly accept: string | undefined;
  /** The public URLs of the endpoint: its own, and its mTLS alias. A proof may name either (RFC 8705 section 5). */
  readonly urls: readonly string[];
  /** One instant for the whole request. */
  readonly now: Date;
  readonly proofs: OneTimeProofs;
  /** Headers the answer carries beside its body. */
  readonly replyHeaders: Record<string, string>;
}

/** What an authorization request is read from: its parameters, however they came. */
export type AuthorizationCall = Pick<Call, 'engine' | 'issuer' | 'form' | 'now'>;

export type BackChannelEndpoint = 'pushedAuthorizationRequest' | 'token' | 'introspection' | 'revocation' | 'backchannelAuthentication';

/** What markets call them. */
const interactionEndpoints: Readonly<Record<BackChannelEndpoint, InteractionEndpoint>> = {
  pushedAuthorizationRequest: 'par',
  token: 'token',
  introspection: 'introspection',
  revocation: 'revocation',
  backchannelAuthentication: 'backchannel',
};

/** How an endpoint answers: a status and a JSON body, or text whose type stands in `replyHeaders`. */
export interface Answer {
  readonly status: number;
  readonly body: object | string;
}
export type AnswerCall = (call: Call) => Promise<Answer>;

/** Registers a client-authenticated POST endpoint for every issuer, or for those `at` names; other methods are answered 405 (F2-AZ-18). */
export function backChannel(fastify: FastifyInstance, engine: Engine, endpoint: BackChannelEndpoint, answer: AnswerCall, at: (issuer: IssuerRuntime) => boolean = () => true): void {
  for (const issuer of [...engine.issuers.values()].filter(at)) {
    const urls = endpointUrls(issuer, endpoint);
    postOnly(fastify, issuer.routes[endpoint], async (request, reply) => {
      noStore(reply);
      answerInteractionId(request, reply, issuer, interactionEndpoints[endpoint]);
      const call = readCall(request, engine, issuer, urls(request.headers.host));
      const { status, body } = await settle(call, endpoint, answer);
      return reply.code(status).headers(call.replyHeaders).send(body);
    });
  }
}

/** A request, read. `invalid_request` when its body is no form. */
export function readCall(request: FastifyRequest, engine: Engine, issuer: IssuerRuntime, urls: readonly string[]): Call {
  return {
    engine,
    issuer,
    form: formOf(request),
    transport: transportOf(request),
    method: request.method,
    dpop: headerValues(request, 'dpop'),
    authorization: headerValues(request, 'authorization'),
    accept: request.headers.accept,
    urls,
    now: engine.clock.now(),
    proofs: new OneTimeProofs(),
    replyHeaders: {},
  };
}

/** The endpoint's public URLs: its own, and its mTLS alias; the likelier for a request's `Host` first. */
export function endpointUrls(issuer: IssuerRuntime, endpoint: keyof Omit<Endpoints, 'registration'>): (host: string | undefined) => readonly string[] {
  const own = issuer.endpoints[endpoint];
  const alias = issuer.mtlsEndpoints?.[endpoint];
  if (alias === undefined || alias === own) return () => [own];
  const aliasHost = new URL(alias).host;
  const ownFirst = [own, alias];
  const aliasFirst = [alias, own];
  return (host) => (host === aliasHost ? aliasFirst : ownFirst);
}

/** The path of a public URL, as a browser asks for it. */
export const pathOf = (url: string): string => new URL(url).pathname;

/** The audit line of what a call does. */
export function auditOf(call: Call, type: string, detail?: AuditEvent['detail']): AuditEvent {
  const clientId = call.proofs.client?.client_id;
  return {
    type,
    issuer: call.issuer.issuer,
    requestId: call.transport.requestId,
    ...(clientId === undefined ? {} : { clientId }),
    ...(detail === undefined ? {} : { detail }),
  };
}

/** Answers the call; when it is refused, records that. */
export async function settle<T>(call: Call, endpoint: string, answer: (call: Call) => Promise<T>): Promise<T> {
  try {
    return await answer(call);
  } catch (error) {
    await recordRefusal(call, endpoint, error);
    throw error instanceof OAuthError ? error.withHeaders(call.replyHeaders) : error;
  }
}

/** Answers to polls that come too early are no refusals to look into. */
const undecided: ReadonlySet<string> = new Set(['authorization_pending', 'slow_down']);

/**
 * A refused request still spends its proofs and, once the caller is known, leaves an audit line (an unknown caller
 * leaves only a log line, or anyone could fill the table). Trouble in here must not mask the refusal itself.
 */
async function recordRefusal(call: Call, endpoint: string, error: unknown): Promise<void> {
  // A nonce challenge decides nothing: the client repeats the same request, maybe with the same assertion.
  if (error instanceof OAuthError && error.code === 'use_dpop_nonce') return;
  try {
    await call.proofs.abandon(call.engine.stores.replay);
    if (call.proofs.client && error instanceof OAuthError && !undecided.has(error.code)) {
      await call.engine.stores.audit.append({ ...auditOf(call, `${endpoint}.refused`, { error: error.code }), rule: error.rule });
    }
  } catch (cause) {
    call.engine.log.error({ err: cause, requestId: call.transport.requestId }, 'could not record a refusal');
  }
}
