import { derTag, readDer } from './der.js';
import { DistinguishedNameError, formatName, nameOfDer, parseName, sameName, type DistinguishedName } from './distinguished-name.js';
import { attributeOid } from './attribute-types.js';
import { vectors } from '../spec-support/fixtures.js';

interface Example {
  readonly section: string;
  readonly string: string;
  readonly rdns: readonly (readonly { readonly type: string; readonly value?: string; readonly hex_ber?: string }[])[];
}
const { examples, attribute_types } = vectors<{ examples: Example[]; attribute_types: Record<string, string> }>('rfc4514-dn');

const same = (a: string, b: string): boolean => sameName(parseName(a), parseName(b));

describe('the examples of RFC 4514 and RFC 2253', () => {
  it.each(examples.map((example) => [example.string, example] as const))('%s', (_, { string, rdns }) => {
    const expected = rdns.map((rdn) => rdn.map(({ type, value, hex_ber }) => ({ oid: attributeOid(type), ...(value === undefined ? { ber: Buffer.from(hex_ber ?? '', 'hex') } : { text: value }) })));
    expect(parseName(string)).toEqual(expected);
    expect(sameName(parseName(formatName(parseName(string))), parseName(string))).toBe(true);
  });

  it('knows every attribute type of the table', () => {
    for (const [name, oid] of Object.entries(attribute_types)) expect(attributeOid(name.toLowerCase())).toBe(oid);
  });
});

describe('names that are the same', () => {
  it.each([
    ['CN=Tally,O=Tally Ltd,C=GB', 'cn=tally,o=TALLY LTD,c=gb'],
    ['CN=Tally,O=Tally Ltd', '2.5.4.3=Tally,2.5.4.10=Tally Ltd'],
    ['CN=Tally , O = Tally Ltd', 'CN=Tally,O=Tally Ltd'],
    ['CN=Tally;O=Tally Ltd', 'CN=Tally,O=Tally Ltd'],
    ['CN=J.  Smith', 'CN=J. Smith'],
    ['CN=\\ Tally\\ ', 'CN=Tally'],
    ['OU=Sales+CN=Ana,C=GB', 'CN=Ana+OU=Sales,C=GB'],
    ['CN=Lu\\C4\\8Di\\C4\\87', 'CN=LUČIĆ'],
    ['CN=Sue\\, Grabbit', 'CN=Sue\\2c Grabbit'],
    ['CN=a\\=b', 'CN=a=b'],
    ['CN=Tally\\\\', 'CN=tally\\5C'],
    ['organizationIdentifier=OFBBR-1', '2.5.4.97=#0c074f464242522d31'],
    ['CN=#130554616c6c79', 'CN=Tally'],
    ['emailAddress=ana@bank.example', 'E=ana@bank.example'],
    ['serialNumber=1,jurisdictionCountryName=BR', '2.5.4.5=1,1.3.6.1.4.1.311.60.2.1.3=BR'],
    ['CN=ﬁnance', 'CN=finance'],
    ['CN=Cafe\\CC\\81', 'CN=Café'],
    ['CN=', 'CN='],
  ])('%s and %s', (a, b) => {
    expect(same(a, b)).toBe(true);
  });
});

describe('names that are not', () => {
  it.each([
    ['CN=Tally,O=Tally Ltd', 'O=Tally Ltd,CN=Tally'],
    ['CN=Tally,O=Tally Ltd', 'CN=Tally'],
    ['CN=Tally', 'CN=Tally,O=Tally Ltd'],
    ['CN=Tally,O=Tally Ltd', 'CN=Tally+O=Tally Ltd'],
    ['CN=Tally', 'OU=Tally'],
    ['CN=Tally', 'CN=Tallyho'],
    ['CN=Tal ly', 'CN=Tally'],
    ['CN=Tally\\,O\\=Tally Ltd', 'CN=Tally,O=Tally Ltd'],
    ['CN=a+CN=a', 'CN=a'],
    ['1.2.3=#04024869', '1.2.3=#04024868'],
    ['1.2.3=#04024869', '1.2.3=Hi'],
    ['CN=adm\\c4\\b1n', 'CN=admin'],
  ])('%s and %s', (a, b) => {
    expect(same(a, b)).toBe(false);
  });
});

it.each([
  '', 'CN', '=x', 'CN=a,', ',CN=a', 'CN=a,,C=GB', 'CN=a+', 'unknown=x', 'constructor=x', 'CN="a,b"', 'CN=a\\', 'CN=a\\x', 'CN=a\\C4', 'CN=a<b', 'CN=#', 'CN=#0', 'CN=#xx', 'CN=#0c05', 'CN=#0c01410c0141', '1..2=x', '01.2=x', 'CN=a\0b',
])('parseName refuses %j', (text) => {
  expect(() => parseName(text)).toThrow(DistinguishedNameError);
});

describe('formatName', () => {
  const attribute = (oid: string, text: string): DistinguishedName => [[{ oid, text }]];
  it.each([
    ['a,b+c"d\\e<f>g;h', 'CN=a\\,b\\+c\\"d\\\\e\\<f\\>g\\;h'],
    [' a ', 'CN=\\ a\\ '],
    [' ', 'CN=\\ '],
    ['\\ ', 'CN=\\\\\\ '],
    ['#a#', 'CN=\\#a#'],
    ['a\0\r', 'CN=a\\00\\0d'],
    ['Lučić', 'CN=Lučić'],
  ])('%j', (text, written) => {
    expect(formatName(attribute('2.5.4.3', text))).toBe(written);
    expect(parseName(written)).toEqual(attribute('2.5.4.3', text));
  });
});

describe('nameOfDer', () => {
  const tlv = (tag: number, ...parts: (Buffer | string)[]): Buffer => {
    const contents = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'hex') : part)));
    return Buffer.concat([Buffer.of(tag, contents.length), contents]);
  };
  const nameOf = (...rdns: Buffer[]): DistinguishedName => nameOfDer(readDer(tlv(derTag.sequence, ...rdns))[0] as never);
  const rdn = (...attributes: Buffer[]): Buffer => tlv(derTag.set, ...attributes);
  const attribute = (oid: string, tag: number, value: string): Buffer => tlv(derTag.sequence, tlv(derTag.oid, oid), tlv(tag, Buffer.from(value, 'latin1')));
  const [cn, country, odd] = ['550403', '550406', '2a0304'];

  it('turns the order round and keeps what has no name as BER', () => {
    expect(formatName(nameOf(rdn(attribute(country, 0x13, 'GB')), rdn(attribute(cn, 0x0c, 'Tally'), attribute(odd, 0x0c, 'x'))))).toBe('CN=Tally+1.2.3.4=#0c0178,C=GB');
  });

  it.each<[string, number, string]>([
    ['UTF8String', 0x0c, 'Tall\xc3\xa9'],
    ['BMPString', 0x1e, '\0T\0a\0l\0l\0\xe9'],
    ['TeletexString', 0x14, 'Tall\xe9'],
  ])('reads %s', (_, tag, value) => {
    expect(sameName(nameOf(rdn(attribute(cn, tag, value))), parseName('CN=Tallé'))).toBe(true);
  });

  it.each<[string, number, string]>([
    ['UTF-8 that is none', 0x0c, '\xff'],
    ['a PrintableString with high octets', 0x13, '\xe9'],
    ['half a BMPString', 0x1e, '\0Ta'],
  ])('keeps %s as BER', (_, tag, value) => {
    expect(formatName(nameOf(rdn(attribute(cn, tag, value))))).toMatch(/^CN=#/);
  });

  it('does not let an embedded NUL end a name', () => {
    expect(sameName(nameOf(rdn(attribute(cn, 0x0c, 'tally\0.evil'))), parseName('CN=tally'))).toBe(false);
  });
});
