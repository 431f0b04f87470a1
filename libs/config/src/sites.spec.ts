import { parse, problemsOf, sampleWith } from './fixtures/configuration.js';

const ownClient = (id: string, port: number): string => `      - client_id: ${id}
        redirect_uris: ['https://localhost:${port}/sign-in/callback']
        scope: openid
        token_endpoint_auth_method: private_key_jwt
        jwks_uri: https://my.test:9448/jwks.json
        dpop_bound_access_tokens: true
        first_party: true
`;
const sites = `grantManagement:
  dashboard: { issuer: main, clientId: my-dashboard, clientKeyFile: keys/dashboard.json }
  staff: { issuerUrl: 'https://as.test:1443/desk', clientId: my-console, roleClaim: groups, scope: openid groups }
`;
const desk = `  - name: desk
    profile: fapi2-security
    signsIn: staff
    clients:
${ownClient('my-console', 9449)}`;
const people = `staff:
  - { id: staff-sam, login: sam, password: sesame-open, displayName: Sam, roles: [supervisor, agent] }
`;
function whole(...changes: readonly (readonly [string, string])[]): string {
  const text = sampleWith(['resources:\n', `${sites}resources:\n`], ['customers:\n', `${ownClient('my-dashboard', 9448)}${desk}${people}customers:\n`]);
  return changes.reduce((all, [from, to]) => {
    if (!all.includes(from)) throw new Error(`no ${from}`);
    return all.replace(from, () => to);
  }, text);
}

describe('the sites of people', () => {
  it('are clients of their issuers', async () => {
    const { grantManagement, issuers, staff } = await parse(whole());
    expect(grantManagement.dashboard.client).toEqual({ issuer: 'https://as.test:1443/main', clientId: 'my-dashboard', clientKeyFile: '/nowhere/config/keys/dashboard.json' });
    expect(grantManagement.staff).toMatchObject({ client: { issuer: 'https://as.test:1443/desk', clientId: 'my-console', clientKeyFile: undefined }, roleClaim: 'groups', scope: 'openid groups' });
    expect(issuers.map(({ signsIn, scopes, claims }) => [signsIn, scopes, claims])).toEqual([
      ['customers', ['openid', 'profile', 'email', 'offline_access', 'accounts', 'balances'], ['name']],
      ['staff', ['openid', 'profile', 'email'], ['name', 'preferred_username', 'roles']],
    ]);
    expect(staff).toMatchObject([{ id: 'staff-sam', roles: ['supervisor', 'agent'] }]);
  });

  it('may be left out, and staff may sign in elsewhere', async () => {
    expect((await parse(sampleWith())).grantManagement.dashboard.client).toBeUndefined();
    const elsewhere = await parse(sampleWith(['resources:', 'grantManagement: { staff: { issuerUrl: https://id.test, clientId: console } }\nresources:']));
    expect(elsewhere.grantManagement.staff).toMatchObject({ client: { issuer: 'https://id.test', clientId: 'console' }, roleClaim: 'roles', scope: 'openid' });
  });

  it.each<[string, readonly [string, string], RegExp]>([
    ['customers at the staff issuer', ['issuer: main', 'issuer: desk'], /dashboard\.issuer: expected an issuer with signsIn: customers, found "desk" with signsIn: staff$/],
    ['staff at the customers’ issuer', ["'https://as.test:1443/desk'", "'https://as.test:1443/main'"], /staff\.issuerUrl: expected an issuer with signsIn: staff, found "main" with signsIn: customers$/],
    ['staff at no issuer of this server', ["'https://as.test:1443/desk'", "'https://as.test:1443/dask'"], /staff\.issuerUrl: expected an issuer of this file with signsIn: staff, found "https:\/\/as\.test:1443\/dask"; did you mean https:\/\/as\.test:1443\/desk\?$/],
    ['an unknown issuer', ['issuer: main', 'issuer: mian'], /dashboard\.issuer: expected the name of an issuer, found "mian"; did you mean main\?$/],
    ['an unknown client', ['clientId: my-dashboard', 'clientId: my-dashbord'], /dashboard\.clientId: expected a client of issuer main, found "my-dashbord"; did you mean my-dashboard\?$/],
    ['a client that is not the bank’s own', ['first_party: true\n  - name: desk', 'first_party: false\n  - name: desk'], /dashboard\.clientId: expected a client with first_party: true, found "my-dashboard" without$/],
    ['a client with another redirect URI', ['localhost:9448/sign-in/callback', 'localhost:9448/callback'], /dashboard\.clientId: expected a client with the redirect URI https:\/\/localhost:9448\/sign-in\/callback, found/],
    ['half a client', ['issuer: main, clientId: my-dashboard', 'issuer: main'], /dashboard\.clientId: expected issuer and clientId together, found one of them$/],
    ['half a staff client', [', clientId: my-console', ''], /staff\.clientId: expected issuerUrl and clientId together, found one of them$/],
    ['account data for staff', ['    signsIn: staff', '    signsIn: staff\n    scopes: [openid, accounts]'], /issuers\[1\]\.scopes: expected only openid, profile, email \(staff have no account data\), found "accounts"$/],
    ['a staff member with a customer’s id', ['id: staff-sam', 'id: customer-1'], /staff\[0\]\.id: expected an id that no customer has, found "customer-1"$/],
    ['a staff member without a password', [', password: sesame-open, displayName: Sam', ', displayName: Sam'], /staff\[0\]\.password: expected either password or passwordHash, found neither$/],
    ['a role nobody has', ['roles: [supervisor', 'roles: [admin'], /staff\[0\]\.roles\[0\]: expected one of viewer, agent, supervisor, found "admin"$/],
    ['a client that reads as a staff member', ['client_id: tally', 'client_id: Staff_Sam'], /client_id: expected a client_id that resembles no staff member's id, found "Staff_Sam" beside "staff-sam"/],
  ])('refuse %s', async (_, change, line) => {
    expect(await problemsOf(whole(change))).toContainEqual(expect.stringMatching(line));
  });
});
