import { getOnly, postOnly, refuseCrossSite } from '@assent/http';
import { deviceScriptETag, deviceScriptText, formPostScript, formPostScriptETag, stylesheet, stylesheetETag } from '@assent/pages';
import { accessDenied, invalidRequestUri, type Session } from '@assent/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { OpenRequest } from '../authorize/open-request.js';
import { readHandle } from '../authorize/request-reference.js';
import type { Engine } from '../engine.js';
import { headOnly, send, type Answer } from './answer.js';
import { cancel, consent } from './consent.js';
import { verifyCsrfToken } from './csrf.js';
import { interactionsOf } from './interactions.js';
import { login } from './login.js';
import { answerOpen } from './respond.js';
import { readVisit, type Site, type Visit } from './visit.js';

export { errorPage } from './error-page.js';

type Step = (visit: Visit, open: OpenRequest, session: Session | undefined) => Promise<Answer>;

/** Registers the sign-in and consent pages of every issuer, what their forms post to, the stylesheet and the scripts. */
export async function registerInteraction(fastify: FastifyInstance, engine: Engine): Promise<void> {
  serveAssets(fastify, '');
  for (const issuer of engine.issuers.values()) {
    const site: Site = { engine, issuer, interactions: await interactionsOf(engine, issuer) };
    const base = `${issuer.routes.interaction}/:reference`;
    // Where a proxy maps an issuer's own origin to its routes, the address the pages name arrives here.
    serveAssets(fastify, issuer.path);
    const errors = { errors: 'page' } as const;
    getOnly(fastify, base, async (request, reply) => send(reply, await revisit(request, site)), errors);
    for (const [post, step] of Object.entries<Step>({ login, consent, cancel })) {
      postOnly(fastify, `${base}/${post}`, async (request, reply) => send(reply, await submit(request, site, step)), errors);
    }
  }
}

/** An interaction's page by its own address: after sign-in, in another language, reloaded, or gone back to. */
async function revisit(request: FastifyRequest, site: Site): Promise<Answer> {
  if (request.method === 'HEAD') return headOnly;
  const visit = readVisit(request, site);
  const { reference, handle } = readHandle(referenceOf(request));
  if (!visit.browser.hasSeen(handle)) throw notOfThisBrowser(request, visit);
  const { open, session } = await find(visit, reference, handle);
  return answerOpen(visit, open, session);
}

/** A posted form: from our own page, of this browser, session and interaction; then the step it asks for. */
async function submit(request: FastifyRequest, site: Site, step: Step): Promise<Answer> {
  refuseCrossSite(request, site.issuer.issuer);
  const visit = readVisit(request, site);
  const { reference, handle } = readHandle(referenceOf(request));
  const { open, session } = await find(visit, reference, handle);
  verifyCsrfToken(visit, open);
  return step(visit, open, session);
}

/** One round trip for the request and the session; a request under way outlives its `request_uri` (F2-AZ-14). */
async function find(visit: Visit, reference: string, handle: OpenRequest['handle']): Promise<{ open: OpenRequest; session: Session | undefined }> {
  const { stores, config } = visit.engine;
  const { found, session } = await stores.pushedRequests.open(handle, visit.session);
  const open = OpenRequest.verify(found, reference, visit.issuer, { grace: config.authorizationServer.interactionLifetime }, visit.now);
  return { open, session };
}

const referenceOf = (request: FastifyRequest): string => (request.params as { reference: string }).reference;

/** Coming from our own page without a cookie means cookies are off; otherwise the link belongs to another browser. */
function notOfThisBrowser(request: FastifyRequest, visit: Visit) {
  const fromUs = request.headers['sec-fetch-site'] === 'same-origin';
  if (fromUs && !visit.browser.known) return accessDenied('the cookie of this page did not come back', 'ASSENT-COOKIE-01').shownOn('page');
  return invalidRequestUri('the request did not arrive in this browser', 'PR-08').shownOn('page');
}

const assets: Readonly<Record<string, Asset>> = {
  'app.css': { type: 'text/css; charset=utf-8', text: stylesheet, etag: stylesheetETag },
  'form-post.js': { type: 'text/javascript; charset=utf-8', text: formPostScript, etag: formPostScriptETag },
  'device.js': { type: 'text/javascript; charset=utf-8', text: deviceScriptText, etag: deviceScriptETag },
};

interface Asset {
  readonly type: string;
  readonly text: string;
  readonly etag: string;
}

function serveAssets(fastify: FastifyInstance, base: string): void {
  for (const [name, asset] of Object.entries(assets)) getOnly(fastify, `${base}/assets/${name}`, (request, reply) => serveAsset(request, reply, asset));
}

async function serveAsset(request: FastifyRequest, reply: FastifyReply, { type, text, etag }: Asset) {
  reply.header('etag', etag).header('cache-control', 'public, max-age=300, must-revalidate').header('x-content-type-options', 'nosniff');
  if (request.headers['if-none-match'] === etag) return reply.code(304).send();
  return reply.type(type).send(text);
}
