import { periodOf } from './period.js';

describe('the period of a moment, in UTC', () => {
  it.each([
    ['day', '2026-11-25T00:00:00.000Z', '2026-11-25', '2026-11-26'],
    ['day', '2026-11-25T23:59:59.999Z', '2026-11-25', '2026-11-26'],
    ['day', '2028-02-29T12:00:00.000Z', '2028-02-29', '2028-03-01'],
    ['week', '2026-11-23T00:00:00.000Z', '2026-11-23', '2026-11-30'],
    ['week', '2026-11-29T23:59:59.999Z', '2026-11-23', '2026-11-30'],
    ['week', '2027-01-01T12:00:00.000Z', '2026-12-28', '2027-01-04'],
    ['month', '2026-12-31T23:59:59.999Z', '2026-12-01', '2027-01-01'],
    ['month', '2027-02-01T00:00:00.000Z', '2027-02-01', '2027-03-01'],
    ['year', '2026-12-31T23:59:59.999Z', '2026-01-01', '2027-01-01'],
    ['year', '2027-01-01T00:00:00.000Z', '2027-01-01', '2028-01-01'],
  ])('%s of %s', (period, moment, from, until) => {
    expect(periodOf(period, new Date(moment))).toEqual({ from: new Date(`${from}T00:00:00Z`), until: new Date(`${until}T00:00:00Z`) });
  });

  it.each(['fortnight', '', undefined, 7, 'Month'])('is unknown for %s', (period) => expect(periodOf(period, new Date())).toBeUndefined());
});
