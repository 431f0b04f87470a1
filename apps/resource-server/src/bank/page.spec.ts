import { Form } from '@assent/protocol';
import { readPage, writeCursor } from './page.js';

const read = (query: string) => readPage(Form.parse(query));
const cursor = (text: string) => Buffer.from(text).toString('base64url');

describe('readPage', () => {
  it('asks for the newest fifty when nothing is said', () => {
    expect(read('')).toEqual({ from: undefined, to: undefined, limit: 50, after: undefined });
  });

  it.each([
    ['from=2026-01-01&to=2026-01-01', { from: '2026-01-01', to: '2026-01-01' }],
    ['to=2024-02-29', { to: '2024-02-29' }],
    ['limit=1', { limit: 1 }],
    ['limit=200', { limit: 200 }],
    ['unknown=x', { limit: 50 }],
  ])('reads %s', (query, page) => expect(read(query)).toMatchObject(page));

  it('goes on from its own cursor', () => {
    const after = { bookedOn: '2026-11-23', sequence: 2_147_483_647 };
    expect(read(`cursor=${writeCursor(after)}`).after).toEqual(after);
  });

  it.each([
    'from=2026-02-30', 'from=2026-1-1', 'from=yesterday', 'from=2026-01-01T00:00:00Z', 'from=0000-01-01', 'from=+02026-01-01',
    'to=99999-01-01', 'from=2026-01-02&to=2026-01-01', 'from=2026-01-01&from=2026-01-02',
    'limit=0', 'limit=201', 'limit=-1', 'limit=1e2', 'limit=ten', 'limit=1&limit=2',
    'cursor=x', 'cursor=%00', `cursor=${cursor('2026-11-23')}`, `cursor=${cursor('2026-13-23/1')}`, `cursor=${cursor('2026-11-23/-1')}`,
    `cursor=${cursor('2026-11-23/2147483648')}`, `cursor=${cursor('2026-11-23/1/2')}`, `cursor=${cursor('infinity/1')}`,
  ])('refuses %s', (query) => {
    expect(() => read(query)).toThrow(expect.objectContaining({ code: 'invalid_request', status: 400 }));
  }); // prettier-ignore
});
