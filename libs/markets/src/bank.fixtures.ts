import { DetailTypes } from '@assent/authorization-details';
import type { AuthorizationDetail, Client, LodgedConsent } from '@assent/protocol';
import type { ConsentRequest } from './consent-vehicle.js';
import type { Market } from './market.js';
import type { BankAccount, MarketAccess, MarketAnswer, MarketPayment, MarketPorts, MarketRequest, MarketRoute } from './route.js';

/* A bank behind a market's API, in memory: what its routes may ask of the server. */

export const now = new Date('2027-01-01T12:00:00Z');

export const accounts: readonly BankAccount[] = [
  { id: 'ana-everyday', name: 'Everyday account', type: 'current', currency: 'GBP', iban: 'GB09HBNK40010112344821' },
  { id: 'ana-savings', name: 'Savings', type: 'savings', currency: 'GBP', iban: 'GB15HBNK40010155120937' },
];

export interface Bank extends MarketPorts {
  /** What was asked of it, in order. */
  readonly asked: readonly unknown[];
}

/** Ports that answer out of what is given, and write down what they were asked. */
export function aBank({ consents = [], payment }: { readonly consents?: readonly LodgedConsent[]; readonly payment?: MarketPayment } = {}): Bank {
  const asked: unknown[] = [];
  const ended = new Set<string>();
  const named = (name: string) => consents.find((consent) => consent.name === name || consent.grantId === name);
  return {
    asked,
    accounts: {
      accounts: async (id) => accounts.filter((one) => id === undefined || one.id === id),
      balances: async (id) => accounts.filter((one) => id === undefined || one.id === id).map((one) => ({ id: one.id, amount: '-12.50', currency: one.currency, asOf: now })),
      transactions: async (id, page) => {
        asked.push({ transactions: id, ...page });
        return accounts.some((one) => one.id === id)
          ? { transactions: [{ id: 't1', bookedOn: '2026-12-30', valueOn: '2026-12-31', amount: '-4.20', currency: 'GBP', description: 'Coffee', counterparty: 'Kaffa', category: 'food' }], next: 'c2' }
          : undefined;
      },
      customer: async () => ({ name: 'Ana Duarte', given_name: 'Ana', family_name: 'Duarte', email: 'ana@example.com' }),
    },
    consents: {
      lodge: async (consent) => {
        asked.push({ lodged: consent });
        return consents.some(({ name }) => name === consent.name) ? 'exists' : aConsent({ name: consent.name ?? 'consent-1', kind: consent.kind, details: consent.details, document: consent.document, expiresAt: consent.expiresAt, status: 'awaiting_authorisation', customerId: undefined });
      },
      find: async (name) => named(name),
      own: async () => consents[0],
      revoke: async (name, reason) => {
        asked.push({ revoked: name, ...(reason !== undefined && { reason }) });
        const consent = named(name);
        if (!consent) return 'unknown';
        if (consent.status !== 'active' || ended.has(name)) return 'not-active';
        ended.add(name);
        return 'revoked';
      },
      approvals: async () => [
        { customerId: 'ana', state: 'approved', at: now },
        { customerId: 'ben', state: 'pending' },
      ],
    },
    payments: {
      pay: async (order) => {
        asked.push({ paid: order });
        return payment ?? { id: 'payment-1', status: 'booked', amount: order.amount, creditorName: order.creditorName, creditorAccount: order.creditorAccount, accountId: order.debtor?.accountId ?? 'ana-everyday', grantId: 'grant-1', createdAt: now };
      },
      find: async (id) => (payment?.id === id ? payment : undefined),
      fundsAvailable: async () => true,
    },
  };
}

export const aConsent = (changes: Partial<LodgedConsent> = {}): LodgedConsent => ({
  grantId: 'grant-1',
  name: 'consent-1',
  kind: 'account-access',
  issuer: 'https://bank.example/market',
  clientId: 'tally-budget',
  status: 'active',
  customerId: 'customer-ana',
  details: [],
  accounts: ['ana-everyday'],
  document: {},
  customerClaims: {},
  createdAt: now,
  updatedAt: now,
  expiresAt: new Date('2027-06-01T00:00:00Z'),
  authoriseBy: undefined,
  once: false,
  ...changes,
});

export interface Called {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly access?: Partial<MarketAccess>;
}

/** Calls the route of that method and path, as the server does once it has judged token, headers and body. */
export async function call(market: Market, method: MarketRoute['method'], path: string, called: Called, bank: MarketPorts): Promise<MarketAnswer> {
  const route = routeOf(market, method, path);
  const { params = {}, query = '', headers = {}, body, access = {} } = called;
  const url = `https://bank.example/${market.name}${path.replace(/:(\w+)/g, (_, name: string) => params[name] ?? '')}`;
  const request: MarketRequest = {
    route,
    issuer: `https://as.bank.example/${market.name}`,
    base: `https://bank.example/${market.name}`,
    url,
    params,
    query: new URLSearchParams(query),
    header: (name) => headers[name],
    body,
    access: { clientId: 'tally-budget', scope: [], organisationId: undefined, grantId: undefined, subject: 'customer-ana', details: [], permissions: [], acr: undefined, ...access },
    bank: { name: 'Harbour Bank', participant: {} },
    version: undefined,
    interactionId: '5bd1a1a9-6a1f-4f5e-8c3b-9a0d6e2f1b4c',
    now,
  };
  return route.answer(request, bank);
}

export function routeOf({ resources }: Market, method: MarketRoute['method'], path: string): MarketRoute {
  const route = resources.routes.find((one) => one.method === method && one.path === path);
  if (!route) throw new Error(`no route ${method} ${path}`);
  return route;
}

/** The details of a request, as the server reads them: by the market's types. Throws what the server would refuse with. */
export const parsed = (market: Market, details: unknown): readonly AuthorizationDetail[] => {
  const types = market.details.map(({ type }) => type);
  return DetailTypes.of(market.details).parse(details, { issuerTypes: types, clientTypes: types, now });
};

export const asking = (request: Partial<Omit<ConsentRequest, 'parameter'>> & { readonly parameters?: Readonly<Record<string, string>> } = {}): ConsentRequest => {
  const { parameters = {}, ...rest } = request;
  return { scope: [], authorizationDetails: [], client: { client_id: 'tally-budget' } as Client, now, backchannel: false, parameter: (name) => parameters[name], ...rest };
};

/** The code and rule something is refused with; `undefined` when it is not. */
export async function refusal(act: () => unknown): Promise<{ readonly code: string; readonly rule: string; readonly status: number } | undefined> {
  try {
    await act();
    return undefined;
  } catch (error) {
    const { code, rule, status } = error as { readonly code: string; readonly rule: string; readonly status: number };
    if (rule === undefined) throw error;
    return { code, rule, status };
  }
}
