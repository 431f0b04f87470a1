import { customers, type Answer, type FapiClient, type Message } from '@assent/testing/fapi';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { startServer, type ServerProcess } from './support/processes.js';
import { answerKeys, sign, signingKeyOf, verifyAnswer } from './support/signing.js';
import { startStack, type Stack } from './support/stack.js';

/* A payment from the pushed request to the account's history, by clients of both token formats and bindings. */

const types = ['account_information', 'payment_initiation', 'recurring_payment'];
const metadata = { authorization_details_types: types, scope: 'openid offline_access accounts balances transactions' };

let stack: Stack;
/** A second resource server, in a process of its own. */
let second: ServerProcess;
beforeAll(async () => {
  stack = await startStack({
    clients: [
      { id: 'shop', auth: 'private_key_jwt', constraint: 'dpop', metadata },
      { id: 'till', auth: 'self_signed_tls_client_auth', constraint: 'mtls', metadata: { ...metadata, access_token_format: 'opaque' } },
      { id: 'signer', auth: 'private_key_jwt', constraint: 'dpop', metadata: { ...metadata, http_message_signatures: 'required' } },
    ],
  });
  second = await startServer(await stack.sibling(), 'resource-server');
});
afterAll(async () => {
  await second?.stop();
  await stack?.stop();
});

type Detail = Readonly<Record<string, unknown>>;
const payee = { creditorName: 'Corner Cafe', creditorAccount: { iban: 'GB76HBNK40010100213377' } };
const money = (amount: string) => ({ currency: 'GBP', amount });
/** Equal payments under one grant are one: each test pays for another invoice. */
const invoice = (): string => `Invoice ${randomBytes(4).toString('hex')}`;
const single = (changes: object = {}) => ({ type: 'payment_initiation', instructedAmount: money('12.50'), ...payee, remittanceInformationUnstructured: invoice(), ...changes });
const recurring = (perPeriod = '50.00') => ({ type: 'recurring_payment', ...payee, limits: { perPayment: money('20.00'), perPeriod: money(perPeriod), period: 'week' } });
/** What of a detail says what is paid. */
const orderOf = ({ instructedAmount, creditorName, creditorAccount, remittanceInformationUnstructured }: Detail) => ({ instructedAmount, creditorName, creditorAccount, remittanceInformationUnstructured });

interface Agreed {
  readonly client: FapiClient;
  readonly accessToken: string;
  readonly refreshToken: string;
  /** As the token response has them. */
  readonly details: readonly Detail[];
}

/** Pushed, approved by Ana on every page, redeemed. */
async function agree(id: string, details: readonly object[], { scope, payFrom, accounts }: { scope?: string; payFrom?: string; accounts?: readonly string[] } = {}): Promise<Agreed> {
  const client = await stack.party(id);
  const { prepared, url } = await client.begin({ scope, nonce: undefined, authorization_details: JSON.stringify(details) });
  const callback = await stack.visitor().approve(url, { ...customers.ana, ...(accounts && { accounts }), ...(payFrom !== undefined && { payFrom }) });
  const { status, json } = await client.redeem(prepared, client.callback(callback, prepared).get('code')!);
  expect([status, json['error_description']]).toEqual([200, undefined]);
  return { client, accessToken: json['access_token'] as string, refreshToken: json['refresh_token'] as string, details: json['authorization_details'] as readonly Detail[] };
}

const pay = ({ client, accessToken }: Pick<Agreed, 'client' | 'accessToken'>, order: object, key = randomBytes(8).toString('hex'), at = stack.ports.rs, last: (message: Message) => unknown = () => undefined): Promise<Answer> => {
  client.route = new Map([[stack.ports.rs, at]]);
  const sent = client.call(`${stack.resource}/payments`, accessToken, { message: async (message) => {
    message.body = JSON.stringify(order);
    message.addHeader('content-type', 'application/json').addHeader('idempotency-key', key);
    await last(message);
  } }, 'POST'); // prettier-ignore
  client.route = new Map();
  return sent;
};
const read = ({ client, accessToken }: Pick<Agreed, 'client' | 'accessToken'>, path: string) => client.call(`${stack.resource}${path}`, accessToken);
const of = ({ status, json }: Answer) => [status, json['status'] ?? json['error']];
const balanceOf = async (account: string) => (await stack.database.pool.query<{ balance: string }>('SELECT balance FROM bank.account WHERE id = $1', [account])).rows[0]!.balance;
const pence = (amount: string) => Math.round(Number(amount) * 100);

describe.each(['shop', 'till'])('a payment by %s', (id) => {
  it('is pushed, approved, made once, and asked about', async () => {
    const before = await balanceOf('ana-savings');
    const agreed = await agree(id, [single()], { scope: 'openid', payFrom: 'ana-savings' });
    const [detail] = agreed.details;
    expect(agreed.details).toEqual([expect.objectContaining({ type: 'payment_initiation', instructedAmount: money('12.50'), identifier: expect.any(String), debtorAccount: expect.objectContaining({ accountId: 'ana-savings' }) })]);

    const made = await pay(agreed, orderOf(detail!), 'key-1');
    expect([of(made), made.json]).toEqual([[201, 'booked'], expect.objectContaining({ amount: { amount: '12.50', currency: 'GBP' }, debtor: { accountId: 'ana-savings' }, authorization: { type: 'payment_initiation', identifier: detail!['identifier'] } })]);
    const status = await read(agreed, `/payments/${made.json['paymentId'] as string}`);
    expect([status.status, status.json]).toEqual([200, made.json]);
    expect((await pay(agreed, orderOf(detail!), 'key-1')).json).toEqual(made.json);
    expect(of(await pay(agreed, orderOf(detail!), 'key-2'))).toEqual([403, 'insufficient_scope']);
    expect(pence(before) - pence(await balanceOf('ana-savings'))).toBe(1250);
    expect((await stack.database.pool.query(`SELECT amount, counterparty FROM bank.transaction WHERE id = $1`, [made.json['transactionId']])).rows).toEqual([{ amount: '-12.50', counterparty: 'Corner Cafe' }]);
  });

  it('opens no account data, and ends the grant it was all of', async () => {
    const agreed = await agree(id, [single()]);
    expect(of(await read(agreed, '/accounts'))).toEqual([403, 'insufficient_scope']);
    expect(of(await pay(agreed, orderOf(agreed.details[0]!)))).toEqual([201, 'booked']);
    expect((await agreed.client.refresh(agreed.refreshToken)).json).toMatchObject({ error: 'invalid_grant' });
  });

  it('is made as it was approved or not at all', async () => {
    const agreed = await agree(id, [single()]);
    const order = orderOf(agreed.details[0]!);
    for (const change of [{ instructedAmount: money('12.51') }, { creditorName: 'Corner cafe' }, { creditorAccount: { iban: 'GB15HBNK40010155120937' } }, { remittanceInformationUnstructured: 'Else' }, { debtorAccount: { accountId: 'ana-savings' } }]) {
      expect(of(await pay(agreed, { ...order, ...change }))).toEqual([403, 'insufficient_scope']);
    }
    expect(of(await pay(agreed, order))).toEqual([201, 'booked']);
  });

  it('is made once among many at two processes, and is what it was when its client asks again', async () => {
    const agreed = await agree(id, [single()]);
    const order = orderOf(agreed.details[0]!);
    const answers = await Promise.all(Array.from({ length: 24 }, (_, index) => pay(agreed, order, `key-${index % 8}`, index % 2 ? second.ports.rs : stack.ports.rs)));
    const paid = answers.filter(({ status }) => status === 201);
    // Three requests have each key.
    expect([paid.length, new Set(paid.map(({ text }) => text)).size, answers.filter(({ status }) => status === 403).length]).toEqual([3, 1, 21]);
  });

  it('stands beside account data in one agreement', async () => {
    const data = { type: 'account_information', actions: ['list_accounts', 'read_transactions'], transactionsFrom: new Date().toISOString().slice(0, 10) };
    const agreed = await agree(id, [data, single()], { accounts: ['ana-everyday'], payFrom: 'ana-savings' });
    expect((await read(agreed, '/accounts')).json['accounts']).toMatchObject([{ accountId: 'ana-everyday' }]);
    expect(of(await read(agreed, '/balances'))).toEqual([403, 'insufficient_scope']);
    expect((await read(agreed, '/accounts/ana-savings/transactions')).status).toBe(404);
    const history = await read(agreed, '/accounts/ana-everyday/transactions?from=2020-01-01');
    expect([history.status, history.json['permittedPeriods']]).toEqual([200, [{ from: data.transactionsFrom }]]);
    expect((history.json['transactions'] as { bookingDate: string }[]).every(({ bookingDate }) => bookingDate >= data.transactionsFrom)).toBe(true);
    expect(of(await pay(agreed, orderOf(agreed.details.find(({ type }) => type === 'payment_initiation')!)))).toEqual([201, 'booked']);
    expect((await read(agreed, '/accounts')).status).toBe(200);
    expect((await agreed.client.refresh(agreed.refreshToken)).status).toBe(200);
  });

  it('may come again and again within its limits, counted over every token', async () => {
    const agreed = await agree(id, [recurring()]);
    const order = (amount: string) => ({ instructedAmount: money(amount), ...payee, remittanceInformationUnstructured: invoice() });
    expect(of(await pay(agreed, order('20.01')))).toEqual([403, 'insufficient_scope']);
    expect(of(await pay(agreed, order('20.00')))).toEqual([201, 'booked']);
    const { json } = await agreed.client.refresh(agreed.refreshToken);
    const refreshed = { ...agreed, accessToken: json['access_token'] as string };
    expect(of(await pay(refreshed, order('20.00')))).toEqual([201, 'booked']);
    expect(of(await pay(refreshed, order('10.01')))).toEqual([403, 'insufficient_scope']);
    expect(of(await pay(agreed, order('10.00')))).toEqual([201, 'booked']);
    await stack.later(8 * 86_400, async () => {
      const { json: later } = await agreed.client.refresh(agreed.refreshToken);
      expect(of(await pay({ ...agreed, accessToken: later['access_token'] as string }, order('20.00')))).toEqual([201, 'booked']);
    });
  });

  it('is not made once the client gave its tokens back', async () => {
    const agreed = await agree(id, [single()]);
    await agreed.client.revoke(agreed.refreshToken);
    let answer = await pay(agreed, {});
    for (let waits = 0; answer.status !== 401 && waits < 50; waits += 1) {
      await sleep(20);
      answer = await pay(agreed, {});
    }
    expect(of(await pay(agreed, orderOf(agreed.details[0]!)))).toEqual([401, 'invalid_token']);
  });
});

describe('a payment that its client signs (FAPI 2.0 HTTP Signatures)', () => {
  it('is made as it was signed, and the answer is signed for it', async () => {
    const agreed = await agree('signer', [single()]);
    const key = signingKeyOf(stack.client('signer'));
    const order = orderOf(agreed.details[0]!);
    const changed = await pay(agreed, order, 'key-1', stack.ports.rs, async (message) => {
      await sign(message, key);
      message.body = String(message.body).replace('12.50', '12.51');
    });
    expect(of(changed)).toEqual([401, 'invalid_signature']);
    expect(of(await pay(agreed, order, 'key-1'))).toEqual([401, 'invalid_signature']);
    const made = await pay(agreed, order, 'key-1', stack.ports.rs, (message) => sign(message, key));
    expect(of(made)).toEqual([201, 'booked']);
    await expect(verifyAnswer(agreed.client, made, await answerKeys(stack))).resolves.toBeDefined();
  });
});

describe('a customer who says no', () => {
  it('leaves nothing to pay with', async () => {
    const client = await stack.party('shop');
    const visitor = stack.visitor();
    const { prepared, url } = await client.begin({ scope: 'openid', authorization_details: JSON.stringify([single()]) });
    const { answer, url: at } = await visitor.signIn(url, customers.ana);
    const callback = await visitor.cancel(answer, at);
    expect(callback.searchParams.get('error')).toBe('access_denied');
    expect(() => client.callback(callback, prepared)).toThrow();
  });
});

describe('a process that is killed while it pays', () => {
  it('leaves nothing half done: whoever got no answer asks again elsewhere, and every payment is made once', async () => {
    const agreed = await agree('shop', [recurring('500.00')], { payFrom: 'ana-everyday' });
    const before = await balanceOf('ana-everyday');
    const orders = Array.from({ length: 40 }, (_, index) => ({ key: `key-${index}`, order: { instructedAmount: money('1.00'), ...payee, remittanceInformationUnstructured: `Part ${index}` } }));
    let answered = 0;
    const tried = await Promise.allSettled(
      orders.map(async ({ order, key }) => {
        const answer = await pay(agreed, order, key, second.ports.rs);
        answered += 1;
        if (answered === 8) second.child.kill('SIGKILL');
        return answer;
      }),
    );
    const lost = tried.filter(({ status }) => status === 'rejected').length;
    expect(lost).toBeGreaterThan(0);
    const final = await Promise.all(orders.map(({ order, key }) => pay(agreed, order, key)));
    expect(final.map(({ status }) => status)).toEqual(orders.map(() => 201));
    for (const [index, one] of tried.entries()) if (one.status === 'fulfilled') expect(final[index]!.json).toEqual(one.value.json);
    expect(new Set(final.map(({ json }) => json['paymentId'])).size).toBe(40);
    expect(pence(before) - pence(await balanceOf('ana-everyday'))).toBe(4000);
    const { rows } = await stack.database.pool.query(`SELECT count(*)::int AS entries, sum(t.amount) AS moved FROM bank.transaction t JOIN bank.payment p ON p.transaction_id = t.id WHERE p.detail_id = $1`, [agreed.details[0]!['identifier']]);
    expect(rows).toEqual([{ entries: 40, moved: '-40.00' }]);
  });
});
