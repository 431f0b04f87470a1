import type { LodgedConsent } from '@assent/protocol';
import { aConsent, aRequest, PaperBank, type Asked } from '../src/read-write/paper-bank.fixtures.js';
import { accountAccess } from './details.js';
import { accountConsentRoutes } from './consents.js';

const [post, get, del] = accountConsentRoutes as [(typeof accountConsentRoutes)[number], (typeof accountConsentRoutes)[number], (typeof accountConsentRoutes)[number]];
const good = { Data: { Permissions: ['ReadAccountsDetail', 'ReadBalances'], ExpirationDateTime: '2027-05-02T00:00:00+00:00', TransactionFromDateTime: '2025-05-03T10:00:00+00:00', TransactionToDateTime: '2025-12-03T00:00:00+00:00' }, Risk: {} };

let bank: PaperBank;
beforeEach(() => {
  bank = new PaperBank();
});
const ask = (route: typeof post, asked: Asked) => route.answer(aRequest(route, asked), bank.ports);

describe('an account-access consent', () => {
  it('is lodged as it is written', async () => {
    const { status, body } = await ask(post, { body: good });
    expect(status).toBe(201);
    expect(body).toEqual({
      Data: {
        ...good.Data,
        ConsentId: 'aac-1',
        CreationDateTime: '2026-11-25T12:00:00+00:00',
        Status: 'AWAU',
        StatusReason: [{ StatusReasonCode: 'U036', StatusReasonDescription: expect.any(String) as string }],
        StatusUpdateDateTime: '2026-11-25T12:00:00+00:00',
      },
      Risk: {},
      Links: { Self: 'https://bank.test/uk/open-banking/v4.0/aisp/account-access-consents/aac-1' },
      Meta: { TotalPages: 1 },
    });
    expect(bank.lodged).toEqual([
      {
        kind: 'account-access',
        namePrefix: 'aac-',
        details: [{ type: accountAccess.type, permissions: ['ReadAccountsDetail', 'ReadBalances'], transactionsFrom: '2025-05-04', transactionsTo: '2025-12-03', expiresAt: '2027-05-02T00:00:00.000Z' }],
        document: good,
        expiresAt: new Date('2027-05-02T00:00:00Z'),
      },
    ]);
  });

  it('may be open-ended: the bank gives it no end', async () => {
    const { body } = await ask(post, { body: { Data: { Permissions: ['ReadAccountsBasic'] }, Risk: {} } });
    expect(bank.lodged[0]).toMatchObject({ expiresAt: null, details: [{ type: accountAccess.type, permissions: ['ReadAccountsBasic'] }] });
    expect(body).not.toHaveProperty('Data.ExpirationDateTime');
  });

  it.each<[string, object, string, string]>([
    ['Data is missing', { Risk: {} }, 'U004', 'Data'],
    ['Risk is missing', { Data: good.Data }, 'U004', 'Risk'],
    ['Data is a list', { ...good, Data: [] }, 'U010', 'Data'],
    ['permissions are missing', { Data: {}, Risk: {} }, 'U004', 'Data.Permissions'],
    ['permissions are none', { Data: { Permissions: [] }, Risk: {} }, 'U002', 'Data.Permissions'],
    ['permissions are a text', { Data: { Permissions: 'ReadAccountsBasic' }, Risk: {} }, 'U010', 'Data.Permissions'],
    ['a permission is not supported', { Data: { Permissions: ['ReadAccountsBasic', 'ReadStatementsBasic'] }, Risk: {} }, 'U002', 'Data.Permissions'],
    ['transactions of neither direction', { Data: { Permissions: ['ReadAccountsBasic', 'ReadTransactionsDetail'] }, Risk: {} }, 'U002', 'Data.Permissions'],
    ['no accounts', { Data: { Permissions: ['ReadBalances'] }, Risk: {} }, 'U002', 'Data.Permissions'],
    ['it ends in the past', { Data: { ...good.Data, ExpirationDateTime: '2026-11-25T12:00:00Z' }, Risk: {} }, 'U003', 'Data.ExpirationDateTime'],
    ['its end is no date', { Data: { ...good.Data, ExpirationDateTime: '2027-02-30' }, Risk: {} }, 'U003', 'Data.ExpirationDateTime'],
    ['days are in no order', { Data: { ...good.Data, TransactionToDateTime: '2025-05-02' }, Risk: {} }, 'U003', 'Data.TransactionToDateTime'],
    ['a member is unknown', { Data: { ...good.Data, AccountIds: ['1'] }, Risk: {} }, 'U005', 'Data.AccountIds'],
    ['a member beside is unknown', { ...good, Meta: {} }, 'U005', 'Meta'],
  ])('is refused when %s', async (_, body, code, path) => {
    await expect(ask(post, { body: body as Record<string, unknown> })).rejects.toMatchObject({ status: 400, code, more: { path } });
    expect(bank.lodged).toEqual([]);
  });

  it.each<[LodgedConsent['status'], Partial<LodgedConsent>, string, string | undefined]>([
    ['awaiting_authorisation', {}, 'AWAU', 'U036'],
    ['active', {}, 'AUTH', undefined],
    ['rejected', {}, 'RJCT', 'U033'],
    ['revoked', { ended: { by: 'customer' } }, 'CANC', 'CUST'],
    ['revoked', { ended: { by: 'staff', reason: 'fraud' } }, 'CANC', 'TKSP'],
    ['revoked', { ended: { by: 'client' } }, 'CANC', 'TKSP'],
    ['suspended', {}, 'CANC', 'TKSP'],
    ['expired', {}, 'EXPD', 'TKXP'],
    ['consumed', {}, 'COND', 'U038'],
  ])('that is %s %j is %s', async (status, more, state, reason) => {
    bank.consents.set('aac-1', aConsent({ status, ...more }));
    const { body } = await ask(get, { params: { ConsentId: 'aac-1' } });
    expect(body).toMatchObject({ Data: { ConsentId: 'aac-1', Status: state } });
    expect((body as { Data: { StatusReason?: { StatusReasonCode: string }[] } }).Data.StatusReason?.[0]?.StatusReasonCode).toBe(reason);
  });

  it('is deleted once, and gone for its client', async () => {
    bank.consents.set('aac-1', aConsent({ status: 'active' }));
    await expect(ask(del, { params: { ConsentId: 'aac-1' } })).resolves.toEqual({ status: 204 });
    await expect(ask(get, { params: { ConsentId: 'aac-1' } })).rejects.toMatchObject({ status: 400, code: 'U011' });
    await expect(ask(del, { params: { ConsentId: 'aac-1' } })).rejects.toMatchObject({ status: 400, code: 'U011' });
    expect(bank.revoked).toHaveLength(1);
  });

  it.each(['GET', 'DELETE'])('%s: one that is not there, and one of another kind', async (method) => {
    const route = method === 'GET' ? get : del;
    bank.consents.set('pdc-1', aConsent({ name: 'pdc-1', kind: 'domestic-payment' }));
    for (const ConsentId of ['aac-2', 'pdc-1', '']) await expect(ask(route, { params: { ConsentId } })).rejects.toMatchObject({ status: 400, code: 'U011' });
    expect(bank.revoked).toEqual([]);
  });

  it('one that has ended otherwise cannot be deleted, and stays to be read', async () => {
    bank.consents.set('aac-1', aConsent({ status: 'rejected' }));
    await expect(ask(del, { params: { ConsentId: 'aac-1' } })).rejects.toMatchObject({ status: 400, code: 'U009', more: { path: 'ConsentId' } });
    expect(await ask(get, { params: { ConsentId: 'aac-1' } })).toMatchObject({ status: 200, body: { Data: { Status: 'RJCT' } } });
  });

  it('is not read out of a body that is none', async () => {
    await expect(ask(post, {})).rejects.toMatchObject({ status: 400, code: 'U010' });
    expect(bank.lodged).toEqual([]);
  });
});
