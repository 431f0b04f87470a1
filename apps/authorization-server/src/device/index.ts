import { getOnly, postOnly, refuseCrossSite, securityHeaders } from '@assent/http';
import { accessDenied, isId, tooManyRequests, type Session } from '@assent/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { PendingRequest } from '../backchannel/pending-request.js';
import type { Engine } from '../engine.js';
import { headOnly, send, type Answer } from '../interaction/answer.js';
import { clearSessionCookie } from '../interaction/cookies.js';
import { judgeCsrfToken } from '../interaction/csrf.js';
import { interactionsOf } from '../interaction/interactions.js';
import { attemptSignIn, tooManySignIns } from '../interaction/login.js';
import { readVisit, type Site, type Visit } from '../interaction/visit.js';
import { blockClient, unblockClient } from './block.js';
import { deviceForms, devicePath, type DevicePlace } from './place.js';
import { answerRequest, denyRequest, findRequest, showRequest } from './request.js';
import { signedInForRequest, worthOf } from './sign-in-again.js';
import type { DeviceStreams } from './streams.js';
import { devicePage, deviceSignInView, listPage, lookAgain } from './views.js';

export { DeviceStreams } from './streams.js';

/** What a posted form of somebody who is signed in asks for. */
type Step = (place: DevicePlace, session: Session) => Promise<Answer>;
type RequestStep = (visit: Visit, pending: PendingRequest, session: Session) => Promise<Answer>;

/**
 * Registers the customer's device: where whoever is signed in sees what waits for them, and decides. It opens only after
 * a sign-in of one's own: neither a client nor a notification can lead past it.
 */
export async function registerDevice(fastify: FastifyInstance, engine: Engine, streams: DeviceStreams): Promise<void> {
  for (const issuer of engine.issuers.values()) {
    if (issuer.policy.ciba === 'off') continue;
    const site: Site = { engine, issuer, interactions: await interactionsOf(engine, issuer) };
    const base = issuer.routes.device;
    const get = (path: string, show: (place: DevicePlace, session: Session) => Promise<Answer>) =>
      getOnly(fastify, base + path, async (request, reply) => send(reply, request.method === 'HEAD' ? headOnly : await visited(placeOf(request, site), show)), { errors: 'page' });
    const post = (path: string, step: (place: DevicePlace) => Promise<Answer>) =>
      postOnly(fastify, base + path, async (request, reply) => send(reply, await submitted(request, site, step)), { errors: 'page' });
    get('', ({ visit }, session) => list(visit, session));
    get('/requests/:id', async ({ visit, id = '' }, session) => showRequest(visit, await findRequest(visit, id, session), session));
    for (const path of ['', '/requests/:id']) post(`${path}/login`, signIn);
    post('/sign-out', signOut);
    post('/unblock', known(({ visit }, session) => unblockClient(visit, session)));
    for (const [name, step] of Object.entries<RequestStep>({ decide: answerRequest, deny: denyRequest, block: blockClient })) {
      post(`/requests/:id/${name}`, known(async ({ visit, id = '' }, session) => step(visit, await findRequest(visit, id, session), session)));
    }
    getOnly(fastify, `${base}/events`, (request, reply) => events(request, reply, site, streams));
  }
}

function placeOf(request: FastifyRequest, site: Site): DevicePlace {
  const { id } = request.params as { id?: string };
  return { visit: readVisit(request, site), ...(id !== undefined && { id: isId(id) ? id : 'unknown' }) };
}

const sessionOf = async ({ session, engine }: Visit): Promise<Session | undefined> => session && engine.stores.sessions.find(session);

/** A page for whoever is signed in; the sign-in for everybody else, at the same address. */
async function visited(place: DevicePlace, show: Step): Promise<Answer> {
  const session = await sessionOf(place.visit);
  return session ? show(place, session) : signInPage(place);
}

const signInPage = (place: DevicePlace): Answer => devicePage(place.visit, place.visit.interactions.signIn.page(deviceSignInView(place)));

/** A posted form: from our own page, of this browser and session. One of a session that is over is looked at again. */
async function submitted(request: FastifyRequest, site: Site, step: (place: DevicePlace) => Promise<Answer>): Promise<Answer> {
  refuseCrossSite(request, site.issuer.issuer);
  const place = placeOf(request, site);
  const wrong = judgeCsrfToken(place.visit, deviceForms(place.visit));
  if (wrong?.rule === 'ASSENT-COOKIE-01') throw wrong;
  return wrong ? lookAgain(place, 'changed', 403) : step(place);
}

const known =
  (step: Step) =>
  async (place: DevicePlace): Promise<Answer> => {
    const session = await sessionOf(place.visit);
    return session ? step(place, session) : { page: devicePath(place) };
  };

async function list(visit: Visit, session: Session): Promise<Answer> {
  const { issuer, engine, now } = visit;
  const customer = { issuer: issuer.issuer, customerId: session.customerId };
  const { backchannelRequests, backchannelBlocks } = engine.stores;
  const [found, blocked] = await Promise.all([backchannelRequests.pendingFor({ ...customer, now }), backchannelBlocks.blockedBy(customer)]);
  const pending = found.map((one) => PendingRequest.of(one, issuer)).filter((one) => one !== undefined);
  return devicePage(visit, listPage(visit, { session, pending, blocked }));
}

/** For the list, or for one request: then once more counts as a sign-in for it. */
async function signIn(place: DevicePlace): Promise<Answer> {
  const { visit, id } = place;
  const again = id !== undefined && visit.form.optional('again') === 'yes' ? await wantedBy(visit, id) : undefined;
  const attempted = await attemptSignIn(visit, { signedInFor: id === undefined ? undefined : signedInForRequest(id), acrWanted: again?.acrWanted });
  if ('cookie' in attempted) return { page: devicePath(place), cookies: [attempted.cookie] };
  const { refusal } = attempted;
  if (refusal.reason === 'throttled') throw tooManySignIns(refusal).shownOn('page');
  return devicePage(visit, visit.interactions.signIn.page(deviceSignInView(place, again), refusal), 422);
}

/** The classes the request wants, found by whoever is signed in still. */
async function wantedBy(visit: Visit, id: string): Promise<{ readonly acrWanted: readonly string[] | undefined }> {
  const session = await sessionOf(visit);
  const worth = session && worthOf(visit, await findRequest(visit, id, session), session);
  return { acrWanted: worth?.is === 'too-little' ? worth.acrWanted : undefined };
}

async function signOut({ visit }: DevicePlace): Promise<Answer> {
  if (visit.session) await visit.engine.stores.sessions.end(visit.session);
  return { page: devicePath({ visit }), cookies: [clearSessionCookie(visit.issuer.config.signsIn)] };
}

/** Server-sent events: that something about what waits has changed, and nothing else. */
async function events(request: FastifyRequest, reply: FastifyReply, site: Site, streams: DeviceStreams): Promise<FastifyReply> {
  const from = request.headers['sec-fetch-site'];
  const visit = readVisit(request, site);
  const session = from === undefined || from === 'same-origin' ? await sessionOf(visit) : undefined;
  if (!session || !visit.session) throw accessDenied('sign in first', 'ASSENT-DEVICE-02');
  securityHeaders(reply);
  // Nginx would otherwise keep what little there is until there is more.
  reply.header('x-accel-buffering', 'no').type('text/event-stream');
  if (request.method === 'HEAD') return reply.send();
  const stream = streams.open(visit.session.hash.toString('hex'), session.customerId);
  if (!stream) throw tooManyRequests('too many pages listen already', 'ASSENT-DEVICE-03');
  return reply.send(stream);
}
