import type { AssentConfig } from '@assent/config';
import { getOnly, postOnly, refuseCrossSite, securityHeaders, startApp, type Log, type RunningApp } from '@assent/http';
import { renderProblemPage, SafeUrl, stylesheet, stylesheetETag, type SiteTexts } from '@assent/pages';
import { accessDenied, type Clock, type SiteName, type SiteSessions } from '@assent/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { SiteClient } from './client.js';
import { SiteCookies } from './cookies.js';
import { registerSignIn, startSignIn, type Admit } from './sign-in.js';
import { deriveCsrfKey, localeOf, plainFrame, problemOf, readVisit, shown, signedIn, type SignedIn, type Visit } from './visit.js';

/** What every page of one site stands on. */
export interface SiteParts {
  readonly name: SiteName;
  readonly config: AssentConfig;
  readonly publicUrl: string;
  readonly client: SiteClient | undefined;
  readonly cookies: SiteCookies;
  readonly csrfKey: Buffer;
  readonly sessions: SiteSessions;
  readonly clock: Clock;
  readonly log: Log;
  /** Who may come in, and as whom. */
  readonly admit: Admit;
  readonly links: (t: SiteTexts) => readonly { readonly to: string; readonly label: string }[];
  /** Whom to ask, under every page; staff know. */
  readonly help: string;
}

export type Page = (visit: SignedIn) => Promise<FastifyReply> | FastifyReply;
/** Registers a page for people who are signed in; anybody else is sent to sign in, and then back. */
export interface Pages {
  get(url: string, page: Page): void;
  post(url: string, page: Page): void;
  /** A page for anybody. */
  open(url: string, page: (visit: Visit) => Promise<FastifyReply> | FastifyReply): void;
}

export interface SiteDefinition extends Pick<SiteParts, 'admit' | 'links'> {
  readonly register: (pages: Pages) => void;
}

interface Surroundings {
  readonly sessions: SiteSessions;
  readonly clock: Clock;
  readonly log: Log;
}

/** Starts the customer dashboard or the staff console: an origin of its own, pages only, no certificate asked for. */
export async function startSite(name: SiteName, config: AssentConfig, { sessions, clock, log }: Surroundings, definition: SiteDefinition): Promise<RunningApp> {
  const { proxy } = config.grantManagement;
  const { publicUrl, listeners } = config.grantManagement[name];
  const client = await SiteClient.open(name, config, clock);
  const master = config.encryptionKey.reveal();
  const { admit, links } = definition;
  const help = name === 'dashboard' ? config.bank.helpText : '';
  const site: SiteParts = { name, config, publicUrl, client, cookies: new SiteCookies(name, master), csrfKey: deriveCsrfKey(master, name), sessions, clock, log: log.child({ site: name }), admit, links, help };
  const app = await startApp({
    server: { publicUrl, listeners, proxy },
    tls: config.tls,
    mode: config.mode,
    log: site.log,
    clock,
    routes: (fastify) => registerSite(fastify, site, definition),
    errorPage: (error, request) => {
      const { problem, again = '/' } = problemOf(error);
      return { status: problem === 'changed' ? 409 : error.status, html: renderProblemPage({ frame: plainFrame(site, localeOf(site, request)), problem, reference: request.id, again: SafeUrl.of(again) }) };
    },
  });
  return { ...app, close: async () => { await app.close(); await client?.close(); } }; // prettier-ignore
}

function registerSite(fastify: FastifyInstance, site: SiteParts, { register }: SiteDefinition): void {
  const errors = { errors: 'page' } as const;
  const prepared = (request: FastifyRequest, reply: FastifyReply): Visit => {
    securityHeaders(reply);
    return readVisit(site, request, reply);
  };
  const known = (page: Page) => async (request: FastifyRequest, reply: FastifyReply) => {
    const visit = prepared(request, reply);
    const session = await signedIn(visit);
    if (session) return page(session);
    // The first page says what the site is; a link to another page leads through the sign-in to it.
    if (request.raw.url === '/') return reply.redirect('/welcome', 303);
    // Nobody must believe that a form did what it said when it only led to the sign-in.
    if (request.method === 'POST') throw shown('expired', accessDenied('the session has ended', 'ASSENT-SITE-07'));
    return startSignIn(visit, request.raw.url ?? '/');
  };
  const pages: Pages = {
    get: (url, page) => getOnly(fastify, url, known(page), errors),
    // Before the session is looked for: a form of another site must not even start a sign-in.
    post: (url, page) => postOnly(fastify, url, async (request, reply) => {
        refuseCrossSite(request, site.publicUrl);
        return known(page)(request, reply);
      }, errors),
    open: (url, page) => getOnly(fastify, url, async (request, reply) => page(prepared(request, reply)), errors),
  };
  registerSignIn(pages, site);
  register(pages);
  if (site.client) {
    const { jwks } = site.client;
    getOnly(fastify, '/jwks.json', async (_request, reply) => reply.type('application/jwk-set+json').header('cache-control', 'public, max-age=60').send(JSON.stringify(jwks)));
  }
  getOnly(fastify, '/assets/app.css', async (request, reply) => {
    reply.header('cache-control', 'public, max-age=300').header('etag', stylesheetETag).header('x-content-type-options', 'nosniff');
    return request.headers['if-none-match'] === stylesheetETag ? reply.code(304).send() : reply.type('text/css; charset=utf-8').send(stylesheet);
  });
}
