import { firstDayFrom, lastDayUntil, readLocalMoment, readMoment, writeMoment } from './moment.js';

describe('a date and time', () => {
  it.each([
    ['2017-04-05T10:43:07+00:00', '2017-04-05T10:43:07.000Z'],
    ['2018-07-03T14:43:41Z', '2018-07-03T14:43:41.000Z'],
    ['2023-01-28T15:27:13+0300', '2023-01-28T12:27:13.000Z'],
    ['2023-01-28T15:27:13.123456789-05', '2023-01-28T20:27:13.123Z'],
    ['2017-04-05T10:43', '2017-04-05T10:43:00.000Z'],
    ['2017-04-05', '2017-04-05T00:00:00.000Z'],
    ['2024-02-29T23:59:59+14:00', '2024-02-29T09:59:59.000Z'],
  ])('may be %s', (text, iso) => expect(readMoment(text)?.toISOString()).toBe(iso));

  it.each(['', '2017', '2017-13-01', '2017-02-30T00:00:00Z', '2023-02-29', '2017-04-05T24:00:00Z', '2017-04-05T10:60:00Z', '2017-04-05 10:43:07', '2017-04-05T10:43:07+15:00', '2017-04-05T10:43:07X', 'now', 7, null, undefined])('may not be %p', (text) => {
    expect(readMoment(text)).toBeUndefined();
  });

  it('of a filter is as it stands', () => expect(readLocalMoment('2017-04-05T10:43:07+03:00')?.toISOString()).toBe('2017-04-05T10:43:07.000Z'));

  it('bounds days by their beginnings', () => {
    const [midnight, noon] = [new Date('2017-04-05T00:00:00Z'), new Date('2017-04-05T12:00:00Z')];
    expect([firstDayFrom(midnight), firstDayFrom(noon), lastDayUntil(midnight), lastDayUntil(noon)]).toEqual(['2017-04-05', '2017-04-06', '2017-04-05', '2017-04-05']);
  });

  it('is written with its time zone', () => expect(writeMoment(new Date('2017-04-05T10:43:07.999Z'))).toBe('2017-04-05T10:43:07+00:00'));
});
