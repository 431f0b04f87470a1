import { aClient } from '../fixtures/client.js';
import { createSubjects, sectorOf } from './subjects.js';

const key = Buffer.alloc(32, 7);
const subjects = createSubjects(key, 'https://bank.example/fapi2');
const pairwise = (host: string, client_id = 'a') => aClient({ client_id, subject_type: 'pairwise', redirect_uris: [`https://${host}/cb`] });

describe('createSubjects', () => {
  it('names a customer the same for ever, in at most 255 ASCII characters', () => {
    const subject = subjects.of(aClient(), 'customer-ana');
    expect(subject).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(createSubjects(Buffer.alloc(32, 7), 'https://bank.example/fapi2').of(aClient({ client_id: 'other' }), 'customer-ana')).toBe(subject);
  });

  it('tells customers, issuers and keys apart', () => {
    const other = [subjects.of(aClient(), 'customer-ben'), createSubjects(key, 'https://bank.example/other').of(aClient(), 'customer-ana'), createSubjects(Buffer.alloc(32, 8), 'https://bank.example/fapi2').of(aClient(), 'customer-ana')];
    expect(new Set([...other, subjects.of(aClient(), 'customer-ana')]).size).toBe(4);
  });

  it('gives one pairwise name within a sector and another in each other sector', () => {
    const ana = subjects.of(pairwise('tpp.example'), 'customer-ana');
    expect(subjects.of(pairwise('tpp.example', 'b'), 'customer-ana')).toBe(ana);
    expect(subjects.of(pairwise('other.example'), 'customer-ana')).not.toBe(ana);
    expect(subjects.of(aClient(), 'customer-ana')).not.toBe(ana);
  });
});

describe('sectorOf', () => {
  it.each([
    { client: aClient({ sector_identifier_uri: 'https://group.example/sector.json' }), sector: 'group.example' },
    { client: aClient({ redirect_uris: ['https://tpp.example/a', 'https://tpp.example/b'] }), sector: 'tpp.example' },
    { client: aClient({ redirect_uris: ['https://one.example/a', 'https://two.example/b'] }), sector: 'client:tally-budget' },
  ])('is $sector', ({ client, sector }) => {
    expect(sectorOf(client)).toBe(sector);
  });
});
