import { DetailTypes } from '@assent/authorization-details';
import type { LodgedConsent } from '@assent/protocol';
import { aConsent, aRequest, PaperBank, type Asked } from '../src/read-write/paper-bank.fixtures.js';
import type { SignerFacts } from '../src/route.js';
import { domesticPayment } from './details.js';
import { paymentRoutes } from './payments.js';
import { signedAnswer, signedRequest } from './signature.js';

const route = (method: string, path: string) => paymentRoutes.find((one) => one.method === method && one.path === `/open-banking/v4.0/pisp${path}`)!;
const initiation = {
  InstructionIdentification: 'ACME412',
  EndToEndIdentification: 'FRESCO.21302.GFX.20',
  InstructedAmount: { Amount: '165.88', Currency: 'GBP' },
  CreditorAccount: { SchemeName: 'UK.OBIE.SortCodeAccountNumber', Identification: '08080021325698', Name: 'ACME Inc' },
  RemittanceInformation: { Unstructured: ['Invoice 7'] },
};
const risk = { PaymentContextCode: 'EcommerceMerchantInitiatedPayment', DeliveryAddress: { Country: 'GB' } };
const consentBody = (change: object = {}, data: object = {}) => ({ Data: { Initiation: { ...initiation, ...change }, ...data }, Risk: risk });
const detail = {
  type: domesticPayment.type,
  instructedAmount: { currency: 'GBP', amount: '165.88' },
  creditorName: 'ACME Inc',
  creditorAccount: { scheme: 'UK.OBIE.SortCodeAccountNumber', identification: '08080021325698' },
  endToEndIdentification: 'FRESCO.21302.GFX.20',
  remittanceInformation: 'Invoice 7',
};

let bank: PaperBank;
beforeEach(() => {
  bank = new PaperBank();
});
const ask = (method: string, path: string, asked: Asked) => route(method, path).answer(aRequest(route(method, path), asked), bank.ports);
const lodge = (body: object) => ask('POST', '/domestic-payment-consents', { body: body as Record<string, unknown> });

describe('a consent to a payment', () => {
  it('is lodged with what the customer will be asked for', async () => {
    const { status, body } = await lodge(consentBody({}, { ReadRefundAccount: 'No' }));
    expect([status, body]).toMatchObject([201, { Data: { ConsentId: 'pdc-1', Status: 'AWAU', Initiation: initiation, ReadRefundAccount: 'No' }, Risk: risk, Links: { Self: expect.stringMatching(/domestic-payment-consents\/pdc-1$/) as string } }]);
    expect(bank.lodged).toMatchObject([{ kind: 'domestic-payment', details: [detail], once: true, expiresAt: null }]);
    const types = DetailTypes.of([domesticPayment]);
    expect(types.parse([detail], { issuerTypes: types.names, clientTypes: types.names, now: new Date() })).toEqual([detail]);
    expect(types.present(detail, 'en')).toMatchObject({ payee: { name: 'ACME Inc', account: '08-08-00 21325698' } });
  });

  it.each<[string, object, object]>([
    ['an IBAN', { CreditorAccount: { SchemeName: 'UK.OBIE.IBAN', Identification: 'GB09HBNK40010112344821', Name: 'B' } }, { creditorAccount: { iban: 'GB09HBNK40010112344821' }, creditorName: 'B' }],
    ['an amount without decimals', { InstructedAmount: { Amount: '10', Currency: 'GBP' } }, { instructedAmount: { amount: '10.00', currency: 'GBP' } }],
    ['zeros at both ends', { InstructedAmount: { Amount: '0010.5000', Currency: 'GBP' } }, { instructedAmount: { amount: '10.50', currency: 'GBP' } }],
    ['a text as reference', { RemittanceInformation: { Unstructured: 'Rent' } }, { remittanceInformation: 'Rent' }],
    ['a structured reference', { RemittanceInformation: { Structured: [{ CreditorReferenceInformation: { Reference: 'REF_26518' } }] } }, { remittanceInformation: 'REF_26518' }],
    ['a reference of several lines', { RemittanceInformation: { Unstructured: ['Rent', 'May'] } }, { remittanceInformation: 'Rent May' }],
    ['the account to pay from', { DebtorAccount: { SchemeName: 'UK.OBIE.SortCodeAccountNumber', Identification: '40010112344821' } }, { debtorAccount: { number: '40010112344821' } }],
    ['the account to pay from, by IBAN', { DebtorAccount: { SchemeName: 'UK.OBIE.IBAN', Identification: 'GB09HBNK40010112344821' } }, { debtorAccount: { iban: 'GB09HBNK40010112344821' } }],
    ['a local instrument', { LocalInstrument: 'UK.OBIE.FPS' }, {}],
  ])('may have %s', async (_, change, expected) => {
    await lodge(consentBody(change));
    expect(bank.lodged).toMatchObject([{ details: [expected] }]);
  });

  it.each<[string, object]>([
    ['none at all', { RemittanceInformation: undefined }],
    ['neither text nor parts', { RemittanceInformation: {} }],
    ['no part', { RemittanceInformation: { Structured: [] } }],
    ['a part without reference', { RemittanceInformation: { Structured: [{ AdditionalRemittanceInformation: ['x'] }] } }],
    ['a reference of a kind alone', { RemittanceInformation: { Structured: [{ CreditorReferenceInformation: { Issuer: 'x' } }] } }],
  ])('shows no reference where there is %s', async (_, change) => {
    await lodge(consentBody(change));
    expect(bank.lodged.map(({ details: [one] }) => 'remittanceInformation' in one!)).toEqual([false]);
  });

  it.each<[string, object, string, string]>([
    ['an identification of other characters', { EndToEndIdentification: 'Zahlung für Mai' }, 'U002', 'EndToEndIdentification'],
    ['one with spaces around it', { EndToEndIdentification: ' ACME' }, 'U002', 'EndToEndIdentification'],
    ['parts that are no list', { RemittanceInformation: { Structured: { CreditorReferenceInformation: {} } } }, 'U010', 'RemittanceInformation.Structured'],
    ['no instruction', { InstructionIdentification: undefined }, 'U004', 'InstructionIdentification'],
    ['no end-to-end identification', { EndToEndIdentification: undefined }, 'U004', 'EndToEndIdentification'],
    ['one too long', { EndToEndIdentification: 'x'.repeat(36) }, 'U002', 'EndToEndIdentification'],
    ['no amount', { InstructedAmount: undefined }, 'U004', 'InstructedAmount'],
    ...['0', '0.00', '-1', '1.001', '1e2', '1,5', '.5', '12345678901234'].map((Amount): [string, object, string, string] => [`the amount ${Amount}`, { InstructedAmount: { Amount, Currency: 'GBP' } }, 'U002', 'InstructedAmount.Amount']),
    ['another currency', { InstructedAmount: { Amount: '1.00', Currency: 'EUR' } }, 'U023', 'InstructedAmount.Currency'],
    ['no creditor', { CreditorAccount: undefined }, 'U004', 'CreditorAccount'],
    ['no name', { CreditorAccount: { ...initiation.CreditorAccount, Name: undefined } }, 'U004', 'CreditorAccount.Name'],
    ['a name of other direction', { CreditorAccount: { ...initiation.CreditorAccount, Name: 'a\u202eb' } }, 'U002', 'CreditorAccount.Name'],
    ['a short number', { CreditorAccount: { ...initiation.CreditorAccount, Identification: '0808002132569' } }, 'U021', 'CreditorAccount.Identification'],
    ['a wrong IBAN', { CreditorAccount: { SchemeName: 'UK.OBIE.IBAN', Identification: 'GB09HBNK40010112344822', Name: 'B' } }, 'U021', 'CreditorAccount.Identification'],
    ['another scheme', { CreditorAccount: { ...initiation.CreditorAccount, SchemeName: 'UK.OBIE.PAN' } }, 'U027', 'CreditorAccount.SchemeName'],
    ['another instrument', { LocalInstrument: 'UK.OBIE.CHAPS' }, 'U026', 'LocalInstrument'],
    ['an unknown member', { RequestedExecutionDateTime: '2027-01-01' }, 'U005', 'RequestedExecutionDateTime'],
    ['a reference too long', { RemittanceInformation: { Unstructured: 'x'.repeat(141) } }, 'U002', 'RemittanceInformation.Unstructured'],
  ])('is refused with %s', async (_, change, code, path) => {
    const body = JSON.parse(JSON.stringify(consentBody(change))) as object;
    await expect(lodge(body)).rejects.toMatchObject({ status: 400, code, more: { path: `Data.Initiation.${path}` } });
    expect(bank.lodged).toEqual([]);
  });

  it('may want to be authorised by a time', async () => {
    await lodge(consentBody({}, { Authorisation: { AuthorisationType: 'Single', CompletionDateTime: '2026-11-26T00:00:00Z' } }));
    expect(bank.lodged).toMatchObject([{ authoriseBy: new Date('2026-11-26T00:00:00Z') }]);
    await lodge(consentBody({}, { Authorisation: { AuthorisationType: 'Any' } }));
    expect(bank.lodged[1]).not.toHaveProperty('authoriseBy');
    for (const Authorisation of [{ AuthorisationType: 'Multiple' }, { AuthorisationType: 'Any', CompletionDateTime: '2026-11-24' }]) await expect(lodge(consentBody({}, { Authorisation }))).rejects.toMatchObject({ status: 400 });
  });
});

describe('under a consent', () => {
  const consent = (changes: Partial<LodgedConsent> = {}) => aConsent({ name: 'pdc-1', kind: 'domestic-payment', status: 'active', once: true, document: consentBody(), details: [{ ...detail, identifier: 'i1', debtorAccount: { accountId: 'a1' } }], ...changes });
  const order = (data: object = {}, more: object = {}) => ({ body: { Data: { ConsentId: 'pdc-1', Initiation: initiation, ...data }, Risk: risk, ...more } as Record<string, unknown> });
  beforeEach(() => {
    bank.consents.set('pdc-1', consent());
    bank.own = 'pdc-1';
  });

  it('the payment is made from the account that was chosen', async () => {
    const reordered = Object.fromEntries(Object.entries(initiation).reverse());
    const { status, body } = await ask('POST', '/domestic-payments', order({ Initiation: reordered }));
    expect([status, body]).toMatchObject([201, { Data: { DomesticPaymentId: 'p1', ConsentId: 'pdc-1', Status: 'ACSC', Initiation: initiation }, Risk: risk, Links: { Self: 'https://bank.test/uk/open-banking/v4.0/pisp/domestic-payments/p1' } }]);
    expect(bank.orders).toEqual([{ amount: detail.instructedAmount, creditorName: 'ACME Inc', creditorAccount: detail.creditorAccount, remittance: 'Invoice 7', endToEndId: 'FRESCO.21302.GFX.20', debtor: { accountId: 'a1' }, identifier: 'i1' }]);
  });

  it.each<[string, Asked, string, string]>([
    ['another amount', order({ Initiation: { ...initiation, InstructedAmount: { Amount: '165.89', Currency: 'GBP' } } }), 'U008', 'Data.Initiation'],
    ['the amount written otherwise', order({ Initiation: { ...initiation, InstructedAmount: { Amount: '165.880', Currency: 'GBP' } } }), 'U008', 'Data.Initiation'],
    ['another creditor', order({ Initiation: { ...initiation, CreditorAccount: { ...initiation.CreditorAccount, Name: 'ACME' } } }), 'U008', 'Data.Initiation'],
    ['a member more', order({ Initiation: { ...initiation, LocalInstrument: 'UK.OBIE.FPS' } }), 'U008', 'Data.Initiation'],
    ['a member less', order({ Initiation: { ...initiation, RemittanceInformation: undefined } }), 'U008', 'Data.Initiation'],
    ['another risk', order({}, { Risk: {} }), 'U008', 'Risk'],
    ['no risk', order({}, { Risk: undefined }), 'U004', 'Risk'],
    ['no consent', order({ ConsentId: undefined }), 'U004', 'Data.ConsentId'],
    ['no initiation', order({ Initiation: undefined }), 'U004', 'Data.Initiation'],
  ])('none with %s', async (_, asked, code, path) => {
    await expect(ask('POST', '/domestic-payments', JSON.parse(JSON.stringify(asked)) as Asked)).rejects.toMatchObject({ status: 400, code, more: { path } });
    expect(bank.orders).toEqual([]);
  });

  it('none of another consent, and none before it is authorised', async () => {
    await expect(ask('POST', '/domestic-payments', order({ ConsentId: 'pdc-2' }))).rejects.toMatchObject({ status: 403, code: 'U042' });
    bank.consents.set('pdc-1', consent({ details: [] }));
    await expect(ask('POST', '/domestic-payments', order())).rejects.toMatchObject({ status: 400, code: 'U009' });
    bank.consents.set('pdc-1', consent({ status: 'consumed' }));
    await expect(ask('POST', '/domestic-payments', order())).rejects.toMatchObject({ status: 400, code: 'U009' });
    await expect(ask('GET', '/domestic-payment-consents/:ConsentId/funds-confirmation', { params: { ConsentId: 'pdc-1' } })).rejects.toMatchObject({ status: 400, code: 'U009' });
    expect(bank.orders).toEqual([]);
  });

  it('one may ask whether the account holds the amount', async () => {
    const { body } = await ask('GET', '/domestic-payment-consents/:ConsentId/funds-confirmation', { params: { ConsentId: 'pdc-1' } });
    expect(body).toMatchObject({ Data: { FundsAvailableResult: { FundsAvailableDateTime: '2026-11-25T12:00:00+00:00', FundsAvailable: false } } });
    await expect(ask('GET', '/domestic-payment-consents/:ConsentId/funds-confirmation', { params: { ConsentId: 'pdc-9' } })).rejects.toMatchObject({ status: 403 });
  });

  it('the payment is told of, also when it was not made, and the consent as well', async () => {
    bank.payment = { ...bank.payment, status: 'rejected', rejection: 'insufficient_funds' };
    expect((await ask('GET', '/domestic-payments/:DomesticPaymentId', { params: { DomesticPaymentId: 'p1' } })).body).toMatchObject({ Data: { Status: 'RJCT', StatusReason: [{ StatusReasonCode: 'AM04' }], ConsentId: 'pdc-1' } });
    await expect(ask('GET', '/domestic-payments/:DomesticPaymentId', { params: { DomesticPaymentId: 'p2' } })).rejects.toMatchObject({ status: 400, code: 'U011' });
    expect((await ask('GET', '/domestic-payment-consents/:ConsentId', { params: { ConsentId: 'pdc-1' } })).body).toMatchObject({ Data: { Status: 'AUTH', Initiation: initiation }, Risk: risk });
  });
});

describe('x-jws-signature', () => {
  const facts: SignerFacts = { clientId: 'c', organisationId: '0015800001041RHAAY', jwksUri: 'https://keys.test/jwks', now: new Date('2026-11-25T12:00:00Z') };
  const [iat, iss, tan] = ['iat', 'iss', 'tan'].map((name) => `http://openbanking.org.uk/${name}`) as [string, string, string];
  const header = { alg: 'PS256', kid: '90210ABAD', [iat]: 1_795_608_000 - 1, [iss]: '0015800001041RHAAY/HQuZPIt3ipkh33Uxytox1E', [tan]: 'openbanking.org.uk', crit: [iat, iss, tan] };
  const judge = (changes: object, own: Partial<SignerFacts> = {}) => signedRequest.verifyHeader!(JSON.parse(JSON.stringify({ ...header, ...changes })) as Record<string, unknown>, { ...facts, ...own });

  it.each<[string, object, Partial<SignerFacts>]>([
    ['as it should be', {}, {}],
    ['with typ and cty', { typ: 'JOSE', cty: 'application/json' }, {}],
    ['anchored where the keys are', { [tan]: 'keys.test' }, {}],
    ['by the organisation alone', { [iss]: '0015800001041RHAAY' }, {}],
    ['by the client itself', { [iss]: 'c' }, { organisationId: undefined }],
    ['a little ahead', { [iat]: facts.now.getTime() / 1000 + 5 }, {}],
  ])('%s', (_, changes, own) => expect(judge(changes, own)).toBeUndefined());

  it.each<[string, object, string]>([
    ['without kid', { kid: undefined }, 'U017'],
    ['without crit', { crit: undefined }, 'U017'],
    ['without iat', { [iat]: undefined }, 'U017'],
    ['without iss', { [iss]: undefined }, 'U017'],
    ['without tan', { [tan]: undefined }, 'U017'],
    ['by ES256', { alg: 'ES256' }, 'U016'],
    ['of another typ', { typ: 'JWT' }, 'U016'],
    ['of another cty', { cty: 'text/plain' }, 'U016'],
    ['with half of crit', { crit: [iat, iss] }, 'U016'],
    ['with more in crit', { crit: [iat, iss, tan, 'b64'] }, 'U016'],
    ['with b64', { b64: false }, 'U016'],
    ['from the future', { [iat]: facts.now.getTime() / 1000 + 60 }, 'U016'],
    ['with iat as text', { [iat]: '1795608000' }, 'U016'],
    ['by somebody else', { [iss]: '0015800001041RHABX/x' }, 'U016'],
    ['by one whose name begins alike', { [iss]: '0015800001041RHAAYx' }, 'U016'],
    ['of another anchor', { [tan]: 'elsewhere.test' }, 'U016'],
    ['with a key in it', { jwk: {} }, 'U016'],
  ])('%s is refused', (_, changes, code) => expect(() => judge(changes)).toThrow(expect.objectContaining({ status: 400, code, rule: 'ASSENT-UK-03' })));

  it('of the bank', () => {
    if (signedAnswer.as !== 'detached' || typeof signedAnswer.claims !== 'function') throw new Error('detached');
    expect(signedAnswer.claims({ issuer: 'https://as.test:9443/uk', now: facts.now })).toEqual({ [iat]: 1_795_608_000, [iss]: 'https://as.test:9443/uk', [tan]: 'as.test', crit: [iat, iss, tan] });
  });
});
