import { createHash } from 'node:crypto';
import { formOf, queryOf, transportOf } from '@assent/http';
import type { Form, Handle } from '@assent/protocol';
import type { FastifyRequest } from 'fastify';
import type { Engine, IssuerRuntime } from '../engine.js';
import { Browser, browserCookie, readCookie, sessionCookies, sessionHandle } from './cookies.js';
import type { Interactions } from './interactions.js';

/** Where a page stands. */
export interface Site {
  readonly engine: Engine;
  readonly issuer: IssuerRuntime;
  readonly interactions: Interactions;
}

/** One request of a customer's browser, as it came in; nothing here is proved yet. */
export interface Visit extends Site {
  readonly form: Form;
  readonly browser: Browser;
  readonly session: Handle | undefined;
  /** SHA-256 (hex) of the session cookie as sent, whether it is good or not; what tokens are bound to. */
  readonly sessionBinding: string;
  /** The language the customer clicked on, if any. */
  readonly clickedLocale: string | undefined;
  readonly acceptLanguage: string | undefined;
  readonly requestId: string;
  readonly remoteAddress: string;
  readonly now: Date;
}

/** Reads a request; `form`: the query of a GET, the body of a POST. */
export function readVisit(request: FastifyRequest, { engine, issuer, interactions }: Site): Visit {
  const transport = transportOf(request);
  const cookie = request.headers.cookie;
  const realm = issuer.config.signsIn;
  const session = readCookie(cookie, sessionCookies[realm]);
  const form = request.method === 'POST' ? formOf(request) : queryOf(request);
  return {
    engine,
    issuer,
    interactions,
    form,
    browser: Browser.of(interactions.key, readCookie(cookie, browserCookie)),
    session: sessionHandle(realm, session),
    sessionBinding: session === undefined ? '' : createHash('sha256').update(session).digest('hex'),
    clickedLocale: form.all('ui_locales')[0]?.slice(0, 35),
    acceptLanguage: request.headers['accept-language'],
    requestId: transport.requestId,
    remoteAddress: transport.remoteAddress,
    now: engine.clock.now(),
  };
}
