import type { DetailTypes } from '@assent/authorization-details';
import type { AssentConfig } from '@assent/config';
import type { Log } from '@assent/http';
import { renderTicketPage } from '@assent/pages';
import type { ClientRegistry, Stores } from '@assent/persistence';
import type { Clock } from '@assent/protocol';
import type { FastifyReply } from 'fastify';
import type { Pages } from '../sites/site.js';
import { frameOf, html, postedForm, type SignedIn } from '../sites/visit.js';
import { isTicket, staffAudit, workOf, type AtWork } from './at-work.js';
import { approval, approvals, askApproval, askBulk, decideBulk, finishBulks, previewBulk } from './bulk.js';
import { askRevoke, previewRevoke, revoke, revoked, showGrant } from './grant.js';
import { emptySearch, search } from './search.js';

export interface Console {
  readonly stores: Stores;
  readonly details: DetailTypes;
  readonly config: AssentConfig;
  readonly registry: ClientRegistry;
  readonly clock: Clock;
  readonly log: Log;
}

type Step = (visit: AtWork, console: Console) => Promise<FastifyReply> | FastifyReply;

/** The console's pages. Whatever shows a customer's data takes a ticket first. */
export function registerConsole(pages: Pages, console: Console): void {
  const onTicket = (step: Step) => (visit: SignedIn) => {
    const { ticket } = visit.session;
    return ticket === undefined ? visit.reply.redirect('/ticket', 303) : step({ ...visit, ticket }, console);
  };
  const get = (url: string, step: Step) => pages.get(url, onTicket(step));
  const post = (url: string, step: Step) => pages.post(url, onTicket(step));
  pages.get('/ticket', (visit) => html(visit.reply, ticketPage(visit)));
  pages.post('/ticket/start', (visit) => startWork(visit, console));
  pages.post('/ticket/end', (visit) => endWork(visit, console));
  get('/', emptySearch);
  post('/search', search);
  get('/grants/:id', showGrant);
  get('/grants/:id/revoke', askRevoke);
  post('/grants/:id/revoke/preview', previewRevoke);
  post('/grants/:id/revoke/confirmed', revoke);
  get('/grants/:id/revoked', revoked);
  get('/clients/:issuer/:client/end', askBulk);
  post('/clients/:issuer/:client/end/preview', previewBulk);
  post('/clients/:issuer/:client/end/ask', askApproval);
  pages.get('/approvals', (visit) => approvals(visit, console));
  pages.get('/approvals/:id', (visit) => approval(visit, console));
  pages.post('/approvals/:id/approve', (visit) => decideBulk(visit, console, 'approved'));
  pages.post('/approvals/:id/refuse', (visit) => decideBulk(visit, console, 'refused'));
  // What a process left half done.
  finishBulks(console).catch((err: unknown) => console.log.error({ err }, 'an approved bulk revocation could not be finished; the next start tries again'));
}

const ticketPage = (visit: SignedIn, wrong?: string): string => renderTicketPage({ frame: frameOf(visit, visit), work: workOf(visit), value: wrong, problem: wrong !== undefined });

async function startWork(visit: SignedIn, { stores }: Console): Promise<FastifyReply> {
  const ticket = (postedForm(visit).optional('ticket') ?? '').trim();
  if (!isTicket(ticket)) return html(visit.reply, ticketPage(visit, ticket), 422);
  await stores.siteSessions.workOn(visit.session.handle, ticket, staffAudit(visit, 'staff.ticket_started', { ticket }));
  return visit.reply.redirect('/', 303);
}

async function endWork(visit: SignedIn, { stores }: Console): Promise<FastifyReply> {
  postedForm(visit);
  await stores.siteSessions.workOn(visit.session.handle, undefined, staffAudit(visit, 'staff.ticket_ended'));
  return visit.reply.redirect('/ticket', 303);
}
