import { neutralMarket } from './neutral/index.js';
import { consentPrefix, spokenScopes } from './scopes.js';

describe('scopes of a market', () => {
  it('name a consent behind a prefix, and only with a name', () => {
    expect(['consent:urn:bank:1', 'consent:', 'consents', 'accounts'].map((name) => consentPrefix(name, neutralMarket))).toEqual(['consent:', undefined, undefined, undefined]);
    expect(consentPrefix('consent:urn:bank:1', undefined)).toBeUndefined();
  });

  it('are spoken of on pages unless they only say what is asked about', () => {
    expect(spokenScopes(['openid', 'accounts', 'consent:1', 'profile', 'consent:'], neutralMarket)).toEqual(['openid', 'profile', 'consent:']);
    expect(spokenScopes(['openid', 'accounts', 'consent:1'], undefined)).toEqual(['openid', 'accounts', 'consent:1']);
  });
});
