import { plain, renderConnectionsPage, SafeUrl, type ConnectionRow } from '@assent/pages';
import type { CustomerAccount, ListedGrant } from '@assent/protocol';
import type { FastifyReply } from 'fastify';
import { frameOf, html, type SignedIn } from '../sites/visit.js';
import { day, isCurrent, rowsOf, scopeOf, stateOf, type Viewer } from '../view/connection.js';
import { plainAccount } from '../view/words.js';
import { agreementPage, agreementsAsked, agreementsGiven, answeredIn } from './agreeing.js';
import type { Dashboard } from './routes.js';

/** The customer's connections, current or past, filtered by what the query says. */
export async function list(visit: SignedIn, dashboard: Dashboard): Promise<FastifyReply> {
  const { directory, customers, details, registry } = dashboard;
  const { site, session, query, locale, now, reply } = visit;
  const [own, accounts, asked, given] = await Promise.all([directory.ofCustomer(session.personId, scopeOf(site.config)), customers.accounts(session.personId), agreementsAsked(visit, dashboard), agreementsGiven(visit, dashboard)]);
  const grants: readonly ListedGrant[] = [...own, ...given];
  const pageFor = (grant: ListedGrant): SafeUrl => (own.includes(grant) ? pageOf(grant) : agreementPage(grant));
  const viewer: Viewer = { config: site.config, registry, details, locale, now };
  const past = query.all('state')[0] === 'past';
  const [current, over] = [grants.filter((grant) => isCurrent(grant, now)), grants.filter((grant) => !isCurrent(grant, now))];
  const filter = { name: query.all('q')[0] ?? '', kind: query.all('type')[0] ?? '', account: query.all('account')[0] ?? '' };
  const account = accounts[Number(filter.account) - 1];
  const rows = (past ? over : current).filter((grant) => filter.account === '' || (account !== undefined && grant.accounts.includes(account.id))).flatMap((grant) => rowsOf(grant, viewer, pageFor(grant)).filter(fits(filter)));
  return html(
    reply,
    renderConnectionsPage({
      frame: frameOf(visit, visit, '/'),
      past,
      asked,
      answered: answeredIn(visit),
      counts: { current: current.length, past: over.length },
      rows,
      ending: current.flatMap((grant) => endingSoon(grant, viewer)),
      filter: { ...filter, accounts: accounts.map(optionOf), on: filter.name !== '' || filter.kind !== '' || filter.account !== '' },
    }),
  );
}

export const pageOf = ({ id }: { readonly id: string }): SafeUrl => SafeUrl.of(`/apps/${id}`);

const fits =
  ({ name, kind }: { readonly name: string; readonly kind: string }) =>
  (row: ConnectionRow): boolean =>
    (kind === '' || row.kind === kind) && plain(row.name).toLowerCase().includes(plain(name).toLowerCase());

/** What was allowed for a day at most ends as its customer knows. */
function endingSoon(grant: ListedGrant, viewer: Viewer): readonly { name: string; until: Date }[] {
  if (grant.expiresAt && grant.expiresAt.getTime() - grant.createdAt.getTime() <= day) return [];
  const [row] = rowsOf(grant, viewer, pageOf(grant));
  return row?.until && stateOf(grant, viewer.now).kind === 'ending' ? [{ name: row.name, until: row.until }] : [];
}

/** By place in the list: an address says nothing of a customer. */
const optionOf = (account: CustomerAccount, index: number): { value: string; label: string } => ({ value: String(index + 1), label: plainAccount(account) });
