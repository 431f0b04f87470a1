import { OAuthError } from '@assent/protocol';
import { DetailTypes } from './detail-types.js';
import { accountAccess, aMandate, aPayment, without } from './fixtures.js';
import { shippedTypes } from './load.js';
import { detailsFor } from './resources.js';

const types = DetailTypes.of(shippedTypes);
const now = new Date('2026-11-25T12:00:00Z');
const all = { issuerTypes: types.names, clientTypes: types.names, now };

const refused = (act: () => unknown): [string, number, string, string] => {
  try {
    act();
  } catch (error) {
    if (error instanceof OAuthError) return [error.code, error.status, error.description, error.rule];
    throw error;
  }
  throw new Error('not refused');
};
const parse = (value: unknown, rules = all) => types.parse(value, rules);

describe('parse', () => {
  it.each([
    ['the credit transfer of RFC 9396 section 2', [aPayment()]],
    ['the combined request of RFC 9396 section 2', [accountAccess(), aPayment()]],
    ['the reduced privileges of RFC 9396 section 6.1', [accountAccess({ actions: ['list_accounts'] })]],
    ['one type twice (RR-02)', [accountAccess({ actions: ['list_accounts'] }), accountAccess({ actions: ['read_balances'] })]],
    ['a window and an end', [accountAccess({ accounts: ['ana-everyday'], transactionsFrom: '2026-01-01', transactionsTo: '2026-01-01', expiresAt: '2027-01-01T00:00:00+01:00' })]],
    ['a payment with the least', [without(aPayment(), 'actions', 'locations', 'remittanceInformationUnstructured')]],
    ['a mandate', [aMandate()]],
    ['a mandate that ends today', [aMandate({ startsOn: '2026-01-01', endsOn: '2026-11-25' })]],
    ['text outside the basic plane', [aPayment({ creditorName: 'Käse & 𝒮öhne 🧀 متجر' })]],
    ['a yen', [aPayment({ instructedAmount: { currency: 'JPY', amount: '5000' } })]],
    ['a dinar', [aPayment({ instructedAmount: { currency: 'KWD', amount: '0.001' } })]],
    ['as many objects as there may be', Array.from({ length: 20 }, () => accountAccess())],
  ])('takes %s as it is', (_, value) => {
    expect(parse(JSON.parse(JSON.stringify(value)))).toEqual(value);
  });

  const payment = (members: object) => [{ ...aPayment(), ...members }];
  const access = (members: object) => [{ ...accountAccess(), ...members }];
  const mandate = (members: object) => [{ ...aMandate(), ...members }];
  const limits = (members: object) => mandate({ limits: { ...aMandate().limits, ...members } });
  const hostile = (json: string): unknown => JSON.parse(json);
  const deep = (levels: number): unknown => JSON.parse(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`);

  it.each<[string, unknown, string, string?]>([
    ['no array', aPayment(), 'authorization_details must be a JSON array of objects', 'RR-01'],
    ['a text', '[]', 'authorization_details must be a JSON array of objects', 'RR-01'],
    ['null', null, 'authorization_details must be a JSON array of objects', 'RR-01'],
    ['an empty array', [], 'authorization_details must hold at least one object', 'RR-01'],
    ['too many objects', Array.from({ length: 21 }, () => accountAccess()), 'authorization_details must not hold more than 20 objects', 'RR-15'],
    ['an array inside', [accountAccess(), [accountAccess()]], 'authorization_details[1] must be a JSON object', 'RR-01'],
    ['null inside', [null], 'authorization_details[0] must be a JSON object', 'RR-01'],
    ['no type', [accountAccess(), { actions: ['list_accounts'] }], 'authorization_details[1].type is required', 'RR-02'],
    ['a type that is no text', access({ type: 7 }), 'authorization_details[0].type must be a string', 'RR-02'],
    ['a type of an array', access({ type: ['account_information'] }), 'authorization_details[0].type must be a string', 'RR-02'],
    ['an unknown type', access({ type: 'medical_record' }), 'authorization_details[0].type must be one this server knows (authorization_details_types_supported)'],
    ['a type of another case', access({ type: 'Account_Information' }), 'authorization_details[0].type must be one this server knows (authorization_details_types_supported)'],
    ['a type with a space', access({ type: 'account_information ' }), 'authorization_details[0].type must be one this server knows (authorization_details_types_supported)'],
    ['a type of a prototype', access({ type: 'constructor' }), 'authorization_details[0].type must be one this server knows (authorization_details_types_supported)'],
    ['an unknown member', access({ colour: 'red' }), 'authorization_details[0] has the member colour, which this type does not know; it knows type, actions, accounts, transactionsFrom, transactionsTo, expiresAt, locations'],
    ['an unknown member inside', payment({ creditorAccount: { iban: 'DE02100100109307118603', bic: 'ABCIDEFFXXX' } }), 'authorization_details[0].creditorAccount has the member bic, which is not known there'],
    ['an unknown member with a loud name', access({ '<img src=x onerror=alert(1)>': 1 }), 'authorization_details[0] has a member, which this type does not know; it knows type, actions, accounts, transactionsFrom, transactionsTo, expiresAt, locations'],
    ['a common field the type has not (RR-03)', access({ datatypes: ['contacts'] }), 'authorization_details[0] has the member datatypes, which this type does not know; it knows type, actions, accounts, transactionsFrom, transactionsTo, expiresAt, locations'],
    ['a wrong type', access({ actions: 'list_accounts' }), 'authorization_details[0].actions must be array'],
    ['a number for an amount', payment({ instructedAmount: { currency: 'EUR', amount: 123.5 } }), 'authorization_details[0].instructedAmount.amount must be string'],
    ['an action that is none', access({ actions: ['list_accounts', 'write'] }), 'authorization_details[0].actions[1] must be one of list_accounts, read_balances, read_transactions'],
    ['no action', access({ actions: [] }), 'authorization_details[0].actions must not have fewer than 1 items'],
    ['an action twice', access({ actions: ['list_accounts', 'list_accounts'] }), 'authorization_details[0].actions must not hold a value twice'],
    ['a required member missing', [without(aPayment(), 'creditorName')], 'authorization_details[0].creditorName is required'],
    ['a required member of a prototype', [{ type: 'account_information', __proto__: { actions: ['list_accounts'] } }], 'authorization_details[0].actions is required'],
    ['a bad IBAN', payment({ creditorAccount: { iban: 'DE03100100109307118603' } }), 'authorization_details[0].creditorAccount.iban must be an IBAN in electronic form with correct check digits'],
    ['an IBAN with spaces', payment({ creditorAccount: { iban: 'DE02 1001 0010 9307 1186 03' } }), 'authorization_details[0].creditorAccount.iban must be an IBAN in electronic form with correct check digits'],
    ['a currency that is none', payment({ instructedAmount: { currency: 'XYZ', amount: '1.00' } }), 'authorization_details[0].instructedAmount.currency must be the ISO 4217 code of a currency'],
    ...['-1.00', '0.00', '+1.00', '01.00', '1e3', '1,00', '1.', '.50', ' 1.00', '1.00 ', '12345678901234.00', '٣.٠٠', '1.0000', ''].map((amount): [string, unknown, string] => [
      `the amount ${JSON.stringify(amount)}`,
      payment({ instructedAmount: { currency: 'EUR', amount } }),
      'authorization_details[0].instructedAmount.amount must be a positive amount as decimal text, without leading zeros',
    ]),
    ...([['EUR', '1'], ['EUR', '1.5'], ['EUR', '1.500'], ['JPY', '1.00'], ['KWD', '1.00']] as const).map(([currency, amount]): [string, unknown, string] => [
      `${amount} ${currency}`,
      payment({ instructedAmount: { currency, amount } }),
      'authorization_details[0]: instructedAmount.amount must have as many decimals as its currency has in ISO 4217',
    ]),
    ['a name that is too long', payment({ creditorName: 'x'.repeat(71) }), 'authorization_details[0].creditorName must not have more than 70 characters'],
    ['a name with a line break', payment({ creditorName: 'Merchant\nA' }), 'authorization_details[0].creditorName must be one line of plain text that neither begins nor ends with a space'],
    ['a name that turns the direction', payment({ creditorName: 'Merchant \u202eA' }), 'authorization_details[0].creditorName must be one line of plain text that neither begins nor ends with a space'],
    ['a name with nothing in it', payment({ creditorName: '\u200b' }), 'authorization_details[0].creditorName must be one line of plain text that neither begins nor ends with a space'],
    ['a window that ends before it begins', access({ transactionsFrom: '2026-02-01', transactionsTo: '2026-01-31' }), 'authorization_details[0]: transactionsTo must not lie before transactionsFrom'],
    ['a day that is none', access({ transactionsFrom: '2026-02-29' }), 'authorization_details[0].transactionsFrom must be a date of the calendar such as 2027-05-31'],
    ['an end in the past', access({ expiresAt: '2026-11-25T12:00:00Z' }), 'authorization_details[0]: expiresAt must lie in the future'],
    ['an end without offset', access({ expiresAt: '2027-11-25T12:00:00' }), 'authorization_details[0].expiresAt must be a date and time with an offset such as 2027-05-31T12:00:00Z'],
    ['a leap second', access({ expiresAt: '2027-11-25T23:59:60Z' }), 'authorization_details[0].expiresAt must be a date and time with an offset such as 2027-05-31T12:00:00Z'],
    ...['http://example.com/a', '/accounts', 'https://example.com/a#b', 'https://example.com/?a', 'https://ana@example.com/', 'https://example.com/../b', 'https://EXAMPLE.com/', 'https://example.com:443/', 'https://example.com/ä', 'javascript:alert(1)'].map(
      (location): [string, unknown, string] => [`the location ${location}`, access({ locations: [location] }), 'authorization_details[0].locations[0] must be an absolute https URI without user name, query or fragment'],
    ),
    ['accounts without end', access({ accounts: Array.from({ length: 101 }, (_, n) => `a${n}`) }), 'authorization_details[0].accounts must not have more than 100 items'],
    ['a mandate of two currencies', limits({ perPeriod: { currency: 'EUR', amount: '120.00' } }), 'authorization_details[0]: limits.perPeriod.currency must be that of limits.perPayment'],
    ['a payment above its period', limits({ perPeriod: { currency: 'GBP', amount: '79.99' } }), 'authorization_details[0]: limits.perPayment must not be above limits.perPeriod'],
    ['a period that is none', limits({ period: 'fortnight' }), 'authorization_details[0].limits.period must be one of day, week, month, year'],
    ['half a payment', limits({ paymentsPerPeriod: 0.5 }), 'authorization_details[0].limits.paymentsPerPeriod must be integer'],
    ['no payment at all', limits({ paymentsPerPeriod: 0 }), 'authorization_details[0].limits.paymentsPerPeriod must be >= 1'],
    ['a mandate that is over', mandate({ startsOn: '2026-01-01', endsOn: '2026-11-24' }), 'authorization_details[0]: endsOn must not lie in the past'],
    ['a mandate that ends before it begins', mandate({ startsOn: '2027-02-01', endsOn: '2027-01-01' }), 'authorization_details[0]: endsOn must not lie before startsOn'],
    ['an empty debtor', payment({ debtorAccount: {} }), 'authorization_details[0].debtorAccount must not have fewer than 1 properties'],
    ['NUL', access({ accounts: ['a\0b'] }), 'authorization_details[0] holds text that is not Unicode, or NUL', 'RR-15'],
    ['half a surrogate pair', payment({ creditorName: 'a\ud800b' }), 'authorization_details[0] holds text that is not Unicode, or NUL', 'RR-15'],
    ['half a surrogate pair in a name', access({ 'a\udc00': 1 }), 'authorization_details[0] has a member whose name is not Unicode, or holds NUL', 'RR-15'],
    ['__proto__', hostile('[{"type":"account_information","actions":["list_accounts"],"__proto__":{"admin":true}}]'), 'authorization_details[0] has a member named __proto__', 'RR-15'],
    ['__proto__ inside', hostile('[{"type":"payment_initiation","instructedAmount":{"__proto__":{"currency":"EUR"}}}]'), 'authorization_details[0] has a member named __proto__', 'RR-15'],
    ['depth', access({ actions: deep(50_000) }), 'authorization_details[0] is nested too deeply', 'RR-15'],
  ])('refuses %s', (_, value, description, rule = 'RR-04') => {
    expect(refused(() => parse(value))).toEqual(['invalid_authorization_details', 400, description, rule]);
  });

  it('refuses what the issuer does not offer, and what the client is not registered for (RR-05)', () => {
    expect(refused(() => parse([aPayment()], { ...all, issuerTypes: ['account_information'] }))).toEqual([
      'invalid_authorization_details', 400, 'authorization_details[0].type must be one this issuer offers (authorization_details_types_supported)', 'RR-04',
    ]); // prettier-ignore
    expect(refused(() => parse([accountAccess(), aPayment()], { ...all, clientTypes: ['account_information'] }))).toEqual([
      'invalid_authorization_details', 400, 'authorization_details[1].type must be one this client is registered for (authorization_details_types)', 'RR-05',
    ]); // prettier-ignore
    expect(refused(() => parse([accountAccess()], { ...all, clientTypes: [] }))[3]).toBe('RR-05');
  });

  it('tells nothing of a value that was sent', () => {
    const secret = 'S3CRETvalue';
    for (const members of [{ actions: [secret] }, { actions: secret }, { accounts: [`${secret}\n`] }, { transactionsFrom: secret }, { expiresAt: secret }, { locations: [secret] }, { type: secret }]) {
      const [, , description] = refused(() => parse(access(members)));
      expect(description).not.toContain(secret);
      expect(description).toMatch(/^[\x20-\x7e]+$/);
    }
  });
});

describe('narrow', () => {
  const granted = types.enrich(
    [accountAccess(), aPayment({ debtorAccount: { iban: 'GB09HBNK40010112344821' } }), aMandate()],
    ['n1', 'n2', 'n3'].map((identifier, index) => ({ accounts: index === 0 ? ['a', 'b'] : ['a'], identifier, now })),
  );
  const narrow = (...asked: object[]) => types.narrow(types.parseNarrowing(asked), granted);

  it('gives what was granted, for the request as it was first sent (RR-09)', () => {
    expect(narrow(accountAccess(), aPayment({ debtorAccount: { iban: 'GB09HBNK40010112344821' } }), aMandate())).toEqual({ details: granted });
    expect(narrow(...granted)).toEqual({ details: granted });
  });

  it('takes what is left out from the grant, as in RFC 9396 section 6.1', () => {
    expect(narrow({ type: 'payment_initiation', locations: ['https://example.com/payments'] })).toEqual({ details: [granted[1]] });
    expect(narrow({ type: 'account_information', actions: ['list_accounts'], accounts: ['b'] })).toEqual({ details: [{ ...granted[0], actions: ['list_accounts'], accounts: ['b'] }] });
    const { limits } = aMandate();
    expect(narrow({ type: 'recurring_payment', limits: { perPayment: { currency: 'GBP', amount: '5.00' } } })).toEqual({
      details: [{ ...granted[2], limits: { ...limits, perPayment: { currency: 'GBP', amount: '5.00' } } }],
    });
  });

  it('gives every granted object that fits, each once', () => {
    const two = [accountAccess({ accounts: ['a'] }), accountAccess({ accounts: ['b'], actions: ['list_accounts'] })];
    const asked = types.parseNarrowing([{ type: 'account_information', actions: ['list_accounts'] }, { type: 'account_information', actions: ['list_accounts'] }]);
    expect(types.narrow(asked, two)).toEqual({ details: two.map((one) => ({ ...one, actions: ['list_accounts'] })) });
  });

  it.each<[string, object]>([
    ['another account', { type: 'account_information', accounts: ['a', 'c'] }],
    ['another place', { type: 'account_information', locations: ['https://example.com/payments'] }],
    ['another amount', { type: 'payment_initiation', instructedAmount: { currency: 'EUR', amount: '123.51' } }],
    ['a lower amount, which is another payment', { type: 'payment_initiation', instructedAmount: { currency: 'EUR', amount: '1.00' } }],
    ['another currency', { type: 'payment_initiation', instructedAmount: { currency: 'USD', amount: '123.50' } }],
    ['another payee', { type: 'payment_initiation', creditorName: 'Merchant B' }],
    ['another reference', { type: 'payment_initiation', remittanceInformationUnstructured: 'Other' }],
    ['another debtor', { type: 'payment_initiation', debtorAccount: { accountId: 'b' } }],
    ['another identifier', { type: 'payment_initiation', identifier: 'n3' }],
    ['more a period', { type: 'recurring_payment', limits: { perPeriod: { currency: 'GBP', amount: '120.01' } } }],
    ['another period', { type: 'recurring_payment', limits: { period: 'week' } }],
    ['more payments', { type: 'recurring_payment', limits: { paymentsPerPeriod: 3 } }],
    ['a later end', { type: 'recurring_payment', endsOn: '2028-01-01' }],
    ['an amount of other decimals', { type: 'recurring_payment', limits: { perPayment: { currency: 'GBP', amount: '79' } } }],
    ['an amount that is more without its decimals', { type: 'recurring_payment', limits: { perPayment: { currency: 'GBP', amount: '200' } } }],
    ['a window turned round', { type: 'account_information', transactionsFrom: '2026-02-01', transactionsTo: '2026-01-01' }],
    ['half an amount', { type: 'payment_initiation', instructedAmount: { currency: 'EUR' } }],
  ])('refuses %s (RR-09)', (_, asked) => {
    expect(narrow({ type: 'account_information' }, asked)).toEqual({ exceeding: 1 });
  });

  it('judges form before it compares', () => {
    expect(refused(() => narrow({ type: 'account_information', colour: 'red' }))[0]).toBe('invalid_authorization_details');
    expect(refused(() => narrow({ type: 'unknown' }))[0]).toBe('invalid_authorization_details');
    expect(refused(() => types.parseNarrowing([]))[0]).toBe('invalid_authorization_details');
    expect(refused(() => types.parseNarrowing({}))[0]).toBe('invalid_authorization_details');
  });
});

describe('a merge', () => {
  const [granted] = types.enrich([aPayment()], [{ accounts: ['a'], identifier: 'n1', now }]) as [ReturnType<typeof aPayment>];

  it('asks about nothing that is granted already, sent again as it was', () => {
    expect(types.uncovered([aPayment(), accountAccess()], [granted])).toEqual([accountAccess()]);
    expect(types.uncovered([aPayment({ endToEndIdentification: 'second' })], [granted])).toHaveLength(1);
    expect(types.uncovered([accountAccess()], types.enrich([accountAccess()], [{ accounts: ['a'], identifier: 'x', now }]))).toEqual([]);
  });

  it('lets a client repeat identifiers, and make up none', () => {
    expect(() => types.verifyIdentifiers([granted, { ...aPayment(), identifier: 'n1' }], [granted])).not.toThrow();
    for (const one of [{ ...granted, identifier: 'n2' }, { ...granted, instructedAmount: { currency: 'EUR', amount: '999.00' } }, { ...aMandate(), identifier: 'n1' }]) {
      expect(refused(() => types.verifyIdentifiers([accountAccess(), one], [granted])).slice(2)).toEqual([
        'authorization_details[1].identifier must be left out, unless the object repeats one of the grant that grant_id names', 'GM-SE-06',
      ]); // prettier-ignore
    }
  });
});

describe('what a resource server is shown', () => {
  const bank = { identifier: 'https://example.com', authorizationDetailsTypes: ['account_information', 'payment_initiation'] };
  it.each<[string, object[], number]>([
    ['all of its types that name no place', [accountAccess({ locations: undefined as never })].map((one) => without(one, 'locations')), 1],
    ['what names it', [accountAccess({ locations: ['https://example.com'] })], 1],
    ['what names a place below it', [accountAccess(), aPayment()], 2],
    ['what names it beside others', [accountAccess({ locations: ['https://other.example/a', 'https://example.com/accounts'] })], 1],
    ['nothing that names others', [accountAccess({ locations: ['https://example.com.evil.example/a', 'https://example.community', 'https://other.example/'] })], 0],
    ['no type it does not understand', [aMandate()], 0],
  ])('is %s', (_, details, count) => {
    expect(detailsFor(details as ReturnType<typeof accountAccess>[], bank)).toHaveLength(count);
  });
});

describe('what a detail says of its end', () => {
  const detail = accountAccess({ expiresAt: '2027-05-24T00:00:00Z' });
  const named = (until: Date | null) => (types.present(detail, 'en', until) as { terms: readonly { id: string }[] }).terms.some(({ id }) => id === 'until');

  it.each([
    ['it comes before that of its grant', '2027-06-01T00:00:00Z', true],
    ['its grant has none', null, true],
    ['its grant ends with it', '2027-05-24T00:00:00Z', false],
    ['its grant ends first', '2027-02-23T10:00:00Z', false],
  ])('%s', (_, until, said) => expect(named(until === null ? null : new Date(until))).toBe(said));
});

describe('a type nobody registers any more', () => {
  const gone = { type: 'insurance_policy', policy: 'P-1' };
  it('can be shown by its name and stays in a grant; nothing more can be asked of it', () => {
    expect(types.present(gone, 'en')).toMatchObject({ kind: 'data', clusters: [{ title: 'Other access: “insurance_policy”' }] });
    expect(types.merge([gone], [accountAccess(), gone])).toEqual([gone, accountAccess()]);
    expect(types.withoutAccount([gone], 'a')).toEqual([gone]);
    expect([types.kindOf(gone), types.picks(gone), types.accounts([gone]), types.endsAt(gone)]).toEqual(['data', 'nothing', [], undefined]);
    expect(types.narrow([gone], [gone])).toEqual({ details: [gone] });
    expect(refused(() => parse([gone]))[0]).toBe('invalid_authorization_details');
  });
});
