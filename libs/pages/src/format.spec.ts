import { formatAccountNumber, formatCount, formatDate, formatDeadline, formatMinutes, formatMoney } from './format.js';

describe('formats', () => {
  const date = new Date('2027-11-23T00:00:00Z');
  it('writes dates in the language, with Latin digits', () => {
    expect([formatDate(date, 'en'), formatDate(date, 'pt-BR'), formatDate(date, 'ar')]).toEqual(['23 November 2027', '23 de novembro de 2027', '23 نوفمبر 2027']);
  });
  it('names the zone of a deadline', () => {
    expect(formatDeadline(new Date('2027-11-23T14:05:00Z'), 'en')).toBe('23 November 2027 at 14:05 UTC');
    expect(formatDeadline(new Date('2027-11-23T14:05:00Z'), 'ar')).toMatch(/^23 نوفمبر 2027/);
  });
  it('writes account numbers as people read them', () => {
    expect(formatAccountNumber('NL91ABNA0417164300')).toBe('NL91 ABNA 0417 1643 00');
    expect(formatAccountNumber('20-00-00 1234')).toBe('20-00-00 1234');
  });
  it('writes numbers in Latin digits', () => expect(formatCount(12, 'ar')).toBe('12'));
  it('writes exact amounts', () => {
    expect(formatMoney('2140.55', 'EUR', 'en')).toBe('€2,140.55');
    expect(formatMoney('-90071992547409.93', 'EUR', 'en')).toBe('-€90,071,992,547,409.93');
    expect(formatMoney('1200', 'JPY', 'ar')).toBe('¥1,200');
  });
  it('shows what it cannot read as it stands', () => expect(formatMoney('1e9', 'EUR', 'en')).toBe('1e9 EUR'));
  it('counts minutes', () => expect([formatMinutes(61, 'en'), formatMinutes(5, 'en'), formatMinutes(120, 'ar')]).toEqual(['2 minutes', '1 minute', 'دقيقتان']));
});
