import { OAuthError, type AuthorizationDetail, type PaymentApproval, type PaymentOrder } from '@assent/protocol';
import { approvalsFor } from './approval.js';

const now = new Date('2026-11-25T12:00:00Z');
const order = (changes: Partial<PaymentOrder> = {}): PaymentOrder => ({
  amount: { amount: '123.50', currency: 'EUR' }, creditorName: 'Corner Cafe', creditorAccount: { iban: 'GB15HBNK40010155120937' }, remittance: 'Invoice 7', ...changes,
}); // prettier-ignore
const single = (changes: object = {}): AuthorizationDetail => ({
  type: 'payment_initiation', instructedAmount: { currency: 'EUR', amount: '123.50' }, creditorName: 'Corner Cafe', creditorAccount: { iban: 'GB15HBNK40010155120937' },
  remittanceInformationUnstructured: 'Invoice 7', actions: ['initiate', 'status'], identifier: 'p-1', ...changes,
}); // prettier-ignore
const recurring = (changes: object = {}, limits: object = {}): AuthorizationDetail => ({
  type: 'recurring_payment', creditorName: 'Corner Cafe', creditorAccount: { iban: 'GB15HBNK40010155120937' }, identifier: 'r-1',
  limits: { perPayment: { currency: 'EUR', amount: '200' }, perPeriod: { currency: 'EUR', amount: '500.00' }, period: 'month', paymentsPerPeriod: 4, ...limits }, ...changes,
}); // prettier-ignore
const found = (details: readonly AuthorizationDetail[], asked = order()): readonly PaymentApproval[] => {
  const approvals = approvalsFor(asked, details, now);
  if (approvals instanceof OAuthError) throw approvals;
  return approvals;
};
const month = { from: new Date('2026-11-01T00:00:00Z'), until: new Date('2026-12-01T00:00:00Z') };

describe('an order fits into', () => {
  it('the payment that was approved, once', () => {
    expect(found([single()])).toEqual([{ type: 'payment_initiation', identifier: 'p-1', most: { times: 1, total: '123.50' } }]);
  });

  it.each<[string, object, Partial<PaymentOrder>]>([
    ['an amount written otherwise', { instructedAmount: { currency: 'EUR', amount: '123.5' } }, {}],
    ['a longer amount', {}, { amount: { amount: '123.500', currency: 'EUR' } }],
    ['an account number with spaces', { creditorAccount: { iban: 'gb15 HBNK 4001 0155 1209 37' } }, {}],
    ['no actions named', { actions: undefined }, {}],
    ['no reference on either side', { remittanceInformationUnstructured: undefined }, { remittance: undefined as never }],
    ['a payment number', { endToEndIdentification: 'e2e' }, { endToEndId: 'e2e' }],
    ['its identifier', {}, { identifier: 'p-1' }],
  ])('a payment with %s', (_, detail, changes) => expect(found([single(detail)], order(changes))).toHaveLength(1));

  it('recurring payments, within limits of the calendar month', () => {
    expect(found([recurring()])).toEqual([{ type: 'recurring_payment', identifier: 'r-1', most: { times: 4, total: '500.00', ...month } }]);
    expect(found([recurring({}, { paymentsPerPeriod: undefined })])).toEqual([{ type: 'recurring_payment', identifier: 'r-1', most: { total: '500.00', ...month } }]);
  });

  it.each<[string, object, Partial<PaymentOrder>]>([
    ['to the last penny', {}, { amount: { amount: '200.00', currency: 'EUR' } }],
    ['with a reference of its own, where none was fixed', {}, { remittance: 'Anything' }],
    ['with the reference that was fixed', { remittanceInformationUnstructured: 'Invoice 7' }, {}],
    ['on the first day', { startsOn: '2026-11-25' }, {}],
    ['on the last day', { endsOn: '2026-11-25' }, {}],
  ])('recurring payments, %s', (_, detail, changes) => expect(found([recurring(detail)], order(changes))).toHaveLength(1));

  it('several approvals: single ones first', () => {
    expect(found([recurring(), single({ identifier: 'p-2' }), single()]).map(({ identifier }) => identifier)).toEqual(['p-2', 'p-1', 'r-1']);
    expect(found([recurring(), single()], order({ identifier: 'r-1' })).map(({ identifier }) => identifier)).toEqual(['r-1']);
  });

  it.each<[object, object]>([
    [{ accountId: 'a' }, { accountId: 'a' }],
    [{ iban: 'GB15 HBNK 4001 0155 1209 37' }, { iban: 'GB15HBNK40010155120937' }],
    [{ accountId: 'a', iban: 'GB15HBNK40010155120937' }, { accountId: 'a', iban: 'GB15HBNK40010155120937' }],
  ])('an approval with the account to pay from: %j', (debtorAccount, debtor) => expect(found([single({ debtorAccount })])).toMatchObject([{ debtor }]));
});

describe('an order is refused (RR-13)', () => {
  const says = (details: readonly AuthorizationDetail[], text: string | RegExp, asked = order()) =>
    expect(() => found(details, asked)).toThrow(expect.objectContaining({ code: 'insufficient_scope', status: 403, rule: 'RR-13', description: expect.stringMatching(text) }));

  it.each<[string, readonly AuthorizationDetail[]]>([
    ['without a detail', []],
    ['for one of another type', [single({ type: 'account_information' }), single({ type: 'Payment_Initiation' })]],
    ['for one that may only be asked about', [single({ actions: ['status', 'cancel'] })]],
    ['for one without actions left', [single({ actions: [] })]],
    ['for one that consent did not name', [single({ identifier: undefined })]],
  ])('%s', (_, details) => says(details, 'needed: a payment_initiation'));

  it('under an identifier the token does not hold', () => says([single()], 'no approved payment with this identifier', order({ identifier: 'p-2' })));

  it.each<[string, object, Partial<PaymentOrder>]>([
    ['instructedAmount', { instructedAmount: { currency: 'EUR', amount: '123.51' } }, {}],
    ['instructedAmount', { instructedAmount: { currency: 'GBP', amount: '123.50' } }, {}],
    ['instructedAmount', {}, { amount: { amount: '123.49', currency: 'EUR' } }],
    ['instructedAmount', { instructedAmount: { currency: 'EUR', amount: 123.5 } }, {}],
    ['instructedAmount', { instructedAmount: undefined }, {}],
    ['creditorName', { creditorName: 'corner cafe' }, {}],
    ['creditorName', {}, { creditorName: 'Corner Cafe ' }],
    ['creditorAccount', { creditorAccount: { iban: 'GB09HBNK40010112344821' } }, {}],
    ['creditorAccount', { creditorAccount: undefined }, {}],
    ['remittanceInformationUnstructured', {}, { remittance: 'Invoice 8' }],
    ['remittanceInformationUnstructured', { remittanceInformationUnstructured: undefined }, {}],
    ['remittanceInformationUnstructured', {}, { remittance: undefined as never }],
    ['endToEndIdentification', { endToEndIdentification: 'e2e' }, {}],
    ['endToEndIdentification', {}, { endToEndId: 'e2e' }],
  ])('for another %s than was approved', (name, detail, changes) => says([single(detail)], `not what the customer approved: another ${name}$`, order(changes)));

  it.each<[string, object, object, Partial<PaymentOrder>]>([
    ['another creditorName', {}, {}, { creditorName: 'Other' }],
    ['another creditorAccount', {}, {}, { creditorAccount: { iban: 'GB09HBNK40010112344821' } }],
    ['another remittanceInformationUnstructured', { remittanceInformationUnstructured: 'Rent' }, {}, {}],
    ['another currency', {}, {}, { amount: { amount: '1', currency: 'GBP' } }],
    ['another currency', {}, { perPeriod: { currency: 'GBP', amount: '500' } }, {}],
    ['more than limits.perPayment', {}, {}, { amount: { amount: '200.01', currency: 'EUR' } }],
    ['before startsOn', { startsOn: '2026-11-26' }, {}, {}],
    ['before startsOn', { startsOn: 'today' }, {}, {}],
    ['after endsOn', { endsOn: '2026-11-24' }, {}, {}],
    ['limits nobody can read', {}, { period: 'fortnight' }, {}],
    ['limits nobody can read', {}, { paymentsPerPeriod: '4' }, {}],
    ['limits nobody can read', {}, { paymentsPerPeriod: 4e12 }, {}],
    ['limits nobody can read', {}, { perPeriod: { currency: 'EUR', amount: 'much' } }, {}],
  ])('among recurring payments: %s', (text, detail, limits, changes) => says([recurring(detail, limits)], `not what the customer approved: ${text}$`, order(changes)));

  it('among recurring payments without limits', () => says([{ ...recurring(), limits: undefined }], 'more than limits.perPayment'));

  it('with a word about the approval that comes closest', () => {
    says([single({ creditorName: 'A', creditorAccount: { iban: 'B' } }), single({ identifier: 'p-2', creditorName: 'A' })], /approved: another creditorName$/);
  });
});
