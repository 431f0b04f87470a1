import type { LodgedConsent } from '@assent/protocol';
import { MarketRefusal } from '../refusal.js';
import type { ConsentDesk, MarketAnswer, MarketPorts, MarketRequest, MarketRoute } from '../route.js';
import { dataType, neutralVocabulary } from './vocabulary.js';

const clause = 'none: the platform’s own';
const asClient = { as: 'client', scope: 'accounts' } as const;
const reading = (...permissions: readonly string[]) => ({ as: 'customer', scope: 'accounts', permissions }) as const;

export const neutralRoutes: readonly MarketRoute[] = [
  { method: 'POST', path: '/consents', says: 'Lodges a consent.', clause, access: asClient, body: { as: 'json' }, answer: lodge },
  { method: 'GET', path: '/consents/:id', says: 'Tells of a consent.', clause, access: asClient, answer: async (request, { consents }) => ({ status: 200, body: told(await found(request, consents)) }) },
  { method: 'DELETE', path: '/consents/:id', says: 'Ends a consent.', clause, access: asClient, answer: revoke },
  { method: 'GET', path: '/accounts', says: 'The accounts.', clause, access: reading('ReadAccounts'), answer: async (_request, { accounts }) => ({ status: 200, body: { accounts: await accounts.accounts() } }) },
  { method: 'GET', path: '/accounts/:id/balances', says: 'The balances of an account.', clause, access: reading('ReadBalances'), answer: async ({ params }, { accounts }) => ({ status: 200, body: { balances: await accounts.balances(params['id']) } }) },
  { method: 'GET', path: '/accounts/:id/transactions', says: 'The transactions of an account.', clause, access: reading('ReadTransactions'), versions: [1, 2], answer: transactions },
  { method: 'GET', path: '/accounts/:id/transactions', says: 'How many transactions an account has.', clause, access: reading('ReadTransactions'), versions: [3], answer: async ({ params, version }, { accounts }) => ({ status: 200, body: { version, count: (await accounts.transactions(params['id'] ?? '', { limit: 1000 }))?.transactions.length } }) },
  { method: 'GET', path: '/accounts/all', says: 'The accounts, at an address that reads like one of them.', clause, access: reading('ReadAccounts'), answer: async (_request, { accounts }) => ({ status: 200, body: { all: (await accounts.accounts()).length } }) },
  { method: 'GET', path: '/accounts/:id', says: 'One account.', clause, access: reading('ReadAccounts'), answer: async ({ params }, { accounts }) => ({ status: 200, body: { account: (await accounts.accounts(params['id']))[0] ?? null } }) },
  { method: 'GET', path: '/customer', says: 'The customer, and the consent.', clause, access: { as: 'customer' }, answer: async (_request, { accounts, consents }) => ({ status: 200, body: { customer: await accounts.customer(), consent: (await consents.own())?.name } }) },
  { method: 'GET', path: '/status', says: 'Whether it works: for everybody.', clause, access: { as: 'any' }, answer: async () => ({ status: 200, body: { status: 'up' } }) },
];

async function lodge({ body = {} }: MarketRequest, { consents }: { readonly consents: ConsentDesk }) {
  const { permissions, expiresAt } = body;
  const known = Object.keys(neutralVocabulary.permissions);
  if (!Array.isArray(permissions) || permissions.length === 0 || !permissions.every((one) => known.includes(one as string))) throw new MarketRefusal(400, 'bad_permissions', `permissions must be some of ${known.join(', ')}`, 'ASSENT-NEU-02', { path: 'permissions' });
  const end = typeof expiresAt === 'string' ? { expiresAt } : {};
  const lodged = await consents.lodge({ kind: 'data', details: [{ type: dataType, permissions: permissions as string[], ...end }], document: body, expiresAt: typeof expiresAt === 'string' ? new Date(expiresAt) : null });
  if (lodged === 'exists') throw new MarketRefusal(409, 'exists', 'there is a consent of this name', 'ASSENT-NEU-03');
  return { status: 201, body: told(lodged) };
}

async function revoke({ params }: MarketRequest, { consents }: { readonly consents: ConsentDesk }) {
  const outcome = await consents.revoke(params['id'] ?? '');
  if (outcome === 'unknown') throw unknown();
  return { status: 204 };
}

async function found({ params }: MarketRequest, consents: ConsentDesk): Promise<LodgedConsent> {
  const consent = await consents.find(params['id'] ?? '');
  if (!consent) throw unknown();
  return consent;
}

const unknown = () => new MarketRefusal(404, 'unknown_consent', 'there is no such consent', 'ASSENT-NEU-04');

const told = ({ name, status, document, createdAt }: LodgedConsent) => ({ id: name, status, permissions: document['permissions'], createdAt });

async function transactions({ params, query }: MarketRequest, { accounts }: MarketPorts): Promise<MarketAnswer> {
  const [from, cursor] = [query.get('from') ?? undefined, query.get('page') ?? undefined];
  const list = await accounts.transactions(params['id'] ?? '', { limit: 25, ...(from !== undefined && { from }), ...(cursor !== undefined && { cursor }) });
  if (!list) throw new MarketRefusal(404, 'unknown_account', 'there is no such account', 'ASSENT-NEU-05');
  return { status: 200, body: list };
}
