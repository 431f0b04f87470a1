import type { LodgedConsent, NewConsent } from '@assent/protocol';
import type { BankAccount, BankTransaction, MarketAccess, MarketPayment, MarketPaymentOrder, MarketPorts, MarketRequest, MarketRoute } from '../route.js';

/** A bank of plain objects for specs of routes: what was lodged, ordered and asked can be read afterwards. */
export class PaperBank {
  readonly consents = new Map<string, LodgedConsent>();
  readonly lodged: NewConsent[] = [];
  readonly revoked: { readonly name: string; readonly reason: string | undefined }[] = [];
  readonly orders: MarketPaymentOrder[] = [];
  accounts: BankAccount[] = [{ id: 'a1', name: 'Everyday', type: 'current', currency: 'GBP', iban: 'GB09HBNK40010112344821' }, { id: 'a2', name: 'Shop', type: 'business', currency: 'GBP', iban: 'DE02100100109307118603' }];
  transactions: BankTransaction[] = [];
  own: string | undefined;

  readonly ports: MarketPorts = {
    accounts: {
      accounts: async (id) => this.accounts.filter((one) => id === undefined || one.id === id),
      balances: async (id) => this.accounts.filter((one) => id === undefined || one.id === id).map((one, at) => ({ id: one.id, amount: at === 0 ? '12.50' : '-3.00', currency: one.currency, asOf: now })),
      transactions: async (id, { from = '', to = '9999', limit, cursor = '0' }) => {
        if (!this.accounts.some((one) => one.id === id)) return undefined;
        const all = this.transactions.filter(({ bookedOn }) => bookedOn >= from && bookedOn <= to);
        const start = Number(cursor);
        return { transactions: all.slice(start, start + limit), ...(start + limit < all.length && { next: `${start + limit}` }) };
      },
      customer: async () => ({ name: 'Ana Duarte', email: 'ana@example.test' }),
    },
    consents: {
      lodge: async (consent) => {
        this.lodged.push(consent);
        const one = aConsent({ name: `${consent.namePrefix ?? ''}1`, kind: consent.kind, details: consent.details, document: consent.document, expiresAt: consent.expiresAt });
        this.consents.set(one.name, one);
        return one;
      },
      find: async (name) => this.consents.get(name) ?? [...this.consents.values()].find(({ grantId }) => grantId === name),
      own: async () => (this.own === undefined ? undefined : this.consents.get(this.own)),
      revoke: async (name, reason) => {
        this.revoked.push({ name, reason });
        const one = this.consents.get(name);
        if (!one) return 'unknown';
        if (!['active', 'awaiting_authorisation'].includes(one.status)) return 'not-active';
        this.consents.set(name, { ...one, status: 'revoked', ended: { by: 'client', ...(reason !== undefined && { reason }) } });
        return 'revoked';
      },
      approvals: async () => [],
    },
    payments: {
      pay: async (order) => {
        this.orders.push(order);
        return this.payment;
      },
      find: async (id) => (id === this.payment.id ? this.payment : undefined),
      fundsAvailable: async ({ amount }) => Number(amount) < 100,
    },
  };

  payment: MarketPayment = { id: 'p1', grantId: 'g1', status: 'booked', amount: { amount: '10.00', currency: 'GBP' }, creditorName: 'ACME', creditorAccount: { scheme: 'x', identification: '1' }, accountId: 'a1', createdAt: now };
}

const now = new Date('2026-11-25T12:00:00Z');

export const aConsent = (changes: Partial<LodgedConsent> = {}): LodgedConsent => ({
  grantId: 'g1', name: 'aac-1', kind: 'account-access', issuer: 'https://as.test/uk', clientId: 'c', status: 'awaiting_authorisation', customerId: undefined, details: [], accounts: [],
  document: { Data: {}, Risk: {} }, customerClaims: {}, createdAt: now, updatedAt: now, expiresAt: null, authoriseBy: undefined, once: false, ...changes,
}); // prettier-ignore

export interface Asked {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly permissions?: readonly string[];
}

/** A request for a route, as the server hands it over. */
export function aRequest(route: MarketRoute, { params = {}, query = '', headers = {}, body, permissions = [] }: Asked = {}): MarketRequest {
  const access: MarketAccess = { clientId: 'c', scope: [], organisationId: undefined, grantId: 'g1', subject: 's', details: [], permissions, acr: undefined };
  const path = route.path.replace(/:(\w+)/g, (_all, name: string) => params[name] ?? '');
  return {
    route, version: undefined, issuer: 'https://as.test/uk', base: 'https://bank.test/uk', url: `https://bank.test/uk${path}`, params, query: new URLSearchParams(query), header: (name) => headers[name], body, access, bank: { name: 'Harbour Bank', participant: {} },
    interactionId: '93bac548-d2de-4546-b106-880a5018460d', now,
  }; // prettier-ignore
}
