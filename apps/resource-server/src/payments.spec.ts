import { randomBytes } from 'node:crypto';
import { systemClock, type AuthorizationDetail } from '@assent/protocol';
import { Message, type Answer } from '@assent/testing/fapi';
import { aGrant, answerTo, aRequest, aToken, get, startBench, toKey, type Bench, type Claims } from './bench.fixtures.js';

/* The payments API over real TLS, the real guard and PostgreSQL, with a clock that a test moves. */

const clock = {
  ahead: 0,
  now: () => new Date(systemClock.now().getTime() + clock.ahead),
};

let bench: Bench;
/** Where a second server on the same database listens. */
let secondPort: number;
beforeAll(async () => {
  bench = await startBench({ clock });
  secondPort = await bench.second();
});
afterAll(() => bench.close());
beforeEach(async () => {
  clock.ahead = 0;
  await bench.pool.query(`UPDATE bank.account SET balance = 1000.00, unavailable = NULL`);
});

const body = {
  instructedAmount: { currency: 'GBP', amount: '100.00' },
  creditorName: 'Corner Cafe',
  creditorAccount: { iban: 'GB15HBNK40010155120937' },
  remittanceInformationUnstructured: 'Invoice 7',
};
const single = (changes: object = {}): AuthorizationDetail => ({ type: 'payment_initiation', ...body, actions: ['initiate', 'status'], debtorAccount: { accountId: 'ana-current' }, identifier: 'p-1', ...changes });
const recurring = (limits: object = {}, changes: object = {}): AuthorizationDetail => ({
  type: 'recurring_payment', creditorName: body.creditorName, creditorAccount: body.creditorAccount, debtorAccount: { accountId: 'ana-current' }, identifier: 'r-1',
  limits: { perPayment: { currency: 'GBP', amount: '100.00' }, perPeriod: { currency: 'GBP', amount: '250.00' }, period: 'month', ...limits }, ...changes,
}); // prettier-ignore

interface Payer {
  readonly grantId: string;
  readonly details: readonly AuthorizationDetail[];
}
/** A grant of Ana's with these details, of which its tokens carry all. */
const aPayer = async (details: readonly AuthorizationDetail[] = [single()], scope: readonly string[] = ['accounts']): Promise<Payer> => ({ grantId: await aGrant(bench, ['ana-current'], details, scope), details });
const tokenOf = ({ grantId, details }: Payer, changes: Claims = {}): Promise<string> => aToken(bench, { grantId, details, scope: [], ...changes });

/** A good request to pay, open to any change. */
async function anOrder(payer: Payer, { key = randomBytes(8).toString('hex'), order = body, token }: { key?: string; order?: object | string; token?: string } = {}): Promise<Message> {
  const message = await aRequest(bench, token ?? (await tokenOf(payer)), '/payments', 'POST');
  message.body = typeof order === 'string' ? order : JSON.stringify(order);
  return message.addHeader('content-type', 'application/json').addHeader('idempotency-key', key);
}
const pay = async (payer: Payer, options: Parameters<typeof anOrder>[1] = {}, port?: number): Promise<Answer> => answerTo(bench, await anOrder(payer, options), port);
const ask = async (payer: Payer, id: string, changes: Claims = {}): Promise<Answer> => get(bench, await tokenOf(payer, changes), `/payments/${id}`);

const booked = async ({ grantId }: Payer): Promise<number> => (await bench.pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM bank.payment WHERE grant_id = $1 AND status = 'booked'`, [grantId])).rows[0]!.n;
const leftovers = async ({ grantId }: Payer): Promise<number> =>
  (await bench.pool.query<{ n: number }>(`SELECT (SELECT count(*) FROM bank.payment WHERE grant_id = $1)::int + (SELECT count(*) FROM assent.idempotency_key WHERE grant_id = $1)::int AS n`, [grantId])).rows[0]!.n;
const of = ({ status, json }: Answer) => [status, json['status'] ?? json['error']];
const idOf = ({ json }: Answer) => json['paymentId'] as string;

describe('POST /payments', () => {
  it('makes the approved payment, in JSON nobody keeps', async () => {
    const payer = await aPayer();
    const answer = await pay(payer, { order: { ...body, creditorAccount: { iban: 'GB15 HBNK 4001 0155 1209 37' }, instructedAmount: { currency: 'GBP', amount: '100' } } });
    const self = `${bench.configuration.resource}/payments/${idOf(answer)}`;
    expect(answer.json).toEqual({
      paymentId: expect.stringMatching(/^[\w-]{32}$/), status: 'booked', authorization: { type: 'payment_initiation', identifier: 'p-1' }, amount: { amount: '100.00', currency: 'GBP' },
      creditor: { name: 'Corner Cafe', identification: { scheme: 'IBAN', value: 'GB15HBNK40010155120937' } }, debtor: { accountId: 'ana-current' }, remittanceInformationUnstructured: 'Invoice 7',
      transactionId: expect.stringMatching(/^tx-/), createdAt: expect.stringMatching(/Z$/), links: { self },
    }); // prettier-ignore
    expect([answer.status, answer.headers.get('location'), answer.headers.get('cache-control'), answer.headers.get('content-type')]).toEqual([201, self, 'no-store', 'application/json; charset=utf-8']);
  });

  it('shows in balance and history at once', async () => {
    const payer = await aPayer();
    const { json } = await pay(payer);
    const reader = await aToken(bench, { grantId: payer.grantId });
    expect((await get(bench, reader, '/accounts/ana-current/balances')).json).toMatchObject({ balances: [{ amount: { amount: '900.00', currency: 'GBP' } }] });
    expect((await get(bench, reader, '/accounts/ana-current/transactions?limit=1')).json).toMatchObject({
      transactions: [{ transactionId: json['transactionId'], direction: 'debit', amount: { amount: '-100.00', currency: 'GBP' }, description: 'Invoice 7', counterparty: { name: 'Corner Cafe' }, category: 'transfer' }],
    });
  });

  it('takes an opaque token and a certificate-bound one as well', async () => {
    const { issuer, resource } = bench.configuration;
    const [payer, bound] = [await aPayer(), await aPayer()];
    bench.introspection = { active: true, iss: issuer, aud: resource, client_id: 'tally', sub: 'ana-subject', exp: 4_000_000_000, jti: 'x.y', grant_id: payer.grantId, grant_version: 1, cnf: toKey(bench).confirmation, authorization_details: payer.details };
    expect(of(await pay(payer, { token: 'opaque-token-2222222222222222222222222222222' }))).toEqual([201, 'booked']);
    bench.introspection = { active: false };
    const { createHash } = await import('node:crypto');
    const message = await anOrder(bound, { token: await tokenOf(bound, { confirmation: { 'x5t#S256': createHash('sha256').update(bench.identity.der).digest('base64url') } }) });
    message.setHeader('authorization', message.header('authorization').replace('DPoP', 'Bearer')).setHeader('dpop', undefined).identity = bench.identity;
    expect(of(await answerTo(bench, message))).toEqual([201, 'booked']);
  });

  it('makes it once: one of thirty at two servers', async () => {
    const payer = await aPayer();
    const token = await tokenOf(payer);
    const answers = await Promise.all(Array.from({ length: 30 }, (_, index) => pay(payer, { token }, index % 2 ? secondPort : undefined)));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([201, ...Array.from({ length: 29 }, () => 403)]);
    expect(await booked(payer)).toBe(1);
    expect((await bench.pool.query(`SELECT balance FROM bank.account WHERE id = 'ana-current'`)).rows).toEqual([{ balance: '900.00' }]);
  });

  it('says so when it was made already', async () => {
    const payer = await aPayer();
    await pay(payer);
    const again = await pay(payer);
    expect([of(again), again.json['error_description']]).toEqual([[403, 'insufficient_scope'], 'the approved payment was made already']);
    expect(again.headers.get('www-authenticate')).toMatch(/^DPoP error="insufficient_scope"/);
  });

  it('rejects for want of money without spending the approval', async () => {
    const payer = await aPayer();
    await bench.pool.query(`UPDATE bank.account SET balance = 99.99 WHERE id = 'ana-current'`);
    const rejected = await pay(payer);
    expect([of(rejected), rejected.json['rejection']]).toEqual([[201, 'rejected'], { reason: 'insufficient_funds', description: expect.any(String) }]);
    expect((await ask(payer, idOf(rejected))).json).toEqual(rejected.json);
    await bench.pool.query(`UPDATE bank.account SET balance = 100 WHERE id = 'ana-current'`);
    expect(of(await pay(payer))).toEqual([201, 'booked']);
  });

  it('takes the next of two equal approvals when the first is spent', async () => {
    const payer = await aPayer([single(), single({ identifier: 'p-2' })]);
    const [one, two, three] = [await pay(payer), await pay(payer), await pay(payer)];
    expect([one.json['authorization'], two.json['authorization'], of(three)]).toEqual([{ type: 'payment_initiation', identifier: 'p-1' }, { type: 'payment_initiation', identifier: 'p-2' }, [403, 'insufficient_scope']]);
  });

  it('ends a grant that permitted nothing else; its client can still ask', async () => {
    const payer = await aPayer([single()], ['openid']);
    const made = await pay(payer, { key: 'k' });
    expect((await bench.pool.query(`SELECT status FROM assent."grant" WHERE id = $1`, [payer.grantId])).rows).toEqual([{ status: 'consumed' }]);
    expect((await pay(payer, { key: 'k' })).json).toEqual(made.json);
    expect((await ask(payer, idOf(made))).json).toEqual(made.json);
    expect(of(await pay(payer))).toEqual([403, 'insufficient_scope']);
  });
});

describe('recurring payments', () => {
  const other = (amount: string, reference = 'Any') => ({ ...body, instructedAmount: { currency: 'GBP', amount }, remittanceInformationUnstructured: reference });

  it('keep to the limits of a calendar month, over its end', async () => {
    const payer = await aPayer([recurring({ paymentsPerPeriod: 3 })]);
    const at = (time: string) => (clock.ahead = Date.parse(time) - systemClock.now().getTime());
    at('2030-01-31T23:59:00Z');
    expect(of(await pay(payer, { order: other('100.01') }))).toEqual([403, 'insufficient_scope']);
    expect(of(await pay(payer, { order: other('100.00') }))).toEqual([201, 'booked']);
    expect(of(await pay(payer, { order: other('100.00') }))).toEqual([201, 'booked']);
    const above = await pay(payer, { order: other('50.01') });
    expect([of(above), above.json['error_description']]).toEqual([[403, 'insufficient_scope'], 'limits.perPeriod: 200.00 of 250.00 were paid in this period']);
    expect(of(await pay(payer, { order: other('1.00', 'Third') }))).toEqual([201, 'booked']);
    expect((await pay(payer, { order: other('1.00') })).json['error_description']).toBe('limits.paymentsPerPeriod: 3 were made in this period');
    at('2030-02-01T00:00:01Z');
    expect(of(await pay(payer, { order: other('100.00') }))).toEqual([201, 'booked']);
    expect(await booked(payer)).toBe(4);
  });

  it('begin and end on their days', async () => {
    const payer = await aPayer([recurring({}, { startsOn: '2030-03-02', endsOn: '2030-03-03' })]);
    const at = async (time: string) => {
      clock.ahead = Date.parse(time) - systemClock.now().getTime();
      return of(await pay(payer, { order: other('1.00') }));
    };
    expect(await at('2030-03-01T23:59:50Z')).toEqual([403, 'insufficient_scope']);
    expect(await at('2030-03-02T00:00:01Z')).toEqual([201, 'booked']);
    expect(await at('2030-03-03T23:59:50Z')).toEqual([201, 'booked']);
    expect(await at('2030-03-04T00:00:01Z')).toEqual([403, 'insufficient_scope']);
  });

  it('keep to them among thirty at once at two servers', async () => {
    const payer = await aPayer([recurring()]);
    const token = await tokenOf(payer);
    const answers = await Promise.all(Array.from({ length: 30 }, (_, index) => pay(payer, { token, order: other('60.00', `n ${index}`) }, index % 2 ? secondPort : undefined)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(4);
    expect(await booked(payer)).toBe(4);
  });

  it('keep to narrower limits of the token, counted over all tokens of the grant', async () => {
    const payer = await aPayer([recurring()]);
    expect(of(await pay(payer, { order: other('100.00') }))).toEqual([201, 'booked']);
    const narrowed = { ...payer, details: [recurring({ perPeriod: { currency: 'GBP', amount: '150.00' } })] };
    expect(of(await pay(narrowed, { order: other('50.01') }))).toEqual([403, 'insufficient_scope']);
    expect(of(await pay(narrowed, { order: other('50.00') }))).toEqual([201, 'booked']);
    expect(of(await pay(payer, { order: other('100.00') }))).toEqual([201, 'booked']);
  });
});

describe('an Idempotency-Key', () => {
  it('brings the stored answer again, and moves no money', async () => {
    const payer = await aPayer([recurring()]);
    const first = await pay(payer, { key: 'same' });
    const again = await pay(payer, { key: 'same', order: JSON.stringify(body, null, 2) }, secondPort);
    expect([again.status, again.json, again.headers.get('location')]).toEqual([201, first.json, first.headers.get('location')]);
    expect(await booked(payer)).toBe(1);
  });

  it('brings one answer to all that come at once', async () => {
    const payer = await aPayer([recurring()]);
    const token = await tokenOf(payer);
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => pay(payer, { token, key: 'same' }, index % 2 ? secondPort : undefined)));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(await booked(payer)).toBe(1);
  });

  it('comes with one payment only (422), also one that was not approved', async () => {
    const payer = await aPayer([recurring()]);
    await pay(payer, { key: 'same' });
    for (const order of [{ ...body, remittanceInformationUnstructured: 'Other' }, { ...body, creditorName: 'Somebody' }]) {
      expect(of(await pay(payer, { key: 'same', order }))).toEqual([422, 'invalid_request']);
    }
    expect(await booked(payer)).toBe(1);
  });

  it('is kept for a rejected payment, too', async () => {
    const payer = await aPayer();
    await bench.pool.query(`UPDATE bank.account SET balance = 0 WHERE id = 'ana-current'`);
    const rejected = await pay(payer, { key: 'same' });
    await bench.pool.query(`UPDATE bank.account SET balance = 1000 WHERE id = 'ana-current'`);
    expect((await pay(payer, { key: 'same' })).json).toEqual(rejected.json);
    expect(await booked(payer)).toBe(0);
  });

  it('may be used again after a refusal', async () => {
    const payer = await aPayer();
    expect(of(await pay(payer, { key: 'same', order: { ...body, creditorName: 'Somebody' } }))).toEqual([403, 'insufficient_scope']);
    expect(of(await pay(payer, { key: 'same' }))).toEqual([201, 'booked']);
  });

  it('finds other payments under way too long: 409', async () => {
    const payer = await aPayer();
    const holder = await bench.pool.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT FROM assent."grant" WHERE id = $1 FOR UPDATE', [payer.grantId]);
    const answer = await pay(payer, { key: 'same' });
    expect([of(answer), answer.headers.get('retry-after')]).toEqual([[409, 'invalid_request'], '1']);
    await holder.query('ROLLBACK');
    holder.release();
    expect(of(await pay(payer, { key: 'same' }))).toEqual([201, 'booked']);
  });
});

interface Refused {
  readonly says: string;
  readonly payer?: () => Promise<Payer>;
  readonly change?: (message: Message) => unknown;
  readonly order?: object | string;
  readonly token?: (payer: Payer) => Promise<string>;
  readonly status: number;
  readonly error?: string;
}
const insufficient = { status: 403, error: 'insufficient_scope' } as const;
const same = () => undefined;

describe('refused, with nothing left behind', () => {
  it.each<Refused>([
    { says: 'RR-13 a token without details', token: (payer) => tokenOf(payer, { details: undefined }), ...insufficient },
    { says: 'RR-13 a token with a scope in place of details', token: (payer) => tokenOf(payer, { details: undefined, scope: ['payments'] }), ...insufficient },
    { says: 'RR-13 account_information only', token: (payer) => tokenOf(payer, { details: [{ type: 'account_information', actions: ['list_accounts'] }] }), ...insufficient },
    { says: 'RR-13 the action status only', payer: () => aPayer([single({ actions: ['status'] })]), ...insufficient },
    { says: 'RR-13 another location', payer: () => aPayer([single({ locations: ['https://other.example'] })]), ...insufficient },
    { says: 'RR-13 the location of the accounts', payer: () => aPayer([single({ locations: [`${bench.configuration.resource}/accounts`] })]), ...insufficient },
    { says: 'RR-13 another amount', order: { ...body, instructedAmount: { currency: 'GBP', amount: '100.01' } }, ...insufficient },
    { says: 'RR-13 another currency', order: { ...body, instructedAmount: { currency: 'EUR', amount: '100.00' } }, ...insufficient },
    { says: 'RR-13 another name', order: { ...body, creditorName: 'Corner Café' }, ...insufficient },
    { says: 'RR-13 another account', order: { ...body, creditorAccount: { iban: 'GB09HBNK40010112344821' } }, ...insufficient },
    { says: 'RR-13 another reference', order: { ...body, remittanceInformationUnstructured: 'Invoice 8' }, ...insufficient },
    { says: 'RR-13 a payment number that was not approved', order: { ...body, endToEndIdentification: 'e2e' }, ...insufficient },
    { says: 'RR-13 another account to pay from', order: { ...body, debtorAccount: { accountId: 'ana-savings' } }, ...insufficient },
    { says: 'RR-13 an account the grant does not have', token: (payer) => tokenOf(payer, { details: [single({ debtorAccount: { accountId: 'ana-savings' } })] }), ...insufficient },
    { says: "RR-13 another customer's account", payer: () => aPayer([single({ debtorAccount: { accountId: 'ben-current' } })]), ...insufficient },
    { says: 'RR-13 another identifier', order: { ...body, identifier: 'p-2' }, ...insufficient },
    { says: 'RR-13 an approval the grant does not hold', token: (payer) => tokenOf(payer, { details: [single({ identifier: 'p-2' })] }), ...insufficient },
    { says: 'F2-RS-04 no customer', token: (payer) => aToken(bench, { details: payer.details }), ...insufficient },
    { says: 'AT-02 details that are no list', token: (payer) => tokenOf(payer, { details: single() }), status: 401, error: 'invalid_token' },
    { says: 'F2-RS-03 a grant of another client', token: (payer) => tokenOf(payer, { clientId: 'other' }), status: 401, error: 'invalid_token' },
    { says: 'F2-RS-03 a grant nobody knows', token: (payer) => tokenOf(payer, { grantId: 'x'.repeat(32) }), status: 401, error: 'invalid_token' },
    { says: 'F2-RS-01 no token', change: (message) => message.setHeader('authorization', undefined).setHeader('dpop', undefined), status: 401 },
    { says: 'F2-DP-01 no proof', change: (message) => message.setHeader('dpop', undefined), status: 401, error: 'invalid_dpop_proof' },
    { says: 'F2-DP-06 a proof for GET', change: async (message) => message.setHeader('dpop', (await aRequest(bench, message.header('authorization').slice(5), '/payments')).header('dpop')), status: 401, error: 'invalid_dpop_proof' },
    { says: 'ASSENT-RS-06 no Idempotency-Key', change: (message) => message.setHeader('idempotency-key', undefined), status: 400 },
    { says: 'ASSENT-RS-06 two', change: (message) => message.addHeader('idempotency-key', 'other'), status: 400 },
    { says: 'ASSENT-RS-06 a long one', change: (message) => message.setHeader('idempotency-key', 'x'.repeat(129)), status: 400 },
    { says: 'ASSENT-RS-04 no body', change: (message) => { message.body = undefined; message.setHeader('content-type', undefined); }, status: 400 },
    { says: 'ASSENT-RS-04 half a body', order: JSON.stringify(body).slice(0, -1), status: 400 },
    { says: 'ASSENT-RS-04 a list', order: [body], status: 400 },
    { says: 'ASSENT-RS-04 a member twice', order: JSON.stringify(body).replace('{"', '{"creditorName":"Somebody","'), status: 400 },
    { says: 'ASSENT-RS-05 a member missing', order: { ...body, creditorName: undefined }, status: 422 },
    { says: 'ASSENT-RS-05 a member too many', order: { ...body, urgent: true }, status: 422 },
    { says: 'ASSENT-RS-05 an amount that is a number', order: { ...body, instructedAmount: { currency: 'GBP', amount: 100 } }, status: 422 },
    { says: 'ASSENT-RS-05 a wrong IBAN', order: { ...body, creditorAccount: { iban: 'GB15HBNK40010155120938' } }, status: 422 },
    { says: 'ASSENT-HTTP-02 a form', change: (message) => message.setHeader('content-type', 'application/x-www-form-urlencoded'), status: 415 },
    { says: 'ASSENT-HTTP-02 text', change: (message) => message.setHeader('content-type', 'text/plain'), status: 415 },
    { says: 'ASSENT-HTTP-02 another charset', change: (message) => message.setHeader('content-type', 'application/json; charset=latin1'), status: 415 },
    { says: 'ASSENT-HTTP-02 no type', change: (message) => message.setHeader('content-type', undefined), status: 415 },
    { says: 'F2-AZ-18 a long body', order: JSON.stringify({ ...body, creditorName: 'x'.repeat(9000) }), status: 413 },
  ])('$says', async ({ payer: make = () => aPayer(), change = same, order = body, token, status, error = 'invalid_request' }) => {
    const payer = await make();
    const message = await anOrder(payer, { order, ...(token && { token: await token(payer) }) });
    const interaction = 'C770AEF3-6784-41F7-8E0E-FF5F97BDDB3A';
    await change(message.addHeader('x-fapi-interaction-id', interaction));
    const answer = await answerTo(bench, message);
    expect(answer.status).toBe(status);
    if (message.header('authorization') !== '') expect(answer.json).toEqual({ error, error_description: expect.stringMatching(/\w/) });
    if (status === 401 || status === 403) expect(answer.headers.get('www-authenticate')).toMatch(/^DPoP /);
    expect([answer.headers.get('cache-control'), answer.headers.get('x-fapi-interaction-id')]).toEqual(['no-store', interaction]);
    expect(await leftovers(payer)).toBe(0);
    expect((await bench.pool.query(`SELECT balance FROM bank.account WHERE id = 'ana-current'`)).rows).toEqual([{ balance: '1000.00' }]);
  }); // prettier-ignore

  it('is written down with its rule, once', async () => {
    const payer = await aPayer();
    await pay(payer, { order: { ...body, creditorName: 'Somebody' } });
    await pay(payer, { key: 'same' });
    await pay(payer, { key: 'same', order: { ...body, creditorName: 'Somebody' } });
    await pay(payer);
    const { rows } = await bench.pool.query(`SELECT type, rule, detail->>'reason' AS reason, client_id FROM assent.audit_event WHERE grant_id = $1 ORDER BY at`, [payer.grantId]);
    expect(rows).toEqual([
      { type: 'payment.refused', rule: 'RR-13', reason: 'this is not what the customer approved: another creditorName', client_id: 'tally' },
      { type: 'payment.created', rule: null, reason: null, client_id: 'tally' },
      { type: 'payment.refused', rule: 'ASSENT-RS-07', reason: 'this Idempotency-Key was used for another payment', client_id: 'tally' },
      { type: 'payment.refused', rule: null, reason: 'spent', client_id: 'tally' },
    ]);
  });

  it.each(['PUT', 'PATCH', 'DELETE', 'GET'])('%s /payments: 405', async (method) => {
    const answer = await answerTo(bench, await aRequest(bench, await tokenOf(await aPayer()), '/payments', method));
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
  });

  it('after its grant was revoked, at once', async () => {
    const payer = await aPayer();
    await bench.pool.query(`UPDATE assent."grant" SET status = 'revoked' WHERE id = $1`, [payer.grantId]);
    expect(of(await pay(payer))).toEqual([401, 'invalid_token']);
    expect(await leftovers(payer)).toBe(0);
  });
});

describe('GET /payments/{paymentId}', () => {
  it('tells what became of it', async () => {
    const payer = await aPayer([single(), recurring()]);
    const [one, two] = [await pay(payer), await pay(payer, { order: { ...body, remittanceInformationUnstructured: 'Other' } })];
    expect((await ask(payer, idOf(one))).json).toEqual(one.json);
    expect((await ask(payer, idOf(two))).json).toEqual(two.json);
  });

  it('is for the grant that made it alone: any other id looks unknown', async () => {
    const [payer, stranger] = [await aPayer(), await aPayer()];
    const id = idOf(await pay(payer));
    const [foreign, unknown] = [await ask(stranger, id), await ask(stranger, 'x'.repeat(32))];
    expect([foreign.status, foreign.text]).toEqual([404, unknown.text]);
    expect((await ask(payer, `${id.slice(0, -1)}${id.endsWith('A') ? 'B' : 'A'}`)).status).toBe(404);
    expect(of(await ask(payer, id, { clientId: 'other' }))).toEqual([401, 'invalid_token']);
  });

  it.each<[string, unknown]>([
    ['the action status', [single({ actions: ['initiate'] })]],
    ['its detail', [single({ identifier: 'p-2' })]],
    ['a detail of its type', [recurring({}, { identifier: 'p-1' })]],
    ['any detail', undefined],
  ])('needs %s', async (_, details) => {
    const payer = await aPayer();
    const id = idOf(await pay(payer));
    const answer = await ask(payer, id, { details });
    expect([of(answer), answer.headers.get('www-authenticate')]).toEqual([[403, 'insufficient_scope'], expect.stringMatching(/^DPoP error="insufficient_scope"/)]);
  });

  it.each(['POST', 'DELETE', 'PUT'])('is refused by its method: %s', async (method) => {
    const answer = await answerTo(bench, await aRequest(bench, await tokenOf(await aPayer()), '/payments/x', method));
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });
});
