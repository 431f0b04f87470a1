import { aClient } from '../fixtures/client.js';
import { allowScopes, parseScope } from './scope.js';

describe('parseScope', () => {
  it('keeps the order and drops repetitions', () => {
    expect(parseScope('openid accounts openid')).toEqual(['openid', 'accounts']);
  });

  it.each([' openid', 'openid ', 'openid  accounts', 'open"id', 'open\\id', 'öpenid', 'a\tb'])('refuses %j', (text) => {
    expect(() => parseScope(text)).toThrow(expect.objectContaining({ code: 'invalid_scope', rule: 'ASSENT-SCOPE-01' }));
  });
});

describe('allowScopes', () => {
  const client = aClient({ scope: ['openid', 'accounts', 'old'] });

  it('lets through what client and issuer both know', () => {
    expect(() => allowScopes(['accounts', 'openid'], client, { scopes: ['openid', 'accounts', 'balances'] })).not.toThrow();
  });

  it.each([
    { name: 'a scope the client is not registered for', scope: ['balances'], rule: 'ASSENT-SCOPE-03' },
    { name: 'a scope the issuer no longer knows', scope: ['old'], rule: 'ASSENT-SCOPE-02' },
  ])('refuses $name', ({ scope, rule }) => {
    expect(() => allowScopes(scope, client, { scopes: ['openid', 'accounts', 'balances'] })).toThrow(expect.objectContaining({ code: 'invalid_scope', rule }));
  });
});
