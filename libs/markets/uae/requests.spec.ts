import { DetailTypes } from '@assent/authorization-details';
import { enforce } from '@assent/profiles';
import { Form, type Client } from '@assent/protocol';
import { asking, now, parsed, refusal } from '../src/bank.fixtures.js';
import { accountAccess } from './details/account-access.js';
import { personalInformation, serviceInitiation } from './details/service-initiation.js';
import { uae } from './index.js';
import { creditor, dataConsent, paymentConsent } from './requests.fixtures.js';

const types = DetailTypes.of(uae.details);

describe('an authorization request of UAE Open Finance', () => {
  const good = { response_type: 'code', redirect_uri: 'https://tally.example/callback', scope: 'accounts openid', state: 's', nonce: 'n', code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256', authorization_details: '[]' };
  const client = { redirect_uris: ['https://tally.example/callback'], response_types: ['code'] } as unknown as Client;

  it.each<[string, Readonly<Record<string, string | undefined>>, object | undefined]>([
    ['is taken', {}, undefined],
    ['is taken with max_age of an hour', { max_age: '3600' }, undefined],
    ['UAE-REQ-01: is refused without state', { state: undefined }, { code: 'invalid_request', rule: 'UAE-REQ-01' }],
    ['UAE-REQ-01: is refused without nonce', { nonce: undefined }, { code: 'invalid_request', rule: 'UAE-REQ-01' }],
    ['UAE-REQ-01: is refused without authorization_details', { authorization_details: undefined }, { code: 'invalid_request', rule: 'UAE-REQ-01' }],
    ['UAE-REQ-02: is refused with max_age above an hour', { max_age: '3601' }, { code: 'invalid_request', rule: 'UAE-REQ-02' }],
    ['UAE-SC-01: is refused without openid', { scope: 'accounts' }, { code: 'invalid_scope', rule: 'UAE-SC-01' }],
    ['is refused with a signed response', { response_mode: 'jwt' }, { code: 'invalid_request', rule: 'ASSENT-PAR-02' }],
    ['is refused with an ID token beside the code', { response_type: 'code id_token' }, { code: 'unsupported_response_type', rule: 'F2-AZ-01' }],
  ])('%s', async (_, changes, expected) => {
    const form = Form.of(Object.entries({ ...good, ...changes }).filter((pair): pair is [string, string] => pair[1] !== undefined));
    const found = await refusal(() => enforce(uae.profile, 'par', { client, form, dpopProofJkt: undefined, way: 'pushed' }));
    expect(found).toEqual(expected && expect.objectContaining(expected));
  });
});

describe('a data consent', () => {
  it.each<[string, () => object]>([
    ['as published', () => dataConsent()],
    ['with everything', () => dataConsent({ BaseConsentId: 'root', FromDate: '2026-01-01', ToDate: '2026-12-31', AccountType: ['Retail'], AccountSubType: ['Savings'], OnBehalfOf: { TradingName: 'Nebras', LegalName: 'Nebras Ltd', IdentifierType: 'Other', Identifier: 'x' }, IsSingleAuthorization: true }, { subscription: { Webhook: { Url: 'https://tpp.example/hook', IsActive: true } } })],
    ['of the person alone', () => dataConsent({ Permissions: ['ReadPartyUser'] })],
    ['that ends in a year', () => dataConsent({ ExpirationDateTime: '2028-01-01T12:00:00Z' })],
  ])('%s is taken', async (_, detail) => {
    expect(parsed(uae, [detail()])).toHaveLength(1);
  });

  it.each<[string, () => object]>([
    ['with a member nobody documented', () => dataConsent({ Frequency: 4 })],
    ['with one beside consent', () => dataConsent({}, { Consent: {} })],
    ['spelled with a capital, as in other versions', () => ({ type: 'urn:openfinanceuae:account-access-consent:v2.1', Consent: {} })],
    ['of another version', () => dataConsent({}, { type: 'urn:openfinanceuae:account-access-consent:v2.2' })],
    ['without ConsentId', () => dataConsent({ ConsentId: undefined })],
    ['with an endless ConsentId', () => dataConsent({ ConsentId: 'x'.repeat(129) })],
    ['with a ConsentId that leaves its address', () => dataConsent({ ConsentId: 'a?b' })],
    ['without Permissions', () => dataConsent({ Permissions: [] })],
    ['with a permission nobody knows', () => dataConsent({ Permissions: ['ReadAccountsBasic', 'ReadEverything'] })],
    ['with a permission twice', () => dataConsent({ Permissions: ['ReadAccountsBasic', 'ReadAccountsBasic'] })],
    ['that sees balances without accounts', () => dataConsent({ Permissions: ['ReadBalances'] })],
    ['that sees statements beside the person alone', () => dataConsent({ Permissions: ['ReadPartyUser', 'ReadStatements'] })],
    ['without an end', () => dataConsent({ ExpirationDateTime: undefined })],
    ['that has ended', () => dataConsent({ ExpirationDateTime: '2027-01-01T12:00:00Z' })],
    ['that lasts more than a year', () => dataConsent({ ExpirationDateTime: '2028-01-03T00:00:00Z' })],
    ['without OpenFinanceBilling', () => dataConsent({ OpenFinanceBilling: undefined })],
    ['with another user type', () => dataConsent({ OpenFinanceBilling: { UserType: 'Private', Purpose: 'TaxFiling' } })],
    ['with another purpose', () => dataConsent({ OpenFinanceBilling: { UserType: 'Retail', Purpose: 'Marketing' } })],
    ['that is its own base', () => dataConsent({ BaseConsentId: 'b8f42378-10ac-46a1-8d20-4e020484216d' })],
    ['whose days are in the wrong order', () => dataConsent({ FromDate: '2027-01-01', ToDate: '2026-01-01' })],
    ['with another kind of account', () => dataConsent({ AccountSubType: ['Piggybank'] })],
  ])('%s is refused', async (_, detail) => {
    expect(await refusal(() => parsed(uae, [detail()]))).toMatchObject({ code: 'invalid_authorization_details', rule: 'RR-04' });
  });

  it('is granted with the accounts chosen, and opens them', () => {
    const [detail] = parsed(uae, [dataConsent({ FromDate: '2026-01-01' })]);
    const granted = accountAccess.enrich(detail, { accounts: ['b', 'a', 'b'], identifier: 'x', now });
    expect(granted['accounts']).toEqual(['a', 'b']);
    expect(accountAccess.reach?.(granted, { now })).toEqual({ permissions: expect.arrayContaining(['ReadBalances']), accounts: ['a', 'b'], from: '2026-01-01', until: new Date('2027-12-25T23:00:00Z') });
    expect(types.withoutAccount([granted], 'a')).toEqual([{ ...granted, accounts: ['b'] }]);
    expect(types.withoutAccount(types.withoutAccount([granted], 'a'), 'b')).toEqual([]);
  });

  it.each<[string, Readonly<Record<string, unknown>>, boolean]>([
    ['itself', {}, true],
    ['fewer permissions', { Permissions: ['ReadAccountsBasic'] }, true],
    ['an earlier end', { ExpirationDateTime: '2027-02-01T00:00:00Z' }, true],
    ['more permissions', { Permissions: ['ReadAccountsBasic', 'ReadStatements'] }, false],
    ['a later end', { ExpirationDateTime: '2027-12-26T00:00:00Z' }, false],
    ['another consent', { ConsentId: 'other' }, false],
    ['another purpose', { OpenFinanceBilling: { UserType: 'Retail', Purpose: 'TaxFiling' } }, false],
    ['another base', { BaseConsentId: 'root' }, false],
  ])('holds %s: %p', (_, consent, within) => {
    const [granted] = parsed(uae, [dataConsent()]);
    const [asked] = parsed(uae, [dataConsent(consent)]);
    expect(accountAccess.isWithin(asked, granted)).toBe(within);
  });

  it('offers accounts of the kinds it asks for', () => {
    const [detail] = parsed(uae, [dataConsent({ AccountSubType: ['Savings'] })]);
    const offers = (type?: string) => types.offers(detail!, { id: 'a', maskedNumber: '1234', ...(type !== undefined && { type }) });
    expect([offers('savings'), offers('current'), offers()]).toEqual([true, false, true]);
  });

  it.each(['en', 'pt-BR', 'ar'])('is told in %s: what, why, for whom, how long', (locale) => {
    const [detail] = parsed(uae, [dataConsent({ OnBehalfOf: { TradingName: 'Nebras' }, IsSingleAuthorization: false })]);
    const shown = types.present(detail!, locale);
    if (shown.kind !== 'data') throw new Error('payment');
    expect(shown.clusters.map(({ id }) => id)).toEqual(['accounts', 'balances', 'transactions']);
    expect(shown.terms.map(({ id }) => id)).toEqual(['purpose', 'on-behalf-of', 'history', 'together', 'until']);
    expect(shown.terms.find(({ id }) => id === 'on-behalf-of')).toMatchObject({ value: 'Nebras', quoted: true });
  });
});

describe('a payment consent', () => {
  it.each<[string, () => object]>([
    ['as published', () => paymentConsent()],
    ['that reads the account paid from', () => paymentConsent({ Permissions: ['ReadAccountsBasic', 'ReadBalances', 'ReadRefundAccount'] })],
    ['of several authorisers, until a moment', () => paymentConsent({ IsSingleAuthorization: false, AuthorizationExpirationDateTime: '2027-01-01T18:00:00Z' })],
  ])('%s is taken', (_, detail) => {
    expect(parsed(uae, [detail()])).toHaveLength(1);
  });

  const schedule = (payment: object) => ({ ControlParameters: { ConsentSchedule: { SinglePayment: payment } } });
  it.each<[string, () => object]>([
    ['of another kind of schedule', () => paymentConsent({ ControlParameters: { ConsentSchedule: { MultiPayment: {} } } })],
    ['of another type', () => paymentConsent(schedule({ Type: 'SingleFutureDatedPayment', Amount: { Amount: '1.00', Currency: 'AED' } }))],
    ['of nothing', () => paymentConsent(schedule({ Type: 'SingleInstantPayment', Amount: { Amount: '0.00', Currency: 'AED' } }))],
    ['with decimals the currency has not', () => paymentConsent(schedule({ Type: 'SingleInstantPayment', Amount: { Amount: '1.5', Currency: 'AED' } }))],
    ['to two creditors', () => paymentConsent({ PersonalIdentifiableInformation: { Initiation: { Creditor: [creditor, creditor] } } })],
    ['to nobody', () => paymentConsent({ PersonalIdentifiableInformation: { Initiation: {} } })],
    ['to an account that is none', () => paymentConsent({ PersonalIdentifiableInformation: { Initiation: { Creditor: [{ CreditorAccount: { ...creditor.CreditorAccount, Identification: 'AE070331234567890123457' } }] } } })],
    ['that says nothing of authorisers', () => paymentConsent({ IsSingleAuthorization: undefined })],
    ['without purpose code', () => paymentConsent({ PaymentPurposeCode: undefined })],
    ['that reads transactions', () => paymentConsent({ Permissions: ['ReadTransactionsBasic'] })],
    ['that reads balances of accounts it may not see', () => paymentConsent({ Permissions: ['ReadBalances'] })],
    ['that could be authorised after its end', () => paymentConsent({ AuthorizationExpirationDateTime: '2027-01-03T00:00:00Z' })],
    ['whose time to authorise is over', () => paymentConsent({ AuthorizationExpirationDateTime: '2027-01-01T12:00:00Z' })],
    ['that has ended', () => paymentConsent({ ExpirationDateTime: '2026-12-31T00:00:00Z' })],
  ])('%s is refused', async (_, detail) => {
    expect(await refusal(() => parsed(uae, [detail()]))).toMatchObject({ code: 'invalid_authorization_details', rule: 'RR-04' });
  });

  it('is granted with the account it is paid from, and orders exactly that payment', () => {
    const [detail] = parsed(uae, [paymentConsent({ Permissions: ['ReadAccountsBasic'] })]);
    const granted = serviceInitiation.enrich(detail, { accounts: ['ana-everyday'], identifier: 'fresh', now });
    expect(serviceInitiation.payment?.(granted)).toEqual({ amount: { amount: '100.00', currency: 'AED' }, creditorName: 'Ivan David England', creditorAccount: { iban: 'AE070331234567890123456' }, remittance: 'Invoice 1234', debtor: { accountId: 'ana-everyday' }, identifier: 'fresh' });
    expect(serviceInitiation.reach?.(granted, { now })).toMatchObject({ permissions: ['ReadAccountsBasic'], accounts: ['ana-everyday'] });
    expect(serviceInitiation.isWithin(granted, granted)).toBe(true);
    expect(serviceInitiation.isWithin(parsed(uae, [paymentConsent()])[0], granted)).toBe(false);
  });

  it('keeps of sealed information who is paid', () => {
    expect(personalInformation({ iss: 'tpp', Initiation: { Creditor: [creditor], DebtorAccount: {} }, Risk: { DebtorIndicators: {} } })).toEqual({ Initiation: { Creditor: [creditor] } });
    expect(personalInformation({})).toEqual({ Initiation: { Creditor: undefined } });
  });

  it.each([
    ['en', 'Ivan David England'],
    ['ar', 'إيفان'],
  ])('is told in %s', (locale, payee) => {
    const named = { ...creditor, CreditorAccount: { ...creditor.CreditorAccount, Name: { en: 'Ivan David England', ar: 'إيفان' } } };
    const [detail] = parsed(uae, [paymentConsent({ PersonalIdentifiableInformation: { Initiation: { Creditor: [named] } }, Permissions: ['ReadAccountsBasic', 'ReadRefundAccount'] })]);
    expect(types.present(detail!, locale)).toMatchObject({ kind: 'payment', amount: { value: '100.00', currency: 'AED' }, payee: { name: payee, account: 'AE07 0331 2345 6789 0123 456' } });
    expect(types.present(detail!, locale).terms.map(({ id }) => id)).toEqual(['debtor-reference', 'creditor-reference', 'times', 'reads']);
  });
});

describe('the consent of a request', () => {
  const read = (details: readonly object[], scope: string) => uae.consent.read(asking({ authorizationDetails: parsed(uae, details), scope: scope.split(' ') }));

  it('has the name its third party chose, and its own end', () => {
    expect(read([dataConsent({ BaseConsentId: 'root' })], 'accounts openid')).toMatchObject({ kind: 'carried', name: 'b8f42378-10ac-46a1-8d20-4e020484216d', consentKind: 'account-access', follows: 'root', expiresAt: new Date('2027-12-25T23:00:00Z') });
    expect(read([paymentConsent({ IsSingleAuthorization: false })], 'payments openid')).toMatchObject({ consentKind: 'payment', furtherAuthorisers: true });
  });

  it('does not repeat who is paid in the document the consent API shows', () => {
    expect(JSON.stringify((read([paymentConsent()], 'payments openid') as { document: unknown }).document)).not.toContain('Ivan');
  });

  it.each<[string, readonly object[], string, object]>([
    ['UAE-SC-02: data with payments', [dataConsent()], 'payments openid', { code: 'invalid_scope', rule: 'UAE-SC-02' }],
    ['UAE-SC-02: data with both', [dataConsent()], 'accounts payments openid', { code: 'invalid_scope', rule: 'UAE-SC-02' }],
    ['UAE-SC-02: a payment with accounts', [paymentConsent()], 'accounts openid', { code: 'invalid_scope', rule: 'UAE-SC-02' }],
    ['UAE-SC-02: a payment that reads, without accounts', [paymentConsent({ Permissions: ['ReadAccountsBasic'] })], 'payments openid', { code: 'invalid_scope', rule: 'UAE-SC-02' }],
    ['UAE-SC-02: a payment that does not read, with accounts', [paymentConsent()], 'accounts payments openid', { code: 'invalid_scope', rule: 'UAE-SC-02' }],
    ['UAE-RAR-01: two consents', [dataConsent(), dataConsent({ ConsentId: 'other' })], 'accounts openid', { code: 'invalid_authorization_details', rule: 'UAE-RAR-01' }],
    ['UAE-RAR-01: both kinds', [dataConsent(), paymentConsent()], 'accounts payments openid', { code: 'invalid_authorization_details', rule: 'UAE-RAR-01' }],
    ['UAE-RAR-02: accounts, which only we write', [dataConsent({}, { accounts: ['a'] })], 'accounts openid', { code: 'invalid_authorization_details', rule: 'UAE-RAR-02' }],
    ['UAE-RAR-02: an account to pay from, which only we write', [paymentConsent({}, { debtorAccount: { accountId: 'a' } })], 'payments openid', { code: 'invalid_authorization_details', rule: 'UAE-RAR-02' }],
  ])('%s is refused', async (_, details, scope, expected) => {
    expect(await refusal(() => read(details, scope))).toMatchObject(expected);
  });

  it('is taken with both scopes when a payment also reads', () => {
    expect(read([paymentConsent({ Permissions: ['ReadAccountsBasic'] })], 'accounts payments openid')).toMatchObject({ kind: 'carried' });
  });
});
