import type { LodgedConsent } from '@assent/protocol';
import { MarketRefusal } from '../src/refusal.js';
import type { BankAccount, BankBalance, BankTransaction, ConsentDesk, MarketAnswer, MarketPorts, MarketRequest, MarketRoute, ResourceDialect } from '../src/route.js';
import { fdxType, type FdxConsent } from './details/consent-request.js';
import { fdxError } from './errors.js';
import { consentsScope } from './scopes.js';

const base = '/fdx/v6';
const clause = 'FDX API 6.x (indirect)';

const reads = (scope: string | undefined, ...permissions: readonly string[]) => ({ as: 'customer', ...(scope !== undefined && { scope }), permissions }) as const;
const ofConsents = { as: 'either', scope: consentsScope } as const;

const routes: readonly MarketRoute[] = [
  { method: 'GET', path: `${base}/consents/:consentId`, says: 'Tells of a consent grant.', clause, access: ofConsents, answer: async (request, { consents }) => ({ status: 200, body: grantRecord(await found(request, consents)) }) },
  { method: 'PUT', path: `${base}/consents/:consentId/revocation`, says: 'Ends a consent grant.', clause, access: ofConsents, body: { as: 'json', malformed: { status: 400, code: '401' } }, answer: revoke },
  { method: 'GET', path: `${base}/consents/:consentId/revocation`, says: 'Tells who ended a consent grant, when and why.', clause, access: ofConsents, answer: revocations },
  { method: 'GET', path: `${base}/accounts`, says: 'Lists the accounts.', clause, access: reads(undefined, 'ACCOUNT_BASIC', 'ACCOUNT_DETAILED'), answer: listAccounts },
  { method: 'GET', path: `${base}/accounts/:accountId`, says: 'Shows one account.', clause, access: reads(undefined, 'ACCOUNT_DETAILED'), answer: oneAccount },
  { method: 'GET', path: `${base}/accounts/:accountId/transactions`, says: 'Lists transactions.', clause, access: reads(undefined, 'TRANSACTIONS'), answer: transactions },
  { method: 'GET', path: `${base}/accounts/:accountId/statements`, says: 'Lists statements: none, for the bank keeps none.', clause, access: reads(undefined, 'STATEMENTS'), answer: statements },
  { method: 'GET', path: `${base}/customers/current`, says: 'Says who the customer is.', clause, access: reads(undefined, 'CUSTOMER_CONTACT', 'CUSTOMER_PERSONAL'), answer: customer },
];

export const fdxResources: ResourceDialect = { headers: { interactionId: { whenAbsent: 'generate', whenMalformed: 'generate' } }, error: fdxError, routes };

/** Reasons of a revocation, and who may be said to have begun it. */
const reasons = ['BUSINESS_RULE', 'USER_ACTION'];
const initiators = ['DATA_ACCESS_PLATFORM', 'DATA_PROVIDER', 'DATA_RECIPIENT', 'INDIVIDUAL', 'MERCHANT', 'VENDOR'];

async function found({ params, access }: MarketRequest, consents: ConsentDesk): Promise<LodgedConsent> {
  const consent = await consents.find(params['consentId'] ?? '');
  if (!consent || (access.grantId !== undefined && access.grantId !== consent.grantId)) throw new MarketRefusal(404, '701', 'there is no such consent grant', 'FDX-CS-01', { title: 'Consent not found' });
  return consent;
}

function grantRecord({ grantId, status, createdAt, updatedAt, expiresAt, details, accounts }: LodgedConsent): Readonly<Record<string, unknown>> {
  const detail = details.find(({ type }) => type === fdxType) as FdxConsent | undefined;
  const { durationType, durationPeriod, lookbackPeriod, resources = [] } = detail?.consentRequest ?? {};
  return {
    id: grantId,
    status: stateOf(status),
    createdTime: createdAt.toISOString(),
    updatedTime: updatedAt.toISOString(),
    ...(expiresAt && { expirationTime: expiresAt.toISOString() }),
    ...(durationType !== undefined && { durationType }),
    ...(durationPeriod !== undefined && { durationPeriod }),
    ...(lookbackPeriod !== undefined && { lookbackPeriod }),
    resources: resources.flatMap(({ resourceType, dataClusters }) => (resourceType === 'ACCOUNT' ? accounts : ['current']).map((resourceId) => ({ resourceType, resourceId, dataClusters }))),
  };
}

const stateOf = (status: LodgedConsent['status']): 'ACTIVE' | 'EXPIRED' | 'REVOKED' => (status === 'active' ? 'ACTIVE' : status === 'expired' || status === 'consumed' ? 'EXPIRED' : 'REVOKED');

async function revoke(request: MarketRequest, { consents }: MarketPorts): Promise<MarketAnswer> {
  const { reason, initiator, ...more } = request.body ?? {};
  if (typeof reason !== 'string' || !reasons.includes(reason)) throw new MarketRefusal(400, '401', `reason must be ${reasons.join(' or ')}`, 'FDX-CS-02', { path: 'reason' });
  if (typeof initiator !== 'string' || !initiators.includes(initiator)) throw new MarketRefusal(400, '401', `initiator must be one of ${initiators.join(', ')}`, 'FDX-CS-02', { path: 'initiator' });
  if (Object.keys(more).length > 0) throw new MarketRefusal(400, '401', 'reason and initiator are all there is', 'FDX-CS-02');
  const { grantId } = await found(request, consents);
  if ((await consents.revoke(grantId, `${reason} by ${initiator}`)) === 'not-active') throw new MarketRefusal(409, '401', 'the consent grant has ended before', 'FDX-CS-03', { title: 'Conflict' });
  return { status: 204 };
}

async function revocations(request: MarketRequest, { consents }: MarketPorts): Promise<MarketAnswer> {
  const { status, ended, updatedAt } = await found(request, consents);
  const [, reason, initiator] = /^(BUSINESS_RULE|USER_ACTION) by ([A-Z_]+)$/.exec(ended?.reason ?? '') ?? [];
  const own = { reason: ended?.by === 'customer' ? 'USER_ACTION' : 'BUSINESS_RULE', initiator: ended?.by === 'customer' ? 'INDIVIDUAL' : 'DATA_PROVIDER' };
  return { status: 200, body: { revocations: status === 'revoked' ? [{ status: 'REVOKED', reason: reason ?? own.reason, initiator: initiator ?? own.initiator, updatedTime: updatedAt.toISOString() }] : [] } };
}

/** Most entries of a page. */
const pageSize = 100;
const page = (next?: string) => ({ page: { ...(next !== undefined && { nextOffset: next }) } });

async function listAccounts({ access }: MarketRequest, { accounts }: MarketPorts): Promise<MarketAnswer> {
  const whole = access.permissions.includes('ACCOUNT_DETAILED');
  const [list, balances] = [await accounts.accounts(), whole ? await accounts.balances() : []];
  return { status: 200, body: { ...page(), accounts: list.map((one) => account(one, balances)) } };
}

async function oneAccount(request: MarketRequest, ports: MarketPorts): Promise<MarketAnswer> {
  const one = await named(request, ports);
  return { status: 200, body: account(one, await ports.accounts.balances(one.id)) };
}

const kinds: Readonly<Record<string, readonly [category: string, type: string]>> = { current: ['DEPOSIT_ACCOUNT', 'CHECKING'], savings: ['DEPOSIT_ACCOUNT', 'SAVINGS'], card: ['LOC_ACCOUNT', 'CREDITCARD'], business: ['DEPOSIT_ACCOUNT', 'COMMERCIALDEPOSIT'] };

function account({ id, name, type, currency, iban }: BankAccount, balances: readonly BankBalance[]): Readonly<Record<string, unknown>> {
  const [accountCategory, accountType] = kinds[type] ?? ['DEPOSIT_ACCOUNT', 'CHECKING'];
  const balance = balances.find((one) => one.id === id);
  return {
    accountCategory,
    accountId: id,
    accountType,
    accountNumberDisplay: iban.slice(-4),
    nickname: name,
    status: 'OPEN',
    currency: { currencyCode: currency },
    ...(balance && { balanceAsOf: balance.asOf.toISOString(), currentBalance: Number(balance.amount) }),
  };
}

async function transactions(request: MarketRequest, ports: MarketPorts): Promise<MarketAnswer> {
  const { id, type } = await named(request, ports);
  const [from, to, cursor] = [day(request.query, 'startTime'), day(request.query, 'endTime'), request.query.get('offset')];
  if (from !== undefined && to !== undefined && from > to) throw new MarketRefusal(400, '703', 'startTime lies after endTime', 'FDX-RS-02', { title: 'Invalid date range' });
  const list = await ports.accounts.transactions(id, { limit: pageSize, ...(from !== undefined && { from }), ...(to !== undefined && { to }), ...(cursor !== null && { cursor }) });
  if (!list) throw unknownAccount();
  return { status: 200, body: { ...page(list.next), transactions: list.transactions.map((one) => transaction(one, kinds[type]?.[0] ?? 'DEPOSIT_ACCOUNT')) } };
}

const transaction = ({ id, bookedOn, amount, description, counterparty }: BankTransaction, accountCategory: string) => ({
  accountCategory,
  transactionId: id,
  postedTimestamp: `${bookedOn}T00:00:00Z`,
  description,
  payee: counterparty,
  debitCreditMemo: amount.startsWith('-') ? 'DEBIT' : 'CREDIT',
  amount: Number(amount.replace('-', '')),
  status: 'POSTED',
});

function day(query: URLSearchParams, name: string): string | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (!/^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2})?)?$/.test(text) || Number.isNaN(Date.parse(text))) throw new MarketRefusal(400, '702', `${name} must be a date, or a date and time`, 'FDX-RS-02', { path: name, title: 'Invalid start or end date' });
  return text.slice(0, 10);
}

async function statements(request: MarketRequest, ports: MarketPorts): Promise<MarketAnswer> {
  await named(request, ports);
  return { status: 200, body: { ...page(), statements: [] } };
}

async function customer({ access }: MarketRequest, { accounts }: MarketPorts): Promise<MarketAnswer> {
  const { given_name: first, family_name: last, email, phone_number: phone } = await accounts.customer();
  return { status: 200, body: { customerId: access.subject, name: { first, last }, ...(email !== undefined && { email: [email] }), ...(phone !== undefined && { telephones: [{ type: 'HOME', number: phone }] }) } };
}

async function named({ params }: MarketRequest, { accounts }: MarketPorts): Promise<BankAccount> {
  const [one] = await accounts.accounts(params['accountId'] ?? '');
  if (!one) throw unknownAccount();
  return one;
}

const unknownAccount = (): MarketRefusal => new MarketRefusal(404, '701', 'the consent opens no such account', 'FDX-RS-01', { title: 'Account not found' });
