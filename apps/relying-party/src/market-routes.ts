import { getOnly, postOnly, securityHeaders } from '@assent/http';
import { invalidRequest, notFound, systemClock } from '@assent/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { randomUUID } from 'node:crypto';
import { findSession, giveCookie, postedBy, sessionOf } from './browser.js';
import { noticeOf } from './flow/refusal.js';
import type { BrowserSession } from './flow/session.js';
import { exchange, type FetchOptions } from './inspector/recorder.js';
import { beginJourney, type Player, type Tell } from './market/play.js';
import type { Joined } from './market/onboard.js';
import { isMarketIssuer, type MarketIssuer, type MarketVisit } from './market/visit.js';
import { renderFragmentPage } from './pages/fragment.js';
import { renderJourney, renderMarkets } from './pages/markets.js';
import type { RelyingParty } from './routes.js';

/** Where banks send the browser back to. */
export const marketCallback = '/markets/callback';

/** The pages of the markets: the demo joins each as the market wants it, and goes its journeys. */
export function registerMarkets(fastify: FastifyInstance, party: RelyingParty): void {
  const errors = { errors: 'page' } as const;
  getOnly(fastify, '/markets', (request, reply) => list(party, request, reply), errors);
  postOnly(fastify, '/markets/begin', (request, reply) => begin(party, request, reply), errors);
  getOnly(fastify, marketCallback, (request, reply) => callback(party, request, reply), errors);
  postOnly(fastify, '/markets/answer', (request, reply) => handedOver(party, request, reply), errors);
  getOnly(fastify, '/markets/journey', (request, reply) => journey(party, request, reply), errors);
  postOnly(fastify, '/markets/end', (request, reply) => end(party, request, reply), errors);
}

const html = (reply: FastifyReply, page: string): FastifyReply => reply.type('text/html; charset=utf-8').send(page);
const issuersOf = ({ config }: RelyingParty): readonly MarketIssuer[] => config.issuers.filter(isMarketIssuer);

function takeNotice(session: BrowserSession): BrowserSession['notice'] {
  const { notice } = session;
  delete session.notice;
  return notice;
}

function list(party: RelyingParty, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const session = sessionOf(party.sessions, request, reply);
  // The form ends at the bank, and browsers apply form-action to the redirect.
  securityHeaders(reply, { formAction: "'self' https:" });
  const issuers = issuersOf(party).map((issuer) => ({ issuer, joined: party.markets.has(issuer) }));
  return html(reply, renderMarkets({ bank: party.config.bank.name, csrf: session.csrf, notice: takeNotice(session), issuers }));
}

async function begin(party: RelyingParty, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { session, form } = postedBy(party.sessions, request, party.relyingParty.publicUrl);
  const [name, wanted] = (form.optional('journey') ?? '').split('/');
  const issuer = issuersOf(party).find((one) => one.name === name);
  const chosen = issuer?.market.journeys?.find((one) => one.name === wanted);
  if (!issuer || !chosen) throw notFound('choose one of the journeys', 'ASSENT-RP-01').shownOn('page');
  session.timeline.clear();
  delete session.flow;
  delete session.till;
  const visit: MarketVisit = { issuer, journey: chosen, steps: [] };
  session.market = visit;
  return step(session, reply, '/markets', async () => {
    const joined = await party.markets.at(issuer, telling(visit));
    visit.begun = await beginJourney(playerOf(party, session, visit, joined), chosen);
    return visit.begun.url.href;
  });
}

function callback(party: RelyingParty, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> | FastifyReply {
  const session = findSession(party.sessions, request);
  const address = new URL(request.raw.url ?? '', party.relyingParty.publicUrl);
  if (!session?.market?.begun) throw invalidRequest('no sign-in waits for an answer in this browser', 'F2-CL-09').shownOn('page');
  if (address.search !== '') return finish(party, session, session.market, address, reply);
  securityHeaders(reply, { scripts: true });
  return html(reply, renderFragmentPage(session.csrf, '/markets/answer'));
}

function handedOver(party: RelyingParty, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { session, form } = postedBy(party.sessions, request, party.relyingParty.publicUrl);
  if (!session.market?.begun) throw invalidRequest('no sign-in waits for an answer in this browser', 'F2-CL-09').shownOn('page');
  const address = new URL(marketCallback, party.relyingParty.publicUrl);
  address.hash = form.optional('fragment') ?? '';
  return finish(party, session, session.market, address, reply);
}

/** The answer is judged and redeemed once, the session gets a new id, then the journey's calls are made. */
function finish({ sessions }: RelyingParty, session: BrowserSession, visit: MarketVisit, address: URL, reply: FastifyReply): Promise<FastifyReply> {
  const { begun } = visit;
  delete visit.begun;
  return step(session, reply, '/markets/journey', async () => {
    visit.allowed = await begun!.finish(address);
    sessions.renew(session);
    giveCookie(reply, session);
    await visit.allowed.call();
    if (visit.journey.consumed === true) visit.over = true;
    return '/markets/journey';
  });
}

function journey({ config, sessions }: RelyingParty, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const session = findSession(sessions, request);
  if (!session?.market || session.market.steps.length === 0) return reply.redirect('/markets', 303);
  securityHeaders(reply);
  return html(reply, renderJourney({ bank: config.bank.name, csrf: session.csrf, visit: session.market, notice: takeNotice(session), timeline: session.timeline }));
}

function end(party: RelyingParty, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> | FastifyReply {
  const { session } = postedBy(party.sessions, request, party.relyingParty.publicUrl);
  const { market } = session;
  if (!market?.allowed || market.over === true) return reply.redirect('/markets', 303);
  return step(session, reply, '/markets/journey', async () => {
    market.over = true;
    await market.allowed!.end();
    return '/markets/journey';
  });
}

async function step(session: BrowserSession, reply: FastifyReply, back: string, take: () => Promise<string>): Promise<FastifyReply> {
  try {
    return await reply.redirect(await take(), 303);
  } catch (error) {
    const notice = noticeOf(error);
    if (!notice) throw error;
    session.notice = notice;
    return reply.redirect(session.market && session.market.steps.length > 0 ? '/markets/journey' : back, 303);
  }
}

const telling =
  (visit: MarketVisit): Tell =>
  async (title, run, detail) => {
    const result = await run();
    visit.steps.push({ title, detail: detail?.(result) ?? '' });
    return result;
  };

/** The third party with its exchanges written down for this browser. */
function playerOf({ config }: RelyingParty, { timeline }: BrowserSession, visit: MarketVisit, { tpp, agent }: Joined): Player {
  const { issuer } = visit;
  return {
    tpp: {
      ...tpp,
      fetch: (url, options) => {
        const sent = { ...(options as unknown as FetchOptions) };
        const headers = { 'x-fapi-interaction-id': randomUUID(), ...Object.fromEntries(new Headers(sent.headers)) };
        return exchange(agent, url, { ...sent, headers }, timeline.keep, { certificate: true, judge: (status) => (status < 400 ? 'fine' : visit.over === true ? 'refused-as-it-should' : 'unexpected') });
      },
    },
    issuer: issuer.issuer,
    base: `${config.resourceServer.publicUrl}/${issuer.name}`,
    customer: config.customers[0]?.claims ?? {},
    tell: telling(visit),
    now: () => systemClock.now(),
  };
}
