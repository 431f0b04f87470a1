import type { AssentConfig, RelyingPartyConfig } from '@assent/config';
import { getOnly, postOnly, securityHeaders } from '@assent/http';
import { invalidRequest, notFound } from '@assent/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { findSession, giveCookie, postedBy, sessionOf } from './browser.js';
import type { DemoClient } from './client/demo-client.js';
import { actions, endAccess, grantedScope, isAction, isOffered, openFlow, type ActionName } from './flow/actions.js';
import { askedFor, isAsk, isRegisteredFor } from './flow/asks.js';
import { asksForIdentity, beginChange, beginFlow, type Surroundings } from './flow/begin.js';
import { finishFlow, isInFragment, isWaiting, type WaitingSession } from './flow/finish.js';
import { FlowError, noticeOf } from './flow/refusal.js';
import type { BrowserSession, BrowserSessions } from './flow/session.js';
import { Attempt } from './misbehaviour/attempt.js';
import type { MarketParties } from './market/parties.js';
import { isPossible, misbehaviourNamed } from './misbehaviour/menu.js';
import { outcomeOf } from './misbehaviour/outcome.js';
import { fragmentScript, renderFragmentPage } from './pages/fragment.js';
import { renderInspector } from './pages/inspector.js';
import { renderStart } from './pages/start.js';
import { demoStylesheet } from './pages/style.js';
import { renderWelcome } from './pages/welcome.js';
import { registerMarkets } from './market-routes.js';
import { registerTill } from './till-routes.js';

export interface RelyingParty {
  readonly config: AssentConfig;
  readonly relyingParty: RelyingPartyConfig;
  readonly clients: readonly DemoClient[];
  readonly sessions: BrowserSessions;
  readonly around: Surroundings;
  readonly markets: MarketParties;
}

type Route = (party: RelyingParty, request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply> | FastifyReply;

/** The demo's pages, the callback, and the clients' public key sets. */
export function registerRoutes(fastify: FastifyInstance, party: RelyingParty): void {
  const get = (url: string, route: Route) => getOnly(fastify, url, (request, reply) => route(party, request, reply), { errors: 'page' });
  const post = (url: string, route: Route) => postOnly(fastify, url, (request, reply) => route(party, request, reply), { errors: 'page' });
  get('/', welcome);
  get('/start', startPage);
  post('/flows', start);
  get('/callback', callback);
  post('/answer', handedOver);
  get('/session', inspector);
  post('/act', act);
  post('/grant', changeGrant);
  post('/break', misbehave);
  registerTill(fastify, party);
  registerMarkets(fastify, party);
  getOnly(fastify, '/clients/:clientId/jwks.json', (request, reply) => keySet(party, request, reply));
  getOnly(fastify, '/assets/fragment.js', (_request, reply) => reply.type('text/javascript; charset=utf-8').header('cache-control', 'public, max-age=300').send(fragmentScript));
  getOnly(fastify, '/assets/app.css', (_request, reply) => reply.type('text/css; charset=utf-8').header('cache-control', 'public, max-age=300').send(demoStylesheet));
}

const welcome: Route = ({ config, sessions }, request, reply) => {
  securityHeaders(reply);
  return html(reply, renderWelcome({ bank: config.bank.name, access: findSession(sessions, request)?.flow?.tokens !== undefined }));
};

const startPage: Route = ({ config, sessions, clients }, request, reply) => {
  const session = sessionOf(sessions, request, reply);
  // Its form ends at the bank, and browsers apply form-action to the redirect.
  securityHeaders(reply, { formAction: "'self' https:" });
  return html(reply, renderStart({ bank: config.bank.name, csrf: session.csrf, notice: takeNotice(session), clients: clients.filter(connects) }));
};

/** Others ask by the back channel. */
const connects = ({ metadata }: DemoClient): boolean => metadata.redirect_uris.length > 0;

const inspector: Route = ({ sessions, clients }, request, reply) => {
  const session = findSession(sessions, request);
  if (!session || session.timeline.count === 0) return reply.redirect('/start', 303);
  // A change of the grant ends at the bank, too.
  securityHeaders(reply, { formAction: "'self' https:" });
  return html(reply, renderInspector({ session, notice: takeNotice(session), clients }));
};

const html = (reply: FastifyReply, page: string): FastifyReply => reply.type('text/html; charset=utf-8').send(page);

function takeNotice(session: BrowserSession): BrowserSession['notice'] {
  const { notice } = session;
  delete session.notice;
  return notice;
}

const start: Route = (party, request, reply) => {
  const { session, form } = postedBy(party.sessions, request, party.relyingParty.publicUrl);
  const client = party.clients.filter(connects).find(({ metadata }) => metadata.client_id === form.optional('client'));
  if (!client) throw notFound('choose one of the demo clients', 'ASSENT-RP-01').shownOn('page');
  const ask = form.optional('ask') ?? 'scopes';
  if (!isAsk(ask)) throw notFound('choose what to ask for', 'ASSENT-RP-01').shownOn('page');
  const managed = form.optional('grant') === 'create';
  const wrongVerifier = form.optional('verifier') === 'wrong';
  return step(session, reply, async () => {
    if (!isRegisteredFor(ask, client.metadata)) throw new FlowError(`${client.metadata.client_name} is not registered for this. Choose something else, or another app.`);
    const asked = askedFor(ask, client.metadata, form.optional('identity') !== 'no', new Date());
    const detached = form.optional('answer') === 'detached';
    if (detached && !(client.metadata.response_types.includes('code id_token') && asksForIdentity(asked))) throw new FlowError(`${client.metadata.client_name} gets no ID token beside the code: it is not registered for that, or does not ask who you are.`);
    return (await beginFlow(session, { client, asked, managed, wrongVerifier, detached }, party.around)).href;
  });
};

const callback: Route = ({ sessions, relyingParty }, request, reply) => {
  const session = findSession(sessions, request);
  if (!isWaiting(session)) throw invalidRequest('no sign-in waits for an answer in this browser', 'F2-CL-09').shownOn('page');
  const address = new URL(request.raw.url ?? '', relyingParty.publicUrl);
  if (isInFragment(session, address)) {
    securityHeaders(reply, { scripts: true });
    return html(reply, renderFragmentPage(session.csrf));
  }
  return finish(sessions, session, address, reply);
};

/** An answer in the fragment, which our own page read and handed over (OAuth 2.0 Multiple Response Types section 5). */
const handedOver: Route = ({ sessions, relyingParty }, request, reply) => {
  const { session, form } = postedBy(sessions, request, relyingParty.publicUrl);
  if (!isWaiting(session)) throw invalidRequest('no sign-in waits for an answer in this browser', 'F2-CL-09').shownOn('page');
  const address = new URL('/callback', relyingParty.publicUrl);
  address.hash = form.optional('fragment') ?? '';
  return finish(sessions, session, address, reply);
};

const finish = (sessions: BrowserSessions, session: WaitingSession, address: URL, reply: FastifyReply): Promise<FastifyReply> =>
  step(session, reply, async () => {
    await finishFlow(session, address);
    sessions.renew(session);
    giveCookie(reply, session);
    return '/session';
  });

const showsData = new Set<ActionName>(['accounts', 'balances', 'transactions', 'userinfo', 'grant-read', 'pay', 'payment-status']);

const act: Route = (party, request, reply) => {
  const { session, form } = postedBy(party.sessions, request, party.relyingParty.publicUrl);
  const name = form.one('action');
  if (!isAction(name)) throw notFound('no such action', 'ASSENT-RP-01').shownOn('page');
  return step(session, reply, async () => {
    const flow = openFlow(session);
    if (!isOffered(name, flow)) throw new FlowError('The app cannot do this with the access it has.');
    await actions[name](flow, party.around);
    return showsData.has(name) ? '/session#data' : '/session';
  });
};

/** Adds to the grant or puts something else in its place: the customer is asked again. */
const changeGrant: Route = (party, request, reply) => {
  const { session, form } = postedBy(party.sessions, request, party.relyingParty.publicUrl);
  const [action, ask] = [form.one('change'), form.optional('ask')];
  if (!isAsk(ask) || (action !== 'merge' && action !== 'replace')) throw notFound('no such change', 'ASSENT-RP-01').shownOn('page');
  return step(session, reply, async () => {
    const flow = openFlow(session);
    const asked = askedFor(ask, flow.client.metadata, grantedScope(flow).includes('openid'), new Date());
    return (await beginChange(session, flow, action, asked, party.around)).href;
  });
};

const misbehave: Route = (party, request, reply) => {
  const { session, form } = postedBy(party.sessions, request, party.relyingParty.publicUrl);
  const misbehaviour = misbehaviourNamed(form.one('name'));
  if (!misbehaviour) throw notFound('no such misbehaviour', 'ASSENT-RP-01').shownOn('page');
  return step(session, reply, async () => {
    const flow = openFlow(session);
    if (!isPossible(misbehaviour, flow, party.clients)) throw new FlowError('This makes no sense for this app, or its access has ended.');
    await misbehaviour.run(new Attempt(flow, party.around, party.clients, session.timeline.keep));
    if (misbehaviour.endsAccess) endAccess(flow, 'reused');
    session.notice = outcomeOf(misbehaviour, session.timeline);
    session.misbehaving = true;
    return `/session#exchange-${session.timeline.count}`;
  });
};

/** Takes one step of the flow and shows where it led. A refusal is told on the next page; anything else is a bug, and thrown. */
async function step(session: BrowserSession, reply: FastifyReply, take: () => Promise<string>): Promise<FastifyReply> {
  delete session.misbehaving;
  try {
    return reply.redirect(await take(), 303);
  } catch (error) {
    const notice = noticeOf(error);
    if (!notice) throw error;
    session.notice = notice;
    return reply.redirect(session.timeline.count === 0 ? '/start' : '/session', 303);
  }
}

function keySet({ clients }: RelyingParty, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { clientId } = request.params as { clientId: string };
  const client = clients.find(({ metadata }) => metadata.client_id === clientId);
  if (!client) throw notFound('no such client', 'ASSENT-RP-01');
  return reply.header('cache-control', 'public, max-age=60').type('application/jwk-set+json').send(JSON.stringify(client.jwks));
}
