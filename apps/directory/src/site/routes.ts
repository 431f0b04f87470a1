import { constantTimeEqual } from '@assent/crypto';
import { formOf, getOnly, noStore, postOnly, refuseCrossSite, route as byMethod, securityHeaders, transportOf } from '@assent/http';
import type { Option } from '@assent/pages';
import type { Standing } from '@assent/persistence/directory';
import { isRevocationReason } from '@assent/pki';
import { accessDenied, plusSeconds } from '@assent/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { randomBytes } from 'node:crypto';
import { hashOf } from '../admin-token.js';
import * as decisions from '../decisions.js';
import { auditOf, keySetUrl, type Directory } from '../directory.js';
import { certificateEntry, entryOf, marketOf } from '../entries.js';
import { renderOrganisationPage, renderRevokePage, renderSoftwarePage, renderStandingPage } from '../pages/detail.js';
import { renderJoinPage, type JoinProblem } from '../pages/join.js';
import { renderListPage } from '../pages/list.js';
import { renderHandedOutPage, renderMadePage, type MadeFile } from '../pages/made.js';
import { renderSignInPage } from '../pages/sign-in.js';
import { directoryStylesheet, directoryStylesheetTag } from '../pages/style.js';
import { malformed } from '../refusals.js';
import { commandFor, filesOf, join, joinFields, slugOf } from './join.js';
import { addCookie, clearSession, frameOf, html, postedForm, readVisit, sessionSeconds, setSession, signedIn, type SignedIn, type Visit } from './visit.js';

type Page = (visit: SignedIn) => Promise<FastifyReply> | FastifyReply;
const errors = { errors: 'page' } as const;

/** The pages of the administrator: who takes part, joining, revoking. */
export function registerPages(fastify: FastifyInstance, directory: Directory): void {
  const prepared = (request: FastifyRequest, reply: FastifyReply): Visit => {
    securityHeaders(reply);
    return readVisit(directory, request, reply);
  };
  const known = (page: Page) => async (request: FastifyRequest, reply: FastifyReply) => {
    const visit = prepared(request, reply);
    const session = await signedIn(visit);
    if (session) return page(session);
    // Nobody must believe that a form did what it said when it only led to the sign-in.
    if (request.method === 'POST') throw accessDenied('the session has ended', 'ASSENT-DIR-07').shownOn('page');
    return reply.redirect(`/sign-in?next=${encodeURIComponent(ownPath(request.raw.url ?? '/'))}`, 303);
  };
  const get = (url: string, page: Page): void => getOnly(fastify, url, known(page), errors);
  const post = (url: string, page: Page): void =>
    postOnly(fastify, url, (request, reply) => {
      refuseCrossSite(request, directory.config.publicUrl);
      return known(page)(request, reply);
    }, errors); // prettier-ignore

  getOnly(fastify, '/assets/app.css', async (request, reply) => {
    reply.header('cache-control', 'public, max-age=300').header('etag', directoryStylesheetTag);
    return request.headers['if-none-match'] === directoryStylesheetTag ? reply.code(304).send() : reply.type('text/css; charset=utf-8').send(directoryStylesheet);
  });
  registerSession(fastify, directory, prepared);
  post('/sign-out', signOut);
  get('/', list);
  route(fastify, '/new', known((visit) => joinPage(visit, {}, [])), known(joinNow), directory);
  post('/files', file);
  get('/organisations/:id', organisation);
  get('/software/:id', software);
  post('/software/:id/certificates', newCertificate);
  post('/software/:id/statements', newStatement);
  for (const kind of ['organisations', 'software'] as const) {
    route(fastify, `/${kind}/:id/standing`, known((visit) => askStanding(visit, kind)), known((visit) => setStanding(visit, kind)), directory);
  }
  route(fastify, '/software/:id/certificates/:serial/revoke', known(askRevocation), known(revoke), directory);
}

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

/** Asked by GET, done by POST, at one address. */
function route(fastify: FastifyInstance, url: string, ask: Handler, act: Handler, { config }: Directory): void {
  byMethod(fastify, {
    method: ['GET', 'POST'],
    url,
    config: errors,
    handler: (request, reply) => {
      if (request.method !== 'POST') return ask(request, reply);
      refuseCrossSite(request, config.publicUrl);
      return act(request, reply);
    },
  });
}

/** A path of this site and nothing else: `//host` and `/\host` lead away. */
const ownPath = (next: string): string => (/^\/(?![/\\])[\x21-\x7e]{0,300}$/.test(next) && !next.includes('\\') && !next.startsWith('/sign-') ? next : '/');

function registerSession(fastify: FastifyInstance, directory: Directory, prepared: (request: FastifyRequest, reply: FastifyReply) => Visit): void {
  const page = (visit: Visit, wrong: boolean, next: string): FastifyReply => html(visit.reply, renderSignInPage({ frame: frameOf(visit), wrong, next }), wrong ? 403 : 200);
  const ask: Handler = async (request, reply) => {
    const visit = prepared(request, reply);
    return page(visit, false, ownPath(visit.query.all('next')[0] ?? '/'));
  };
  const act: Handler = async (request, reply) => {
    const visit = prepared(request, reply);
    const form = formOf(request);
    const next = ownPath(form.all('next')[0] ?? '/');
    const given = hashOf(form.all('token')[0]?.trim() ?? '');
    const { store, clock, adminTokenHash } = directory;
    if (!constantTimeEqual(given.toString('hex'), adminTokenHash.toString('hex'))) return page(visit, true, next);
    const value = randomBytes(32).toString('base64url');
    const now = clock.now();
    const audit = auditOf(directory, { by: 'administrator', requestId: transportOf(request).requestId }, 'signed_in');
    await store.startSession(hashOf(value), plusSeconds(now, sessionSeconds), now, audit);
    addCookie(reply, setSession(value));
    return reply.redirect(next, 303);
  };
  route(fastify, '/sign-in', ask, act, directory);
}

const signOut: Page = async (visit) => {
  postedForm(visit);
  await visit.directory.store.endSession(visit.session, auditOf(visit.directory, visit.actor, 'signed_out'));
  addCookie(visit.reply, clearSession);
  return visit.reply.redirect('/sign-in', 303);
};

const list: Page = async (visit) => {
  const { store } = visit.directory;
  const [organisations, all] = await Promise.all([store.organisations(), store.softwares()]);
  return html(visit.reply, renderListPage({ frame: frameOf(visit, visit.csrf), organisations, software: all }));
};

async function joinPage(visit: SignedIn, entered: Readonly<Record<string, string>>, problems: readonly JoinProblem[]): Promise<FastifyReply> {
  const { directory, reply, csrf } = visit;
  const organisations = (await directory.store.organisations()).filter(({ status }) => status === 'active').map(({ id, legalName }) => ({ value: id, label: legalName }));
  return html(reply, renderJoinPage({ frame: frameOf(visit, csrf), csrf, markets: marketOptions(directory), organisations, entered, problems }), problems.length > 0 ? 400 : 200);
}

const marketOptions = ({ markets }: Directory): readonly Option[] => [...markets.values()].map(({ name, title }) => ({ value: name, label: title }));

const joinNow: Page = async (visit) => {
  const { directory, reply, csrf, actor } = visit;
  const form = postedForm(visit);
  const joined = await join(directory, form, actor);
  if ('problems' in joined) return joinPage(visit, Object.fromEntries(joinFields.map((name) => [name, form.all(name)[0] ?? ''])), joined.problems);
  const { software: made, bundle, statement } = joined;
  const facts = { softwareId: made.id, organisationId: made.organisation.id, apiKey: bundle.api_key, jwksUri: bundle.jwks_uri };
  return html(reply, renderMadePage({ frame: frameOf(visit, csrf), csrf, name: made.metadata.client_name, facts, files: filesOf(joined), command: await commandFor(directory, joined), statementUntil: statement?.until }));
};

const types: Readonly<Record<string, string>> = { pem: 'application/x-pem-file', json: 'application/json', jwt: 'application/jwt' };

/** Gives back as a file what a page of ours held: so that keys are kept nowhere but with whom they are for. */
const file: Page = (visit) => {
  const form = postedForm(visit);
  const [name = '', content = ''] = [form.all('name')[0], form.all('content')[0]];
  const type = types[/^[a-z0-9][a-z0-9.-]{0,80}\.(pem|json|jwt)$/.exec(name)?.[1] ?? ''];
  if (type === undefined) throw malformed('name: that of a file of ours');
  noStore(visit.reply);
  return visit.reply.type(type).header('content-disposition', `attachment; filename="${name}"`).send(content);
};

const idOf = ({ request }: Visit): string => (request.params as { id: string }).id;
const serialOf = ({ request }: Visit): string => (request.params as { serial: string }).serial;

const organisation: Page = async (visit) => {
  const found = await decisions.findOrganisation(visit.directory, idOf(visit));
  const all = await visit.directory.store.softwares({ organisationId: found.id });
  return html(visit.reply, renderOrganisationPage({ frame: frameOf(visit, visit.csrf), organisation: found, software: all }));
};

const software: Page = async (visit) => {
  const { directory, csrf, reply } = visit;
  const found = await decisions.findSoftware(directory, idOf(visit));
  const own = marketOptions(directory).filter(({ value }) => value === 'plain' || found.roles.some(({ market }) => market === value));
  const statements = own.filter(({ value }) => directory.markets.get(value)?.dialect.statement !== undefined);
  return html(reply, renderSoftwarePage({ frame: frameOf(visit, csrf), csrf, software: found, jwksUri: keySetUrl(directory, found.id), certificates: await directory.store.certificates(found.id), markets: own, statements }));
};

const newCertificate: Page = async (visit) => {
  const { directory, csrf, actor, reply } = visit;
  const form = postedForm(visit);
  const { purpose, market } = entryOf(certificateEntry, { purpose: form.all('purpose')[0], market: form.all('market')[0] });
  const found = await decisions.findSoftware(directory, idOf(visit));
  const made = await decisions.certify(directory, found, { purpose, market: market === undefined ? undefined : marketOf(directory.markets, market), from: { key: 'rsa' } }, actor);
  const slug = slugOf(found.metadata.client_name);
  const jwk = decisions.privateJwkOf(made);
  const files: MadeFile[] = [
    { label: 'certificate', name: `${slug}.${purpose}.crt.pem`, content: made.pem },
    { label: 'key', name: `${slug}.${purpose}.key.pem`, content: decisions.keyPem(made.privateKey!) },
    ...(jwk ? [{ label: 'jwk', name: `${slug}.${purpose}.jwk.json`, content: `${JSON.stringify(jwk, undefined, 2)}\n` } as const] : []),
  ];
  return html(reply, renderHandedOutPage({ frame: frameOf(visit, csrf), csrf, softwareId: found.id, files }));
};

const newStatement: Page = async (visit) => {
  const { directory, csrf, actor, reply } = visit;
  const form = postedForm(visit);
  const found = await decisions.findSoftware(directory, idOf(visit));
  const { statement, expiresAt } = await decisions.issueStatement(directory, found, marketOf(directory.markets, form.all('market')[0] ?? ''), actor);
  const files: MadeFile[] = [{ label: 'statement', name: `${slugOf(found.metadata.client_name)}.statement.jwt`, content: statement }];
  return html(reply, renderHandedOutPage({ frame: frameOf(visit, csrf), csrf, softwareId: found.id, files, statement: { text: statement, until: expiresAt } }));
};

const standings: readonly Standing[] = ['active', 'suspended', 'revoked'];
const standingIn = (text: string | undefined): Standing => {
  const found = standings.find((one) => one === text);
  if (!found) throw malformed('to: one of active, suspended, revoked');
  return found;
};

type Kind = 'organisations' | 'software';
const nameOf = async ({ directory, ...visit }: SignedIn, kind: Kind): Promise<string> =>
  kind === 'software' ? (await decisions.findSoftware(directory, idOf({ directory, ...visit }))).metadata.client_name : (await decisions.findOrganisation(directory, idOf({ directory, ...visit }))).legalName;

const askStanding = async (visit: SignedIn, kind: Kind): Promise<FastifyReply> => {
  const to = standingIn(visit.query.all('to')[0]);
  return html(visit.reply, renderStandingPage({ frame: frameOf(visit, visit.csrf), csrf: visit.csrf, name: await nameOf(visit, kind), to, at: `/${kind}/${idOf(visit)}` }));
};

const setStanding = async (visit: SignedIn, kind: Kind): Promise<FastifyReply> => {
  const status = standingIn(postedForm(visit).all('to')[0]);
  if (kind === 'software') await decisions.changeSoftware(visit.directory, idOf(visit), { status }, visit.actor);
  else await decisions.changeOrganisation(visit.directory, idOf(visit), { status }, visit.actor);
  return visit.reply.redirect(`/${kind}/${idOf(visit)}`, 303);
};

const askRevocation: Page = async (visit) => {
  const certificate = await decisions.findCertificate(visit.directory, idOf(visit), serialOf(visit));
  return html(visit.reply, renderRevokePage({ frame: frameOf(visit, visit.csrf), csrf: visit.csrf, certificate }));
};

const revoke: Page = async (visit) => {
  const reason = postedForm(visit).all('reason')[0];
  if (!isRevocationReason(reason) || reason === 'certificateHold') throw malformed('reason: one of those the page offers');
  await decisions.revokeCertificate(visit.directory, idOf(visit), serialOf(visit), reason, visit.actor);
  return visit.reply.redirect(`/software/${idOf(visit)}`, 303);
};

