import type { LodgedConsent, NewConsent } from '@assent/protocol';
import type { BankAccount, BankTransaction, MarketAccess, MarketAnswer, MarketPayment, MarketPaymentOrder, MarketPorts, MarketRequest, MarketRoute } from './route.js';

export const now = new Date('2026-11-25T12:00:00Z');
const issuer = 'https://as.harbour.example/market';
const base = 'https://rs.harbour.example/market';

/** A bank with two accounts and a few transactions, and a desk that keeps what is lodged: fakes of the ports. */
export function aDesk() {
  const consents = new Map<string, LodgedConsent>();
  const paid: MarketPaymentOrder[] = [];
  const accounts: BankAccount[] = [
    { id: 'ana-everyday', name: 'Everyday account', type: 'current', currency: 'BRL', iban: 'GB09HBNK40010112344821' },
    { id: 'ana-savings', name: 'Savings', type: 'savings', currency: 'BRL', iban: 'BR1500000000000010932840814P2' },
  ];
  const history: BankTransaction[] = Array.from({ length: 30 }, (_, index) => ({
    id: `t${index}`, bookedOn: `2026-11-${String(25 - (index % 25)).padStart(2, '0')}`, valueOn: `2026-11-${String(25 - (index % 25)).padStart(2, '0')}`,
    amount: index % 3 === 0 ? '1000.00' : `-${index}.50`, currency: 'BRL', description: index % 3 === 0 ? 'Salary' : 'Coffee', counterparty: index % 3 === 0 ? 'Harbour Shipping' : 'Café Porto', category: 'other',
  })); // prettier-ignore
  const ports: MarketPorts = {
    accounts: {
      accounts: async (id) => accounts.filter((one) => id === undefined || one.id === id),
      balances: async (id) => accounts.filter((one) => id === undefined || one.id === id).map((one) => ({ id: one.id, amount: '2140.55', currency: one.currency, asOf: now })),
      transactions: async (id, { from = '', to = '9', limit, cursor = '0' }) => {
        if (!accounts.some((one) => one.id === id)) return undefined;
        const all = history.filter(({ bookedOn }) => bookedOn >= from && bookedOn <= to);
        const [first, last] = [Number(cursor), Number(cursor) + limit];
        return { transactions: all.slice(first, last), ...(last < all.length && { next: String(last) }) };
      },
      customer: async () => ({ name: 'Ana Duarte', given_name: 'Ana', family_name: 'Duarte', email: 'ana.duarte@example.com' }),
    },
    consents: {
      lodge: async (consent: NewConsent) => {
        const name = consent.name ?? `${consent.namePrefix ?? ''}c${consents.size + 1}`;
        if (consents.has(name)) return 'exists';
        const lodged = lodgedOf(name, consent);
        consents.set(name, lodged);
        return lodged;
      },
      find: async (name) => consents.get(name) ?? [...consents.values()].find(({ grantId }) => grantId === name),
      own: async () => [...consents.values()].at(-1),
      revoke: async (name) => {
        const found = consents.get(name);
        if (!found) return 'unknown';
        if (!['awaiting_authorisation', 'active'].includes(found.status)) return 'not-active';
        consents.set(name, { ...found, status: 'revoked', ended: { by: 'client' } });
        return 'revoked';
      },
      approvals: async () => [],
    },
    payments: {
      pay: async (order) => {
        paid.push(order);
        return paymentOf(order);
      },
      find: async (id) => (id === 'p1' && paid[0] ? paymentOf(paid[0]) : undefined),
      fundsAvailable: async () => true,
    },
  };
  return { ports, consents, paid };
}

const paymentOf = ({ amount, creditorName, creditorAccount, endToEndId }: MarketPaymentOrder): MarketPayment => ({ id: 'p1', status: 'booked', amount, creditorName, creditorAccount, ...(endToEndId !== undefined && { endToEndId }), accountId: 'ana-everyday', grantId: 'g1', createdAt: now });

const lodgedOf = (name: string, consent: NewConsent): LodgedConsent => ({
  grantId: 'g1', name, kind: consent.kind, issuer, clientId: 'tally', status: 'awaiting_authorisation', customerId: undefined, details: consent.details, accounts: [],
  document: consent.document, customerClaims: consent.customerClaims ?? {}, createdAt: now, updatedAt: now, expiresAt: consent.expiresAt, authoriseBy: consent.authoriseBy, once: consent.once ?? false,
}); // prettier-ignore

export interface Call {
  readonly body?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly access?: Partial<MarketAccess>;
}

const nobody: MarketAccess = { clientId: 'tally', scope: [], organisationId: undefined, grantId: undefined, subject: undefined, details: [], permissions: [], acr: undefined };

/** Calls the route that answers at this address, as the server would, once its guard has let the token through. */
export async function call(routes: readonly MarketRoute[], ports: MarketPorts, address: string, { body, query = {}, headers = {}, access = {} }: Call = {}): Promise<MarketAnswer> {
  const [method, path] = address.split(' ') as [string, string];
  for (const route of routes) {
    const params = route.method === method ? match(route.path, path) : undefined;
    if (!params) continue;
    const request: MarketRequest = {
      route, issuer, base, url: `${base}${path}`, params, query: new URLSearchParams(query), header: (name) => headers[name], body,
      access: { ...nobody, ...access }, bank: { name: 'Harbour Bank', participant: {} }, interactionId: '00000000-0000-4000-8000-000000000000', now, version: route.versions?.at(-1),
    }; // prettier-ignore
    return route.answer(request, ports);
  }
  throw new Error(`no route answers ${address}`);
}

function match(pattern: string, path: string): Record<string, string> | undefined {
  const [wanted, given] = [pattern.split('/'), path.split('/')];
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    if (part.startsWith(':')) params[part.slice(1)] = decodeURIComponent(given[index] as string);
    else if (part !== given[index]) return undefined;
  }
  return params;
}
