import { parse, problemsOf, sample, sampleWith } from './fixtures/configuration.js';
import { pathsOf, variables } from './environment.js';
import type { AssentConfig } from './model.js';

/** For each variable a value and what it must make of the configuration. */
const effects: Readonly<Record<string, readonly [value: string, made: (config: AssentConfig) => unknown, expected: unknown]>> = {
  DATABASE_URL: ['postgres://me:pw@db:5432/x', (c) => c.database.url?.reveal(), 'postgres://me:pw@db:5432/x'],
  ASSENT_DATABASE_POOL_SIZE: ['20', (c) => c.database.poolSize, 20],
  ASSENT_MODE: ['development', (c) => c.mode, 'development'],
  ASSENT_LOG_LEVEL: ['debug', (c) => c.logLevel, 'debug'],
  ASSENT_DATA_FOLDER: ['/data', (c) => c.dataFolder, '/data'],
  ASSENT_BIND_HOST: ['0.0.0.0', (c) => hosts(c), ['0.0.0.0']],
  ASSENT_HEALTH_HOST: ['0.0.0.0', (c) => [...new Set(servers(c).map(({ health }) => health.host))], ['0.0.0.0']],
  ASSENT_TLS_CERTIFICATE_FILE: ['/c.pem', (c) => c.tls.certificateFile, '/c.pem'],
  ASSENT_TLS_KEY_FILE: ['/k.pem', (c) => c.tls.keyFile, '/k.pem'],
  ASSENT_TLS_CLIENT_AUTHORITY_FILES: ['/a.pem,/b.pem', (c) => c.tls.clientAuthorityFiles, ['/a.pem', '/b.pem']],
  ASSENT_TLS_SERVER_AUTHORITY_FILES: ['/a.pem', (c) => c.tls.serverAuthorityFiles, ['/a.pem']],
  ASSENT_TLS_TERMINATION: ['here', (c) => c.authorizationServer.listeners[0]?.kind, 'tls'],
  ASSENT_TRUSTED_PROXIES: ['10.0.0.1, 10.1.0.0/16', (c) => c.resourceServer.proxy?.trustedAddresses, ['10.0.0.1', '10.1.0.0/16']],
  ASSENT_CLIENT_CERTIFICATE_HEADER: ['nginx', (c) => c.authorizationServer.proxy?.clientCertificateHeader, 'nginx'],
  ASSENT_ALLOW_PRIVATE_ADDRESSES: ['10.0.0.0/8', (c) => c.outbound.allowPrivateAddresses, ['10.0.0.0/8']],
  ASSENT_INTERNAL_URL: ['http://127.0.0.1:8080', (c) => c.outbound.authorizationServerUrl, 'http://127.0.0.1:8080'],
  ASSENT_PUBLIC_URL: ['https://bank.test', (c) => [c.authorizationServer.publicUrl, c.issuers[0]?.issuer], ['https://bank.test', 'https://bank.test/main']],
  ASSENT_PORT: ['2001', (c) => c.authorizationServer.listeners[0]?.port, 2001],
  ASSENT_HEALTH_PORT: ['2002', (c) => c.authorizationServer.health.port, 2002],
  ASSENT_MTLS_URL: ['none', (c) => [c.authorizationServer.mtlsUrl, c.authorizationServer.listeners.map(({ kind }) => kind)], [undefined, ['mtls']]],
  ASSENT_MTLS_PORT: ['2003', (c) => c.authorizationServer.listeners[1]?.port, 2003],
  ASSENT_RESOURCE_PUBLIC_URL: ['https://api.test:2004', (c) => c.resourceServer.publicUrl, 'https://api.test:2004'],
  ASSENT_RESOURCE_PORT: ['2005', (c) => c.resourceServer.listeners[0]?.port, 2005],
  ASSENT_RESOURCE_HEALTH_PORT: ['2006', (c) => c.resourceServer.health.port, 2006],
  ASSENT_RESOURCE_CLIENT_KEY_FILE: ['/keys.json', (c) => c.resourceServer.clientKeyFile, '/keys.json'],
  ASSENT_GRANTS_PUBLIC_URL: ['https://grants.test:2007', (c) => c.grantManagement.publicUrl, 'https://grants.test:2007'],
  ASSENT_GRANTS_PORT: ['2008', (c) => c.grantManagement.listeners[0]?.port, 2008],
  ASSENT_GRANTS_HEALTH_PORT: ['2009', (c) => c.grantManagement.health.port, 2009],
  ASSENT_DASHBOARD_PUBLIC_URL: ['https://my.test:2010', (c) => c.grantManagement.dashboard.publicUrl, 'https://my.test:2010'],
  ASSENT_DASHBOARD_PORT: ['2011', (c) => c.grantManagement.dashboard.listeners[0]?.port, 2011],
  ASSENT_STAFF_PUBLIC_URL: ['https://staff.test:2012', (c) => c.grantManagement.staff.publicUrl, 'https://staff.test:2012'],
  ASSENT_STAFF_PORT: ['2013', (c) => c.grantManagement.staff.listeners[0]?.port, 2013],
  ASSENT_RELYING_PARTY_PUBLIC_URL: ['https://tpp.test:2014', (c) => c.relyingParty?.publicUrl, 'https://tpp.test:2014'],
  ASSENT_RELYING_PARTY_PORT: ['2015', (c) => c.relyingParty?.listeners[0]?.port, 2015],
  ASSENT_RELYING_PARTY_HEALTH_PORT: ['2016', (c) => c.relyingParty?.health.port, 2016],
  ASSENT_DIRECTORY_PUBLIC_URL: ['https://directory.test:2017', (c) => [c.directory?.publicUrl, c.directory?.mtlsUrl, c.tls.revocation?.crls], ['https://directory.test:2017', 'https://directory.test:9456', ['https://directory.test:2017/crl/directory.crl']]],
  ASSENT_DIRECTORY_PORT: ['2018', (c) => c.directory?.listeners[0]?.port, 2018],
  ASSENT_DIRECTORY_HEALTH_PORT: ['2019', (c) => c.directory?.health.port, 2019],
  ASSENT_DIRECTORY_MTLS_URL: ['https://mtls.directory.test', (c) => c.directory?.mtlsUrl, 'https://mtls.directory.test'],
  ASSENT_DIRECTORY_MTLS_PORT: ['2020', (c) => c.directory?.listeners[1]?.port, 2020],
  ASSENT_DIRECTORY_ADMIN_TOKEN_HASH: ['ab'.repeat(32), (c) => c.directory?.adminTokenHash, 'ab'.repeat(32)],
};

const servers = (c: AssentConfig) => [c.authorizationServer, c.resourceServer, c.grantManagement, c.relyingParty!, c.directory!];
const hosts = (c: AssentConfig) => [...new Set([...servers(c), c.grantManagement.dashboard, c.grantManagement.staff].flatMap(({ listeners }) => listeners.map(({ host }) => host)))];

const withParty = sampleWith(
  ['resources:\n', 'relyingParty: { clients: [] }\ndirectory: {}\nresources:\n'],
  ['resourceServer:\n', 'proxy: { trustedAddresses: [10.9.9.9] }\nlogLevel: error\ndatabase: { poolSize: 3 }\nresourceServer:\n  resource: https://api.test:1445\n'],
);

describe('the environment', () => {
  it('is tested to its last variable', () => expect(Object.keys(effects).sort()).toEqual(variables.map(({ name }) => name).sort()));

  it.each(Object.entries(effects))('wins by %s', async (name, [value, made, expected]) => {
    expect(made(await parse(withParty, { [name]: value }))).toEqual(expected);
  });

  it.each(variables.filter(({ name }) => name !== 'ASSENT_DATA_FOLDER' && !name.endsWith('_FILE') && !name.endsWith('_FILES') && !name.endsWith('_HOST')))(
    'names the variable of a wrong value: $name',
    async ({ name }) => {
      const problems = await problemsOf(withParty, { [name]: '§' });
      expect(problems).toEqual([expect.stringMatching(`^environment: ${name}: expected .*, found `)]);
    },
  );

  it.each(variables)('sets what the schema knows: $name', (variable) => expect(pathsOf(variable)).not.toEqual([]));

  it('counts nothing as not set', async () => {
    const config = await parse(sample, { DATABASE_URL: '', ASSENT_MODE: ' ', ASSENT_TRUSTED_PROXIES: '' });
    expect([config.mode, config.database.url, config.authorizationServer.proxy]).toEqual(['development', undefined, undefined]);
  });

  it('names the variable that made a port clash', async () => {
    expect(await problemsOf(sample, { ASSENT_HEALTH_PORT: '1443' })).toEqual(['environment: ASSENT_HEALTH_PORT: expected a port of its own, found 1443, which authorizationServer.publicUrl has']);
  });

  it('hides no section of the wrong shape', async () => {
    expect(await problemsOf(sampleWith(['bank:\n', 'database: here\nbank:\n']), { DATABASE_URL: 'postgres://db/x' })).toEqual([expect.stringContaining('expected a mapping')]);
  });

  it('makes no demo TPP and no directory that the file does not have', async () => {
    const { relyingParty, directory } = await parse(sample, { ASSENT_RELYING_PARTY_PORT: '2015', ASSENT_DIRECTORY_PORT: '2018', ASSENT_BIND_HOST: '0.0.0.0' });
    expect([relyingParty, directory]).toEqual([undefined, undefined]);
  });
});
