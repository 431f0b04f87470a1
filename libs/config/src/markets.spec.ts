import { neutralMarket } from '@assent/markets/neutral';
import { detailsInMarkets, parseConfig, type AssentConfig, type IssuerConfig } from './index.js';
import { encryptionKey, sample } from './fixtures/configuration.js';
import { ConfigError } from './problem.js';

const inMarket = (entry: string) => `${sample.slice(0, sample.indexOf('customers:'))}  - name: nowhere\n${entry}${sample.slice(sample.indexOf('customers:'))}`;
const parse = (text: string): Promise<AssentConfig> => parseConfig(text, { env: { ASSENT_ENCRYPTION_KEY: encryptionKey }, cwd: '/nowhere', file: '/nowhere/config/x.yaml', name: 'config/x.yaml', purpose: 'check', markets: [neutralMarket] });
const issuerIn = async (entry: string): Promise<IssuerConfig> => (await parse(inMarket(entry))).issuers[1]!;
const problemsOf = (entry: string): Promise<readonly string[]> =>
  parse(inMarket(entry)).then(
    () => [],
    (error: unknown) => (error instanceof ConfigError ? error.lines : Promise.reject(error as Error)),
  );

describe('an issuer in a market', () => {
  it('is as its market says where it says nothing', async () => {
    const issuer = await issuerIn('    market: neutral\n');
    expect(issuer).toMatchObject({
      profile: 'neutral', market: neutralMarket, signingAlgs: ['PS256', 'ES256'], accessTokenAlg: 'ES256', acrValues: ['urn:assent:acr:password'], subjectTypes: ['public', 'pairwise'],
      scopes: ['openid', 'accounts', 'payments'], claims: ['name'], clients: [], grantManagement: { actionRequired: false, actions: [] },
    }); // prettier-ignore
    expect(issuer.policy).toEqual(neutralMarket.profile.policy);
    expect(issuer.rules.base).toBe(neutralMarket.profile);
  });

  it('has one resource: its API at the bank, which understands the details of lodged consents; no request may carry those', async () => {
    const { resources, authorizationDetailsTypes } = await issuerIn('    market: neutral\n');
    expect(resources).toEqual([{ identifier: 'https://api.test:1445/nowhere', name: 'Test Bank Neutral Market v1', scopes: ['accounts', 'payments'], authorizationDetailsTypes: ['urn:assent:neutral:data', 'urn:assent:neutral:payment'], accessTokenFormat: 'jwt' }]);
    expect(authorizationDetailsTypes).toEqual([]);
  });

  it('leaves the others as they are: their resources are those of the file', async () => {
    const { issuers, resources } = await parse(inMarket('    market: neutral\n'));
    expect(resources.map(({ identifier }) => identifier)).toEqual(['https://api.test:1445']);
    expect(issuers[0]).toMatchObject({ profile: 'fapi2-security', resources, subjectTypes: ['public', 'pairwise'] });
    expect(issuers[0]).not.toHaveProperty('market');
  });

  it('may say more itself', async () => {
    const issuer = await issuerIn('    market: neutral\n    signingAlgs: [ES256]\n    scopes: [openid, accounts]\n    claims: [name, email]\n    acrValues: [urn:x]\n    lifetimes: { accessToken: 2m }\n');
    expect(issuer).toMatchObject({ signingAlgs: ['ES256'], accessTokenAlg: 'ES256', scopes: ['openid', 'accounts'], claims: ['name', 'email'], acrValues: ['urn:x'], policy: { accessTokenLifetime: 120 } });
  });

  it('brings the types of its details, each once however many issuers it has', async () => {
    const { issuers } = await parse(inMarket('    market: neutral\n  - name: elsewhere\n    market: neutral\n'));
    expect(detailsInMarkets(issuers)).toEqual(neutralMarket.details);
  });

  it.each([
    ['market: neutrl', 'issuers[1].market: expected one of neutral, found "neutrl"; did you mean neutral?'],
    ['market: neutral\n    profile: fapi2-security', 'issuers[1].market: expected either profile or market, found both'],
    ['signingAlgs: [ES256]', 'issuers[1].profile: expected either profile or market, found neither'],
    ['market: neutral\n    signsIn: staff', 'issuers[1].market: expected no market (staff share no data), found "neutral"'],
    ['market: neutral\n    authorizationDetailsTypes: [payment_initiation]', 'expected one of resources[].authorizationDetailsTypes, found "payment_initiation"'],
    ['market: neutral\n    redirectUris: registered-or-pushed', 'issuers[1].redirectUris: expected "registered"'],
    ['market: neutral\n    httpSignatures: required', 'issuers[1].httpSignatures: expected "off"'],
    ['market: neutral\n    lifetimes: { accessToken: 20s }', 'issuers[1].lifetimes.accessToken: expected at least 30 seconds (none: the platform’s own), found 20'],
    ['market: neutral\n    lifetimes: { accessToken: 2h }', 'issuers[1].lifetimes.accessToken: expected at most'],
  ])('is refused: %s', async (entry, problem) => {
    expect(await problemsOf(`    ${entry}\n`)).toContainEqual(expect.stringContaining(problem));
  });

  it('has no name that the API of the bank has an address of', async () => {
    const text = inMarket('    market: neutral\n').replace('name: nowhere', 'name: payments');
    await expect(parse(text)).rejects.toThrow('issuers[1].name: expected a name that the bank\'s API has no address of, found "payments"');
  });
});
