import type { AssentConfig, RelyingPartyConfig } from '@assent/config';
import { formOf, getOnly, noStore, postOnly, refuseCrossSite, securityHeaders } from '@assent/http';
import { accessDenied, notFound, type Form } from '@assent/protocol';
import { demoStylesheet } from './pages/style.js';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { DemoClient } from './client/demo-client.js';
import { actions, isAction, openFlow } from './flow/actions.js';
import { beginFlow, finishFlow, type Surroundings } from './flow/flow.js';
import { keepIn, type BrowserSession, type BrowserSessions } from './flow/session.js';
import { Attempt } from './misbehaviour/attempt.js';
import { misbehaviourNamed } from './misbehaviour/misbehaviours.js';
import { renderInspector } from './pages/inspector.js';
import { renderStart } from './pages/start.js';
import { renderWelcome } from './pages/welcome.js';

export interface RelyingParty {
  readonly config: AssentConfig;
  readonly relyingParty: RelyingPartyConfig;
  readonly clients: readonly DemoClient[];
  readonly sessions: BrowserSessions;
  readonly around: Surroundings;
}

const cookie = '__Host-assent-rp';

/** The demo's pages, the callback, and the clients' public key sets. */
export function registerRoutes(fastify: FastifyInstance, party: RelyingParty): void {
  const page = { errors: 'page' } as const;
  getOnly(fastify, '/', (request, reply) => show(reply, welcome(party, request)), page);
  getOnly(fastify, '/start', (request, reply) => show(reply, startPage(party, sessionOf(party, request, reply))), page);
  postOnly(fastify, '/flows', (request, reply) => start(party, request, reply), page);
  getOnly(fastify, '/callback', (request, reply) => callback(party, request, reply), page);
  getOnly(fastify, '/session', (request, reply) => inspector(party, request, reply), page);
  postOnly(fastify, '/act', (request, reply) => act(party, request, reply), page);
  postOnly(fastify, '/break', (request, reply) => misbehave(party, request, reply), page);
  getOnly(fastify, '/clients/:clientId/jwks.json', (request, reply) => keySet(party, request, reply));
  getOnly(fastify, '/assets/app.css', (_request, reply) => reply.type('text/css; charset=utf-8').header('cache-control', 'public, max-age=300').send(demoStylesheet));
}

function show(reply: FastifyReply, html: string): FastifyReply {
  // The start form ends at the bank, so form-action must let the redirect through.
  securityHeaders(reply, { formAction: "'self' https:" });
  return reply.type('text/html; charset=utf-8').send(html);
}

const findSession = (party: RelyingParty, request: FastifyRequest): BrowserSession | undefined => party.sessions.find(readCookie(request));

function sessionOf(party: RelyingParty, request: FastifyRequest, reply: FastifyReply): BrowserSession {
  const found = findSession(party, request);
  if (found) return found;
  const session = party.sessions.start();
  // Lax: the browser must bring it back from the bank.
  reply.header('set-cookie', `${cookie}=${session.id}; Path=/; Secure; HttpOnly; SameSite=Lax`);
  return session;
}

function readCookie(request: FastifyRequest): string | undefined {
  const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${cookie}=`))?.slice(cookie.length + 1);
}

/** The form of a POST from one of our own pages, in the session it was shown in. */
function postedBy(party: RelyingParty, request: FastifyRequest): { readonly session: BrowserSession; readonly form: Form } {
  refuseCrossSite(request, new URL(party.relyingParty.publicUrl).origin);
  const session = findSession(party, request);
  const form = formOf(request);
  if (!session || form.optional('csrf') !== session.csrf) {
    throw accessDenied('this page is out of date: open the start page again', 'TM-CSRF-02').shownOn('page');
  }
  return { session, form };
}

const welcome = (party: RelyingParty, request: FastifyRequest): string => renderWelcome({ bank: party.config.bank.name, access: findSession(party, request)?.flow?.tokens !== undefined });

function startPage(party: RelyingParty, session: BrowserSession): string {
  return renderStart({ bank: party.config.bank.name, csrf: session.csrf, clients: party.clients.map(({ metadata, issuerName }) => ({ metadata, issuerName })) });
}

async function start(party: RelyingParty, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { session, form } = postedBy(party, request);
  const client = party.clients.find(({ metadata }) => metadata.client_id === form.optional('client'));
  if (!client) throw notFound('choose one of the demo clients', 'ASSENT-RP-01').shownOn('page');
  const wanted = form.optional('identity') === 'no' ? client.metadata.scope.filter((scope) => !identityScopes.has(scope)) : client.metadata.scope;
  const offered = wanted.filter((scope) => demoScopes.has(scope));
  return attemptOrNotice(session, reply, async () => (await beginFlow(session, client, offered.join(' '), party.around, form.optional('verifier') === 'wrong')).href);
}

const identityScopes = new Set(['openid', 'profile', 'email']);
const demoScopes = new Set([...identityScopes, 'accounts', 'balances', 'transactions']);

async function callback(party: RelyingParty, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const session = sessionOf(party, request, reply);
  return attemptOrNotice(session, reply, () => finishFlow(session, new URL(request.raw.url ?? '', party.relyingParty.publicUrl)));
}

function inspector(party: RelyingParty, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const session = findSession(party, request);
  if (!session || session.exchanges.length === 0) return reply.redirect('/start', 303);
  const { notice } = session;
  delete session.notice;
  return show(reply, renderInspector({ bank: party.config.bank.name, session, notice, others: party.clients.length > 1 }));
}

async function act(party: RelyingParty, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { session, form } = postedBy(party, request);
  const name = form.one('action');
  if (!isAction(name)) throw notFound('no such action', 'ASSENT-RP-01').shownOn('page');
  return attemptOrNotice(session, reply, () => actions[name](openFlow(session), party.around));
}

async function misbehave(party: RelyingParty, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { session, form } = postedBy(party, request);
  const misbehaviour = misbehaviourNamed(form.one('name'));
  if (!misbehaviour) throw notFound('no such misbehaviour', 'ASSENT-RP-01').shownOn('page');
  return attemptOrNotice(session, reply, async () => {
    const flow = openFlow(session);
    if (!misbehaviour.possible(flow.client)) throw new Error('This client cannot do that.');
    await misbehaviour.run(new Attempt(flow, party.around, party.clients, keepIn(session)));
  });
}

/** Runs a step and shows where it led; what failed is said above the timeline, which holds the exchange itself. */
async function attemptOrNotice(session: BrowserSession, reply: FastifyReply, run: () => Promise<unknown>): Promise<FastifyReply> {
  try {
    const next = await run();
    if (typeof next === 'string' && next.startsWith('https:')) return reply.redirect(next, 303);
  } catch (error) {
    session.notice = describe(error);
  }
  const last = session.exchanges.length;
  return reply.redirect(last === 0 ? '/start' : `/session#exchange-${last}`, 303);
}

function describe(error: unknown): string {
  const { error: code, error_description: description, message } = error as { error?: string; error_description?: string; message?: string };
  if (code !== undefined) return `The bank answered ${code}${description === undefined ? '' : `: ${description}`}`;
  return message ?? 'Something went wrong.';
}

function keySet(party: RelyingParty, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { clientId } = request.params as { clientId: string };
  const client = party.clients.find(({ metadata }) => metadata.client_id === clientId);
  if (!client) throw notFound('no such client', 'ASSENT-RP-01');
  noStore(reply);
  return reply.header('cache-control', 'public, max-age=60').type('application/jwk-set+json').send(JSON.stringify(client.jwks));
}
