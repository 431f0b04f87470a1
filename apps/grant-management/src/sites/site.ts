import type { AssentConfig } from '@assent/config';
import { getOnly, queryOf, securityHeaders, startApp, type Log, type RunningApp } from '@assent/http';
import { chooseLocale, offeredLocales, renderErrorPage, SafeUrl, stylesheet, stylesheetETag, type Frame, type Locale } from '@assent/pages';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { renderHoldingPage } from './holding-page.js';
import type { SiteName } from './texts.js';

/** Starts the customer dashboard or the staff console: an origin of its own, pages only, no certificate asked for. */
export function startSite(name: SiteName, config: AssentConfig, log: Log): Promise<RunningApp> {
  const { proxy } = config.grantManagement;
  return startApp({
    server: { ...config.grantManagement[name], proxy },
    tls: config.tls,
    mode: config.mode,
    log: log.child({ site: name }),
    routes: (fastify) => registerSite(fastify, name, config),
    errorPage: (error, request) => ({
      html: renderErrorPage({ frame: frameOf(config, request), variant: error.status === 404 ? 'notFound' : error.status >= 500 ? 'internal' : 'refused', reference: request.id }),
    }),
  });
}

function registerSite(fastify: FastifyInstance, site: SiteName, config: AssentConfig): void {
  const demo = config.relyingParty && SafeUrl.of(config.relyingParty.publicUrl);
  getOnly(
    fastify,
    '/',
    async (request, reply) => {
      securityHeaders(reply);
      return reply.type('text/html; charset=utf-8').send(renderHoldingPage({ site, frame: { ...frameOf(config, request), inLanguage: inLanguage }, demo }));
    },
    { errors: 'page' },
  );
  getOnly(fastify, '/assets/app.css', async (request, reply) => {
    reply.header('cache-control', 'public, max-age=300').header('etag', stylesheetETag).header('x-content-type-options', 'nosniff');
    return request.headers['if-none-match'] === stylesheetETag ? reply.code(304).send() : reply.type('text/css; charset=utf-8').send(stylesheet);
  });
}

const inLanguage = (locale: Locale): SafeUrl => SafeUrl.of(`/?lang=${locale}`);

function frameOf(config: AssentConfig, request: FastifyRequest): Frame {
  const { name, locales } = config.bank;
  const asked = queryOf(request).all('lang').slice(0, 1);
  return { locale: chooseLocale(asked, request.headers['accept-language'], locales), brand: name, languages: offeredLocales(locales) };
}
