import { grantStatuses, renderSearchPage, SafeUrl, type SearchModel } from '@assent/pages';
import type { Form, GrantSearch } from '@assent/protocol';
import type { FastifyReply } from 'fastify';
import { mayDo } from '../sites/admit-staff.js';
import { frameOf, html, postedForm } from '../sites/visit.js';
import { rowsOf, scopeOf } from '../view/connection.js';
import { grantNamed } from '../view/reference.js';
import { staffAudit, workOf, type AtWork } from './at-work.js';
import type { Console } from './routes.js';

const blank = { customer: '', grant: '', client: '', status: '' };

export const emptySearch = (visit: AtWork): FastifyReply => html(visit.reply, renderSearchPage({ frame: frameOf(visit, visit, '/'), work: workOf(visit), search: blank }));

/** Exactly what was asked for, 25 a page. What names nothing finds nothing: there is no browsing. */
export async function search(visit: AtWork, { stores, details, config, registry }: Console): Promise<FastifyReply> {
  const form = postedForm(visit);
  const asked = { customer: read(form, 'customer'), grant: read(form, 'grant'), client: read(form, 'client'), status: read(form, 'status') };
  const frame = frameOf(visit, visit, '/');
  const work = workOf(visit);
  if (asked.customer === '' && asked.grant === '' && asked.client === '') return html(visit.reply, renderSearchPage({ frame, work, search: asked, problem: true }), 422);
  const wanted = await searchOf(asked, readPage(form), stores);
  const { grants, more } = wanted ? await stores.grantDirectory.search(wanted, scopeOf(config)) : { grants: [], more: false };
  await stores.audit.append(staffAudit(visit, 'staff.searched', { ...asked, page: wanted?.page ?? 1, found: grants.length }));
  const viewer = { config, registry, details, locale: visit.locale, now: visit.now };
  const rows = grants.flatMap((grant) => rowsOf(grant, viewer, SafeUrl.of(`/grants/${grant.id}`)).slice(0, 1));
  const found: SearchModel['found'] = { rows, page: wanted?.page ?? 1, more };
  return html(visit.reply, renderSearchPage({ frame, work, search: asked, found, bulk: bulkOf(asked, visit, config) }));
}

const read = (form: Form, name: string): string => (form.optional(name) ?? '').trim().slice(0, 255);

function readPage(form: Form): number {
  const page = Number(form.optional('page') ?? '1');
  return Number.isInteger(page) && page >= 1 && page <= 10_000 ? page : 1;
}

/** `undefined`: it names nobody and nothing. */
async function searchOf(asked: typeof blank, page: number, { customers }: Console['stores']): Promise<GrantSearch | undefined> {
  const customer = asked.customer === '' ? undefined : ((await customers.find(asked.customer)) ?? (await customers.findByLogin(asked.customer)));
  const grant = asked.grant === '' ? undefined : grantNamed(asked.grant);
  if ((asked.customer !== '' && !customer) || (asked.grant !== '' && grant === undefined)) return undefined;
  const status = grantStatuses.find((one) => one === asked.status);
  return { page, ...(customer && { customerId: customer.id }), ...(grant !== undefined && { grant }), ...(asked.client !== '' && { clientId: asked.client }), ...(status && { status }) };
}

/** Where a client alone was asked for, all its grants may be meant: at each issuer that knows one of this id. */
function bulkOf({ customer, grant, client }: typeof blank, visit: AtWork, { issuers }: Console['config']): NonNullable<SearchModel['bulk']> {
  if (client === '' || customer !== '' || grant !== '' || !mayDo(visit.session.roles, 'agent')) return [];
  const known = issuers.filter(({ signsIn, clients }) => signsIn === 'customers' && clients.some(({ client_id: id, first_party: own }) => id === client && !own));
  return known.map(({ name, issuer }) => ({ issuer, to: SafeUrl.of(`/clients/${name}/${encodeURIComponent(client)}/end`) }));
}
