import type { ResourceConfig } from '@assent/config';
import { forResources } from './signed-answer.js';

const resource = (identifier: string, ...scopes: string[]) => ({ identifier, name: identifier, scopes, accessTokenFormat: 'jwt', authorizationDetailsTypes: ['a'] }) as unknown as ResourceConfig;
const bank = resource('https://bank.example', 'accounts');
const shop = resource('https://shop.example', 'orders');
const description = {
  active: true, client_id: 'tally', sub: 's', aud: [bank.identifier, shop.identifier], scope: 'openid accounts orders',
  authorization_details: [{ type: 'a', locations: [bank.identifier] }, { type: 'a', locations: [shop.identifier] }, { type: 'a' }],
}; // prettier-ignore

describe('what a resource server learns (RFC 9701 section 5; MS-INT-03, MS-INT-07)', () => {
  it('is what is meant for it', () => {
    expect(forResources(description, [bank.identifier], [bank, shop])).toEqual({
      ...description, aud: bank.identifier, scope: 'accounts', authorization_details: [description.authorization_details[0], description.authorization_details[2]],
    }); // prettier-ignore
  });

  it('is all of it for one that stands for both', () => {
    expect(forResources(description, [bank.identifier, shop.identifier], [bank, shop])).toEqual({ ...description, scope: 'accounts orders' });
  });

  it.each<[string, Parameters<typeof forResources>[0], readonly string[]]>([
    ['a token for another', { ...description, aud: shop.identifier }, [bank.identifier]],
    ['a token for nobody', { ...description, aud: undefined } as never, [bank.identifier]],
    ['any token, when it is no resource server', description, []],
  ])('is nothing of %s', (_, told, own) => {
    expect(forResources(told, own, [bank, shop])).toBeUndefined();
  });
});
