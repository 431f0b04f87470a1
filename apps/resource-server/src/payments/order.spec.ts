import { readJsonObject } from './json-body.js';
import { fingerprint, readOrder } from './order.js';

const body = { instructedAmount: { currency: 'EUR', amount: '123.50' }, creditorName: 'Corner Cafe', creditorAccount: { iban: 'GB15 HBNK 4001 0155 1209 37' } };
const order = { amount: { currency: 'EUR', amount: '123.50' }, creditorName: 'Corner Cafe', creditorAccount: { iban: 'GB15HBNK40010155120937' } };

describe('a body', () => {
  it('is one JSON object', () => {
    expect(readJsonObject(Buffer.from(' {"a":{"b":[1,{"c":"\\"d\\":"}]},"b":2} '))).toEqual({ a: { b: [1, { c: '"d":' }] }, b: 2 });
  });

  it.each<[string, unknown]>([
    ['missing', undefined],
    ['missing', null],
    ['empty', Buffer.from('')],
    ['no JSON', Buffer.from('{"a":1')],
    ['more than one value', Buffer.from('{}{}')],
    ['a list', Buffer.from('[{}]')],
    ['a text', Buffer.from('"{}"')],
    ['null', Buffer.from('null')],
    ['no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ['one with a byte order mark', Buffer.from('\ufeff{}')],
    ['one with a member twice', Buffer.from('{"a":1,"a":1}')],
    ['one with a member twice, deep inside', Buffer.from('{"a":[{"b":1,"\\u0062":2}]}')],
  ])('that is %s is refused', (_, bytes) => {
    expect(() => readJsonObject(bytes)).toThrow(expect.objectContaining({ code: 'invalid_request', status: 400 }));
  });
});

describe('an order', () => {
  it('is read in the members of the approved detail', () => {
    expect(readOrder(body)).toEqual(order);
    expect(readOrder({ ...body, remittanceInformationUnstructured: 'Invoice 7', endToEndIdentification: 'e2e', debtorAccount: { accountId: 'a', iban: 'gb09hbnk40010112344821' }, identifier: 'p' })).toEqual({
      ...order, remittance: 'Invoice 7', endToEndId: 'e2e', debtor: { accountId: 'a', iban: 'GB09HBNK40010112344821' }, identifier: 'p',
    }); // prettier-ignore
  });

  it.each(['0.01', '1', '1.5', '9999999999999.99'])('may be about %s', (amount) => {
    expect(readOrder({ ...body, instructedAmount: { currency: 'EUR', amount } }).amount.amount).toBe(amount);
  });

  it.each<[string, object]>([
    ['instructedAmount must be an object', { instructedAmount: undefined }],
    ['instructedAmount must be an object', { instructedAmount: ['EUR', '1'] }],
    ...['0', '0.00', '-1', '+1', '1.', '.5', '01', '1.234', '1e2', '1,50', ' 1', '10000000000000', 'NaN', '', 12.5, null].map((amount): [string, object] => ['instructedAmount.amount must be', { instructedAmount: { currency: 'EUR', amount } }]),
    ...['eur', 'EURO', '', 1, null].map((currency): [string, object] => ['instructedAmount.currency must be', { instructedAmount: { currency, amount: '1' } }]),
    ['unknown member instructedAmount.value', { instructedAmount: { currency: 'EUR', amount: '1', value: 1 } }],
    ...['', ' ', 'x'.repeat(141), 'a\nb', 'a\u0000', 'a\u202eb', '\ud800', 1, null].map((creditorName): [string, object] => ['creditorName must be', { creditorName }]),
    ['creditorAccount must be an object', { creditorAccount: 'GB15HBNK40010155120937' }],
    ...['GB15HBNK40010155120938', 'GB', 'XX', 1, undefined].map((iban): [string, object] => ['creditorAccount.iban must be', { creditorAccount: { iban } }]),
    ['remittanceInformationUnstructured must be', { remittanceInformationUnstructured: 'x'.repeat(141) }],
    ['remittanceInformationUnstructured must be', { remittanceInformationUnstructured: null }],
    ['endToEndIdentification must be', { endToEndIdentification: 'x'.repeat(36) }],
    ['debtorAccount must be accountId or iban', { debtorAccount: {} }],
    ['debtorAccount.accountId must be', { debtorAccount: { accountId: '' } }],
    ['debtorAccount.iban must be', { debtorAccount: { iban: 'x' } }],
    ['identifier must be', { identifier: 7 }],
    ['unknown member type', { type: 'payment_initiation' }],
    ['unknown member __proto__', JSON.parse('{"__proto__":{"a":1}}') as object],
  ])('is refused: %s: %j', (text, changes) => {
    const changed = Object.defineProperties({ ...body }, Object.getOwnPropertyDescriptors(changes));
    expect(() => readOrder(changed)).toThrow(expect.objectContaining({ code: 'invalid_request', status: 422, description: expect.stringContaining(text) }));
  });

  it('stands for itself, however it is written', () => {
    const print = (changes: object) => fingerprint(readOrder({ ...body, ...changes })).toString('hex');
    expect(print({ instructedAmount: { amount: '123.5', currency: 'EUR' }, creditorAccount: { iban: 'GB15HBNK40010155120937' } })).toBe(print({}));
    const others = [
      print({}), print({ instructedAmount: { currency: 'EUR', amount: '123.51' } }), print({ instructedAmount: { currency: 'GBP', amount: '123.50' } }), print({ creditorName: 'Corner cafe' }),
      print({ creditorAccount: { iban: 'GB09HBNK40010112344821' } }), print({ remittanceInformationUnstructured: 'x' }), print({ endToEndIdentification: 'x' }), print({ identifier: 'x' }),
      print({ debtorAccount: { accountId: 'x' } }), print({ debtorAccount: { iban: 'GB09HBNK40010112344821' } }),
    ]; // prettier-ignore
    expect(new Set(others).size).toBe(others.length);
  });
});
