import { DetailTypes } from '@assent/authorization-details';
import type { LodgedConsent } from '@assent/protocol';
import { aConsent, aRequest, PaperBank, type Asked } from '../src/read-write/paper-bank.fixtures.js';
import { MarketRefusal } from '../src/refusal.js';
import { recurringPayments } from './details.js';
import { recurringRoutes } from './recurring.js';

const route = (method: string, path: string) => recurringRoutes.find((one) => one.method === method && one.path === `/open-banking/v4.0/pisp${path}`)!;
const creditor = { SchemeName: 'UK.OBIE.SortCodeAccountNumber', Identification: '30949330000010', Name: 'Marcus Sweepimus' };
const initiation = { CreditorAccount: creditor, RemittanceInformation: { Unstructured: ['Sweepco'] } };
const control = {
  PSUAuthenticationMethods: ['UK.OBIE.SCANotRequired'],
  VRPType: ['UK.OBIE.VRPType.Sweeping'],
  ValidToDateTime: '2027-06-05T15:15:13+00:00',
  MaximumIndividualAmount: { Amount: '100.00', Currency: 'GBP' },
  PeriodicLimits: [{ Amount: '200.00', Currency: 'GBP', PeriodAlignment: 'Consent', PeriodType: 'Week' }],
};
const risk = { PaymentContextCode: 'TransferToSelf' };
const consentBody = (controls: object = {}, initiationOf: object = initiation) => ({ Data: { ControlParameters: { ...control, ...controls }, Initiation: initiationOf }, Risk: risk });
const detail = {
  type: recurringPayments.type, creditorName: 'Marcus Sweepimus', creditorAccount: { scheme: 'UK.OBIE.SortCodeAccountNumber', identification: '30949330000010' }, remittanceInformation: 'Sweepco',
  perPayment: { amount: '100.00', currency: 'GBP' }, perPeriod: { amount: '200.00', currency: 'GBP' }, period: 'week', alignment: 'consent', startsOn: '2026-11-25', endsOn: '2027-06-05',
}; // prettier-ignore

let bank: PaperBank;
beforeEach(() => {
  bank = new PaperBank();
});
const ask = (method: string, path: string, asked: Asked) => route(method, path).answer(aRequest(route(method, path), JSON.parse(JSON.stringify(asked)) as Asked), bank.ports);
const lodge = (body: object) => ask('POST', '/domestic-vrp-consents', { body: body as Record<string, unknown> });

describe('a consent to recurring payments', () => {
  it('is lodged with its limits', async () => {
    expect(await lodge(consentBody())).toMatchObject({ status: 201, body: { Data: { ConsentId: 'vrp-1', Status: 'AWAU', ControlParameters: control, Initiation: initiation }, Risk: risk } });
    expect(bank.lodged).toMatchObject([{ kind: 'domestic-vrp', details: [detail], expiresAt: new Date('2027-06-05T15:15:13Z') }]);
    expect(bank.lodged[0]).not.toHaveProperty('once');
    const types = DetailTypes.of([recurringPayments]);
    expect(types.parse(bank.lodged[0]!.details, { issuerTypes: types.names, clientTypes: types.names, now: new Date('2026-11-25T12:00:00Z') })).toEqual(bank.lodged[0]!.details);
  });

  it.each<[object, object]>([
    [{ ValidToDateTime: undefined }, { startsOn: '2026-11-25' }],
    [{ ValidFromDateTime: '2026-12-01T00:00:00Z' }, { startsOn: '2026-12-01' }],
    [{ ValidFromDateTime: '2020-12-01T00:00:00Z' }, { startsOn: '2026-11-25' }],
    [{ PeriodicLimits: [{ Amount: '300', Currency: 'GBP', PeriodAlignment: 'Calendar', PeriodType: 'Month' }] }, { perPeriod: { amount: '300.00', currency: 'GBP' }, period: 'month', alignment: 'calendar' }],
    [{ PSUInteractionTypes: ['InSession', 'OffSession'], VRPType: ['UK.OBIE.VRPType.Other'] }, {}],
  ])('with %j', async (controls, expected) => {
    await lodge(consentBody(controls));
    expect(bank.lodged).toMatchObject([{ details: [expected] }]);
  });

  it.each<[object, string, string]>([
    [{ PeriodicLimits: undefined }, 'U004', 'PeriodicLimits'],
    [{ PeriodicLimits: [] }, 'U002', 'PeriodicLimits'],
    [{ PeriodicLimits: [...control.PeriodicLimits, ...control.PeriodicLimits] }, 'U002', 'PeriodicLimits'],
    [{ PeriodicLimits: [{ ...control.PeriodicLimits[0], PeriodType: 'Fortnight' }] }, 'U025', 'PeriodicLimits.0.PeriodType'],
    [{ PeriodicLimits: [{ ...control.PeriodicLimits[0], PeriodAlignment: 'Moon' }] }, 'U002', 'PeriodicLimits.0.PeriodAlignment'],
    [{ PeriodicLimits: [{ ...control.PeriodicLimits[0], Currency: 'EUR' }] }, 'U023', 'PeriodicLimits.0.Currency'],
    [{ MaximumIndividualAmount: { Amount: '200.01', Currency: 'GBP' } }, 'U002', 'MaximumIndividualAmount'],
    [{ ValidToDateTime: '2026-11-24T00:00:00Z' }, 'U003', 'ValidToDateTime'],
    [{ ValidFromDateTime: '2027-07-01T00:00:00Z' }, 'U003', 'ValidToDateTime'],
    [{ VRPType: ['Sweeping'] }, 'U002', 'VRPType'],
    [{ PSUAuthenticationMethods: [] }, 'U002', 'PSUAuthenticationMethods'],
    [{ SupplementaryData: {} }, 'U005', 'SupplementaryData'],
  ])('is refused with %j', async (controls, code, path) => {
    await expect(lodge(consentBody(controls))).rejects.toMatchObject({ status: 400, code, more: { path: `Data.ControlParameters.${path}` } });
    expect(bank.lodged).toEqual([]);
  });

  it('names whom is paid', () => expect(lodge(consentBody({}, {}))).rejects.toMatchObject({ code: 'U004', more: { path: 'Data.Initiation.CreditorAccount' } }));
});

describe('under a consent', () => {
  const consent = (changes: Partial<LodgedConsent> = {}) => aConsent({ name: 'vrp-1', kind: 'domestic-vrp', status: 'active', document: consentBody(), details: [{ ...detail, identifier: 'i1', debtorAccount: { accountId: 'a1' } }], ...changes });
  const instruction = (change: object = {}) => ({ InstructionIdentification: 'X1', EndToEndIdentification: 'E1', InstructedAmount: { Amount: '10.00', Currency: 'GBP' }, CreditorAccount: creditor, RemittanceInformation: { Unstructured: ['Sweepco'] }, ...change });
  const order = (change: object = {}, data: object = {}, more: object = {}): Asked => ({ body: { Data: { ConsentId: 'vrp-1', PSUAuthenticationMethod: 'UK.OBIE.SCANotRequired', VRPType: 'UK.OBIE.VRPType.Sweeping', Initiation: initiation, Instruction: instruction(change), ...data }, Risk: risk, ...more } });
  const pay = (asked: Asked) => ask('POST', '/domestic-vrps', asked);
  beforeEach(() => {
    bank.consents.set('vrp-1', consent());
    bank.own = 'vrp-1';
  });

  it('payments are made, each of its own amount', async () => {
    expect(await pay(order())).toMatchObject({ status: 201, body: { Data: { DomesticVRPId: 'p1', ConsentId: 'vrp-1', Status: 'ACSC', Instruction: instruction() }, Risk: risk } });
    expect(bank.orders).toEqual([{ amount: { amount: '10.00', currency: 'GBP' }, creditorName: 'Marcus Sweepimus', creditorAccount: detail.creditorAccount, remittance: 'Sweepco', endToEndId: 'E1', debtor: { accountId: 'a1' }, identifier: 'i1' }]);
  });

  it('each may have its own reference, where the consent has none', async () => {
    const { RemittanceInformation: _, ...without } = initiation;
    bank.consents.set('vrp-1', consent({ document: consentBody({}, without), details: [{ ...detail, remittanceInformation: undefined, identifier: 'i1' }] }));
    await pay(order({ RemittanceInformation: { Unstructured: ['November'] } }, { Initiation: without }));
    expect(bank.orders).toMatchObject([{ remittance: 'November' }]);
  });

  it.each<[string, Asked, string, string]>([
    ['more than one may be', order({ InstructedAmount: { Amount: '100.01', Currency: 'GBP' } }), 'U014', 'Data.ControlParameters.MaximumIndividualAmount'],
    ['another type', order({}, { VRPType: 'UK.OBIE.VRPType.Other' }), 'U014', 'Data.VRPType'],
    ['another method', order({}, { PSUAuthenticationMethod: 'UK.OBIE.SCA' }), 'U014', 'Data.PSUAuthenticationMethod'],
    ['the customer there', order({}, { PSUInteractionType: 'InSession' }), 'U014', 'Data.PSUInteractionType'],
    ['another creditor', order({ CreditorAccount: { ...creditor, Name: 'Else' } }), 'U008', 'Data.Instruction.CreditorAccount'],
    ['another reference', order({ RemittanceInformation: { Unstructured: ['Else'] } }), 'U008', 'Data.Instruction.RemittanceInformation'],
    ['another initiation', order({}, { Initiation: { CreditorAccount: creditor } }), 'U008', 'Data.Initiation'],
    ['another risk', order({}, {}, { Risk: {} }), 'U008', 'Risk'],
    ['no instruction', order({}, { Instruction: undefined }), 'U004', 'Data.Instruction'],
  ])('none with %s', async (_, asked, code, path) => {
    await expect(pay(asked)).rejects.toMatchObject({ status: 400, code, more: { path } });
    expect(bank.orders).toEqual([]);
  });

  it('none beyond the limit of the period, before its first day, or after its last', async () => {
    bank.ports.payments.pay = async () => {
      throw new MarketRefusal(403, 'insufficient_scope', 'the total of the period', 'RR-13');
    };
    await expect(pay(order())).rejects.toMatchObject({ status: 400, code: 'U014', more: { path: 'Data.ControlParameters.PeriodicLimits' } });
    for (const days of [{ startsOn: '2026-11-26' }, { startsOn: '2026-11-01', endsOn: '2026-11-24' }]) {
      bank.consents.set('vrp-1', consent({ details: [{ ...detail, identifier: 'i1', ...days }] }));
      await expect(pay(order())).rejects.toMatchObject({ code: 'U014', more: { path: 'Data.ControlParameters.ValidFromDateTime' } });
    }
  });

  it('funds are confirmed for an amount, of this consent alone', async () => {
    const path = '/domestic-vrp-consents/:ConsentId/funds-confirmation';
    const body = { Data: { ConsentId: 'vrp-1', Reference: 'R', InstructedAmount: { Amount: '20.00', Currency: 'GBP' } } };
    expect(await ask('POST', path, { params: { ConsentId: 'vrp-1' }, body })).toMatchObject({ status: 201, body: { Data: { ConsentId: 'vrp-1', Reference: 'R', FundsAvailableResult: { FundsAvailable: 'Available' } } } });
    await expect(ask('POST', path, { params: { ConsentId: 'vrp-2' }, body })).rejects.toMatchObject({ status: 400, code: 'U002' });
    bank.consents.set('vrp-1', consent({ status: 'awaiting_authorisation' }));
    await expect(ask('POST', path, { params: { ConsentId: 'vrp-1' }, body })).rejects.toMatchObject({ status: 400, code: 'U009' });
  });

  it('is told of and deleted', async () => {
    bank.payment = { ...bank.payment, endToEndId: 'E1', remittance: 'Sweepco' };
    expect((await ask('GET', '/domestic-vrps/:DomesticVRPId', { params: { DomesticVRPId: 'p1' } })).body).toMatchObject({ Data: { ConsentId: 'vrp-1', Instruction: { EndToEndIdentification: 'E1', InstructedAmount: { Amount: '10.00' } } } });
    await expect(ask('GET', '/domestic-vrps/:DomesticVRPId', { params: { DomesticVRPId: 'p9' } })).rejects.toMatchObject({ code: 'U011' });
    expect(await ask('DELETE', '/domestic-vrp-consents/:ConsentId', { params: { ConsentId: 'vrp-1' } })).toEqual({ status: 204 });
    await expect(ask('GET', '/domestic-vrp-consents/:ConsentId', { params: { ConsentId: 'vrp-1' } })).rejects.toMatchObject({ code: 'U011' });
  });
});
