import { DetailTypes } from '@assent/authorization-details';
import { onePaymentType, type OnePayment } from './one-payment.js';

const type = 'urn:assent:somewhere:payment';
const market = onePaymentType({ type });
const types = DetailTypes.of([market]);
const now = new Date('2026-11-25T12:00:00Z');
const good: OnePayment = { type, instructedAmount: { currency: 'BRL', amount: '120.50' }, creditorName: 'Loja do Porto', creditorAccount: { scheme: 'PIX', identification: '12345678/0001/94088392' }, endToEndIdentification: 'E9040088820210128000800123873170' };
const parse = (detail: object) => types.parse([detail], { issuerTypes: [type], clientTypes: [type], now });

describe('one payment of a market', () => {
  it.each<[string, object]>([
    ['with an account of a scheme', good],
    ['with an IBAN', { ...good, creditorAccount: { iban: 'GB09HBNK40010112344821' } }],
    ['with reference and day', { ...good, remittanceInformation: 'Pedido 17', requestedOn: '2026-11-25' }],
  ])('is taken %s', (_, detail) => {
    expect(parse(detail)).toEqual([detail]);
  });

  it.each<[string, object, RegExp]>([
    ['too few decimals', { ...good, instructedAmount: { currency: 'BRL', amount: '120.5' } }, /decimals/],
    ['two kinds of account', { ...good, creditorAccount: { iban: 'GB09HBNK40010112344821', scheme: 'PIX', identification: '1' } }, /either iban/],
    ['half an account', { ...good, creditorAccount: { scheme: 'PIX' } }, /either iban/],
    ['no creditor', { ...good, creditorName: undefined }, /creditorName/],
    ['unknown members', { ...good, fee: '1' }, /fee/],
  ])('is refused with %s', (_, detail, says) => {
    expect(() => parse(detail)).toThrow(says);
  });

  it('is the same only where all of it is, whichever account was chosen', () => {
    const [granted] = types.enrich([good], [{ accounts: ['ana-everyday'], identifier: 'p1', now }]);
    expect(granted).toEqual({ ...good, debtorAccount: { accountId: 'ana-everyday' }, identifier: 'p1' });
    expect(types.isWithin([good], [granted!])).toBe(true);
    expect(types.isWithin([{ ...good, debtorAccount: { accountId: 'ana-savings' } }], [granted!])).toBe(false);
    for (const change of [{ instructedAmount: { currency: 'BRL', amount: '120.51' } }, { creditorName: 'Loja' }, { creditorAccount: { scheme: 'PIX', identification: '1' } }, { endToEndIdentification: 'E2' }]) {
      expect(types.isWithin([{ ...good, ...change }], [granted!])).toBe(false);
    }
  });

  it('is ordered as it was approved', () => {
    expect(market.payment!({ ...good, debtorAccount: { accountId: 'ana-everyday' }, identifier: 'p1' })).toEqual({
      amount: good.instructedAmount, creditorName: good.creditorName, creditorAccount: good.creditorAccount, endToEndId: good.endToEndIdentification, debtor: { accountId: 'ana-everyday' }, identifier: 'p1',
    }); // prettier-ignore
  });

  it('is told in plain words', () => {
    expect(types.present({ ...good, remittanceInformation: 'Pedido 17', requestedOn: '2026-11-25' }, 'pt-BR')).toMatchObject({
      amount: { value: '120.50', currency: 'BRL' },
      payee: { name: 'Loja do Porto', account: '12345678/0001/94088392' },
      terms: [{ id: 'reference', value: 'Pedido 17', quoted: true }, { id: 'end-to-end' }, { id: 'day', value: '25 de novembro de 2026' }, { id: 'times' }],
    });
  });
});
