import { OAuthError, type AuthorizationDetail } from '@assent/protocol';
import { DetailTypes } from './detail-types.js';
import { accountAccess, aMandate, aPayment } from './fixtures.js';
import { shippedTypes } from './load.js';

/* Whatever is put in whatever place, the answer is the value itself or a refusal that can be told. */

const types = DetailTypes.of(shippedTypes);
const rules = { issuerTypes: types.names, clientTypes: types.names, now: new Date('2026-11-25T12:00:00Z') };
const marker = 'S3CR3T';

const odd: readonly unknown[] = [
  undefined, null, true, false, 0, -0, -1, 1.5, 1e21, Number.MAX_SAFE_INTEGER, '', ' ', marker, `${marker}\n`, `${marker}"\\`, `\u202e${marker}`, `<script>${marker}</script>`, '\0', '\ud800', 'a'.repeat(100_000), '١٢٣', '🧀'.repeat(40),
  [], [null], [[]], [marker], Array.from({ length: 1000 }, (_, n) => n), {}, { odd: marker }, { __proto__: { iban: 'DE02100100109307118603' } }, JSON.parse('{"__proto__":{"odd":1}}'), { constructor: marker }, { toString: marker }, { length: 3 }, { then: marker },
]; // prettier-ignore

/** The value with what stands at one place exchanged: every place, lists and objects included, one after the other. */
function* changed(value: unknown, other: unknown): Generator<unknown> {
  yield other;
  if (Array.isArray(value)) {
    for (const [at, item] of value.entries()) for (const inside of changed(item, other)) yield value.map((one: unknown, index) => (index === at ? inside : one));
    yield [...(value as unknown[]), other];
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, member] of Object.entries(value)) for (const inside of changed(member, other)) yield { ...value, [name]: inside };
    yield { ...value, another: other };
  }
}

const asSent = (value: unknown): unknown => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)));

function expectJudged(value: unknown, read: (value: unknown) => readonly AuthorizationDetail[]): 'taken' | 'refused' {
  try {
    expect(read(value)).toEqual(value);
    return 'taken';
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
    expect([error.code, error.status]).toEqual(['invalid_authorization_details', 400]);
    expect(error.description).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]{1,400}$/);
    expect(error.description).not.toContain(marker);
    return 'refused';
  }
}

describe.each([
  ['account_information', accountAccess({ accounts: ['a'], transactionsFrom: '2026-01-01', transactionsTo: '2026-02-01', expiresAt: '2027-01-01T00:00:00Z' })],
  ['payment_initiation', aPayment({ debtorAccount: { accountId: 'a' }, endToEndIdentification: 'e', identifier: 'n' })],
  ['recurring_payment', aMandate({ debtorAccount: { iban: 'GB09HBNK40010112344821' }, locations: ['https://example.com/payments'] })],
])('%s', (_, detail) => {
  it('is judged wherever something odd stands in it, in a request and in one that narrows', () => {
    const outcomes = { taken: 0, refused: 0 };
    for (const other of odd) {
      for (const value of changed([detail], other)) {
        const sent = asSent(value);
        outcomes[expectJudged(sent, (one) => types.parse(one, rules))] += 1;
        expectJudged(sent, (one) => types.parseNarrowing(one));
      }
    }
    expect(outcomes.refused).toBeGreaterThan(500);
    // Leaving out what is optional, and the like.
    expect(outcomes.taken).toBeGreaterThan(0);
  });

  it('is narrowed by nothing that is not within it', () => {
    for (const other of odd) {
      for (const value of changed([detail], other)) {
        const sent = asSent(value);
        let asked: readonly AuthorizationDetail[];
        try {
          asked = types.parseNarrowing(sent);
        } catch {
          continue;
        }
        const narrowed = types.narrow(asked, [detail]);
        if ('details' in narrowed) expect([asked, types.isWithin(narrowed.details, [detail])]).toEqual([asked, true]);
      }
    }
  });
});
