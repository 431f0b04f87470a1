import { getOnly, postOnly, securityHeaders } from '@assent/http';
import { invalidToken, notFound } from '@assent/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { findSession, postedBy, sessionOf } from './browser.js';
import { Notified } from './flow/notified.js';
import { FlowError, noticeOf } from './flow/refusal.js';
import type { BrowserSession } from './flow/session.js';
import { askAgain, asksAtTill, beginAtTill } from './flow/till.js';
import { frontChannel } from './flow/front-channel.js';
import { renderScreen, renderTill } from './pages/till.js';
import type { RelyingParty } from './routes.js';

const look = 3;

/** The pages of a shop's till: its customer decides on another device (CIBA). */
export function registerTill(fastify: FastifyInstance, party: RelyingParty): void {
  const notified = new Notified();
  const errors = { errors: 'page' } as const;
  getOnly(fastify, '/till', (request, reply) => till(party, request, reply), errors);
  postOnly(fastify, '/till/ask', (request, reply) => ask(party, notified, request, reply), errors);
  getOnly(fastify, '/till/screen', (request, reply) => screen(party, request, reply), errors);
  postOnly(fastify, '/notified', (request, reply) => hear(party, notified, request, reply));
}

function till({ config, sessions, clients, around }: RelyingParty, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const session = sessionOf(sessions, request, reply);
  securityHeaders(reply);
  const { notice } = session;
  delete session.notice;
  return html(reply, renderTill({ bank: config.bank.name, csrf: session.csrf, notice, clients: clients.filter(asksAtTill), notifications: around.notifications, customer: config.customers[0]?.login ?? '' }));
}

async function ask({ sessions, clients, relyingParty, around }: RelyingParty, notified: Notified, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { session, form } = postedBy(sessions, request, relyingParty.publicUrl);
  const client = clients.filter(asksAtTill).find(({ metadata }) => metadata.client_id === form.optional('client'));
  if (!client) throw notFound('choose one of the shops', 'ASSENT-RP-01').shownOn('page');
  delete session.till;
  return taking(session, reply, '/till', async () => {
    const customer = form.optional('customer')?.trim();
    if (!customer) throw new FlowError('Say who pays: the user ID the customer has at the bank.');
    const begun = await beginAtTill(session, client, customer.slice(0, 100), around);
    session.till = begun;
    notified.expect(begun);
  });
}

/** The shop's screen. While the customer decides it loads again by itself; each time, the shop asks the bank if it is time to. */
async function screen({ config, sessions, around }: RelyingParty, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const session = findSession(sessions, request);
  if (!session?.till) return reply.redirect('/till', 303);
  const { till } = session;
  await askAgain(till, around).catch((error: unknown) => {
    const notice = noticeOf(error);
    if (!notice) throw error;
    session.notice = notice;
  });
  securityHeaders(reply);
  // No script, and no element that would take the page from under a reader who has asked for no movement: the header.
  if (till.state === 'waiting') reply.header('refresh', `${look}`);
  const { notice } = session;
  delete session.notice;
  return html(reply, renderScreen({ bank: config.bank.name, till, notice, timeline: session.timeline }));
}

/** The bank's notification (CIBA section 10.2): 204, or 401 for whoever is not the bank. */
function hear({ sessions }: RelyingParty, notified: Notified, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { auth_req_id: id } = (request.body ?? {}) as { auth_req_id?: unknown };
  const known = notified.hear(id, request.headers.authorization);
  if (!known) throw invalidToken('the notification token is not the one of this request', 'CB-PN-08');
  const url = new URL(request.raw.url ?? '/', 'https://localhost');
  const session = sessions.having(id as string);
  session?.timeline.keep({
    ...frontChannel({ step: 'The bank says: the customer has decided', clause: 'CIBA 10.2', why: 'It says no more than which request it is; the answer is fetched, with the client’s own authentication.', status: 204, verdict: 'fine' }, url),
    method: 'POST',
    told: true,
  });
  return reply.code(204).send();
}

const html = (reply: FastifyReply, page: string): FastifyReply => reply.type('text/html; charset=utf-8').send(page);

/** A refusal is told on the page to start from; anything else is a bug, and thrown. */
async function taking(session: BrowserSession, reply: FastifyReply, back: string, take: () => Promise<void>): Promise<FastifyReply> {
  try {
    await take();
    return reply.redirect('/till/screen', 303);
  } catch (error) {
    const notice = noticeOf(error);
    if (!notice) throw error;
    session.notice = notice;
    return reply.redirect(back, 303);
  }
}
