import { issuerProfiles } from '@assent/profiles';
import { problemsOf, sample, sampleWith } from './fixtures/configuration.js';

/** What is exchanged for what, and the one line that must tell of it. */
type Case = readonly [from: string, to: string, line: string];

const shapes: readonly Case[] = [
  ['mode: development', 'mode: staging', 'config/x.yaml:1: mode: expected one of development, production, found "staging"'],
  ['bank:\n  name: Test Bank', 'bank: Test Bank', 'config/x.yaml:2: bank: expected a mapping, found "Test Bank"'],
  ['bank:\n  name: Test Bank', 'bank:', 'config/x.yaml:2: bank: expected a mapping, found nothing'],
  ['name: Test Bank', 'name: ""', 'config/x.yaml:3: bank.name: expected text, found ""'],
  ['name: Test Bank', 'locales: [en_GB]', 'config/x.yaml:3: bank.locales[0]: expected a language tag such as en or pt-BR, found "en_GB"'],
  ['https://as.test:1443', 'https://as.test:1443/auth', 'config/x.yaml:5: authorizationServer.publicUrl: expected an https URL without a path, found "https://as.test:1443/auth"'],
  ['https://as.test:1443', 'as.test', 'config/x.yaml:5: authorizationServer.publicUrl: expected an https URL without a path, found "as.test"'],
  ['https://as.test:1444', 'no', 'config/x.yaml:6: authorizationServer.mtlsUrl: expected an https URL without a path, or none, found "no"'],
  ['sessionLifetime: 30m', 'port: 70000', 'config/x.yaml:7: authorizationServer.port: expected a whole number from 1 to 65535, found 70000'],
  ['sessionLifetime: 30m', 'healthPort: many', 'config/x.yaml:7: authorizationServer.healthPort: expected a whole number from 1 to 65535, found "many"'],
  ['sessionLifetime: 30m', 'keyRotation: { every: 30d, keepPrevious: 1m }', 'config/x.yaml:7: authorizationServer.keyRotation.keepPrevious: expected at least 300 seconds (the longest token lifetime), found 60'],
  ['scopes: [accounts, balances]', 'scopes: [accounts balances]', 'config/x.yaml:13: resources[0].scopes[0]: expected one scope, without spaces, found "accounts balances"'],
  ['    scopes: [accounts, balances]\n', '', 'config/x.yaml:11: resources[0].scopes: expected a list, found nothing'],
  ['- identifier: https://api.test:1445', '- identifier: https://api.test:1445/', 'config/x.yaml:11: resources[0].identifier: expected an https URL without query, fragment or trailing slash, found "https://api.test:1445/"'],
  ['- identifier: https://api.test:1445', '- identifier: https://other.test', 'config/x.yaml:8: resourceServer.resource: expected one of resources (https://other.test), found "https://api.test:1445"'],
  ['- name: main', '- name: Main Street', 'config/x.yaml:15: issuers[0].name: expected a short name of letters a-z, digits and -, found "Main Street"'],
  ['  - name: main\n    profile', '  - profile', 'config/x.yaml:15: issuers[0].name: expected a short name of letters a-z, digits and -, found nothing'],
  ['profile: fapi2-security', 'profile: fapi1', `config/x.yaml:16: issuers[0].profile: expected one of ${issuerProfiles.join(', ')}, found "fapi1"`],
  ['profile: fapi2-security', 'profile: oauth', `config/x.yaml:16: issuers[0].profile: expected one of ${issuerProfiles.join(', ')}, found "oauth"`],
  ['accessToken: 5m', 'accessToken: 1.5h', 'config/x.yaml:18: issuers[0].lifetimes.accessToken: expected a duration such as 90s, 15m, 12h, 90d or a number of seconds, at most 24h, found "1.5h"'],
  ['redirect_uris: [https://tally.test/callback]', 'redirect_uris: [http://tally.test/callback]', 'config/x.yaml:22: issuers[0].clients[0].redirect_uris[0]: expected an https URL, found "http://tally.test/callback" (FAPI 2.0 SP 5.3.2.2-8)'],
  ['token_endpoint_auth_method: private_key_jwt', 'token_endpoint_auth_method: client_secret_basic', 'config/x.yaml:24: issuers[0].clients[0].token_endpoint_auth_method: expected one of private_key_jwt, tls_client_auth, self_signed_tls_client_auth, found "client_secret_basic" (FAPI 2.0 SP 5.3.2.1-6)'],
  ['scope: openid accounts', 'scope: openid payments', 'config/x.yaml:23: issuers[0].clients[0].scope: expected scopes this issuer offers (openid profile email offline_access accounts balances), found "payments" (RFC 7591 section 2)'],
  ['client_id: tally', 'client_name: Nobody', 'config/x.yaml:21: Map keys must be unique'],
  ['login: one', 'login: " "', 'config/x.yaml:28: customers[0].login: expected text, found " "'],
  ['GB09 HBNK 4001 0112 3448 21', 'GB10 HBNK 4001 0112 3448 21', 'config/x.yaml:35: customers[0].accounts[0].iban: expected a valid IBAN, found "GB10 HBNK 4001 0112 3448 21"'],
  ["openingBalance: '10.00'", 'openingBalance: 10.00', 'config/x.yaml:36: customers[0].accounts[0].openingBalance: expected an amount in quotes, such as "1250.00", found 10'],
  ['claims: { name: One }', 'claims: { sub: one }', 'config/x.yaml:31: customers[0].claims.sub: expected claims about the customer, found one that tokens say of themselves'],
  ['    password: sesame-open\n', '', 'config/x.yaml:27: customers[0].password: expected either password or passwordHash, found neither'],
];

const names: readonly Case[] = [
  ['bank:\n', 'bnak:\n', 'config/x.yaml:2: bnak: unknown key; did you mean bank?'],
  ['sessionLifetime', 'session_lifetime', 'config/x.yaml:7: authorizationServer.session_lifetime: unknown key; did you mean sessionLifetime?'],
  ['sessionLifetime: 30m', 'loginThrottle: { atempts: 3 }', 'config/x.yaml:7: authorizationServer.loginThrottle.atempts: unknown key; did you mean attempts?'],
  ['accessToken: 5m', 'acessToken: 5m', 'config/x.yaml:18: issuers[0].lifetimes.acessToken: unknown key; did you mean accessToken?'],
  ['    displayName: One', '    displayname: One\n    displayName: One', 'config/x.yaml:30: customers[0].displayname: unknown key; did you mean displayName?'],
  ['name: Test Bank', 'colour: blue', 'config/x.yaml:3: bank.colour: unknown key; expected one of name, helpText, locales, paymentFee, paymentApproval'],
  ['mode: development', 'mode: development\n"a b": 1', 'config/x.yaml:2: "a b": unknown key; expected one of mode, dataFolder, logLevel, bank, database, tls, proxy, outbound, authorizationServer, resourceServer, grantManagement, relyingParty, directory, detailTypes, resources, issuers, threatWaivers, customers, staff'],
];

const relations: readonly Case[] = [
  ['resourceServer:\n', 'resourceServer:\n  verification: introspection\n', 'config/x.yaml:8: resourceServer.introspectionClientId: expected the client_id it introspects as, found nothing'],
  ['resourceServer:\n', 'resourceServer:\n  introspectionClientId: taly\n', 'config/x.yaml:9: resourceServer.introspectionClientId: expected a client of issuer main, found "taly"; did you mean tally?'],
  ['resourceServer:\n', 'resourceServer:\n  introspectionClientId: tally\n', 'config/x.yaml:9: resourceServer.introspectionClientId: expected a client of issuer main with introspection: ["https://api.test:1445"], found "tally" without'],
  ['scopes: [accounts, balances]', 'scopes: [accounts, balances]\n    accessTokenFormat: opaque', 'config/x.yaml:8: resourceServer.verification: expected introspection (its access tokens are opaque), found "jwt"'],
  ['resources:\n', 'relyingParty: { clients: [{ issuer: mian, clientId: tally }] }\nresources:\n', 'config/x.yaml:10: relyingParty.clients[0].issuer: expected the name of an issuer, found "mian"; did you mean main?'],
  ['resources:\n', 'relyingParty: { clients: [{ issuer: main, clientId: tarry }] }\nresources:\n', 'config/x.yaml:10: relyingParty.clients[0].clientId: expected a client of issuer main, found "tarry"; did you mean tally?'],
  ['customers:\n', 'customers:\n  - { id: customer-2, login: ONE, password: x, displayName: Two }\n', 'config/x.yaml:29: customers[1].login: expected a value of its own, found "one" a second time'],
  ['    accounts:\n', '    accounts:\n      - { id: account-1, name: A, iban: GB76HBNK40010100213377, openingBalance: "1.00" }\n', 'config/x.yaml:34: customers[0].accounts[1].id: expected a value of its own, found "account-1" a second time'],
  ['bank:\n', 'tls: { termination: proxy }\nbank:\n', 'config/x.yaml: proxy.trustedAddresses: expected the addresses of the proxy (tls.termination is proxy), found nothing'],
  ['bank:\n', 'tls: { termination: proxy }\nproxy: { trustedAddresses: [] }\nbank:\n', 'config/x.yaml:3: proxy.trustedAddresses: expected the addresses of the proxy (tls.termination is proxy), found nothing'],
  ['bank:\n', 'proxy: { trustedAddresses: [10.0.0.0/40] }\nbank:\n', 'config/x.yaml:2: proxy.trustedAddresses[0]: expected an IP address or a CIDR block such as 10.0.0.0/8, found "10.0.0.0/40"'],
  ['bank:\n', 'proxy: { trustedAddresses: ["10", "::1", 10.0.0.0/8] }\nbank:\n', 'config/x.yaml:2: proxy.trustedAddresses[0]: expected an IP address or a CIDR block such as 10.0.0.0/8, found "10"'],
  ['bank:\n', 'outbound: { authorizationServerUrl: "http://as.internal:8080" }\nbank:\n', 'config/x.yaml:2: outbound.authorizationServerUrl: expected an https URL, or plain http to a loopback address, found "http://as.internal:8080"'],
];

const ports: readonly Case[] = [
  ['https://as.test:1444', 'https://as.test:1443', 'config/x.yaml:6: authorizationServer.mtlsUrl: expected a port of its own, found 1443, which authorizationServer.publicUrl has'],
  ['sessionLifetime: 30m', 'healthPort: 1444', 'config/x.yaml:7: authorizationServer.healthPort: expected a port of its own, found 1444, which authorizationServer.mtlsUrl has'],
  ['sessionLifetime: 30m', 'port: 1445', 'config/x.yaml:9: resourceServer.publicUrl: expected a port of its own, found 1445, which authorizationServer.port has'],
  ['sessionLifetime: 30m', 'port: 9448', 'config/x.yaml: grantManagement.dashboard.port: expected a port of its own, found 9448, which authorizationServer.port has'],
];

describe('a problem is told in one line', () => {
  it.each([...shapes, ...names, ...relations, ...ports])('%j → %j', async (from, to, line) => {
    expect(await problemsOf(sampleWith([from, to]))).toEqual([line]);
  });

  it.each([
    ['nothing', '', 'config/x.yaml: expected a mapping, found nothing'],
    ['a list', '- mode', 'config/x.yaml: expected a mapping, found a list'],
    ['no issuers', 'mode: development', 'config/x.yaml: issuers: expected a list, found nothing'],
    ['an empty list of issuers', 'issuers: []', 'config/x.yaml:1: issuers: expected at least one, found an empty list'],
    ['two documents', 'issuers: []\n---\nissuers: []', 'config/x.yaml:2: Source contains multiple documents'],
    ['a tab as indentation', 'bank:\n\tname: x', 'config/x.yaml:2: Tabs are not allowed as indentation'],
  ])('of a file with %s', async (_what, text, line) => {
    expect(await problemsOf(text)).toEqual([line]);
  });

  it('each, when there are several', async () => {
    const text = sampleWith(['name: Test Bank', 'name: 5'], ['sessionLifetime: 30m', 'sessionLifetime: soon'], ['openingBalance', 'balance']);
    expect(await problemsOf(text)).toEqual([
      'config/x.yaml:3: bank.name: expected text, found 5',
      'config/x.yaml:7: authorizationServer.sessionLifetime: expected a duration such as 90s, 15m, 12h, 90d or a number of seconds, at most 24h, found "soon"',
      'config/x.yaml:33: customers[0].accounts[0].openingBalance: expected an amount in quotes, such as "1250.00", found nothing',
      'config/x.yaml:36: customers[0].accounts[0].balance: unknown key; expected one of id, name, type, iban, currency, openingBalance, historyDays, unavailable, approvers',
    ]);
  });

  it('and the sample has none', async () => expect(await problemsOf(sample)).toEqual([]));

  it('lets addresses that differ share a port, and applications in production', async () => {
    const hosts = sampleWith(['sessionLifetime: 30m', 'host: 127.0.0.1'], ['resourceServer:\n', 'resourceServer:\n  host: 127.0.0.2\n  port: 1443\n']);
    expect(await problemsOf(hosts)).toEqual([]);
    expect(await problemsOf(hosts.replace('127.0.0.2', '0.0.0.0'))).toHaveLength(1);
    expect((await problemsOf(hosts.replace('127.0.0.2', '0.0.0.0').replace('development', 'production'))).join()).not.toContain('a port of its own');
  });
});

describe('secrets are in no message', () => {
  const secret = 'hunter2-hunter2';
  it.each([
    ['a password of the wrong type', sampleWith(['password: sesame-open', `password: [${secret}]`])],
    ['a hash that is none', sampleWith(['password: sesame-open', `passwordHash: ${secret}`])],
    ['both', sampleWith(['password: sesame-open', `password: ${secret}\n    passwordHash: ${secret}`])],
    ['a misspelt password', sampleWith(['password: sesame-open', `passwrd: ${secret}`])],
    ['an alias', sampleWith(['password: sesame-open', `password: *${secret}`])],
    ['a tag', sampleWith(['password: sesame-open', `password: !${secret} x`])],
    ['text after a quoted one', sampleWith(['password: sesame-open', `password: "x" ${secret}`])],
    ['an unfinished quotation', sampleWith(['password: sesame-open', `password: "${secret}`])],
    ['a database of another kind', sampleWith(['bank:\n', `database: { url: "mysql://me:${secret}@host/db" }\nbank:\n`])],
    ['a password with an at sign', sampleWith(['bank:\n', `database: { url: "postgres//me:p@${secret}@host/db" }\nbank:\n`])],
    ['a client secret', sampleWith(['client_id: tally', `client_id: tally\n        client_secret: ${secret}\n        dpop_bound_access_tokens: 1`])],
  ])('%s', async (_what, text) => {
    const problems = await problemsOf(text);
    expect(problems).not.toEqual([]);
    expect(problems.join('\n')).not.toContain(secret);
  });

  it.each([
    ['DATABASE_URL', `mysql://me:${secret}@host/db`, 'environment: DATABASE_URL: expected a PostgreSQL URL (postgres://user@host:5432/name), found something else'],
    ['ASSENT_ENCRYPTION_KEY', secret, 'environment: ASSENT_ENCRYPTION_KEY: expected base64 of 32 random bytes (openssl rand -base64 32), found something else'],
  ])('%s', async (name, value, line) => {
    expect(await problemsOf(sample, { [name]: value })).toEqual([line]);
  });
});
