import { customers, Message, send, type Answer, type FapiClient, type Visitor } from '@assent/testing/fapi';
import type { LodgedConsent, NewConsent } from '@assent/protocol';
import { decodeJwt } from 'jose';
import { startStack, type Stack } from './support/stack.js';
import { dataType, testMarkets } from './support/test-markets.js';

/* What all markets share at the authorization server: consents lodged and carried, decided, told, ended. */

const [lodgedAt, claimedAt, carriedAt] = ['neutral', 'claimed', 'carried'] as const;
const party = (at: string, id = at) => ({ id, at, auth: 'private_key_jwt', constraint: 'dpop', metadata: { scope: 'openid accounts payments', authorization_details_types: undefined } }) as const;

let stack: Stack;
let ana: Visitor;
beforeAll(async () => {
  stack = await startStack({
    clients: [party(lodgedAt), party(lodgedAt, 'other'), party(claimedAt), party(carriedAt)],
    otherIssuers: testMarkets.map(({ name }) => ({ name, market: name, signingAlgs: undefined })),
    markets: testMarkets,
  });
  ana = stack.visitor();
}, 60_000);
afterAll(() => stack?.stop());

const issuerOf = (at: string) => stack.issuer.replace(/[^/]+$/, at);
const inSeconds = (seconds: number) => new Date(Math.floor(Date.now() / 1000) * 1000 + seconds * 1000);

async function lodge(at: string, over: Partial<NewConsent> = {}, clientId = at): Promise<LodgedConsent> {
  const consent: NewConsent = { kind: 'data', details: [{ type: dataType, permissions: ['ReadAccounts', 'ReadBalances'] }], document: {}, expiresAt: inSeconds(86_400), ...over };
  const lodged = await stack.database.stores.consents.lodge({ issuer: issuerOf(at), clientId, consent, now: new Date(), audit: { type: 'consent.lodged', issuer: issuerOf(at), clientId } });
  if (lodged.outcome !== 'lodged') throw new Error(lodged.outcome);
  return lodged.consent;
}
const stateOf = async ({ grantId }: Pick<LodgedConsent, 'grantId'>) => (await stack.database.stores.consents.ofGrant({ grantId, now: new Date() }))?.status;

const claim = (name: string) => ({ scope: 'openid accounts', claims: JSON.stringify({ id_token: { consent_id: { value: name, essential: true } } }) });

it('is authorised', async () => {
  const client = await stack.party(lodgedAt);
  const consent = await lodge(lodgedAt);
  const { url, prepared } = await client.begin({ scope: `openid accounts consent:${consent.name}` });
  const callback = await ana.approve(url, { ...customers.ana, accounts: ['ana-everyday'] });
  const answer = await client.redeem(prepared, callback.searchParams.get('code')!);
  expect(answer.json).toMatchObject({ scope: `openid accounts consent:${consent.name}` });
  expect(answer.json).not.toHaveProperty('authorization_details');
  expect(decodeJwt(answer.json['id_token'] as string)).toMatchObject({ consent: consent.name });
  expect(decodeJwt(answer.json['access_token'] as string)).toMatchObject({ authorization_details: [{ type: dataType, accounts: ['ana-everyday'] }] });
  expect(await stateOf(consent)).toBe('active');
});
void [claim, Message, send, claimedAt, carriedAt] as unknown as Answer | FapiClient;
