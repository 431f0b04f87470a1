import { DetailTypes } from '@assent/authorization-details';
import { enforce } from '@assent/profiles';
import { Form, type Client, type ClaimsRequest } from '@assent/protocol';
import type { ConsentFacts } from '../src/consent-vehicle.js';
import { asking, now, refusal } from '../src/bank.fixtures.js';
import type { Identity } from './details/identity.js';
import { connectId } from './index.js';
import { vouched } from './verified.js';

describe('a request of ConnectID', () => {
  const good = { response_type: 'code', redirect_uri: 'https://tally.example/callback', scope: 'openid', code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256', purpose: 'To open an account for you' };
  const client = { redirect_uris: ['https://tally.example/callback'], response_types: ['code'] } as unknown as Client;

  it.each<[string, Readonly<Record<string, string | undefined>>, object | undefined]>([
    ['is taken', {}, undefined],
    ['is taken with a purpose of 3 characters', { purpose: 'KYC' }, undefined],
    ['is taken with a purpose of 280 Hangul characters', { purpose: '가'.repeat(280) }, undefined],
    ['is taken with a purpose of 300 characters beyond the basic plane', { purpose: '𝒜'.repeat(300) }, undefined],
    ['CID-PUR-01: is refused with a purpose of 301', { purpose: '가'.repeat(301) }, { code: 'invalid_request', rule: 'CID-PUR-01' }],
    ['CID-PUR-01: is refused with a purpose of 2', { purpose: 'ID' }, { code: 'invalid_request', rule: 'CID-PUR-01' }],
    ['CID-PUR-01: is refused with 2 characters that are 4 code units', { purpose: '𝒜𝒜' }, { code: 'invalid_request', rule: 'CID-PUR-01' }],
    ['CID-PUR-01: is refused without a purpose', { purpose: undefined }, { code: 'invalid_request', rule: 'CID-PUR-01' }],
    ['CID-PUR-02: is refused with a purpose that turns its direction', { purpose: 'To open \u202e an account' }, { code: 'invalid_request', rule: 'CID-PUR-02' }],
    ['CID-PUR-02: is refused with a purpose of two lines', { purpose: 'To open\nan account' }, { code: 'invalid_request', rule: 'CID-PUR-02' }],
    ['CID-PUR-02: is refused with a purpose of spaces', { purpose: '    ' }, { code: 'invalid_request', rule: 'CID-PUR-02' }],
    ['CID-SC-01: is refused without openid', { scope: 'accounts' }, { code: 'invalid_request', rule: 'CID-SC-01' }],
  ])('%s', async (_, changes, expected) => {
    const form = Form.of(Object.entries({ ...good, ...changes }).filter((pair): pair is [string, string] => pair[1] !== undefined));
    const found = await refusal(() => enforce(connectId.profile, 'par', { client, form, dpopProofJkt: undefined, way: 'pushed' }));
    expect(found).toEqual(expected && expect.objectContaining(expected));
  });
});

const verified = (claims: object, framework: object | null = { value: 'au_connectid' }) => ({ verification: { trust_framework: framework }, claims });
const read = (claims?: object) => {
  const parameters = { purpose: ' To open an account ', ...(claims && { claims: JSON.stringify(claims) }) };
  return connectId.consent.read(asking({ scope: ['openid'], parameters, ...(claims && { claims: Object.fromEntries(Object.entries(claims).map(([place, members]) => [place, Object.fromEntries(Object.keys(members as object).map((name) => [name, null]))])) as ClaimsRequest }) }));
};

type Carried = Extract<ReturnType<typeof read>, { kind: 'carried' }> & { readonly details: readonly Identity[] };

describe('what it is about', () => {
  it('stands in a detail of ours, for this once', () => {
    expect(read()).toEqual({ kind: 'carried', lifetime: 0, details: [{ type: 'urn:assent:connectid:identity', purpose: 'To open an account' }] });
  });

  it('leaves plain claims to ordinary delivery', () => {
    expect(read({ userinfo: { given_name: null, txn: null, verified_claims: verified({ over18: null }) }, id_token: { txn: null } })).toMatchObject({
      details: [{ inUserinfo: ['over18'], txn: ['id_token', 'userinfo'] }],
      claims: { userinfo: { given_name: null } },
    });
  });

  it.each<[string, object]>([
    ['of another trust framework', verified({ over18: null }, { value: 'eidas' })],
    ['nobody knows', verified({ shoe_size: null })],
  ])('asks for no verified claims %s', (_, wanted) => {
    expect((read({ userinfo: { verified_claims: wanted } }) as Carried).details[0]).not.toHaveProperty('inUserinfo');
  });

  it('takes any framework to mean ours', () => {
    expect(read({ id_token: { verified_claims: verified({ over21: null }, null) } })).toMatchObject({ details: [{ inIdToken: ['over21'] }] });
  });

  it.each<[string, unknown]>([
    ['without verification', { claims: { over18: null } }],
    ['without trust framework', { verification: {}, claims: { over18: null } }],
    ['without claims', { verification: { trust_framework: null } }],
    ['that are a list', [verified({ over18: null })]],
  ])('CID-VC-01: verified_claims %s are refused', async (_, wanted) => {
    expect(await refusal(() => read({ userinfo: { verified_claims: wanted } }))).toMatchObject({ code: 'invalid_request', rule: 'CID-VC-01' });
  });

  it.each(['en', 'pt-BR', 'ar'])('is told in %s', (locale) => {
    const [detail] = (read({ userinfo: { verified_claims: verified({ over18: null, beneficiary_account_au: null }) } }) as Carried).details;
    const shown = DetailTypes.of(connectId.details).present(detail!, locale);
    expect(shown).toMatchObject({ kind: 'data', clusters: [{ id: 'age' }, { id: 'payee' }] });
    expect(shown.terms[0]).toMatchObject({ id: 'purpose', value: 'To open an account', quoted: true });
  });
});

describe('what is told', () => {
  const holder = { claims: { birthdate: '2010-01-01', beneficiary_account_au: { account_bsb: '062000' } }, now };
  const facts = (detail: Partial<Identity>): ConsentFacts => ({ grantId: 'grant-7', name: 'grant-7', expiresAt: null, details: [{ type: 'urn:assent:connectid:identity', purpose: 'x', ...detail }] });

  it('is vouched for: ages out of the day of birth, the rest as held', () => {
    expect(connectId.consent.userinfoMembers?.(facts({ inUserinfo: ['over16', 'over18', 'beneficiary_account_au', 'beneficiary_account_international'], txn: ['userinfo'] }), holder)).toEqual({
      txn: 'grant-7',
      verified_claims: { verification: { trust_framework: 'au_connectid', txn: 'grant-7' }, claims: { over16: true, over18: false, beneficiary_account_au: { account_bsb: '062000' } } },
    });
  });

  it('is told where it was asked for, and nowhere else', () => {
    const both = facts({ inUserinfo: ['over16'], txn: ['userinfo'] });
    expect(connectId.consent.idTokenClaims?.(both, holder)).toEqual({});
    expect(connectId.consent.idTokenClaims?.(facts({}), holder)).toEqual({});
    expect(connectId.consent.userinfoMembers?.({ ...both, details: [] }, holder)).toEqual({});
  });

  it.each<[string, unknown, object]>([
    ['a day short of 18 years ago', '2009-01-01', { over18: false }],
    ['18 years ago', '2008-12-31', { over18: true }],
    ['at a moment', '2008-12-31T00:00:00Z', {}],
    ['a year that is not told', '0000-05-05', {}],
    ['a year alone', '1990', {}],
    ['nothing', undefined, {}],
  ])('over18 of somebody born %s', (_, birthdate, expected) => {
    expect(vouched(['over18'], { claims: { birthdate }, now: new Date('2026-12-31T23:00:00Z') })).toEqual(expected);
  });
});

it('says in its metadata what it vouches for, and has no API of its own', () => {
  expect(connectId.discovery?.({ issuer: 'https://as.example/connectid', mtlsBase: undefined })).toMatchObject({ verified_claims_supported: true, trust_frameworks_supported: ['au_connectid'] });
  expect(connectId.resources.routes).toEqual([]);
});
