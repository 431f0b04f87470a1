import { decimalsOf } from './currencies.js';
import { formats, type FormatName } from './formats.js';
import { isIban } from './iban.js';

/** Examples of the IBAN registry, of many lengths. */
const ibans = [
  'AD1200012030200359100100', 'AE070331234567890123456', 'AT611904300234573201', 'BE68539007547034', 'BR1800360305000010009795493C1', 'CH9300762011623852957',
  'DE89370400440532013000', 'DE02100100109307118603', 'ES9121000418450200051332', 'FR1420041010050500013M02606', 'GB29NWBK60161331926819', 'IT60X0542811101000000123456',
  'KW81CBKU0000000000001234560101', 'MT84MALT011000012345MTLCAST001S', 'NL91ABNA0417164300', 'NO9386011117947', 'SA0380000000608010167519', 'LC55HEMM000100010012001200023015',
]; // prettier-ignore

describe('IBAN', () => {
  it.each(ibans)('takes %s', (iban) => {
    expect(isIban(iban)).toBe(true);
  });

  it.each(ibans)('takes no other digit in %s', (iban) => {
    for (let at = 2; at < iban.length; at += 1) {
      const other = String((Number.parseInt(iban[at]!, 36) + 1) % 10);
      if (other !== iban[at]) expect([at, isIban(iban.slice(0, at) + other + iban.slice(at + 1))]).toEqual([at, false]);
    }
  });

  // 00, 01 and 99 satisfy the division where 97, 98 and 02 do, and are no check digits.
  it.each(['', 'DE', 'de89370400440532013000', 'DE89 3704 0044 0532 0130 00', '3789DE370400440532013000', `DE89${'0'.repeat(40)}`, 'DE8937040044053201300٠'])('does not take %j', (text) => {
    expect(isIban(text)).toBe(false);
  });
});

it('knows currencies by their decimals', () => {
  expect(['EUR', 'GBP', 'BRL', 'JPY', 'KWD', 'ISK', 'HUF'].map(decimalsOf)).toEqual([2, 2, 2, 0, 3, 0, 2]);
  expect(['XAU', 'XXX', 'DEM', 'eur', '', 'EU', 'CLF', 'toString'].map(decimalsOf)).toEqual(Array(8).fill(undefined));
});

describe.each<[FormatName, string[], string[]]>([
  ['plain-text', ['a', 'Merchant A', 'José', 'متجر', '𝒮 🧀', "O'Neil & <Sons>"], ['', ' a', 'a ', 'a\tb', 'a\nb', 'a\u0000b', 'a\u0085b', 'a\u2028b', 'a\u202eb', 'a\u2066b', 'a\u200fb', 'a\u200bb', '\ufeffa']],
  ['currency', ['EUR', 'XOF'], ['eur', 'EURO', 'XTS', '']],
  ['amount', ['1', '0.01', '1.00', '9999999999999.999'], ['0', '0.00', '00.10', '01', '-1', '+1', '1.', '.1', '1e2', '1,0', '1 0', '10000000000000', '1.0000', '', '١']],
  ['account-id', ['a', 'ana-everyday', 'x'.repeat(255)], ['', 'a b', 'ä', 'a\n', 'x'.repeat(256)]],
  ['identifier', ['abc_-1'], ['', 'a b', 'a.b', 'x'.repeat(129)]],
  ['location', ['https://api.bank.example', 'https://api.bank.example/', 'https://api.bank.example/a/b', 'https://localhost:9445/accounts', 'https://api.bank.example/%C3%A4'], ['', 'api.bank.example', 'http://api.bank.example', 'https://', 'https:///a', 'https://API.bank.example', 'https://api.bank.example:443/a', 'https://a@api.bank.example', 'https://api.bank.example/a?b', 'https://api.bank.example/a#b', 'https://api.bank.example/./a', 'https://api.bank.example/a/../b', 'https://api.bank.example\\a', 'https://api.bank.example/a b']],
  ['date', ['2026-02-28', '2028-02-29', '1999-12-31'], ['2026-02-29', '2026-13-01', '2026-00-10', '26-01-01', '2026-1-1', '2026-01-01T00:00:00Z', '0000-01-01', '9999-01-01', '']],
  ['date-time', ['2027-05-31T12:00:00Z', '2027-05-31T12:00:00.123+05:30'], ['2027-05-31', '2027-05-31T12:00Z', '2027-05-31T24:00:00Z', '2027-05-31T23:59:60Z', '2027-05-31 12:00:00Z', '2027-05-31t12:00:00z', '2027-02-30T12:00:00Z', '2027-05-31T12:00:00', '2027-05-31T12:00:00+25:00', '']],
  ['reference-id', ['INV-7/2026_a.b'], ['', 'a b', 'ä', 'a\n', '<a>']],
])('format %s', (name, good, bad) => {
  it.each(good)('takes %j', (text) => expect(formats[name].accepts(text)).toBe(true));
  it.each(bad)('does not take %j', (text) => expect(formats[name].accepts(text)).toBe(false));
});
