import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { parse, problemsOf, sample, sampleWith } from './fixtures/configuration.js';
import { loadConfig } from './load.js';

describe('what is read', () => {
  it('is the same from YAML and from JSON, indented by tabs or not', async () => {
    const yaml = JSON.stringify(await parse(sample));
    expect(JSON.stringify(await parse(JSON.stringify(parseYaml(sample))))).toBe(yaml);
    expect(JSON.stringify(await parse(JSON.stringify(parseYaml(sample), null, '\t')))).toBe(yaml);
  });

  it('has lines in JSON too', async () => {
    const json = JSON.stringify(parseYaml(sampleWith(['name: Test Bank', 'name: 5'])), null, 2);
    expect(await problemsOf(json)).toEqual(['config/x.yaml:4: bank.name: expected text, found 5']);
  });

  it('may repeat itself by anchors and merges', async () => {
    const { resources } = await parse(sampleWith(['scopes: [accounts, balances]', 'scopes: [accounts, balances]\n  - { identifier: https://other.test, name: Other, scopes: [x] }'], ['- identifier', '- &one\n    identifier']));
    expect(resources).toHaveLength(2);
  });

  it('has the defaults of the local stack', async () => {
    const config = await parse(sampleWith([sample.slice(sample.indexOf('authorizationServer:'), sample.indexOf('issuers:')), '']).replace('openid accounts', 'openid'));
    expect(config).toMatchObject({
      mode: 'development', dataFolder: '/nowhere/.assent', logLevel: 'info', database: { url: undefined, poolSize: 10 },
      tls: { certificateFile: '/nowhere/.assent/pki/server.crt.pem', keyFile: '/nowhere/.assent/pki/server.key.pem', clientAuthorityFiles: ['/nowhere/.assent/pki/clients-ca.crt.pem'], serverAuthorityFiles: ['/nowhere/.assent/pki/root.crt.pem'], revocation: { mode: 'off', crls: [], softFail: true, refreshSeconds: 300 } },
      outbound: { timeoutMs: 3000, maxBytes: 65_536, allowPrivateAddresses: [] },
      bank: { name: 'Test Bank', locales: ['en', 'pt-BR', 'ar'] },
      authorizationServer: {
        publicUrl: 'https://localhost:9443', mtlsUrl: 'https://localhost:9444', health: { host: '127.0.0.1', port: 9450 }, proxy: undefined,
        listeners: [{ kind: 'tls', host: '127.0.0.1', port: 9443 }, { kind: 'mtls', host: '127.0.0.1', port: 9444 }],
        sessionLifetime: 1800, interactionLifetime: 900, loginThrottle: { attempts: 5, windowSeconds: 300 }, keyRotation: { everySeconds: 30 * 86_400, keepPreviousSeconds: 86_400 },
      },
      resourceServer: { resource: 'https://localhost:9445', verification: 'jwt', listeners: [{ kind: 'mtls', host: '127.0.0.1', port: 9445 }], health: { port: 9451 } },
      grantManagement: { publicUrl: 'https://localhost:9446', dashboard: { publicUrl: 'https://localhost:9448' }, staff: { publicUrl: 'https://localhost:9449' } },
      relyingParty: undefined, directory: undefined,
    }); // prettier-ignore
  });

  it.each([
    ['90s', 90], ['15m', 900], ['12h', 43_200], ['90d', 90 * 86_400], ['45', 45], ['"1h"', 3600],
  ])('the duration %s', async (text, seconds) => {
    const { authorizationServer } = await parse(sampleWith(['sessionLifetime: 30m', `keyRotation: { every: ${text} }`]));
    expect(authorizationServer.keyRotation.everySeconds).toBe(seconds);
  }); // prettier-ignore

  it.each(['0', '0s', '-5m', '1.5h', '1 h', '1w', '1H', '1h30m', '"45"', 'null', '[1h]', '1e3s'])('no duration %s', async (text) => {
    expect(await problemsOf(sampleWith(['sessionLifetime: 30m', `keyRotation: { every: ${text} }`]))).toEqual([expect.stringContaining('authorizationServer.keyRotation.every: expected a duration')]);
  });

  // What the stores cannot keep (libs/persistence): requests two hours, sessions and access tokens a day.
  it.each([
    ['interactionLifetime', '2h', '7201'],
    ['sessionLifetime', '24h', '2d'],
  ])('%s, which reaches to %s', async (name, most, more) => {
    const withLifetime = (text: string) => sampleWith(['sessionLifetime: 30m', `${name}: ${text}`]);
    expect(await problemsOf(withLifetime(most))).toEqual([]);
    expect(await problemsOf(withLifetime(more))).toEqual([expect.stringMatching(`config/x.yaml:7: authorizationServer.${name}: expected .*, at most ${most}, found `)]);
  });

  it('places the listeners behind a proxy', async () => {
    const behind = (mtls: string) => parse(sampleWith(['bank:\n', 'tls: { termination: proxy }\nproxy: { trustedAddresses: [10.0.0.1], clientCertificateHeader: envoy }\nbank:\n'], ['sessionLifetime: 30m', mtls]));
    expect((await behind('port: 8080')).authorizationServer.listeners).toEqual([{ kind: 'plain', host: '127.0.0.1', port: 8080 }]);
    const both = await behind('mtlsPort: 8081');
    expect(both.authorizationServer.listeners.map(({ kind, port }) => [kind, port])).toEqual([['plain', 1443], ['plain', 8081]]);
    expect(both.tls).toMatchObject({ certificateFile: undefined, keyFile: undefined });
    expect(both.resourceServer.proxy).toEqual({ trustedAddresses: ['10.0.0.1'], clientCertificateHeader: 'envoy' });
  }); // prettier-ignore

  it('warns when a proxy hands on no certificate and a client needs one', async () => {
    const text = sampleWith(['bank:\n', 'tls: { termination: proxy }\nproxy: { trustedAddresses: [10.0.0.1] }\nbank:\n'], ['client_name: Tally', 'tls_client_certificate_bound_access_tokens: true']);
    expect((await parse(text)).warnings).toEqual(['config/x.yaml:3: proxy.clientCertificateHeader: none: no client certificate arrives, so client tally of issuer main cannot work']);
  });
});

describe('where it is read', () => {
  let cwd: string;
  const env = { ASSENT_ENCRYPTION_KEY: Buffer.alloc(32).toString('base64') };
  const named = (name: string): string => sampleWith(['name: Test Bank', `name: ${name}`]);
  const bankOf = async (options: { file?: string; config?: string }): Promise<string> => {
    const config = await loadConfig({ file: options.file, env: { ...env, ASSENT_CONFIG: options.config }, cwd, purpose: 'check' });
    return config.bank.name;
  };

  beforeAll(() => {
    cwd = mkdtempSync(join(tmpdir(), 'assent-config-'));
    mkdirSync(join(cwd, 'config'));
    mkdirSync(join(cwd, 'other'));
    writeFileSync(join(cwd, 'config/demo.yaml'), named('Default'));
    writeFileSync(join(cwd, 'other/a.yaml'), named('A'));
    writeFileSync(join(cwd, 'other/b.json'), JSON.stringify(parseYaml(named('B'))));
    writeFileSync(join(cwd, 'other/broken.yaml'), named('[]'));
  });
  afterAll(() => rmSync(cwd, { recursive: true }));

  it('is --config, else ASSENT_CONFIG, else config/demo.yaml', async () => {
    expect(await bankOf({ file: 'other/a.yaml', config: 'other/b.json' })).toBe('A');
    expect(await bankOf({ config: 'other/b.json' })).toBe('B');
    expect(await bankOf({ config: '' })).toBe('Default');
    expect(await bankOf({})).toBe('Default');
    expect(await bankOf({ file: join(cwd, 'other/a.yaml') })).toBe('A');
  });

  it.each([
    [{ file: 'no.yaml' }, 'no.yaml: cannot be read (ENOENT; named by --config)'],
    [{ config: 'no.yaml' }, 'no.yaml: cannot be read (ENOENT; named by ASSENT_CONFIG)'],
    [{ file: 'other' }, 'other: cannot be read (EISDIR; named by --config)'],
  ])('names who named a file that is not there: %j', async (options, line) => {
    await expect(bankOf(options)).rejects.toThrow(line);
  });

  it('says what to do without any file', async () => {
    await expect(loadConfig({ env, cwd: join(cwd, 'other') })).rejects.toThrow('config/demo.yaml: cannot be read (ENOENT; named by default; name another by --config or ASSENT_CONFIG)');
  });

  it('names the file as one would from here', async () => {
    await expect(bankOf({ file: 'other/broken.yaml' })).rejects.toThrow('other/broken.yaml:3: bank.name: expected text, found an empty list');
    await expect(loadConfig({ file: '../other/broken.yaml', env, cwd: join(cwd, 'config') })).rejects.toThrow(`${join(cwd, 'other/broken.yaml')}:3: bank.name`);
  });

  it('reads relative paths from the file, those of the environment and the data folder from the working folder', async () => {
    writeFileSync(join(cwd, 'other/paths.yaml'), sampleWith(['bank:\n', 'tls: { certificateFile: tls/c.pem, keyFile: /abs/k.pem, clientAuthorityFiles: [one.pem, ../two.pem] }\nbank:\n']));
    const load = (more: Record<string, string>) => loadConfig({ file: 'other/paths.yaml', env: { ...env, ...more }, cwd, purpose: 'check' });
    const plain = await load({});
    expect(plain.dataFolder).toBe(join(cwd, '.assent'));
    expect(plain.tls).toMatchObject({ certificateFile: join(cwd, 'other/tls/c.pem'), keyFile: '/abs/k.pem', clientAuthorityFiles: [join(cwd, 'other/one.pem'), join(cwd, 'two.pem')] });
    const given = await load({ ASSENT_TLS_CERTIFICATE_FILE: 'x.pem', ASSENT_TLS_CLIENT_AUTHORITY_FILES: 'y.pem, /z.pem', ASSENT_DATA_FOLDER: 'data' });
    expect(given.dataFolder).toBe(join(cwd, 'data'));
    expect(given.tls).toMatchObject({ certificateFile: join(cwd, 'x.pem'), clientAuthorityFiles: [join(cwd, 'y.pem'), '/z.pem'] });
  });
});
