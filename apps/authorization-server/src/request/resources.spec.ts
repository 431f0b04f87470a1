import type { ResourceConfig } from '@assent/config';
import { aClient } from '../fixtures/client.js';
import { accessTokenFormat, namedResources, resourcesOf } from './resources.js';

const accounts: ResourceConfig = { identifier: 'https://api.bank.example', name: 'Accounts', scopes: ['accounts', 'balances'], authorizationDetailsTypes: [], accessTokenFormat: 'jwt' };
const payments: ResourceConfig = { identifier: 'https://pay.bank.example', name: 'Payments', scopes: ['payments'], authorizationDetailsTypes: [], accessTokenFormat: 'opaque' };
const known = [accounts, payments];

describe('namedResources', () => {
  it('keeps each known resource once', () => {
    expect(namedResources([accounts.identifier, accounts.identifier], known)).toEqual([accounts.identifier]);
  });

  it.each(['not a url', 'https://api.bank.example#part', 'https://other.example'])('refuses %j as invalid_target', (resource) => {
    expect(() => namedResources([resource], known)).toThrow(expect.objectContaining({ code: 'invalid_target', rule: 'AT-04' }));
  });
});

it('means the resources of its scopes when a request names none', () => {
  expect(resourcesOf(['openid', 'balances'], known)).toEqual([accounts.identifier]);
  expect(resourcesOf(['openid'], known)).toEqual([]);
});

describe('accessTokenFormat', () => {
  const both = aClient({ scope: ['accounts', 'payments'] });

  it.each([
    { name: 'the client says so', client: aClient({ access_token_format: 'opaque' }), named: [accounts.identifier], format: 'opaque' },
    { name: 'the one resource it can reach takes JWTs', client: aClient({ scope: ['openid', 'accounts'] }), named: [], format: 'jwt' },
    { name: 'the named resource takes JWTs', client: both, named: [accounts.identifier], format: 'jwt' },
    { name: 'the named resource wants it opaque', client: both, named: [payments.identifier], format: 'opaque' },
    { name: 'its resources disagree', client: both, named: [], format: 'opaque' },
    { name: 'no resource is meant at all', client: aClient({ scope: ['openid'] }), named: [], format: 'jwt' },
  ])('is $format when $name', ({ client, named, format }) => {
    expect(accessTokenFormat(client, named, known)).toBe(format);
  });
});
